"""``/status/undescribed/``: repositories that sources know and that have no descriptor, each with one to paste."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from callboard.pages.page import Page
from callboard.pages.safe_text import web_url
from callboard.plugins.sources import Undescribed
from callboard.settings.settings import Portal

PATH = "status/undescribed/"
MOST = 500
"""Repositories that are named; of the others only the number is told."""
LINES = 4_000
"""Characters of one suggestion, at most: the page is for people."""


@dataclass(frozen=True, slots=True)
class BareView:
    """One repository."""

    name: str
    url: str
    """Where people look at it; empty where that is no address on the web."""
    lines: str
    """A descriptor to begin with."""


@dataclass(frozen=True, slots=True)
class SourceOfBare:
    """The repositories of one source."""

    id: str
    """Anchor."""
    name: str
    count: int
    """All of them."""
    rows: tuple[BareView, ...]
    """Those that are named."""
    more: int


@dataclass(frozen=True, slots=True)
class UndescribedView:
    """The whole page."""

    count: int
    sources: tuple[SourceOfBare, ...]


def for_audience(undescribed: Sequence[Undescribed], portal: Portal) -> Sequence[Undescribed]:
    """The same; none on a public portal: nobody has described them for the public, and their names may tell what is inside."""
    return () if portal.audience == "public" else undescribed


def plan(undescribed: Sequence[Undescribed], portal: Portal, labels: Mapping[str, str]) -> Iterator[Page]:
    """The one page, or none where every repository has a descriptor."""
    if shown := for_audience(undescribed, portal):
        title, text = labels["undescribed"], labels["undescribed_text"]
        yield Page(PATH, "undescribed.html", "wide", "problems/", title, partial(undescribed_view, shown), text)


def undescribed_view(undescribed: Sequence[Undescribed]) -> UndescribedView:
    """All that the page says, by source and name."""
    ordered = sorted(undescribed, key=lambda one: (one.source, one.repository))
    return UndescribedView(len(ordered), tuple(_of_sources(ordered)))


def _of_sources(ordered: Sequence[Undescribed]) -> Iterator[SourceOfBare]:
    left = MOST
    for number, (source, of) in enumerate(groupby(ordered, key=lambda one: one.source)):
        found = tuple(of)
        shown = found[:left]
        left -= len(shown)
        yield SourceOfBare(f"source-{number + 1}", source, len(found), tuple(map(_bare, shown)), len(found) - len(shown))


def _bare(one: Undescribed) -> BareView:
    return BareView(one.repository, web_url(one.url), one.suggestion_yaml[:LINES])
