"""Full text: slim documents, the real Pagefind, the same bytes each time."""

import os

import pytest

from generator.errors import WebsiteError
from generator.pages.page import SearchText
from generator.website import search

TEXTS = {
    "catalog/default/component/order-svc/": SearchText(
        "order-svc", "Places orders.\n\nWith care.", "component", "order svc", (("ref", "component:default/order-svc"),)
    ),
    "guides/": SearchText("Guides", "About parcels", "docs"),
} | {f"catalog/default/component/c{i}/": SearchText(f"c{i}", f"words {i} more", "component") for i in range(60)}


def contents(bundle):
    return {name: path.read_bytes() for name, path in bundle.items()}


def test_two_indexes_of_the_same_texts_are_equal_byte_for_byte(tmp_path):
    one = search.search_bundle(TEXTS, "en", tmp_path / "1", os.environ)
    two = search.search_bundle(dict(reversed(TEXTS.items())), "en", tmp_path / "2", os.environ)
    assert len([name for name in one if name.startswith("fragment/")]) == len(TEXTS)
    assert contents(one) == contents(two)


def test_only_what_browsers_ask_for_is_in_the_bundle(tmp_path):
    names = {name.partition("/")[0] for name in search.search_bundle(TEXTS, "en", tmp_path, os.environ)}
    assert {"pagefind.js", "pagefind-worker.js", "pagefind-entry.json", "fragment", "index", "wasm.en.pagefind"} <= names
    assert not [name for name in names if "ui" in name or "highlight" in name]


def test_unchanged_texts_are_not_indexed_again_and_changed_ones_are(tmp_path):
    first = search.search_bundle(TEXTS, "en", tmp_path, os.environ)
    without = {"PAGEFIND_BINARY_PATH": "/nowhere/pagefind"}
    assert search.search_bundle(TEXTS, "en", tmp_path, without) == first
    with pytest.raises(WebsiteError, match="Pagefind cannot be started"):
        search.search_bundle(TEXTS | {"guides/": SearchText("Guides", "Other", "docs")}, "en", tmp_path, without)


def test_a_failure_of_pagefind_says_what_it_said_and_leaves_no_bundle(tmp_path):
    program = tmp_path / "pagefind"
    program.write_text("#!/bin/sh\necho out of fuel >&2\nexit 3\n")
    program.chmod(0o755)
    with pytest.raises(WebsiteError, match=r"exit code 3.*out of fuel"):
        search.search_bundle(TEXTS, "en", tmp_path / "cache", {"PAGEFIND_BINARY_PATH": str(program)})
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_documents_words_are_escaped_and_cannot_mark_anything():
    evil = '"><script>x</script><p data-pagefind-ignore>'
    html = search.document(SearchText(evil, evil, evil, evil, (("ref", evil),)), "en")
    assert "<script>" not in html
    assert "<p data-pagefind" not in html
    assert html.count("&quot;&gt;&lt;script&gt;") == 5
