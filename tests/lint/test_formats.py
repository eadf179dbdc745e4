import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from fixture_reading import FIXTURES, problems_of

from callboard.lint.formats import FORMATS, render
from callboard.model.entity import Origin
from callboard.model.errors import CallboardError
from callboard.model.problem import Problem, Related, Severity, Span

SCHEMA = Path(__file__).parent.parent / "data" / "schemas" / "sarif-2.1.0.json"
HERE = Origin("files", "t", "shop", "", "a b/catalog-info.yaml", 0, 1)
ERROR = Problem("ENT006", Severity.ERROR, "Bad: 50%,\nreally", HERE, Span(4, 9, 4, 12), hint="Mend it.", fingerprint="f1")
WARNING = Problem("REF001", Severity.WARNING, "Dangling.", HERE, related=(Related("The first.", HERE, Span(2, 1, 2, 3)),), fingerprint="f2")
INFO = Problem("ORP001", Severity.INFO, "Alone.", HERE, Span(7, 3, 9, 1), fingerprint="f3")
EVERY = (ERROR, WARNING, INFO)
SECRET = "ghp_" + "a1B2" * 10


def every_fixture():
    return [problem for folder in sorted(FIXTURES.iterdir()) for problem in problems_of(folder)]


def test_an_unknown_format_names_the_known_ones():
    with pytest.raises(CallboardError) as error:
        render([], "xml")
    assert "junit" in error.value.hint


@pytest.mark.parametrize("style", FORMATS)
def test_a_secret_is_in_no_format(style):
    problem = Problem(
        "REF001",
        Severity.WARNING,
        f"`spec.owner` names group:default/{SECRET}, which is not in the catalog.",
        HERE,
        Span(3, 10, 3, 54),
        hint=f"Correct {SECRET}.",
        related=(Related(f"also {SECRET}", HERE),),
        fingerprint="f",
    )
    text = render([problem], style, lines=lambda origin, number: f"  owner: {SECRET}")
    assert SECRET not in text
    assert "ghp_****" in text


@pytest.mark.parametrize("style", FORMATS)
def test_each_format_can_say_that_nothing_is_wrong(style):
    text = render([], style)
    assert text == "" or text.endswith("\n")


def test_github_gets_a_command_a_problem_with_everything_escaped():
    assert render(EVERY, "github", portal="https://p/").splitlines() == [
        "::warning file=a b/catalog-info.yaml,line=1,endLine=1,title=REF001,col=1,endColumn=2::Dangling.%0Ahttps://p/problems/ref001/",
        (
            "::error file=a b/catalog-info.yaml,line=4,endLine=4,title=ENT006,col=9,endColumn=12"
            "::Bad: 50%25,\ufffdreally%0AMend it.%0Ahttps://p/problems/ent006/"
        ),
        "::notice file=a b/catalog-info.yaml,line=7,endLine=9,title=ORP001::Alone.%0Ahttps://p/problems/orp001/",
    ]


def test_a_path_cannot_add_a_property_or_a_command():
    evil = Origin("files", "t", "r", "", "a,line=9::x\n::error::y.yaml", 0, 1)
    [line] = render([Problem("X", Severity.INFO, "m", evil)], "github").splitlines()
    assert line.startswith("::notice file=a%2Cline=9%3A%3Ax\ufffd%3A%3Aerror%3A%3Ay.yaml,line=1,")


def test_sarif_is_valid_by_its_schema_for_every_problem_that_there_is():
    broken = r'"pattern": "^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$"'  # a bracket too many; we write no language
    validator = jsonschema_rs.Draft4Validator(json.loads(SCHEMA.read_text("utf-8").replace(broken, '"type": "string"')))
    for problems in ([], EVERY, every_fixture()):
        log = json.loads(render(problems, "sarif", portal="https://portal.example/"))
        assert [error.message for error in validator.iter_errors(log)] == []
        assert len(log["runs"][0]["results"]) == len(problems)


def test_sarif_has_rules_with_help_regions_and_fingerprints():
    [run] = json.loads(render(EVERY, "sarif", portal="https://p/"))["runs"]
    rules, results = run["tool"]["driver"]["rules"], run["results"]
    assert [rule["id"] for rule in rules] == ["ENT006", "ORP001", "REF001"]
    assert [rules[result["ruleIndex"]]["id"] for result in results] == [result["ruleId"] for result in results]
    assert "What it means" in rules[0]["help"]["text"]
    assert rules[0]["helpUri"] == "https://p/problems/ent006/"
    assert results[1]["partialFingerprints"] == {"callboard/v1": "f1"}
    place = results[1]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b/catalog-info.yaml"
    assert place["region"] == {"startLine": 4, "startColumn": 9, "endLine": 4, "endColumn": 12}
    assert results[0]["relatedLocations"][0]["message"]["text"] == "The first."
    assert [result["level"] for result in results] == ["warning", "error", "note"]


def test_junit_has_a_suite_a_file_and_fails_for_errors_and_warnings():
    other = Problem("ENT006", Severity.ERROR, "a\x00b", Origin("files", "t", "r", "", "z.yaml", 0, 1), fingerprint="f4")
    root = ET.fromstring(render((*EVERY, other), "junit"))
    assert root.attrib == {"name": "callboard lint", "tests": "4", "failures": "3"}
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in root] == [
        ("a b/catalog-info.yaml", "3", "2"), ("z.yaml", "1", "1"),
    ]  # fmt: skip
    failure = root.find(".//testcase[@name='ENT006 at a b/catalog-info.yaml:4:9']/failure")
    assert failure is not None
    assert failure.get("type") == "error"
    assert "Mend it." in failure.text


def test_junit_without_problems_is_one_case_that_passes():
    root = ET.fromstring(render([], "junit"))
    assert [case.get("name") for case in root.iter("testcase")] == ["No problems found."]
    assert not list(root.iter("failure"))


def test_gitlab_gets_unique_fingerprints_and_its_own_severities():
    findings = json.loads(render([*EVERY, ERROR], "gitlab"))
    assert len({finding["fingerprint"] for finding in findings}) == 4
    assert [finding["severity"] for finding in findings] == ["minor", "major", "major", "info"]
    assert findings[1]["location"] == {"path": "a b/catalog-info.yaml", "lines": {"begin": 4}}
    assert findings[1]["description"].startswith("ENT006: Bad")
    assert all(re.fullmatch("[0-9a-f]{64}", finding["fingerprint"]) for finding in findings)


def test_text_without_a_portal_names_the_command_that_explains():
    assert "  docs: callboard explain ENT006\n" in render([ERROR])


def test_text_says_how_many_the_baseline_hides():
    assert render([], hidden=1) == "No problems found. 1 problem is hidden by the baseline.\n"
    assert render([ERROR], hidden=12).endswith("1 error in 1 file. 12 problems are hidden by the baseline.\n")
