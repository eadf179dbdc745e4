"""What is in memory of the pages of sets grows with their number as little as their links and headings take on the disk."""

import gc
import tracemalloc

from callboard.documentation import cross_links
from callboard.documentation.page_details import unpacked_details
from support.documented_portal import PAYMENTS, DocumentedPortal

HEADINGS = 200
LARGEST_GROWTH = 20_000
"""Bytes of a further page with its headings, which take 12,000 on the disk; unpacked, they take 60,000."""


def held(folder, pages):
    """Bytes that the documentation of a set with so many pages takes, when it is read from its files again."""
    text = "".join(f"## Heading number {number}\n\n" for number in range(HEADINGS))
    portal = (
        DocumentedPortal(folder).write(**{f"docs/page-{page}.md": f"# Page {page}\n\n{text}" for page in range(pages)}).entity(ref="dir:.")
    )
    portal.built()
    unpacked_details.cache_clear()
    gc.collect()
    tracemalloc.start()
    try:
        made = portal.built()
        unpacked_details.cache_clear()
        gc.collect()
        assert len(made.sets[PAYMENTS].pages) == pages
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def test_a_further_page_takes_little_memory(tmp_path):
    few, many = held(tmp_path / "few", 5), held(tmp_path / "many", 25)
    assert (many - few) / 20 < LARGEST_GROWTH


def test_of_many_links_only_some_are_in_memory_and_no_file_is_looked_for_twice(tmp_path, monkeypatch):
    monkeypatch.setattr(cross_links, "_MOST_TARGETS", 20)
    files = {f"src/{number}.py": "x" for number in range(30)}
    text = "".join(f"[x](../src/{number}.py) [gone](../src/gone-{number}.py)\n" for number in range(30))
    portal = DocumentedPortal(tmp_path).write(**files, **{f"docs/{page}.md": text for page in "abc"}).entity(ref="dir:.")
    built = portal.built()
    made, links = built.sets[PAYMENTS], cross_links.CrossLinks(built, portal.catalog, portal.trees)
    asked, original = [], cross_links._exists
    monkeypatch.setattr(cross_links, "_exists", lambda tree, path: (asked.append(path), original(tree, path))[1])
    found = [(link, links.target(made, link)) for page in made.pages.values() for link in page.details.open_links]
    assert {(link.file, target.reason) for link, target in found} == {*((file, "") for file in files), *(
        (f"src/gone-{number}.py", "outside") for number in range(30)
    )}  # fmt: skip
    assert len(found) == 180
    assert len(links._targets) <= 20
    assert sorted(asked) == sorted({*asked})
