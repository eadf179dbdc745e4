"""The options of the connectors that ask vendors: their schemas take what the manual says, and name what is wrong."""

import ast
import re
from pathlib import Path

import jsonschema_rs
import pytest
from test_vendor_faults import FAKES
from vendors import connector

from callboard import integrations
from callboard.model.facts import FAMILIES
from callboard.plugins.integrations.base import Integration
from callboard.website.editor_words import known_annotations

named = pytest.mark.parametrize("fake", FAKES, ids=lambda fake: fake.type)


@named
def test_a_schema_takes_the_options_and_no_others(fake):
    check = jsonschema_rs.validator_for(connector(fake.type).schema)
    options = {"url": "https://tool.acme.example", **fake().options}
    assert [error.message for error in check.iter_errors(options)] == []
    assert list(check.iter_errors({**options, "nosuch": 1}))
    assert list(check.iter_errors({**options, "url": "file:///etc/passwd"}))


@named
def test_every_option_says_what_it_is(fake):
    schema = connector(fake.type).schema
    assert schema["title"] == fake.type
    assert schema["additionalProperties"] is False
    assert all(option.get("description") for option in schema["properties"].values())
    secrets = [
        name for name in schema["properties"] if name in {"token", "api_key", "application_key", "password", "secret_key", "session_token"}
    ]
    assert all("${NAME}" in schema["properties"][name]["description"] for name in secrets)


@named
def test_a_connector_keeps_the_contract_before_it_asks_anything(fake, tmp_path):
    from vendors import context

    from callboard.plugins.integrations.base import IntegrationSettings

    made: Integration = connector(fake.type)(
        IntegrationSettings("tool", fake.type, {"url": "https://x.example", **fake().options}), context(tmp_path)
    )
    assert set(made.families) <= set(FAMILIES)
    assert made.annotations
    assert made.title
    assert made.collect([]).failures == ()


def annotations_in(module):
    """Texts of a connector that look like keys of annotations."""
    found = (node.value for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.Constant))
    return {text for text in found if isinstance(text, str) and re.fullmatch(r"[a-z0-9.-]+/[a-z][a-z0-9._-]*", text)}


NOT_ANNOTATIONS = {"app.kubernetes.io/version", "application/json", "application/x-amz-json-1.1"}
"""A label of objects, and types of content."""


def test_editors_know_every_annotation_that_a_connector_reads():
    folder = Path(integrations.__file__).parent
    found = {text for module in folder.rglob("*.py") for text in annotations_in(module)} - NOT_ANNOTATIONS
    assert {"pagerduty.com/service-id", "argocd/app-namespace"} <= found
    assert found - set(known_annotations()) == set()
