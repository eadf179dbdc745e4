"""Formats of the envelope's fields against Backstage's own cases."""

import json
from pathlib import Path

import pytest

from callboard.descriptors import formats
from callboard.descriptors.formats import is_web_url

CASES = json.loads((Path(__file__).parent.parent / "data" / "vectors" / "field_formats.json").read_text("utf-8"))["cases"]
CHECKS = {
    "isValidApiVersion": formats.is_api_version,
    "isValidKind": formats.is_kind,
    "isValidObjectName": formats.is_name,
    "isValidNamespace": formats.is_namespace,
    "isValidLabelKey": formats.is_key,
    "isValidLabelValue": formats.is_label_value,
    "isValidAnnotationKey": formats.is_key,
    "isValidAnnotationValue": lambda value: isinstance(value, str),
    "isValidTag": formats.is_tag,
    "isValidUrl": is_web_url,
    "isNonEmptyString": formats.is_filled,
    "isValidDnsSubdomain": formats.is_subdomain,
    "isValidDnsLabel": formats.is_namespace,
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"][:80])
def test_a_format_agrees_with_backstage(case):
    assert CHECKS[case["function"]](case["input"]) is (case["expect"] == "valid")


@pytest.mark.parametrize("check", [formats.is_name, formats.is_namespace, formats.is_tag, formats.is_kind])
def test_a_newline_at_the_end_is_no_part_of_a_format(check):
    assert not check("a\n")
    assert check("a")
