"""Every YAML block of the manual is what it seems to be: settings, options of a source, descriptors, labels or a workflow."""

import json
import re
from importlib.resources import files

import jsonschema
import pytest
from docs_support import settings_problems

import yaml
from callboard.api_changes.texts import compared_reference
from callboard.descriptors.document import FileLocation
from callboard.descriptors.kinds import builtin_kinds
from callboard.descriptors.reading import read_text
from callboard.scorecards.card_files import read_cards
from callboard.scorecards.portal_scorecards import family_shapes
from callboard.settings.checks import sources_schema
from callboard.settings.settings import Limits
from callboard.website.labels import builtin_labels, read_labels
from pages import ROOT, all_blocks
from support import portal

PLACE = FileLocation("here", "tree", "acme/shop", "", "catalog-info.yaml")
SECTIONS = frozenset(sources_schema()["properties"])
LABELS = builtin_labels(ROOT / "templates")
BLOCKS = all_blocks("yaml")
CI = {
    ".github/workflows/": "github-workflows",
    ".gitlab-ci.yml": "gitlab-ci",
    "compose.yaml": "compose-spec",
    "action.yml": "github-actions",
}
"""By the path in the block's first line: the JSON Schema, which `check-jsonschema` brings along."""
COMPONENT = {"apiVersion": "backstage.io/v1alpha1", "kind": "Component"}
SPEC = {"type": "service", "lifecycle": "production", "owner": "team-a"}
NOT_CHECKED = {
    "# .pre-commit-config.yaml": "tests/lint/test_pre_commit.py runs the hooks",
    "# docs/nav.yaml": "a list of pages; tests/website/test_overlays.py reads one",
    "# guides/nav.yaml": "a list of pages; tests/website/test_overlays.py reads one",
    "# mkdocs.yml": "the configuration of another program",
}  # fmt: skip


def kind_of(block):
    """What a block is, by its first line, its title and its keys."""
    first = block.text.partition("\n")[0]
    if first.startswith("#") and any(path in first for path in CI):
        return "workflow"
    if first.startswith(tuple(NOT_CHECKED)):
        return "not checked"
    if re.search(r"# (wrong|right)$", block.text, re.MULTILINE):
        return "wrong and right"
    if block.title == "openapi.yaml":
        return "definition"
    if block.title.startswith("scorecards/") or block.title == "a rule":
        return "scorecard"
    return "schema" if block.title.startswith("kinds/") else kind_of_value(next(yaml.safe_load_all(block.text)))


def kind_of_value(value):
    """What the first document of a block is, by its keys."""
    if isinstance(value, list):
        return "workflow" if any({"uses", "run"} & set(item) for item in value) else "items"
    kinds = {
        "descriptors": {"kind", "metadata"} <= set(value),
        "workflow": "jobs" in value,
        "settings": set(value) <= SECTIONS,
        "part of a descriptor": set(value) <= {"apiVersion", "kind", "metadata", "spec"},
        "labels": all(key.removesuffix("_1") in LABELS for key in value),
        "options": True,
    }
    return next(kind for kind, is_so in kinds.items() if is_so)


def of_kind(*kinds):
    return [pytest.param(block, id=str(block)) for block in BLOCKS if kind_of(block) in kinds]


@pytest.mark.parametrize("block", of_kind("definition"))
def test_definitions_can_be_compared(block):
    assert compared_reference(f"openapi: 3.1.0\n{block.text}").entries


def item_before(block):
    """The last item of a list of settings on the page above the block, with the section that it is in."""
    found = None
    for other in BLOCKS:
        if other.page == block.page and other.line < block.line:
            value = yaml.safe_load(other.text) if kind_of(other) in {"settings", "items"} else None
            for section in ("sources", "integrations", "publish"):
                if isinstance(value, dict) and isinstance(value.get(section), list):
                    found = section, value[section][-1]
            if isinstance(value, list) and found:
                found = found[0], value[-1]
    return found


def test_there_are_blocks_of_each_kind():
    assert {kind_of(block) for block in BLOCKS} >= {"settings", "items", "options", "descriptors", "workflow", "labels", "wrong and right"}


@pytest.mark.parametrize("block", of_kind("settings"))
def test_settings_are_valid(block, tmp_path):
    assert settings_problems(block.text, tmp_path) == []


@pytest.mark.parametrize("block", of_kind("items"))
def test_items_of_a_list_of_settings_are_valid(block, tmp_path):
    section, _ = item_before(block)
    assert settings_problems(yaml.safe_dump({section: yaml.safe_load(block.text)}), tmp_path) == []


@pytest.mark.parametrize("block", of_kind("options"))
def test_options_fit_the_item_above_them(block, tmp_path):
    section, item = item_before(block)
    options = yaml.safe_load(block.text)
    merged = {key: value for key, value in item.items() if key != "token" or "app" not in options} | options
    assert settings_problems(yaml.safe_dump({section: [merged]}), tmp_path) == []


@pytest.mark.parametrize("block", of_kind("descriptors"))
def test_descriptors_have_no_problem(block):
    kinds = builtin_kinds()
    own = {document["kind"].lower() for document in yaml.safe_load_all(block.text)} - set(kinds.by_name)
    if own:
        pytest.skip("a custom kind: tests/website/test_manual_of_kinds.py reads it with its schema")
    read = read_text(block.text.encode(), PLACE, lambda path: b"openapi: 3.1.0\ninfo: {title: A, version: '1'}\npaths: {}", kinds, Limits())
    assert [problem.message for problem in read.problems] == []


@pytest.mark.parametrize("block", of_kind("part of a descriptor"))
def test_a_part_of_a_descriptor_fits_into_a_component(block):
    part = yaml.safe_load(block.text)
    whole = (
        COMPONENT
        | {key: part[key] for key in ("apiVersion", "kind") if key in part}
        | {"metadata": {"name": "a"} | part.get("metadata", {}), "spec": SPEC | part.get("spec", {})}
    )
    read = read_text(yaml.safe_dump(whole).encode(), PLACE, lambda path: b"", builtin_kinds(), Limits())
    assert [problem.message for problem in read.problems] == []


def component(line):
    """A descriptor with this line where its key belongs."""
    indented = {"description": "  ", "dependsOn": "  ", "owner": "  "}.get(line.partition(":")[0], "    ")
    above = "spec" if line.startswith(("dependsOn", "owner")) else "metadata"
    head = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: a\n"
    inside = f"{'  annotations:' + chr(10) if len(indented) == 4 else ''}{indented}{line}\n"
    spec = "".join(f"  {key}: {value}\n" for key, value in SPEC.items() if not line.startswith(f"{key}:"))
    return f"{head}{inside if above == 'metadata' else ''}spec:\n{spec}{inside if above == 'spec' else ''}"


@pytest.mark.parametrize("block", of_kind("wrong and right"))
def test_what_is_called_wrong_has_a_problem_and_what_is_called_right_has_none(block, tmp_path):
    lines = [(line.rpartition("#")[0].rstrip(), line.endswith("# wrong")) for line in block.text.splitlines()]
    assert {is_wrong for _, is_wrong in lines} == {True, False}
    for line, is_wrong in lines:
        (tmp_path / "catalog-info.yaml").write_text(component(line))
        checked = portal.callboard(tmp_path, "lint", "catalog-info.yaml").stdout
        assert ("No problems found" not in checked) == is_wrong, (line, checked)


@pytest.mark.parametrize("block", of_kind("scorecard"))
def test_a_scorecard_has_no_mistake(block, tmp_path):
    value = yaml.safe_load(block.text)
    card = value if "rules" in value else {"name": "a", "levels": ["bronze", "silver"], "rules": [value]}
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(json.loads(json.dumps(card, default=str))))
    cards = read_cards(tmp_path, ["a.yaml"], family_shapes(), {"ownedBy", "dependsOn"})
    assert [problem.message for problem in cards.problems] == []
    assert len(cards.cards) == 1


@pytest.mark.parametrize("block", of_kind("labels"))
def test_labels_can_be_filled(block, tmp_path):
    (tmp_path / "strings").mkdir()
    (tmp_path / "strings/de.yaml").write_text(block.text)
    assert read_labels((tmp_path, ROOT / "templates"), tmp_path, "de")[1] == ()


@pytest.mark.parametrize("block", of_kind("workflow"))
def test_a_workflow_fits_its_schema(block):
    value, first = yaml.safe_load(block.text), block.text.partition("\n")[0]
    if isinstance(value, list):  # steps, or other parts of the workflow before it
        value, first = {"on": "push", "jobs": {"a": {"runs-on": "ubuntu-latest", "steps": value}}}, ".github/workflows/"
    name = next((schema for path, schema in CI.items() if path in first), "github-workflows")
    if True in value:  # the word "on" in YAML 1.1
        value["on"] = value.pop(True)
    schema = json.loads((files("check_jsonschema") / f"builtin_schemas/vendor/{name}.json").read_text("utf-8"))
    jsonschema.validators.validator_for(schema)(schema).validate(value)
