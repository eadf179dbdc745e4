import json
from collections import Counter

import pytest

from callboard.lint import baseline
from callboard.model.entity import Origin
from callboard.model.errors import CallboardError
from callboard.model.problem import Problem, Severity

ORIGIN = Origin("files", "t", "r", "", "catalog-info.yaml", 0, 1)


def problem(fingerprint, field="spec.owner"):
    return Problem("REF001", Severity.WARNING, "m", ORIGIN, field=field, fingerprint=fingerprint)


def test_what_is_written_is_read_again(tmp_path):
    file = tmp_path / "baseline.json"
    file.write_text(baseline.baseline_text([problem("b"), problem("a"), problem("a")]))
    assert baseline.read_baseline(file) == Counter({"a": 2, "b": 1})
    assert [row["fingerprint"] for row in json.loads(file.read_text())["problems"]] == ["a", "a", "b"]


def test_an_empty_baseline_hides_nothing(tmp_path):
    file = tmp_path / "baseline.json"
    file.write_text(baseline.baseline_text([]))
    assert baseline.not_in_baseline([problem("a")], baseline.read_baseline(file)) == ((problem("a"),), 0)


def test_each_entry_hides_one_problem():
    kept, hidden = baseline.not_in_baseline([problem("a", "1"), problem("a", "2"), problem("b"), problem("c")], Counter({"a": 1, "b": 5}))
    assert [(one.fingerprint, one.field) for one in kept] == [("a", "2"), ("c", "spec.owner")]
    assert hidden == 2


def test_a_secret_is_not_written_into_a_baseline():
    secret = "ghp_" + "a1B2" * 10
    assert secret not in baseline.baseline_text([problem("a", f"metadata.{secret}")])


@pytest.mark.parametrize("text", ["", "[]", '{"format": 9, "problems": []}', '{"format": 1}', '{"format": 1, "problems": [1]}'])
def test_what_is_no_baseline_is_refused(tmp_path, text):
    file = tmp_path / "b.json"
    file.write_text(text)
    with pytest.raises(CallboardError):
        baseline.read_baseline(file)


def test_a_missing_baseline_says_how_to_write_one(tmp_path):
    with pytest.raises(CallboardError) as error:
        baseline.read_baseline(tmp_path / "none.json")
    assert "--write-baseline" in error.value.hint
