"""``/status/undescribed/``: repositories of sources without a descriptor → a page with a starter descriptor for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from callboard.pages.page import Page
from callboard.pages.safe_text import web_url
from callboard.plugins.sources import Undescribed

PATH = "status/undescribed/"
LISTED = 500
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
    """The listed ones."""
    more: int
    """Number of those that are not listed."""


@dataclass(frozen=True, slots=True)
class UndescribedView:
    """The page."""

    count: int
    sources: tuple[UndescribedSource, ...]
    skipped_path: str
    """The page of the skipped files; empty where there are none."""


def plan(undescribed: Sequence[Undescribed], skipped_path: str, labels: Mapping[str, str]) -> Iterator[Page]:
    """The page; none if every repository has a descriptor."""
    if undescribed:
        title, text = labels["undescribed"], labels["undescribed_text"]
        yield Page(PATH, "undescribed.html", "wide", "problems/", title, partial(undescribed_view, undescribed, skipped_path), text)


def undescribed_view(undescribed: Sequence[Undescribed], skipped_path: str = "") -> UndescribedView:
    """The view of the page, by source and name."""
    ordered = sorted(undescribed, key=lambda each: (each.source, each.repository))
    return UndescribedView(len(ordered), tuple(_sources(ordered)), skipped_path)


def _sources(ordered: Sequence[Undescribed]) -> Iterator[UndescribedSource]:
    left = LISTED
    for number, (name, group) in enumerate(groupby(ordered, key=lambda each: each.source)):
        repositories = tuple(group)
        listed = repositories[:left]
        left -= len(listed)
        rows = tuple(UndescribedRow(each.repository, web_url(each.url), each.suggestion_yaml[:YAML_LIMIT]) for each in listed)
        yield UndescribedSource(f"source-{number + 1}", name, len(repositories), rows, len(repositories) - len(listed))
