"""Entity references against Backstage's own cases."""

import json
from pathlib import Path

import pytest

from callboard.model.ref import RefError, WrittenRef, humanize, parse_ref

CASES = json.loads((Path(__file__).parent.parent / "data" / "vectors" / "entity_refs.json").read_text("utf-8"))["cases"]


def written(value):
    if "metadata" in value:
        return WrittenRef(value["kind"], value["metadata"].get("namespace", "default"), value["metadata"]["name"])
    return WrittenRef(value["kind"], value.get("namespace", "default"), value["name"])


@pytest.mark.parametrize("case", [case for case in CASES if case["op"] == "parse"], ids=lambda case: case["name"])
def test_a_reference_is_parsed_as_backstage_does(case):
    context = case.get("context", {})
    options = {"default_kind": context.get("defaultKind"), "default_namespace": context.get("defaultNamespace", "default")}
    if case["expect"].get("error"):
        with pytest.raises(RefError):
            parse_ref(case["input"], **options)
    else:
        assert parse_ref(case["input"], **options)._asdict() == case["expect"]


@pytest.mark.parametrize("case", [case for case in CASES if case["op"] == "stringify"], ids=lambda case: case["name"])
def test_a_reference_is_written_as_backstage_does(case):
    assert str(written(case["input"]).canonical()) == case["expect"]


@pytest.mark.parametrize("case", [case for case in CASES if case["op"] == "humanize"], ids=lambda case: case["name"])
def test_a_reference_is_shortened_as_backstage_does(case):
    context = case.get("context", {})
    namespace = context.get("defaultNamespace", "default")
    shortened = humanize(
        written(case["input"]), default_kind=context.get("defaultKind"), default_namespace=None if namespace is False else namespace
    )
    assert shortened == case["expect"]
