"""What is kept of pages: links stay in the file until somebody asks for them."""

import gc
import pickle
from array import array
from dataclasses import replace
from pathlib import Path

from callboard.incremental.page_cache import CachedPage, CachedPages, pack, read_pages, write_pages
from callboard.incremental.page_parts import KeptParts
from callboard.incremental.tracking import UNTRACKED, Dependencies, DependencyTracker, name_of
from callboard.website.links import PageLinks


def known(number):
    links = PageLinks((f"id-{number}", "ü"), ("catalog/#top",), (f"tab\there {number}",))
    return CachedPage("shell", f"key{number}", "digest", (("a.json", "d"),), Dependencies(), "", (), pack(KeptParts(0, links)))


def descriptors():
    return len([*Path("/proc/self/fd").iterdir()])


def test_links_are_read_from_the_file_that_was_there_then(tmp_path):
    file, pages = tmp_path / "pages.jsonl", {f"p{number}/": known(number) for number in range(50)}
    write_pages(file, pages, (), None, "guides")
    read = read_pages(file).pages
    assert all(page.packed.content == b"" for page in read.values()), "nothing of the links is in memory"
    write_pages(file, {"other/": known(99), **read}, (), None, "guides")
    file.write_bytes(file.read_bytes()[:100])
    assert {path: page.links for path, page in read.items()} == {path: page.links for path, page in pages.items()}


def test_another_process_gets_the_links_themselves(tmp_path):
    write_pages(tmp_path / "pages.jsonl", {"p/": known(1)}, (), None, "")
    read = read_pages(tmp_path / "pages.jsonl").pages["p/"]
    sent = pickle.loads(pickle.dumps(read))
    assert (sent.packed.file, sent.links) == (None, known(1).links)


def test_the_file_is_closed_when_its_pages_are_gone(tmp_path):
    file, before = tmp_path / "pages.jsonl", descriptors()
    write_pages(file, {"p/": known(1)}, (), None, "")
    read = read_pages(file)
    assert descriptors() == before + 1
    del read
    for content in (b"", b"[]\n", b'[[3, "little"], "", [], [], ""]\nnonsense\n'):
        file.write_bytes(content)
        assert read_pages(file).pages == {}
    gc.collect()
    assert descriptors() == before


def test_a_page_that_read_what_is_not_tracked_is_made_in_each_build():
    tracker = DependencyTracker("base", {("entity", "a"): "1"})
    pages = CachedPages(base="base", names=(name_of(("entity", "a")), name_of(UNTRACKED)), fingerprints=("1", ""))
    assert pages.changed(tracker) == {1}
    assert Dependencies(array("I", [1]).tobytes()).include_any(pages.changed(tracker))
    assert not Dependencies(array("I", [0]).tobytes()).include_any(pages.changed(tracker))


def test_every_page_is_looked_at_once_the_numbers_of_names_begin_anew():
    tracker = DependencyTracker("base", {("entity", "a"): "1"})
    few, many = (tuple(f"entity {number}" for number in range(size)) for size in (900, 1_100))
    assert CachedPages(base="base", names=few, fingerprints=("",) * 900).changed(tracker) == frozenset()
    assert CachedPages(base="base", names=many, fingerprints=("",) * 1_100).changed(tracker) is None
    assert CachedPages(base="base", names=many, fingerprints=("",) * 1_100).all_names(tracker)[0] == "entity a"


def test_names_of_keys_without_a_value_do_not_begin_the_list_anew(tmp_path):
    """Pages look for several things that most entities do not have: their names are many more than the fingerprints."""
    file, tracker = tmp_path / "pages.jsonl", DependencyTracker("base", {("entity", "a"): "1"})
    missing = tuple(f"added {number}" for number in range(5_000))
    page = known(1)
    looked_for = Dependencies(array("I", range(2**32 - 1, 2**32 - 1 - len(missing), -1)).tobytes(), missing)
    write_pages(file, {"p/": replace(page, dependencies=looked_for)}, CachedPages().all_names(tracker), tracker, "")
    read = read_pages(file)
    assert read.changed(tracker) == frozenset()
    write_pages(
        file, read.pages, (*read.all_names(tracker), *(f"new {number}" for number in range(7_000))), tracker, "", read.kept_names(tracker)
    )
    assert read_pages(file).changed(tracker) is None, "more than half of the names are of keys that no page has read"
