"""Everything that commands and the site write for scripts is as the JSON Schemas of the manual say."""

import json
from pathlib import Path

import jsonschema
import pytest

from callboard.cli.manual.output_schemas import OUTPUTS, output_schema
from support import portal

FACTS = "entity,identifier,state,severity,opened_at\ncomponent:shop,i1,resolved,high,2026-09-01T00:00:00Z\n"
CARDS = {
    "basics": "name: basics\ntitle: Basics\nlevels: [bronze]\nrules:\n"
    "  - {id: owned, title: Owned, level: bronze, check: {field: owner, exists: true}}\n",
    "weighted": "name: weighted\ntitle: Weighted\nrules:\n"
    "  - {id: described, title: Described, weight: 2, from: 2020-01-01, check: {field: description, exists: true}}\n",
}  # fmt: skip
MORE = """\
scorecards: [basics.yaml, weighted.yaml]
integrations:
  - {name: incidents, type: file, path: incidents.csv, family: incident}
  - {name: rota, type: pagerduty, token: "${ROTA_TOKEN}"}
"""
CARGO = portal.LEDGER.replace("ledger", "cargo").replace("team-books", "team-nobody")


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """Each output by name, of a portal with problems, facts, scorecards, a change and an integration that failed."""
    folder = portal.write(tmp_path_factory.mktemp("machine"), broken="kind: [")
    (folder / "sources.yaml").write_text(portal.SOURCES + MORE)
    (folder / "incidents.csv").write_text(FACTS)
    for name, text in CARDS.items():
        (folder / f"{name}.yaml").write_text(text)
    assert portal.callboard(folder, "build").returncode == 0
    before = (folder / ".callboard/state").rename(folder / "before")
    (folder / ".callboard/state").mkdir()
    for file in before.iterdir():
        (folder / ".callboard/state" / file.name).write_bytes(file.read_bytes()) if file.is_file() else None
    (folder / "repositories/shop/catalog-info.yaml").write_text(portal.SHOP.replace("production", "deprecated") + "---\n" + CARGO)
    done = portal.callboard(folder, "build", "--report", "report.json")
    assert done.returncode == 0, done.stderr
    (folder / "old.graphql").write_text("type Query { a: String b: Int }")
    (folder / "new.graphql").write_text("type Query { a: Int }")
    commands = {
        "lint": ("lint", "--format", "json"),
        "diff": ("diff", "before", ".callboard", "--format", "json"),
        "api-diff": ("api-diff", "old.graphql", "new.graphql", "--format", "json"),
        "plugins": ("plugins", "--format", "json"),
        "score": ("score", "--explain", "--format", "json"),
        "workflow": ("workflow", "--format", "json"),
    }
    found = {name: json.loads(portal.callboard(folder, *command).stdout) for name, command in commands.items()}
    portal.callboard(folder, "lint", "--write-baseline", "baseline.json")
    site = Path("site")
    files = {
        "baseline": "baseline.json",
        "build-report": "report.json",
        "build": site / "build.json",
        **{name: site / f"api/catalog/{name}.json" for name in ("names", "table", "relations")},
        "collections": site / "status/collections.json",
        "scorecard": site / "scorecards/basics/results.json",
        "scorecards": site / "api/scorecards/results.json",
    }
    weighted = json.loads((folder / "site/scorecards/weighted/results.json").read_text())
    return found | {name: json.loads((folder / path).read_text()) for name, path in files.items()} | {"scorecard of weights": weighted}


@pytest.mark.long
@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output_is_as_its_schema_says_and_has_no_key_that_the_schema_lacks(outputs, name):
    schema = output_schema(name, is_strict=True)
    jsonschema.Draft202012Validator.check_schema(schema)
    for output in (found for key, found in outputs.items() if key.partition(" ")[0] == name):
        assert output, name
        jsonschema.Draft202012Validator(schema).validate(output)


@pytest.mark.long
def test_the_outputs_show_every_key_or_the_type_says_that_it_may_be_missing(outputs):
    assert {row["kind"] for row in outputs["diff"]["changes"]} >= {"added", "lifecycle", "problem-opened"}
    assert {problem["code"] for problem in outputs["lint"]} >= {"YML001", "REF001"}
    assert outputs["build-report"]["counts"]["integrations"]["rota"]["failures"] == 1
    assert {row["scorecard"] for row in outputs["score"]} == {"basics", "weighted"}


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_published_schema_allows_keys_of_later_versions(name):
    assert "additionalProperties" not in json.dumps(
        {key: {**value, "properties": {}} for key, value in output_schema(name)["$defs"].items()}
    )


def test_a_wrong_output_is_found():
    schema = output_schema("build", is_strict=True)
    for wrong in ({"format": 2, "data": {}}, {"format": 1}, {"format": 1, "data": {"a": "x"}}, {"format": 1, "data": {}, "more": 1}):
        assert not jsonschema.Draft202012Validator(schema).is_valid(wrong)
