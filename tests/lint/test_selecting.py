import pytest

from callboard.lint.baseline import Selection, codes
from callboard.model.errors import CallboardError
from callboard.model.problem import Problem, Severity

PROBLEMS = [
    Problem("REF001", Severity.WARNING, "a"),
    Problem("REF002", Severity.ERROR, "b"),
    Problem("OWN001", Severity.WARNING, "c"),
    Problem("ORP001", Severity.INFO, "d"),
]


@pytest.mark.parametrize(
    ("selection", "kept"),
    [
        (Selection(), "abcd"),
        (Selection(select=codes(["ref"])), "ab"),
        (Selection(select=codes(["REF001,own", "ORP001"])), "acd"),
        (Selection(ignore=codes(["REF"])), "cd"),
        (Selection(select=codes(["REF"]), ignore=codes(["REF002"])), "a"),
        (Selection(lowest=Severity.WARNING), "abc"),
        (Selection(select=codes(["O"]), lowest=Severity.ERROR), ""),
    ],
)
def test_problems_are_chosen_by_code_beginning_and_severity(selection, kept):
    assert "".join(problem.message for problem in PROBLEMS if selection.has(problem)) == kept


def test_a_code_with_which_nothing_begins_is_refused():
    with pytest.raises(CallboardError, match='No problem code begins with "REX"') as error:
        codes(["REX"])
    assert "REF" in error.value.hint


def test_no_codes_are_no_codes():
    assert codes([" , "]) == ()
