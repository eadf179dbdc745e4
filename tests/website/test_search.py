"""Full text: slim documents, the real Pagefind, the same bytes each time."""

import gzip
import json
import os

import pytest

from callboard.io.site_folder.staging import Staging
from callboard.model.errors import WebsiteError
from callboard.pages.page import SearchText
from callboard.website import search

TEXTS = {
    "catalog/default/component/order-svc/": SearchText(
        "order-svc", "Places orders.\n\nWith care.", "component", "order svc", (("ref", "component:default/order-svc"),)
    ),
    "guides/": SearchText("Guides", "About parcels", "docs"),
} | {f"catalog/default/component/c{i}/": SearchText(f"c{i}", f"words {i} more", "component") for i in range(60)}

ROWS = {"catalog/default/component/order-svc/": 7}


def bundle(texts, folder, environ=os.environ, site="site", begun=0):
    """The files of the bundle, put into a site, by their path below ``pagefind/``; so many documents are given ahead."""
    staging = Staging(folder / site)
    made = search.FullText(folder / "cache", "en", staging, environ)
    documents = {path: made.document(text) for path, text in texts.items()}
    try:
        if begun:
            made.begin([*documents.items()][:begun])
        made.give({path: repr(text) for path, text in texts.items()}, documents, texts.__getitem__, ROWS)
        made.put()
    finally:
        made.end()
    files = {path.removeprefix("pagefind/"): staging.read(path) for path in staging.paths()}
    staging.commit()
    return files


def test_two_indexes_of_the_same_texts_in_the_same_order_are_equal_byte_for_byte(tmp_path):
    one = bundle(TEXTS, tmp_path / "1")
    two = bundle(TEXTS, tmp_path / "2", begun=20)
    assert len([name for name in one if name.startswith("fragment/")]) == len(TEXTS)
    assert one == two


def test_a_site_without_any_text_has_a_bundle(tmp_path):
    names = set(bundle({}, tmp_path))
    assert {"pagefind.js", "pagefind-entry.json"} <= names
    assert not [name for name in names if name.startswith("fragment/")]


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


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ("echo out of fuel >&2; exit 3", "exit code 3: out of fuel"),
        ("echo nonsense,; sleep 9", "its response is invalid"),
        (
            "cat > /dev/null & while :; do printf eyJwYXlsb2FkIjp7InR5cGUiOiJFcnJvciIsIm1lc3NhZ2UiOiJubyBpbmsifX0=,; sleep .1; done",
            "no ink",
        ),
    ],
)
def test_a_failure_of_pagefind_says_what_it_said_and_leaves_no_bundle(tmp_path, says, told):
    program = tmp_path / "pagefind"
    program.write_text(f"#!/bin/sh\n{says}\n")
    program.chmod(0o755)
    with pytest.raises(WebsiteError, match=told):
        bundle(TEXTS, tmp_path, {"PAGEFIND_BINARY_PATH": str(program), "PATH": os.environ["PATH"]})
    assert not (tmp_path / "cache/bundle.json").exists()


def test_a_documents_words_are_escaped_and_cannot_mark_anything():
    evil = '"><script>x</script><p data-pagefind-ignore>'
    html = search.document(SearchText(evil, evil, evil, evil, (("ref", evil),)), "en")
    assert "<script>" not in html
    assert "<p data-pagefind" not in html
    assert html.count("&quot;&gt;&lt;script&gt;") == 5


def test_a_site_in_another_folder_gets_its_bundle_although_the_texts_are_known(tmp_path):
    assert bundle(TEXTS, tmp_path) == bundle(TEXTS, tmp_path, site="other")


def asked_for(folder, texts, new=()):
    """Whose texts were asked for, when the documents of ``new`` were made with their pages; and the bundle's files."""
    staging, asked = Staging(folder / "site"), []
    made = search.FullText(folder / "cache", "en", staging, os.environ)
    digests = {path: repr(text) for path, text in texts.items()}
    made.give(digests, {path: made.document(texts[path]) for path in new}, lambda path: asked.append(path) or texts[path], ROWS)
    made.put()
    files = {path: staging.read(path) for path in staging.paths()}
    staging.commit()
    return asked, files


def test_only_changed_texts_are_asked_for_again(tmp_path):
    assert asked_for(tmp_path, TEXTS)[0] == list(TEXTS)
    changed = TEXTS | {"guides/": SearchText("Guides", "Other", "docs")}
    asked, files = asked_for(tmp_path, changed)
    assert asked == ["guides/"]
    assert files == asked_for(tmp_path / "anew", changed)[1]
    more = {"new/": SearchText("New", "New", "docs")} | TEXTS
    asked, files = asked_for(tmp_path, more, new=["new/"])
    assert asked == ["guides/"]
    assert files == asked_for(tmp_path / "again", more)[1]


@pytest.mark.parametrize(("spoil", "lost"), [
    (lambda line: line[:40], 2), (lambda _: b'["just a path"]\n', 1), (lambda _: b"\xff\x00\n", 1),
    (lambda line: line.replace(b"html", b"htma", 1), 1), (lambda _: b"", 1),
])  # fmt: skip
def test_only_the_damaged_documents_are_made_again(tmp_path, spoil, lost):
    asked_for(tmp_path, TEXTS)
    kept = tmp_path / "cache/documents.jsonl"
    rows = kept.read_bytes().splitlines(keepends=True)
    kept.write_bytes(b"".join([*rows[:20], spoil(rows[20]), *rows[21:]]))
    fewer = dict([*TEXTS.items()][:30])
    assert asked_for(tmp_path, fewer) == ([*fewer][20 : 20 + lost], asked_for(tmp_path / "anew", fewer)[1])


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b'[0, "en", 1]\n', b"\x00" * 99])
def test_documents_of_another_time_are_not_used(tmp_path, content):
    asked_for(tmp_path, TEXTS)
    (tmp_path / "cache/documents.jsonl").write_bytes(content)
    fewer = dict([*TEXTS.items()][:30])
    assert asked_for(tmp_path, fewer)[0] == [*fewer]


def test_a_page_is_found_under_its_own_address_however_long(tmp_path):
    path = "guides/" + "ä/" * 300
    files = bundle({path: SearchText("Deep", "words", "docs"), "guides/": SearchText("Flat \ud800", "words", "docs")}, tmp_path)
    said = [json.loads(gzip.decompress(text).removeprefix(b"pagefind_dcd")) for name, text in files.items() if name.startswith("fragment/")]
    assert {each["url"] for each in said} == {f"/{path}", "/guides/"}
