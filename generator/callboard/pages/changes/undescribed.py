"""``/status/undescribed/``: repositories of sources without a descriptor → a page with a starter descriptor for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from urllib.parse import quote

from callboard.model.data_classes import dataclass
from callboard.pages.page import Page
from callboard.pages.pager import Pager, numbered_path, numbered_title, pager
from callboard.pages.safe_text import web_url
from callboard.plugins.sources import Undescribed

PATH = "status/undescribed/"
FORM = "create/register/"
"""The form for a descriptor."""
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
    form: str
    """Path of the form that begins with it."""


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
    every = ordered(undescribed)
    counts, listed = Counter(each.source for each in every), every[(number - 1) * ROWS : number * ROWS]
    return UndescribedView(len(every), tuple(_sources(listed, counts, number)), skipped_path, pager(PATH, number, -(-len(every) // ROWS)))


def ordered(undescribed: Sequence[Undescribed]) -> list[Undescribed]:
    """By source and name."""
    return sorted(undescribed, key=lambda each: (each.source, each.repository))


def _sources(listed: Sequence[Undescribed], counts: Mapping[str, int], number: int) -> Iterator[UndescribedSource]:
    for place, (name, group) in enumerate(groupby(listed, key=lambda each: each.source), 1):
        rows = tuple(
            UndescribedRow(each.repository, web_url(each.url), each.suggestion_yaml[:YAML_LIMIT], _form(each.repository, number))
            for each in group
        )
        yield UndescribedSource(f"source-{place}", name, counts[name], rows)


def _form(repository: str, number: int) -> str:
    """Path of the form for a descriptor of the repository, which is on the page with this number."""
    return f"{FORM}?part={number}&repository={quote(repository, safe='')}"
