"""Full text: slim documents, the real Pagefind, the same bytes each time."""

import os

import pytest

from generator.errors import WebsiteError
from generator.pages.page import SearchText
from generator.website import search
from generator.website.committing import Staging

TEXTS = {
    "catalog/default/component/order-svc/": SearchText(
        "order-svc", "Places orders.\n\nWith care.", "component", "order svc", (("ref", "component:default/order-svc"),)
    ),
    "guides/": SearchText("Guides", "About parcels", "docs"),
} | {f"catalog/default/component/c{i}/": SearchText(f"c{i}", f"words {i} more", "component") for i in range(60)}


def bundle(texts, folder, environ=os.environ, site="site"):
    """The files of the bundle, put into a site, by their path below ``pagefind/``."""
    staging = Staging(folder / site)
    digests = {path: repr(text) for path, text in texts.items()}
    search.put_search(digests, texts.items, "en", folder / "cache", staging, environ)
    made = {path.removeprefix("pagefind/"): staging.read(path) for path in staging.paths()}
    staging.commit()
    return made


def test_two_indexes_of_the_same_texts_are_equal_byte_for_byte(tmp_path):
    one = bundle(TEXTS, tmp_path / "1")
    two = bundle(dict(reversed(TEXTS.items())), tmp_path / "2")
    assert len([name for name in one if name.startswith("fragment/")]) == len(TEXTS)
    assert one == two


def test_only_what_browsers_ask_for_is_in_the_bundle(tmp_path):
    names = {name.partition("/")[0] for name in bundle(TEXTS, tmp_path)}
    assert {"pagefind.js", "pagefind-worker.js", "pagefind-entry.json", "fragment", "index", "wasm.en.pagefind"} <= names
    assert not [name for name in names if "ui" in name or "highlight" in name]


def test_unchanged_texts_are_not_indexed_again_and_changed_ones_are(tmp_path):
    first = bundle(TEXTS, tmp_path)
    without = {"PAGEFIND_BINARY_PATH": "/nowhere/pagefind"}
    assert bundle(TEXTS, tmp_path, without) == first
    with pytest.raises(WebsiteError, match="Pagefind cannot be started"):
        bundle(TEXTS | {"guides/": SearchText("Guides", "Other", "docs")}, tmp_path, without)


def test_a_failure_of_pagefind_says_what_it_said_and_leaves_no_bundle(tmp_path):
    program = tmp_path / "pagefind"
    program.write_text("#!/bin/sh\necho out of fuel >&2\nexit 3\n")
    program.chmod(0o755)
    with pytest.raises(WebsiteError, match=r"exit code 3.*out of fuel"):
        bundle(TEXTS, tmp_path, {"PAGEFIND_BINARY_PATH": str(program)})
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_documents_words_are_escaped_and_cannot_mark_anything():
    evil = '"><script>x</script><p data-pagefind-ignore>'
    html = search.document(SearchText(evil, evil, evil, evil, (("ref", evil),)), "en")
    assert "<script>" not in html
    assert "<p data-pagefind" not in html
    assert html.count("&quot;&gt;&lt;script&gt;") == 5


def test_a_site_in_another_folder_gets_its_bundle_although_the_texts_are_known(tmp_path):
    assert bundle(TEXTS, tmp_path) == bundle(TEXTS, tmp_path, site="other")
