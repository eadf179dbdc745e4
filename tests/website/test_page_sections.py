"""A page whose parts changed: only these are made again, and the file is the one that is made as a whole."""

import pytest

from callboard.incremental.key_digests import id_of
from callboard.incremental.page_cache import CachedPage, pack
from callboard.incremental.tracking import Dependencies, DependencyTracker
from callboard.pages.page import Page, PageParts
from callboard.pages.section import Section
from callboard.website.links import PageLinks, page_links
from callboard.website.page_sections import NotSpliceableError, OldPage, PageTools, kept_parts, made_parts, respliced

HEAD, FOOT = "<h1 id='content'>Größe</h1>".encode(), b"</html>"


def html(section):
    return f'<h2 id="{section.id}">{section.title}</h2>{section.content}'


def links(markup):
    return page_links(markup, "p/")


class Shop:
    """Values that three parts of one page read, by name: a number of sections and their text."""

    def __init__(self, **values):
        self.values = values
        self.made = []

    def built(self):
        """A page, and the file as it is made as a whole, with what is kept of it."""
        tracker = DependencyTracker("base", ((("value", name), repr(value)) for name, value in self.values.items()))
        read = tracker.tracked("value", self.values)
        planned = PageParts(tuple(lambda name=name: self.sections(name, read[name]) for name in self.values), list, lambda view: None)
        page = Page("p/", "x.html", "wide", "", "P", lambda: None, tracker=tracker, parts=lambda: planned)
        made = made_parts(planned, tracker)
        pieces = [""]
        for part in made:
            for section in part.sections:
                pieces += [html(section), "<hr>"]
        offsets = [len(HEAD)]
        for piece in pieces:
            offsets.append(offsets[-1] + len(piece.encode()))
        kept = kept_parts(made, pieces, offsets, Dependencies(), links)
        reads = Dependencies.joined((Dependencies(), *(part.dependencies for part in made)))
        content = HEAD + "".join(pieces).encode() + FOOT
        return page, content, CachedPage("shell", "key", "digest", (), reads, "", (), pack(kept)), tracker

    def sections(self, name, value):
        self.made.append(name)
        count, text = value
        return tuple(Section(f"{name}-{number}", name.title(), "x", text) for number in range(count))


def changed(old, new):
    """The ids of what changed between two trackers."""
    return {*new.fingerprints.changed_since(old.fingerprints)}


def spliced(before, after, *, damaged=False, render=html):
    _, content, cached, old = Shop(**before).built()
    shop = Shop(**after)
    page, whole, entry, new = shop.built()
    shop.made.clear()
    source = OldPage(cached, lambda: None if damaged else content)
    result = respliced(page, source, changed(old, new), PageTools(render, str.encode, links))
    return shop, result, whole, entry


LINK = '<a href="../other/#x">o</a><i id="here"></i>'
BEFORE = {"about": (1, "täglich"), "facts": (2, f"nothing {LINK}"), "none": (0, ""), "raw": (1, "text")}


@pytest.mark.parametrize(
    "edit",
    [
        {"about": (1, "a much longer text than before, mit Größe")},
        {"facts": (2, "")},
        {"about": (1, ""), "raw": (1, "ünï " * 9)},
        {"about": (1, LINK), "facts": (2, "1"), "raw": (1, LINK)},
    ],
)
def test_a_page_with_changed_parts_is_the_one_that_is_made_as_a_whole(edit):
    shop, result, whole, entry = spliced(BEFORE, BEFORE | edit)
    assert (shop.made, result.content) == ([*edit], whole), "no other part was made"
    assert (result.kept, result.dependencies) == (entry.kept, entry.dependencies)
    assert result.anchors_removed == ({"here"} if "facts" in edit else set())
    assert set(result.targets) == set(PageLinks(*links("".join(text for _, text in edit.values()))).ours)


def test_a_part_that_read_something_else_and_shows_the_same_leaves_the_file_as_it_is():
    shop, result, _, _ = spliced(BEFORE, BEFORE | {"none": (0, "not shown")})
    assert (shop.made, result.content, result.targets) == (["none"], None, ())


@pytest.mark.parametrize(
    ("edit", "options"),
    [
        ({"facts": (1, "")}, {}),
        ({"none": (1, "")}, {}),
        ({"raw": (1, "new")}, {"damaged": True}),
        ({"raw": (1, "new")}, {"render": lambda _: None}),
    ],
    ids=["fewer sections", "a new section", "a damaged file", "a template that fails"],
)
def test_a_page_is_made_as_a_whole_where_joining_it_is_not_certain(edit, options):
    with pytest.raises(NotSpliceableError):
        spliced(BEFORE, BEFORE | edit, **options)


def test_keys_that_do_not_exist_yet_stay_with_the_part_that_read_them():
    tracker = DependencyTracker("base", [(("value", "a"), "1")])
    values, reads = tracker.tracked("value", {"a": 1}), []
    for keys in (["a", "x"], ["y"], ["a", "x", "z"]):
        tracker.begin()
        for key in keys:
            values.get(key)
        reads.append(tracker.end())
    stored = Dependencies.joined(reads)
    parts = [*stored.split(part.size for part in reads)]
    assert [[part.include_any({id_of(("value", key))}) for key in "axyz"] for part in parts] == [
        [True, True, False, False],
        [False, False, True, False],
        [True, True, False, True],
    ]
