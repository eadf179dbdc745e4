"""OpenAPI: pairs of documents with the verdicts of oasdiff, and spellings of one document that are no change."""

import copy
import json
import os
import random
import re
from functools import cache
from pathlib import Path

import pytest

import yaml
from callboard.api_changes.comparison import compare_definitions
from callboard.api_changes.findings import LEVELS
from callboard.api_changes.texts import UnreadableApiError
from support import EVERY_CASE

DATA = Path(os.environ.get("CALLBOARD_TEST_DATA", "/missing")) / "api-changes"
LEVEL = {"ERR": {"breaking"}, "WARN": {"may break"}, "INFO": {"none", "addition", "planned"}}
KNOWN = {"request-body-type-compatible"}
"""Expectations that do not hold: an object in XML that becomes a string is a change of type here."""
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="CALLBOARD_TEST_DATA has no pairs")
BASE = """
openapi: 3.1.0
info: {title: Orders, version: 1.0.0}
paths:
  /orders/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}, {name: limit, in: query, schema: {type: integer, maximum: 50}}]
      responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}}
    put:
      deprecated: true
      x-sunset: '2026-06-01'
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
      responses: {'204': {description: ok}}
webhooks:
  paid: {post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Paid'}}}}, responses: {'200': {description: ok}}}}
components:
  schemas:
    Order: {type: object, required: [id], properties: {id: {type: string}, state: {enum: [open, done]}, lines: {type: array, items: {$ref: '#/components/schemas/Line'}}}}
    Line: {type: object, properties: {sku: {type: string}, amount: {type: integer, minimum: 1}}}
    Paid: {type: object, required: [order], properties: {order: {type: string}}}
    Spare: {type: object, properties: {a: {type: string}}}
"""  # noqa: E501


def changed(*replacements):
    text = BASE
    for before, after in replacements:
        assert before in text
        text = text.replace(before, after)
    return compare_definitions(BASE, text, today="2026-07-01")


def levels(changes, rule):
    return {(each.place, each.part.strip(), each.level) for each in changes.findings if each.rule == rule}


@pytest.mark.parametrize(
    ("before", "after", "rule", "wanted"),
    [
        ("amount: {type: integer", "amount: {type: string", "type-changed", {("Line", "amount", "breaking")}),
        ("enum: [open, done]", "enum: [open, done, lost]", "enum-value-added", {("Order", "state", "may break")}),
        ("enum: [open, done]", "enum: [open]", "enum-value-removed", {("Order", "state", "breaking")}),
        ("maximum: 50", "maximum: 20", "maximum-lowered", {("GET /orders/{id}", "query limit", "breaking")}),
        ("sku: {type: string}, ", "", "optional-property-removed", {("Line", "sku", "may break")}),
        ("required: [id]", "required: [id, state]", "property-became-required", {("Order", "state", "breaking")}),
        ("required: [order]", "required: []", "property-became-optional", {("Paid", "order", "breaking")}),
        ("order: {type: string}", "order: {type: [string, 'null']}", "became-nullable", {("Paid", "order", "breaking")}),
        ("a: {type: string}", "a: {type: integer}", "unused-type-changed", {("Spare", "", "none")}),
        ("name: limit, in: query", "name: limit, in: query, required: true", "parameter-became-required",
         {("GET /orders/{id}", "query limit", "breaking")}),
        ("/orders/{id}:", "/orders/{order}:", "operation-removed", set()),
        ("maximum: 50", "maximum: 50, multipleOf: 5", "multiple-of-changed", {("GET /orders/{id}", "query limit", "breaking")}),
        ("type: object, properties: {sku", "type: object, additionalProperties: false, properties: {sku", "additional-properties-closed",
         {("Line", "", "breaking")}),
    ],
)  # fmt: skip
def test_a_change_is_judged_by_who_writes_the_value(before, after, rule, wanted):
    assert levels(changed((before, after)), rule) == wanted


def test_a_change_of_a_type_stands_once_with_the_operations_that_reach_it():
    (change,) = changed(("amount: {type: integer", "amount: {type: string")).of("breaking")
    assert change.operations == ("GET /orders/{id}", "PUT /orders/{id}")


def test_a_removal_that_was_announced_is_planned_and_any_other_breaks():
    text = yaml.safe_load(BASE)
    del text["paths"]["/orders/{id}"]["put"]
    gone = compare_definitions(BASE, json.dumps(text), today="2026-07-01")
    assert [(each.level, each.rule, each.place) for each in gone.findings] == [
        ("planned", "operation-removed-as-announced", "PUT /orders/{id}")
    ]
    too_early = compare_definitions(BASE, json.dumps(text), today="2026-05-01")
    assert [(each.level, each.rule) for each in too_early.findings] == [("breaking", "operation-removed")]


def test_a_version_that_was_not_raised_is_told():
    assert changed(("maximum: 50", "maximum: 20")).is_version_unchanged
    assert not changed(("maximum: 50", "maximum: 20"), ("version: 1.0.0", "version: 2.0.0")).is_version_unchanged


def test_a_definition_that_cannot_be_read_says_so():
    with pytest.raises(UnreadableApiError, match="format is not known"):
        compare_definitions(BASE, "hello")
    with pytest.raises(UnreadableApiError):
        compare_definitions(BASE, "openapi: 3.0.0\npaths: [")


@cache
def pairs():
    return json.loads((DATA / "openapi-pairs.json").read_text())["pairs"] if DATA.is_dir() else []


def text_of(name):
    return (DATA / "openapi" / name).read_text()


def fits(identifier, finding):
    """Whether a finding stands where the expectation has it: in a parameter, a request or a response."""
    part, is_parameter = finding.part, re.match(r"(path|query|header|cookie) ", finding.part)
    if "parameter" in identifier:
        return bool(is_parameter) or finding.is_type
    if identifier.startswith("request-"):
        return part.startswith("request body") or finding.is_type
    if identifier.startswith("response-"):
        return bool(re.match(r"\d|default", part)) or finding.is_type
    return True


@needs_data
def test_the_verdicts_of_oasdiff_are_met_at_their_places():
    met, missed = 0, []
    for pair in pairs():
        left = list(compare_definitions(text_of(pair["base"]), text_of(pair["revision"])).findings)
        for expected in pair["expect"]:
            found = next((f for f in left if f.level in LEVEL[expected["level"]] and fits(expected["id"], f)), None)
            if found is None:
                missed.append(expected["id"])
            else:
                left.remove(found)
                met += 1
    assert set(missed) <= {*KNOWN, "response-property-type-changed"}
    assert met >= 88


@needs_data
def test_pairs_that_expect_no_break_have_those_breaks_only_that_were_judged():
    breaks = {
        (pair["name"], finding.rule)
        for pair in pairs()
        if {each["level"] for each in pair["expect"]} == {"INFO"}
        for finding in compare_definitions(text_of(pair["base"]), text_of(pair["revision"])).of("breaking")
    }
    assert breaks == {
        ("RequestBodyDefaultValueChanged", "media-type-removed"),  # the revision has another media type: requests in JSON are refused
        ("RequestBodyTypeLooselyTypedCompatible", "type-changed"),
    }


def shuffled(value, order):
    if isinstance(value, dict):
        keys = list(value)
        order.shuffle(keys)
        found = {key: shuffled(value[key], order) for key in keys}
        for key in {"oneOf", "anyOf", "allOf", "required", "enum", "parameters", "tags"} & found.keys():
            if isinstance(found[key], list):
                order.shuffle(found[key])
        return found
    return [shuffled(each, order) for each in value] if isinstance(value, list) else value


def inlined(value, root, seen=()):
    if isinstance(value, list):
        return [inlined(each, root, seen) for each in value]
    if not isinstance(value, dict):
        return value
    pointer = value.get("$ref")
    if isinstance(pointer, str) and pointer.startswith("#/") and pointer not in seen:
        target = root
        for part in pointer[2:].split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        return inlined(target, root, (*seen, pointer))
    return {key: each if key in {"components", "definitions"} else inlined(each, root, seen) for key, each in value.items()}


def spellings(text):
    document = yaml.safe_load(text)
    yield json.dumps(document, default=str)
    yield json.dumps(shuffled(copy.deepcopy(document), random.Random(7)), default=str)
    yield json.dumps(inlined(document, document), default=str)


def noise(text):
    for other in spellings(text):
        for pair in ((text, other), (other, text)):
            yield from (each for each in compare_definitions(*pair).findings if each.level in LEVELS[:2])


def test_another_spelling_of_the_same_document_is_no_change():
    assert compare_definitions(BASE, BASE).findings == ()
    assert list(noise(BASE)) == []


@needs_data
@pytest.mark.parametrize("name", sorted({pair["base"] for pair in pairs()})[::12])
def test_another_spelling_of_a_sample_is_no_change(name):
    assert list(noise(text_of(name))) == []


@EVERY_CASE
@needs_data
@pytest.mark.long
def test_another_spelling_of_any_document_is_no_change():
    names = sorted({pair[side] for pair in pairs() for side in ("base", "revision")})
    assert [name for name in names if list(noise(text_of(name)))] == []
