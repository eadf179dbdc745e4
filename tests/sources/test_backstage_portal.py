"""A portal that reads a Backstage instance: what Backstage knows of its entities is kept, and moving away is without noise."""

import json
import os
from pathlib import Path

import pytest

from callboard.catalog.export import entity_json
from callboard.descriptors.portal_kinds import portal_kinds
from callboard.model.place import problem_place
from callboard.model.ref import parse_ref
from callboard.model.tree import tree_of
from callboard.pipeline import Workspace, collect, ingest, resolve
from callboard.plugins.portal_settings import read_settings
from faulty import Server
from support.backstage import LOCATION, ORIGIN, entity, group, instance
from support.portal import callboard, write

REPO = "https://github.com/acme/shop/tree/main"
SHOP = f"url:{REPO}/svc/catalog-info.yaml"
SHOP_FILE = "acme/shop/svc/catalog-info.yaml"
WEB = "url:https://github.com/acme/web/blob/main/svc/catalog-info.yaml"
GONE = "url:https://github.com/acme/gone/tree/main/catalog-info.yaml"
ORPHAN = {"backstage.io/orphan": "true"}
POLICY = 'InputError: Policy check failed for component:default/shop; caused by Error: "tags.0" is not valid; found "Bad Tag".'
NOT_FOUND = "NotFoundError: Unable to read url https://github.com/acme/gone/tree/main/catalog-info.yaml, 404 Not Found"


def status(message, level="error"):
    return {"items": [{"type": "backstage.io/catalog-processing", "level": level, "message": message, "error": {"name": "InputError"}}]}


def read(folder, *entities, left_out=(), sources="", options="", has_by_refs=True):
    """The resolved catalog of a portal with a Backstage of these entities; ``sources`` come before it."""
    with Server(instance(*entities, left_out=left_out, has_by_refs=has_by_refs)) as server:
        file = Path(folder) / "sources.yaml"
        file.write_text(f"version: 1\nsources:\n{sources}  - {{name: backstage, type: backstage, url: '{server.url}'{options}}}\n")
        settings = read_settings(file, os.environ)
        work = Workspace(settings, os.environ, portal_kinds(settings))
        return resolve(work, ingest(work, collect(work)))


def get(resolved, text):
    return resolved.catalog.entities[parse_ref(text).canonical()]


def problems(resolved, *codes):
    return [
        (p.code, p.severity.value, str(p.subject or ""), problem_place(p))
        for p in resolved.problems
        if not codes or p.code.startswith(codes)
    ]


KNOWN_TO_BACKSTAGE = [
    # B1: the file was edited so that it fails the policy check; Backstage keeps the version before
    (entity("shop", location=SHOP, status=status(POLICY)), ("BST001", "error", "component:default/shop", SHOP_FILE)),
    (entity("shop", location=SHOP, status=status("old", "warning")), ("BST001", "warning", "component:default/shop", SHOP_FILE)),
    (entity("shop", location=SHOP, status=status("note", "info")), ("BST001", "info", "component:default/shop", SHOP_FILE)),
    # B1: a registered URL that answers 404 is reported with the Location that Backstage generated for it, which is no entity of the portal
    (
        entity("generated-0ff1ce", "Location", GONE, status=status(NOT_FOUND), spec={}),
        ("BST001", "error", "", "acme/gone/catalog-info.yaml"),
    ),
    # B2: the target was taken out of a Location, with orphanStrategy keep
    (entity("shop", location=SHOP, annotations=ORPHAN), ("BST002", "warning", "component:default/shop", SHOP_FILE)),
]  # fmt: skip


@pytest.mark.parametrize(("item", "problem"), KNOWN_TO_BACKSTAGE)
def test_what_backstage_knows_to_be_wrong_is_a_problem(tmp_path, item, problem):
    resolved = read(tmp_path, item, group())
    assert problems(resolved, "BST") == [problem]
    assert "generated-0ff1ce" not in str(resolved.catalog.entities)


def test_what_backstage_says_of_an_entity_is_not_taken_for_its_authors_text(tmp_path):
    shop = get(read(tmp_path, entity("shop", location=SHOP, annotations=ORPHAN), group()), "component:shop")
    assert "orphan" not in shop.text
    assert "managed-by" not in shop.text


def test_a_location_of_an_author_is_an_entity_and_is_not_followed(tmp_path):
    location = entity("all", "Location", f"url:{REPO}/all.yaml", spec={"targets": ["./missing/catalog-info.yaml"]})
    resolved = read(tmp_path, location, group())
    assert get(resolved, "location:all").spec["targets"] == ["./missing/catalog-info.yaml"]
    assert problems(resolved, "LOC", "BST") == []


PROCESSORS = [
    # B3: runsOn/runs of a processor, a second owner, and a kind of one's own
    ("component:shop", [("runsOn", "resource:default/db"), ("ownedBy", "group:default/core"), ("ownedBy", "user:default/erin")]),
    ("resource:db", [("runs", "component:default/shop"), ("ownedBy", "group:default/core")]),
    ("dataset:orders", [("ownedBy", "group:default/core")]),
]


def with_processors():
    relations = dict(PROCESSORS)
    return (
        entity("shop", location=SHOP, relations=relations["component:shop"]),
        entity("db", "Resource", f"url:{REPO}/db.yaml", relations=relations["resource:db"], spec={"type": "database", "owner": "core"}),
        entity("orders", "Dataset", f"url:{REPO}/orders.yaml", relations=relations["dataset:orders"], spec={"rows": 7}),
        entity("erin", "User", "msgraph:default/erin", spec={"memberOf": []}),
        group(),
    )


@pytest.mark.parametrize(("ref", "relations"), PROCESSORS)
def test_relations_of_processors_are_in_the_catalog(tmp_path, ref, relations):
    resolved = read(tmp_path, *with_processors())
    answered = entity_json(resolved.catalog, get(resolved, ref))["relations"]
    assert [(r["type"], r["targetRef"]) for r in answered] == sorted(relations)


def test_no_false_statement_follows_from_what_processors_added(tmp_path):
    resolved = read(tmp_path, *with_processors())
    assert [p[:3] for p in problems(resolved)] == [
        ("GRP001", "info", "group:default/core"),
        ("ENT004", "info", "dataset:default/orders"),
    ]
    erin = entity_json(resolved.catalog, get(resolved, "user:erin"))["relations"]
    assert erin == [{"type": "ownerOf", "targetRef": "component:default/shop"}]


def test_places_are_those_of_the_files_that_backstage_has_read(tmp_path):
    docs = {"backstage.io/techdocs-ref": "dir:."}
    resolved = read(tmp_path, entity("shop", location=SHOP, annotations=docs, metadata={"tags": ["Bad_Tag!"]}), group())
    shop = get(resolved, "component:shop")
    tree = tree_of(resolved.trees, shop.origin)
    assert (shop.origin.repository, shop.origin.path) == ("acme/shop", "svc/catalog-info.yaml")
    assert tree.view_url("svc/catalog-info.yaml") == f"{REPO}/svc/catalog-info.yaml"
    assert tree.view_url("svc") == f"{REPO}/svc"
    # the text was written by Callboard, so its lines are no lines of the file; Backstage has accepted what its rules refuse
    assert problems(resolved, "ENT") == [("ENT011", "warning", "component:default/shop", SHOP_FILE)]
    annotations = entity_json(resolved.catalog, shop, tree_of=lambda o: tree_of(resolved.trees, o))["metadata"]["annotations"]
    assert (annotations[LOCATION], annotations[ORIGIN]) == (SHOP, SHOP)
    assert annotations["backstage.io/source-location"] == f"url:{REPO}/svc/"
    assert annotations["backstage.io/edit-url"] == "https://github.com/acme/shop/edit/main/svc/catalog-info.yaml"


@pytest.mark.parametrize("location", ["file:/app/catalog/all.yaml", "msgraph:default/g1", "ldap://x"])
def test_an_entity_without_a_file_on_the_web_keeps_its_true_location(tmp_path, location):
    resolved = read(tmp_path, entity("shop", location=location), group())
    shop = get(resolved, "component:shop")
    assert shop.origin.path == "catalog/default/component/shop"
    annotations = entity_json(resolved.catalog, shop, tree_of=lambda o: tree_of(resolved.trees, o))["metadata"]["annotations"]
    assert annotations == {LOCATION: location, ORIGIN: location}


FILTERED = entity("shop", location=SHOP, relations=[("ownedBy", "group:default/core"), ("partOf", "system:default/gone")],
                  spec={"type": "service", "lifecycle": "production", "owner": "core", "system": "gone"})  # fmt: skip


@pytest.mark.parametrize(
    ("options", "has_by_refs", "dangling"),
    [
        # B6: the group is in Backstage and was not asked for; the system is missing there too
        (", filter: ['kind=component']", True, ["spec.system"]),
        (", filter: ['kind=component']", False, []),  # an old Backstage cannot be asked
        ("", True, ["spec.owner", "spec.system"]),
    ],
)
def test_what_a_filter_leaves_out_is_not_missing(tmp_path, options, has_by_refs, dangling):
    resolved = read(tmp_path, FILTERED, left_out=[group()], options=options, has_by_refs=has_by_refs)
    assert [p.field for p in resolved.problems if p.code == "REF001"] == dangling


@pytest.mark.long
def test_pages_do_not_call_missing_what_a_filter_leaves_out(tmp_path):
    store = {**FILTERED, "metadata": {**FILTERED["metadata"], "name": "store"}}
    exists = {"left_out": [group()]}

    def answer(asked, wire):
        return instance(store, **exists)(asked, wire)

    write(tmp_path)
    with Server(answer) as server, (tmp_path / "sources.yaml").open("a") as sources:
        sources.write(f"  - {{name: backstage, type: backstage, url: '{server.url}', filter: ['kind=component']}}\n")
        sources.flush()
        assert callboard(tmp_path, "build").returncode == 0
        page = (tmp_path / "site/catalog/default/component/store/index.html").read_text()
        table = (tmp_path / "site/catalog/index.html").read_text()
        names = json.loads((tmp_path / "site/api/catalog/names.json").read_text())
        exists["left_out"] = []
        assert callboard(tmp_path, "build").returncode == 0
        later = (tmp_path / "site/catalog/default/component/store/index.html").read_text()
    owner = "<bdi>core</bdi> <small>not in this portal</small>"
    assert owner in page
    assert "<bdi>gone</bdi> <small>not found in catalog</small>" in page
    assert '<span title="group:default/core"><bdi>core</bdi></span>' in table
    assert set(names["ownerState"]) == {0}
    assert owner not in later
    assert "group:default/core (not found in catalog)" in later


DESCRIPTOR = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: shop}
spec: {type: service, lifecycle: production, owner: core}
"""
FILES = "  - {name: files, type: files, path: shop, view_url: 'https://github.com/acme/shop/tree/main/{path}'}\n"
COMPARED = {
    # B5: the same file, once from the repository and once from Backstage
    "equal": (DESCRIPTOR, SHOP, {}, []),
    "provider": (DESCRIPTOR, "githubOrg:x", {}, []),
    "slug-of-a-processor": (DESCRIPTOR, SHOP, {"github.com/project-slug": "acme/shop"}, []),
    "older": (DESCRIPTOR.replace("production", "deprecated"), SHOP, {}, [("BST003", "`spec.lifecycle`")]),
    "other-annotation": (DESCRIPTOR, SHOP, {"a/b": "c"}, [("BST003", "`metadata.annotations.a/b`")]),
    "another-file": (DESCRIPTOR, f"url:{REPO}/other/catalog-info.yaml", {}, [("DUP001", "is already defined in")]),
    "another-repository": (DESCRIPTOR, WEB, {}, [("DUP001", "is already defined in")]),
}  # fmt: skip


@pytest.mark.parametrize("case", COMPARED)
def test_the_same_entity_from_backstage_and_its_file_is_compared_and_no_duplicate(tmp_path, case):
    text, location, annotations, expected = COMPARED[case]
    file = tmp_path / "shop/svc/catalog-info.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    resolved = read(tmp_path, entity("shop", location=location, annotations=annotations), group(), sources=FILES, options=", compare: true")
    found = [p for p in resolved.problems if p.code.startswith(("DUP", "BST")) and p.subject.name == "shop"]
    assert [p.code for p in found] == [code for code, _ in expected]
    assert all(words in p.message for p, (_, words) in zip(found, expected, strict=True))
    assert get(resolved, "component:shop").origin.source == "files"


@pytest.mark.parametrize(("options", "expected"), [(", compare: true", ["group:default/core"]), ("", [])])
def test_what_only_backstage_has_is_listed_on_request(tmp_path, options, expected):
    file = tmp_path / "shop/svc/catalog-info.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(DESCRIPTOR)
    resolved = read(tmp_path, entity("shop", location=SHOP), group(), sources=FILES, options=options)
    listed = [p for p in resolved.problems if p.code == "BST004"]
    assert [str(p.subject) for p in listed] == expected
    assert all("msgraph:default/core" in p.message for p in listed)


@pytest.mark.long
def test_a_large_definition_that_backstage_resolved_stays(tmp_path):
    """A2: 2.7 MB behind ``$text`` are one document in Backstage's answer; the bound of what an author types is 2 MB."""
    spec = {"type": "openapi", "lifecycle": "production", "owner": "core", "definition": "x" * 2_700_000}
    resolved = read(tmp_path, entity("big", "API", SHOP, spec=spec), group())
    assert len(get(resolved, "api:big").spec["definition"]) == 2_700_000
    assert problems(resolved, "YML") == []


HOSTILE = [
    {"relations": [{"type": 7, "targetRef": []}, 3, {"type": "x"}, {"type": "x", "targetRef": "no kind"}]},
    {"relations": {"type": "x"}, "status": []},
    {"status": {"items": {"a": 1}}}, {"status": {"items": [7, {"message": ["x"], "level": {}}]}},
    {"metadata": {"annotations": {LOCATION: ["x"], "backstage.io/view-url": "javascript:alert(1)"}}},
]  # fmt: skip


@pytest.mark.parametrize("more", HOSTILE, ids=json.dumps)
def test_answers_with_odd_parts_lose_only_those_parts(tmp_path, more):
    resolved = read(
        tmp_path,
        {**entity("shop", location=SHOP), **({"metadata": {"name": "shop", **more.pop("metadata")}} if "metadata" in more else {}), **more},
        group(),
    )
    shop = get(resolved, "component:shop")
    assert tree_of(resolved.trees, shop.origin).view_url(shop.origin.path).startswith("http")


MANY = [entity(f"c{number}", location=f"url:{REPO}/c{number}.yaml") for number in range(45)]


@pytest.mark.long
@pytest.mark.parametrize(("left", "sentence"), [
    # B4: the instance, or a proxy in front of it, answers 200 without an item; a sibling: most of one repository is gone
    ([], "The number of repositories dropped from 6 to 0"),
    (MANY[:5], "The number of repositories dropped from 6 to 1"),
    ([group(f"g{number}") for number in range(5)] + MANY[:5], "The number of entities in acme/shop dropped from 45 to 5"),
])  # fmt: skip
def test_a_source_that_lost_more_than_the_limit_is_reported_with_what_to_do(tmp_path, left, sentence):
    answers = {"now": [*MANY, *(group(f"g{number}", location=f"url:https://host{number}.example/g.yaml") for number in range(5))]}
    if "entities" in sentence:
        answers["now"] = [*MANY, *(group(f"g{number}") for number in range(5))]

    def answer(asked, wire):
        return instance(*answers["now"])(asked, wire)

    write(tmp_path)
    with Server(answer) as server, (tmp_path / "sources.yaml").open("a") as sources:
        sources.write(f"  - {{name: backstage, type: backstage, url: '{server.url}'}}\n")
        sources.flush()
        first = callboard(tmp_path, "build")
        answers["now"] = left
        second, strict = callboard(tmp_path, "build"), callboard(tmp_path, "build", "--strict")
        status = (tmp_path / "site/status/index.html").read_text()
        accepted = callboard(tmp_path, "build", "--accept-loss")
    assert (first.returncode, second.returncode, strict.returncode, accepted.returncode) == (0, 0, 1, 0), second.stderr
    assert f"The source 'backstage' is served from its last good copy. {sentence}" in second.stderr
    assert "run `callboard build --accept-loss` once" in second.stderr
    assert "last good copy" not in accepted.stderr
    assert status.count(sentence) <= 8, "one row for each tree, not for each file"
