import re
from pathlib import Path

import pytest

from callboard.model.counting import counted, label_for
from callboard.website.labels import builtin_labels
from callboard.website.portal_files import find_portal_files

LABELS = builtin_labels(find_portal_files(Path("/nowhere")).templates[-1])
FROM_TWO_ON = {
    "delivery_range",
    "many_rows",
    "rows_printed",
    "n_steps",
    "n_to_n_steps",
    "facts_since",
    "tests_failed",
    "lines_left_out",
    "diagram_organisation",
}
"""Labels that nothing asks for with one: a single step is told as `directly`, and so on; changes are added up from two on."""
PLURAL = re.compile(r"(?:\{[^{}]*\}|%d) (?:[a-z]+ )?(?:[a-z]{3,}s|entities|people)\b")
GENERATOR = Path(__file__).parent.parent.parent / "generator/callboard"
UNITS = re.compile(r"\{[^{}]*:,\} (?:entities|repositories|files|pages|problems|errors|warnings|links|objects|sources|teams|documents)\b")


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 entities"), (1, "1 entity"), (2, "2 entities"), (1_000, "1,000 entities"), (-1, "-1 entities")]
)
def test_a_number_has_the_form_of_its_noun(number, told):
    assert counted(number, "entity", "entities") == told


def test_most_plurals_are_made_with_an_s():
    assert (counted(1, "problem"), counted(2, "problem")) == ("1 problem", "2 problems")


def test_a_label_for_one_is_taken_where_there_is_one():
    labels = {"n": "{:,} things of {}", "n_1": "one thing of {1}", "m": "owns {:,}"}
    assert [label_for(labels, "n", number, "x") for number in (1, 2_000)] == ["one thing of x", "2,000 things of x"]
    assert label_for(labels, "m", 1) == "owns 1"


@pytest.mark.parametrize("key", [key for key, text in LABELS.items() if PLURAL.search(text)])
def test_a_label_with_a_plural_has_a_form_for_one(key):
    assert f"{key}_1" in LABELS or key in FROM_TWO_ON or key.startswith("change_")


def test_no_message_counts_things_without_their_noun():
    for module in GENERATOR.rglob("*.py"):
        for line in module.read_text("utf-8").splitlines():
            found = UNITS.search(line)
            is_label = line.lstrip().startswith('"diagram_')  # a label, which the test above checks
            assert not found or is_label or "more than {" in line or "leads to {" in line or ":,} are read" in line, (
                f"{module}: {line.strip()}"
            )
