import json
from pathlib import Path

import pytest
from fixture_reading import FIXTURES, problems_of, told

from callboard.descriptors.document import FileLocation
from callboard.descriptors.kinds import builtin_kinds
from callboard.descriptors.reading import read_text
from callboard.lint.explain import explain, markdown, overview
from callboard.model.errors import CallboardError, MissingFileError
from callboard.plugins.rules import MODULES, all_rules, find_rule, rules_of
from callboard.settings.settings import Limits
from callboard.yaml import documents as yaml_documents

SHOWN_BY_NO_DESCRIPTOR = {"YML012"}
"""Rules about defects of the program: ``tests/descriptors`` tests them with a rule that fails."""
OURS = sorted((rule for rule in rules_of("descriptors.rules") if rule.code not in SHOWN_BY_NO_DESCRIPTOR), key=lambda rule: rule.code)
TESTS = Path(__file__).parent.parent
NEEDS_MORE_THAN_TEXT = {"YML005", "YML007", "YML009", "YML010", "PLC002", "KND001"}


def codes_in(text):
    def missing(path):
        raise MissingFileError(path)

    return {
        problem.code
        for problem in read_text(
            text.encode(), FileLocation("s", "t", "r", "", "catalog-info.yaml"), missing, builtin_kinds(), Limits()
        ).problems
    }


@pytest.mark.parametrize("rule", OURS, ids=lambda rule: rule.code)
def test_the_fixture_of_a_rule_shows_the_defect_at_its_place(rule):
    folder = FIXTURES / f"{rule.code}-{rule.name}"
    found = [told(problem) for problem in problems_of(folder)]
    assert rule.code in {problem["code"] for problem in found}
    assert found == json.loads((folder / "expected.json").read_text("utf-8"))


@pytest.mark.parametrize("rule", OURS, ids=lambda rule: rule.code)
def test_the_examples_of_a_rule_show_the_defect_and_its_absence(rule):
    assert rule.code in NEEDS_MORE_THAN_TEXT or rule.code in codes_in(rule.wrong)
    assert codes_in(rule.right) <= {"PLC001"}, "the right example has problems of its own"


@pytest.mark.parametrize("rule", all_rules().values(), ids=lambda rule: rule.code)
def test_every_rule_has_a_fixture_or_a_test_of_its_room(rule):
    room = next(module for module in MODULES if rule in tuple(rules_of(module))).removeprefix("plugins.").partition(".")[0]
    if room in {"descriptors", "catalog", "ingestion"} and rule.code not in SHOWN_BY_NO_DESCRIPTOR:
        assert (FIXTURES / f"{rule.code}-{rule.name}" / "expected.json").is_file()
    else:
        words = (rule.code, rule.name, rule.name.replace("-", "_"))
        tests = [test.read_text("utf-8") for test in (TESTS / room).rglob("*.py")]
        assert any(word in test for test in tests for word in words), f"no test of tests/{room} names {rule.code}"


def test_no_fixture_is_left_over_from_a_rule_that_is_gone():
    known = {f"{rule.code}-{rule.name}" for rule in all_rules().values()}
    assert {folder.name for folder in FIXTURES.iterdir()} <= known


@pytest.mark.parametrize("rule", all_rules().values(), ids=lambda rule: rule.code)
def test_every_rule_explains_itself(rule):
    text, page = explain(rule), markdown(rule)
    for part in (rule.code, rule.name, rule.summary.replace("`", '"')):
        assert part in " ".join(text.split())
    assert page.startswith(f"# {rule.code}")
    assert all(part.strip() for part in (rule.means, rule.matters, rule.wrong, rule.right))
    assert rule.wrong != rule.right
    assert "```" in rule.right or yaml_documents.read_documents(rule.right)[0].value, "neither a text nor YAML"


def test_a_rule_is_found_by_code_in_any_case_and_by_name():
    assert find_rule("ent006") is find_rule("invalid-name") is all_rules()["ENT006"]


def test_an_unknown_code_names_those_of_its_family():
    with pytest.raises(CallboardError) as error:
        find_rule("ENT999")
    assert "ENT001" in error.value.hint
    assert "SPC001" not in error.value.hint


def test_the_overview_has_one_line_a_rule():
    lines = overview(all_rules()).splitlines()
    assert [line.split()[0] for line in lines] == list(all_rules())
