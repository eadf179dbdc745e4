"""Scorecard files: every mistake has its place and a hint, and costs only its own scorecard."""

from datetime import date
from types import SimpleNamespace

import pytest

from callboard.model.ref import EntityRef
from callboard.scorecards.card_files import read_cards
from callboard.scorecards.portal_scorecards import exemption_problems, family_shapes

GOOD = """\
name: ownership
levels: [bronze, silver]
rules:
  - {id: described, level: bronze, check: {field: description, exists: true}}
"""
RELATIONS = {"ownedBy", "dependsOn"}


def read(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return read_cards(folder, [f"{name}.yaml" for name in files], family_shapes(), RELATIONS)


def lines(cards):
    return [
        f"{problem.origin.path}:{problem.span.line}:{problem.span.column} {problem.code} {problem.message}" for problem in cards.problems
    ]


EXISTS = "{field: description, exists: true}"


@pytest.mark.parametrize(("old", "new", "place", "message"), [
    ("levels:", "levls:", "levls", "unknown key levls; did you mean levels?"),
    ("[bronze, silver]", "[bronze, bronze]", "[bronze", "must be a list of 1 to 9 different names, the lowest level first"),
    ("level: bronze", "level: brnze", "brnze", "the scorecard has no level brnze; did you mean bronze?"),
    ("exists: true", "exist: true", "exist", "exist is no comparison; did you mean exists?"),
    ("field: description", "field: descripton", "descripton", "an entity has no field descripton; did you mean description?"),
    (EXISTS, "{facts: vulnerabilty, count: 0}", "vulnerabilty", "there is no family vulnerabilty; did you mean vulnerability?"),
    (EXISTS, "{facts: vulnerability, where: {severity: {at-least: hihg}}, count: 0}", "hihg", "'hihg' is no severity; did you mean high?"),
    (EXISTS, "{facts: alert, none: {severty: high}}", "severty", "the family alert has no field severty; did you mean severity?"),
    (EXISTS, "{facts: vulnerability, count: 0, wher: {id: x}}", "wher", "unknown key wher; did you mean where?"),
    (EXISTS, "{facts: alert, every: {state: firign}}", "firign", "'firign' is no value of this field; did you mean firing?"),
    (EXISTS, "{related: dependOn, count: 0}", "dependOn", "there is no relation dependOn; did you mean dependsOn?"),
    (EXISTS, "{file: ../secrets}", "../secrets", "must be the path of a file in the repository, or a list of such paths"),
    (EXISTS, "{level: otehr, at-least: bronze}", "otehr", "there is no scorecard otehr; did you mean other?"),
    (EXISTS, "{field: tags, count: {at-leats: 1}}", "at-leats", "at-leats is no comparison of numbers; did you mean at-least?"),
    ("check:", "from: soon, check:", "soon", "must be a date such as 2026-12-31"),
    ("check:", "exempt: [{entity: x, reason: y}], check:", "{entity", "has no until: the last day that the exemption counts"),
    ("check:", "weight: 3, check:", "weight", "a scorecard has levels or weights, not both"),
    (f"check: {EXISTS}", "why: x", "{id", "has no check"),
    ("name: other", "name: Owner ship", "Owner", "'Owner ship' must consist of lower-case letters, digits and hyphens"),
])  # fmt: skip
def test_a_mistake_is_told_at_its_place_with_what_was_meant(tmp_path, old, new, place, message):
    text = GOOD.replace("name: ownership", "name: other")
    assert old in text
    wrong = text.replace(old, new)
    line, row = next((number, row) for number, row in enumerate(wrong.splitlines(), 1) if place in row)
    cards = read(tmp_path, good=GOOD, bad=wrong)
    assert f"bad.yaml:{line}:{row.index(place) + 1} SCO002 {message}" in lines(cards)
    assert [card.name for card in cards.cards] == ["ownership"]


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path):
    wrong = GOOD.replace("levels: [bronze, silver]", "levels: [bronze, silver]\ntitel: x").replace("exists: true", "exist: 1, matches: '('")
    assert len(read(tmp_path, bad=wrong).problems) == 3


def test_files_that_cannot_be_read_lose_only_themselves(tmp_path):
    (tmp_path / "latin.yaml").write_bytes(b"name: \xff")
    texts = {"broken": "name: [", "empty": "", "listed": "- a", "twice": GOOD, "good": GOOD}
    read(tmp_path, **texts)
    cards = read_cards(tmp_path, ["missing.yaml", "latin.yaml", *(f"{name}.yaml" for name in texts)], family_shapes(), RELATIONS)
    assert [card.name for card in cards.cards] == ["ownership"]
    assert {problem.code for problem in cards.problems} == {"SCO001", "SCO002"}
    assert [problem.origin.path for problem in cards.problems] == [
        "missing.yaml", "latin.yaml", "broken.yaml", "empty.yaml", "listed.yaml", "good.yaml"]  # fmt: skip


def test_scorecards_that_ask_for_each_others_levels_are_refused_and_the_others_judged(tmp_path):
    def asking(name, other):
        return GOOD.replace("ownership", name).replace("{field: description, exists: true}", f"{{level: {other}, at-least: bronze}}")

    cards = read(tmp_path, one=asking("one", "two"), two=asking("two", "one"), third=asking("third", "ownership"), good=GOOD)
    assert [card.name for card in cards.cards] == ["ownership", "third"]
    assert all("these scorecards ask for each other's levels: one, two" in problem.message for problem in cards.problems)
    assert len(cards.problems) == 2


@pytest.mark.parametrize(("name", "until", "said"), [
    ("shop", "2026-05-20", "ends on 2026-05-20"),
    ("shop", "2026-05-10", "ended on 2026-05-10"),
    ("gone", "2026-09-30", "is for an entity that is not in the catalog"),
    ("shop", "2026-09-30", ""),
])  # fmt: skip
def test_an_exemption_is_announced_two_weeks_before_its_end_as_sco003(tmp_path, name, until, said):
    exempt = f"exempt: [{{entity: {name}, reason: rewritten, until: {until}}}], check:"
    cards = read(tmp_path, card=GOOD.replace("check:", exempt))
    catalog = SimpleNamespace(entities={EntityRef("component", "default", "shop"): None})
    found = list(exemption_problems(tmp_path, cards, catalog, date(2026, 5, 17)))
    assert [(problem.code, problem.span.line) for problem in found] == ([("SCO003", 4)] if said else [])
    assert all(said in problem.message for problem in found)
