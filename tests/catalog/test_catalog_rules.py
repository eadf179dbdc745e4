import json
from pathlib import Path

import pytest
from catalog_reading import read_portal

from callboard.catalog.problem_assignment import with_responsible
from callboard.plugins.rules import rules_of
from callboard.yaml import documents as yaml_documents

FIXTURES = Path(__file__).parent.parent / "fixtures" / "problems"
RULES = [*rules_of("catalog.rules"), *rules_of("ingestion.rules")]
CODES = {rule.code for rule in RULES}
FOLDERS = sorted(folder for folder in FIXTURES.iterdir() if folder.name.split("-")[0] in CODES)


def told(problem):
    return {
        "code": problem.code,
        "path": problem.origin.path,
        "line": problem.span.line,
        "column": problem.span.column,
        "severity": str(problem.severity),
        "message": problem.message,
    }


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_folder_of_descriptors_shows_the_defect_at_its_place(folder):
    code = folder.name.split("-")[0]
    found = [told(problem) for problem in read_portal(folder / "input")[1] if problem.code == code]
    assert found == json.loads((folder / "expected.json").read_text())


def test_every_rule_has_a_folder_named_after_it():
    assert {folder.name for folder in FOLDERS} == {f"{rule.code}-{rule.name}" for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_examples_of_a_rule_are_yaml_and_differ(rule):
    for text in (rule.wrong, rule.right):
        documents = yaml_documents.read_documents(text)
        assert documents
        assert not any(document.troubles for document in documents)
    assert rule.wrong != rule.right
    assert rule.summary.endswith(".")


def test_every_problem_has_a_fingerprint_of_its_own_and_a_hint():
    for folder in FOLDERS:
        problems = read_portal(folder / "input")[1]
        assert all(problem.hint and problem.subject and problem.origin and problem.fingerprint for problem in problems)
        assert len({(problem.fingerprint, problem.origin.document) for problem in problems}) == len(problems)


def test_the_team_that_can_mend_it_is_named():
    catalog, problems = read_portal(FIXTURES / "LIF001-risky-dependency" / "input")
    assert {str(problem.responsible) for problem in with_responsible(catalog, problems)} == {"group:default/team-checkout"}
