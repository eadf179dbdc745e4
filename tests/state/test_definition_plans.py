"""The pages of a large reference are planned without reading its definition again, until it changes."""

import json
from datetime import UTC, datetime

import pytest

from callboard.api_reference import paging
from callboard.api_reference.reading import REFERENCES
from callboard.catalog.linking import link
from callboard.state.definition_facts import with_definition_facts
from callboard.state.facts import CollectedFacts
from catalog_builders import KINDS, entity

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def definition(words):
    fields = {f"field{n}": {"type": "string", "description": f"Field {n} of {words}"} for n in range(60)}
    answer = {"200": {"description": "It.", "content": {"application/json": {"schema": {"type": "object", "properties": fields}}}}}
    paths = {f"/{tag}/{n}": {"get": {"tags": [tag], "responses": answer}} for tag in ("orders", "refunds") for n in range(20)}
    return json.dumps({"openapi": "3.1.0", "info": {"title": words, "version": "1"}, "paths": paths})


@pytest.fixture
def read(monkeypatch):
    """What was read of definitions since the test began."""
    found, real = [], paging.read_reference
    monkeypatch.setattr(paging, "read_reference", lambda text, *more, **named: found.append(text) or real(text, *more, **named))
    paging._PAGED.clear()
    REFERENCES.clear()
    return found


def build(text, cache):
    """A build's part; gives the plan that its pages are made by."""
    spec = {"type": "openapi", "definition": text}
    catalog, _ = link([entity({"kind": "API", "metadata": {"name": "orders"}, "spec": spec})], KINDS)
    with_definition_facts(CollectedFacts(), catalog, NOW, cache, is_public=False)
    paging._PAGED.clear()
    return paging.page_plan(text, "openapi", is_public=False)


def test_an_unchanged_definition_is_not_read_to_plan_its_pages(tmp_path, read):
    first = definition("orders")
    plan = build(first, tmp_path)
    assert [key for key, _ in plan] == ["", "op-get-orders-0", "op-get-refunds-0"]
    assert build(first, tmp_path) == plan
    assert read == [first]
    second = definition("more orders")
    build(second, tmp_path)
    assert read == [first, second]


def test_a_damaged_plan_counts_as_missing(tmp_path, read):
    text = definition("orders")
    plan = build(text, tmp_path)
    (tmp_path / "api-pages.json").write_bytes(b"0" * 24 + b' {"x": [["../../etc", ""]]}')
    assert build(text, tmp_path) == plan
    assert read == [text, text]
