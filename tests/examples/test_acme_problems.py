"""The example company is wrong only where its README says so: read, followed and linked as a build does it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from callboard.catalog.graph import Catalog
from callboard.catalog.linking import link
from callboard.catalog.merging import merge
from callboard.descriptors.kinds import builtin_kinds
from callboard.descriptors.reading import FileResult, read_file
from callboard.ingestion import locations
from callboard.ingestion.access import ConnectedTrees
from callboard.model.entity import Entity
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.model.tree import DescriptorFile
from callboard.plugins.portal_settings import read_settings
from callboard.plugins.run_sources import collect_all
from callboard.plugins.sources import Collected, SourceContext
from callboard.settings.settings import Limits

SETTINGS = Path(__file__).parents[2] / "sources.yaml"
KINDS = builtin_kinds()
DELIBERATE = {
    ("accounts/.backstage/catalog-info.yaml", "metadata.name"),
    ("checkout-service/catalog-info.yaml", "spec.dependsOn[4]"),
    ("customer-sync/catalog-info.yaml", 'metadata.annotations["acme.example/cost-centre"]'),
    ("delivery/delivery-promise/catalog-info.yaml", "spec.dependsOn[0]"),
    ("label-printer-bridge/catalog-info.yaml", "spec.owner"),
    ("load-tests/catalog-info.yaml", "document[0]"),
    ("orders/invoice-renderer/catalog-info.yaml", "metadata.tags[0]"),
    ("orders/returns-service/catalog-info.yaml", "spec.dependsOn[0]"),
    ("storefront/infra/catalog-info.yaml", "metadata.name"),
}


@pytest.fixture(scope="module")
def collected(tmp_path_factory) -> Collected:
    settings = read_settings(SETTINGS, {})
    return collect_all(settings, SourceContext(settings.root, tmp_path_factory.mktemp("cache"), dict(os.environ)))


@pytest.fixture(scope="module")
def read(collected) -> tuple[list[Entity], list[Problem], list[FileResult]]:
    """All files, those that Locations lead to as well."""
    connected = ConnectedTrees({("acme", tree.id): tree for tree in collected.trees}, read_settings(SETTINGS, {}).sources)
    entities, problems, results = [], [*collected.problems], []
    waiting: list[DescriptorFile] = [*collected.files]
    known = {locations.file_key(file) for file in waiting}
    while waiting:
        file = waiting.pop(0)
        result = read_file(file, KINDS, Limits())
        results.append(result)
        entities += result.entities
        problems += result.problems
        for entity in result.entities:
            if entity.ref.kind == "location":
                followed = locations.follow(entity, file, connected, known)
                problems += followed.problems
                waiting += followed.files
                known |= {locations.file_key(f) for f in followed.files}
    return entities, problems, results


@pytest.fixture(scope="module")
def linked(read) -> tuple[Catalog, list[Problem]]:
    entities, problems, _ = read
    merged = merge(entities, ["acme", "people"], KINDS)
    unique, duplicates = merged.entities, merged.problems()
    catalog, found = link(unique, KINDS)
    return catalog, [*problems, *duplicates, *found]


def test_every_repository_is_a_tree_of_its_own(collected):
    assert collected.failures == ()
    repositories = [tree for tree, source in zip(collected.trees, collected.tree_sources, strict=True) if source == "acme"]
    assert len(repositories) == len([p for p in (SETTINGS.parent / "examples" / "acme").iterdir() if p.is_dir()])


def test_a_person_of_the_directory_is_on_the_team_of_a_descriptor_and_has_the_account_of_a_host(linked):
    catalog, _ = linked
    mara, team = EntityRef("user", "default", "mara.lindqvist"), EntityRef("group", "default", "team-checkout")
    assert catalog.entities[mara].origin.source == "people"
    assert catalog.entities[mara].metadata["annotations"]["github.com/user-login"] == "maralindqvist"
    assert catalog.entities[team].origin.source == "acme"
    assert mara in catalog.targets(team, "hasMember")
    assert catalog.entities[EntityRef("user", "default", "daan.devries")].spec["profile"]["skills"] == ["go", "kafka"]
    assert not {"ines.moreau", "otto.brandt"} & {ref.name for ref in catalog.entities}


def test_only_the_deliberate_flaws_are_reported(linked):
    _, problems = linked
    found = {(f"{problem.origin.tree.rpartition('/')[2]}/{problem.origin.path}", problem.field) for problem in problems}
    assert found == DELIBERATE
    assert len(problems) == len(DELIBERATE)


def test_every_problem_but_the_unreadable_file_has_a_place_and_a_hint(linked):
    _, problems = linked
    assert all(problem.span and problem.hint for problem in problems)


def test_skeletons_of_templates_are_recognised(read):
    _, _, results = read
    skipped = [s.path for result in results for s in result.skipped if s.reason == "template-skeleton"]
    assert len(skipped) == 5


def test_locations_bring_what_no_glob_finds(linked):
    catalog, _ = linked
    for ref in (
        "user:default/mara.lindqvist",
        "group:default/team-checkout",
        "system:data/data-warehouse",
        "template:default/java-service",
    ):
        kind, rest = ref.split(":")
        assert EntityRef(kind, *rest.split("/")) in catalog.entities


def test_definitions_take_the_place_of_their_placeholders(linked):
    catalog, _ = linked
    assert all(isinstance(api.spec["definition"], str) and len(api.spec["definition"]) > 100 for api in catalog.of_kind("api"))


def test_there_is_a_hub(linked):
    catalog, _ = linked
    assert len(catalog.targets(EntityRef("component", "default", "auth-service"), "dependencyOf")) >= 12
    assert len(catalog.targets(EntityRef("resource", "default", "postgres-main"), "dependencyOf")) >= 10
