"""Full text: slim documents, the real Pagefind, the same bytes each time."""

import gzip
import json
import os
from urllib.parse import unquote

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
    documents = search.Documents(folder / "cache", "en")
    documents.close(digests, frozenset(), texts.__getitem__)
    search.Bundle(documents.folder, digests, "en", folder / "cache", staging, environ).put()
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
    assert not list((tmp_path / "cache").glob("indexing-*"))
    assert not (tmp_path / "cache/bundle.json").exists()


def test_a_documents_words_are_escaped_and_cannot_mark_anything():
    evil = '"><script>x</script><p data-pagefind-ignore>'
    html = search.document(SearchText(evil, evil, evil, evil, (("ref", evil),)), "en")
    assert "<script>" not in html
    assert "<p data-pagefind" not in html
    assert html.count("&quot;&gt;&lt;script&gt;") == 5


def test_a_site_in_another_folder_gets_its_bundle_although_the_texts_are_known(tmp_path):
    assert bundle(TEXTS, tmp_path) == bundle(TEXTS, tmp_path, site="other")


def documents(cache, texts, put=()):
    """The documents of these texts, of which ``put`` were written while pages were made."""
    made = search.Documents(cache, "en")
    if put:
        made.open()
    for path in put:
        made.put(path, texts[path])
    asked = []
    made.close({path: repr(text) for path, text in texts.items()}, frozenset(put), lambda path: asked.append(path) or texts[path])
    return asked


def test_only_documents_of_changed_texts_are_written_again(tmp_path):
    assert documents(tmp_path, TEXTS) == list(TEXTS)
    assert documents(tmp_path, TEXTS) == []
    changed = TEXTS | {"guides/": SearchText("Guides", "Other", "docs")}
    assert documents(tmp_path, changed) == ["guides/"]
    assert documents(tmp_path, changed | {"guides/new/": SearchText("New", "New", "docs")}, put=["guides/new/"]) == []
    assert documents(tmp_path, TEXTS) == ["guides/"]
    assert len(list((tmp_path / "documents").iterdir())) == len(TEXTS)


def test_documents_that_a_dead_build_has_left_are_not_trusted(tmp_path):
    documents(tmp_path, TEXTS)
    dead = search.Documents(tmp_path, "en")
    dead.open()
    dead.put("guides/", SearchText("Guides", "Half a night's words", "docs"))
    assert documents(tmp_path, TEXTS) == list(TEXTS)
    assert "Half a night" not in "".join(file.read_text() for file in (tmp_path / "documents").iterdir())


def test_a_very_long_path_is_found_under_its_own_address(tmp_path):
    path = "guides/" + "ä/" * 300
    files = bundle({path: SearchText("Deep", "words", "docs"), "guides/": SearchText("Flat", "words", "docs")}, tmp_path)
    said = [json.loads(gzip.decompress(text).removeprefix(b"pagefind_dcd")) for name, text in files.items() if name.startswith("fragment/")]
    assert {unquote(each["url"].replace("/", "").removesuffix(".html")) for each in said} == {path, "guides/"}
