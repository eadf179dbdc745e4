"""``/status/undescribed/``: repositories of sources without a descriptor → a page with a starter descriptor for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from callboard.pages.page import Page
from callboard.pages.pager import Pager, numbered_path, numbered_title, pager
from callboard.pages.safe_text import web_url
from callboard.plugins.sources import Undescribed

PATH = "status/undescribed/"
ROWS = 500
"""Repositories of one page."""
"""Repositories that are listed; the others are only counted."""
YAML_LIMIT = 4_000
"""Characters of one starter descriptor."""


@dataclass(frozen=True, slots=True)
class UndescribedRow:
    """One repository."""

    name: str
    url: str
    """The repository at its host, checked; empty if it has no web address."""
    lines: str
    """A starter descriptor."""


@dataclass(frozen=True, slots=True)
class UndescribedSource:
    """The repositories of one source."""

    id: str
    """Anchor."""
    name: str
    count: int
    """Number of all of them."""
    rows: tuple[UndescribedRow, ...]
    """Those of the page."""


@dataclass(frozen=True, slots=True)
class UndescribedView:
    """The page."""

    count: int
    sources: tuple[UndescribedSource, ...]
    skipped_path: str
    """The page of the skipped files; empty where there are none."""
    pager: Pager


def plan(undescribed: Sequence[Undescribed], skipped_path: str, labels: Mapping[str, str]) -> Iterator[Page]:
    """The pages; none if every repository has a descriptor."""
    count = -(-len(undescribed) // ROWS)
    for number in range(1, count + 1):
        view = partial(undescribed_view, undescribed, skipped_path, number)
        title, text = numbered_title(labels["undescribed"], number, count), labels["undescribed_text"] if number == 1 else ""
        yield Page(numbered_path(PATH, number), "undescribed.html", "wide", "problems/", title, view, text)


def undescribed_view(undescribed: Sequence[Undescribed], skipped_path: str = "", number: int = 1) -> UndescribedView:
    """The view of the page with this number, by source and name."""
    ordered = sorted(undescribed, key=lambda each: (each.source, each.repository))
    counts, listed = Counter(each.source for each in ordered), ordered[(number - 1) * ROWS : number * ROWS]
    return UndescribedView(len(ordered), tuple(_sources(listed, counts)), skipped_path, pager(PATH, number, -(-len(ordered) // ROWS)))


def _sources(listed: Sequence[Undescribed], counts: Mapping[str, int]) -> Iterator[UndescribedSource]:
    for number, (name, group) in enumerate(groupby(listed, key=lambda each: each.source)):
        rows = tuple(UndescribedRow(each.repository, web_url(each.url), each.suggestion_yaml[:YAML_LIMIT]) for each in group)
        yield UndescribedSource(f"source-{number + 1}", name, counts[name], rows)
