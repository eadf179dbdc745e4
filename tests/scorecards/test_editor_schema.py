"""The JSON Schema of scorecards for editors accepts what Callboard reads, and refuses mistakes that it can tell."""

from pathlib import Path

import jsonschema_rs
import pytest
from test_card_files import EXISTS, GOOD

import yaml
from callboard.scorecards.card_files import read_cards
from callboard.scorecards.editor_schema import card_schema
from callboard.scorecards.portal_scorecards import RELATIONS, family_shapes

STARTER = sorted((Path(__file__).parents[2] / "examples/scorecards").iterdir())
SCHEMA = jsonschema_rs.validator_for(card_schema(family_shapes(), RELATIONS, {"other": ("bronze", "silver")}))


def loaded(text):
    return yaml.safe_load(text)


@pytest.mark.parametrize("file", STARTER, ids=lambda file: file.stem)
def test_the_starter_set_is_valid(file):
    assert list(SCHEMA.iter_errors(dates_as_texts(loaded(file.read_text())))) == []


def dates_as_texts(data):
    if isinstance(data, dict):
        return {key: dates_as_texts(value) for key, value in data.items()}
    if isinstance(data, list):
        return [dates_as_texts(item) for item in data]
    return data if data is None or isinstance(data, str | int | float) else str(data)


@pytest.mark.parametrize("condition", [
    "{field: labels.tier, in: [gold, '1']}",
    "{field: tags, count: {at-least: 1, below: 9}}",
    "{field: links, any: {type: chat}}",
    "{facts: vulnerability, where: {severity: {at-least: high, unknown-as: medium}, first_seen: {older-than: 30d}}, count: 0}",
    "{facts: availability, every: {measured: {at-least: {field: objective}}}, max-age: 2d, source: prometheus}",
    "{facts: pipeline-run, share: {of: {state: succeeded}, at-least: 95}}",
    "{facts: quality-gate, latest: {new_coverage: {at-least: '80%'}}}",
    "{related: dependsOn, kind: [component], none: {field: lifecycle, is: deprecated}}",
    "{problems: {severity: [error]}, count: 0}",
    "{problems: {}, count: {at-most: 3}}",
    "{level: other, at-least: silver}",
    "{not: {any: [{file: README.md}, {all: [{check: naming, options: {a: 1}}]}]}}",
])  # fmt: skip
def test_every_form_of_a_condition_is_valid(condition, tmp_path):
    text = GOOD.replace(EXISTS, condition)
    assert condition in text
    assert list(SCHEMA.iter_errors(loaded(text))) == []
    (tmp_path / "card.yaml").write_text(text)
    (tmp_path / "other.yaml").write_text(GOOD.replace("ownership", "other"))
    problems = read_cards(tmp_path, ["card.yaml", "other.yaml"], family_shapes(), RELATIONS).problems
    assert [problem.message for problem in problems if "no check naming" not in problem.message] == []


@pytest.mark.parametrize(("old", "new"), [
    ("levels:", "levls:"),
    ("[bronze, silver]", "[bronze, bronze]"),
    ("exists: true", "exist: true"),
    ("field: description", "field: descripton"),
    (EXISTS, "{facts: vulnerabilty, count: 0}"),
    (EXISTS, "{facts: vulnerability, count: 0, any: {severity: high}}"),
    (EXISTS, "{facts: alert, none: {severty: high}}"),
    (EXISTS, "{facts: alert, every: {state: firign}}"),
    (EXISTS, "{related: dependOn, count: 0}"),
    (EXISTS, "{level: other, at-least: gold}"),
    (EXISTS, "{field: tags, count: {at-leats: 1}}"),
    (EXISTS, "{facts: incident, none: {opened: {older-than: 3mo}}}"),
    (EXISTS, "{all: []}"),
    ("check:", "exempt: [{entity: x, reason: y}], check:"),
    ("name: ownership", "name: Owner ship"),
])  # fmt: skip
def test_mistakes_are_refused(old, new):
    assert old in GOOD
    assert not SCHEMA.is_valid(loaded(GOOD.replace(old, new)))
