"""What is kept of pages: links stay in the file until somebody asks for them."""

import gc
import pickle
from array import array
from dataclasses import replace
from pathlib import Path

import pytest
from markupsafe import Markup

from callboard.incremental.page_cache import CachedPage, CachedPages, pack, read_pages, write_pages
from callboard.incremental.page_parts import KeptPart, KeptParts, KeptSection, packed_parts, unpacked_parts
from callboard.incremental.tracking import ALL, UNTRACKED, Dependencies, DependencyTracker, fingerprint_of, id_of
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
    tracker = DependencyTracker("base", {("entity", "a"): "1"})
    changed = CachedPages(base="base", fingerprints=tracker.fingerprints).changed(tracker)
    assert changed == {id_of(UNTRACKED)}
    assert Dependencies(array("I", [id_of(UNTRACKED)]).tobytes()).include_any(changed)
    assert not Dependencies(array("I", [id_of(("entity", "a"))]).tobytes()).include_any(changed)


def test_a_value_that_changed_appeared_or_vanished_is_a_change_and_no_other():
    before = {("entity", "same"): "1", ("entity", "other"): "1", ("entity", "gone"): "1"}
    now = {("entity", "same"): "1", ("entity", "other"): "2", ("entity", "new"): "1"}
    pages = CachedPages(base="base", fingerprints=DependencyTracker("base", before).fingerprints)
    expected = {id_of(("entity", name)) for name in ("other", "gone", "new", ALL)}
    assert pages.changed(DependencyTracker("base", now)) == expected | {id_of(UNTRACKED)}
    assert pages.changed(DependencyTracker("other base", now)) is None
    assert pages.has_fingerprints_of(DependencyTracker("base", before))
    assert not pages.has_fingerprints_of(DependencyTracker("base", now))


def test_what_pages_depend_on_is_read_as_it_was_written(tmp_path):
    file, tracker = tmp_path / "pages.jsonl", DependencyTracker("base", {("entity", "a"): "1"})
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
