"""What is kept of pages: links stay in the file until somebody asks for them."""

import gc
import pickle
from array import array
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import pytest
from markupsafe import Markup

from callboard.incremental.key_digests import ALL, KeyDigests, id_of
from callboard.incremental.page_cache import CachedPage, CachedPages, NewParts, pack, read_pages, write_pages
from callboard.incremental.page_parts import KeptPart, KeptParts, KeptSection, packed_parts, unpacked_parts
from callboard.incremental.tracking import UNTRACKED, Dependencies, DependencyTracker, fingerprint_of
from callboard.website.links import PageLinks


def known(number):
    links = PageLinks((f"id-{number}", "ü"), ("catalog/#top",), (f"tab\there {number}",))
    return CachedPage("shell", f"key{number}", "digest", (("a.json", "d"),), Dependencies(), "", (), pack(KeptParts(0, links)))


def descriptors():
    return len([*Path("/proc/self/fd").iterdir()])


def test_links_are_read_from_the_file_that_was_there_then(tmp_path):
    file, pages = tmp_path / "pages.jsonl", {f"p{number}/": known(number) for number in range(50)}
    write_pages(file, pages, None, "guides")
    read = read_pages(file).pages
    assert all(page.packed.content == b"" for page in read.values()), "nothing of the links is in memory"
    write_pages(file, {"other/": known(99), **read}, None, "guides")
    file.write_bytes(file.read_bytes()[:100])
    assert {path: page.links for path, page in read.items()} == {path: page.links for path, page in pages.items()}


def test_another_process_gets_the_links_themselves(tmp_path):
    write_pages(tmp_path / "pages.jsonl", {"p/": known(1)}, None, "")
    read = read_pages(tmp_path / "pages.jsonl").pages["p/"]
    sent = pickle.loads(pickle.dumps(read))
    assert (sent.packed.file, sent.links) == (None, known(1).links)


def test_the_file_is_closed_when_its_pages_are_gone(tmp_path):
    gc.collect()  # what other tests left behind
    file, before = tmp_path / "pages.jsonl", descriptors()
    write_pages(file, {"p/": known(1)}, None, "")
    read = read_pages(file)
    assert descriptors() == before + 1
    del read
    for content in (b"", b"[]\n", b'["", {}, ""]\nnonsense\n'):
        file.write_bytes(content)
        assert read_pages(file).pages == {}
    gc.collect()
    assert descriptors() == before


def test_a_page_that_read_what_is_not_tracked_is_made_in_each_build():
    tracker = DependencyTracker("base", [(("entity", "a"), "1")])
    changed = CachedPages(base="base", fingerprints=tracker.fingerprints).changed(tracker)
    assert changed == {id_of(UNTRACKED)}
    assert Dependencies(array("I", [id_of(UNTRACKED)]).tobytes()).include_any(changed)
    assert not Dependencies(array("I", [id_of(("entity", "a"))]).tobytes()).include_any(changed)


def test_a_value_that_changed_appeared_or_vanished_is_a_change_and_no_other():
    before = {("entity", "same"): "1", ("entity", "other"): "1", ("entity", "gone"): "1"}
    now = {("entity", "same"): "1", ("entity", "other"): "2", ("entity", "new"): "1"}
    pages = CachedPages(base="base", fingerprints=DependencyTracker("base", before.items()).fingerprints)
    expected = {id_of(("entity", name)) for name in ("other", "gone", "new", ALL)}
    assert pages.changed(DependencyTracker("base", now.items())) == expected | {id_of(UNTRACKED)}
    assert pages.changed(DependencyTracker("other base", now.items())) is None
    assert pages.has_fingerprints_of(DependencyTracker("base", before.items()))
    assert not pages.has_fingerprints_of(DependencyTracker("base", now.items()))


def test_only_keys_of_the_aspect_that_changed_are_compared_and_empty_values_are_none():
    before = KeyDigests.of([(("link", "a"), "1"), (("entity", ("b", "c")), "1"), (("entity", "d"), "")])
    now = KeyDigests.of([(("entity", ("b", "c")), "2"), (("link", "a"), "1")])
    assert {*now.changed_since(before)} == {id_of(("entity", ("b", "c"))), id_of(("entity", ALL))}
    assert {*before.ids} == {id_of(key) for key in (("link", "a"), ("link", ALL), ("entity", ("b", "c")), ("entity", ALL))}
    assert now.digest("link") == before.digest("link") != before.digest("entity") != now.digest("entity")
    assert before.digest() != now.digest()


def test_two_keys_with_the_same_id_are_told_apart():
    """CRC-32 of both names is the same; a change of either is a change of their id."""
    first, second = ("a", "plumless"), ("a", "buckeroo")
    assert crc32(b"plumless") == crc32(b"buckeroo")
    before = KeyDigests.of([((first), "1"), ((second), "1")])
    assert id_of(first) == id_of(second)
    assert {*KeyDigests.of([(first, "1"), (second, "2")]).changed_since(before)} == {id_of(first), id_of(("a", ALL))}
    assert {*KeyDigests.of([(first, "1")]).changed_since(before)} == {id_of(first), id_of(("a", ALL))}
    assert not {*KeyDigests.of([(second, "1"), (first, "1")]).changed_since(before)}


def test_parts_of_new_pages_wait_in_a_file_without_a_name(tmp_path):
    gc.collect()
    before, parts = descriptors(), NewParts(tmp_path / "cache")
    pages = {f"p{number}/": known(number) for number in range(20)}
    kept = {path: replace(page, packed=parts.put(page.packed)) for path, page in pages.items()}
    assert not [*(tmp_path / "cache").iterdir()]
    assert all(page.packed.content == b"" for page in kept.values())
    assert {path: page.links for path, page in kept.items()} == {path: page.links for path, page in pages.items()}
    write_pages(tmp_path / "spooled", kept, None, "")
    write_pages(tmp_path / "direct", pages, None, "")
    assert (tmp_path / "spooled").read_bytes() == (tmp_path / "direct").read_bytes()
    del parts, kept
    gc.collect()
    assert descriptors() == before


def test_what_pages_depend_on_is_read_as_it_was_written(tmp_path):
    file, tracker = tmp_path / "pages.jsonl", DependencyTracker("base", [(("entity", "a"), "1")])
    reads = Dependencies(array("I", [id_of(("entity", "a"))]).tobytes())
    write_pages(file, {"p/": replace(known(1), dependencies=reads)}, tracker, "")
    read = read_pages(file)
    assert read.pages["p/"].dependencies == reads
    assert read.has_fingerprints_of(tracker)


@pytest.mark.parametrize("text", ["a", 'é \u2028\n"<', Markup("<b>"), "half a pair \ud800"])
def test_any_text_is_kept_of_a_page_and_tells_values_apart(text):
    kept = KeptParts(1, ((text,), (), ()), (KeptPart("key", 2, (KeptSection("id", text, 3, 4),), ((), (text,), ())),))
    line = packed_parts(kept)
    assert b"\n" not in line
    assert unpacked_parts(line) == kept
    assert fingerprint_of([text, 1]) == fingerprint_of((text, 1)) != fingerprint_of([text, 2])
