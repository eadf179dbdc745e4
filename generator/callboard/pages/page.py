"""What the plan says of one page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from callboard.incremental.tracking import DependencyKey, DependencyTracker


@dataclass(frozen=True, slots=True)
class TocEntry:
    """A heading in the contents of a page; ``id`` is its anchor."""

    id: str
    text: str
    children: tuple[TocEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchText:
    """What full-text search knows of a page. Facts and relations stay out: they would drown the words people wrote."""

    title: str
    body: str
    """Plain text, paragraphs separated by a blank line."""
    kind: str
    """Canonical kind of the entity, or ``docs``."""
    alias: str = ""
    """Other spellings of the name, separated by blanks."""
    meta: tuple[tuple[str, str], ...] = ()
    """Shown with a result: ``("owner", "team-checkout")``, ``("ref", "component:default/x")``."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page to be rendered and stamped. ``view`` is called when the page's turn comes, so that nothing holds all views."""

    path: str
    """Below the site's root, with a final ``/`` (its file is ``index.html`` in there) or a file name (``404.html``)."""
    template: str
    """Name of the Jinja template, such as ``entity.html``."""
    frame: str
    """Which frame it is stamped into: ``entity`` (contents at the left) or ``wide`` (no side columns)."""
    tab: str
    """Path of the navigation tab that is active: ``catalog/``, ``teams/`` …; an empty text for home."""
    title: str
    """For ``<title>``: plain text, never HTML."""
    view: Callable[[], Any]
    """Makes the template's view dataclass; a frozen value that says all that the page shows."""
    description: str = ""
    toc: Callable[[Any], tuple[TocEntry, ...]] | None = field(default=None)
    """The contents, made from the view; None for pages without."""
    search: Callable[[], SearchText] | None = field(default=None)
    """What full-text search indexes; None keeps the page out."""
    ref: str = ""
    """The entity's canonical reference on entity pages."""
    files: Callable[[], Iterable[tuple[str, bytes]]] | None = field(default=None)
    """Files that belong to the page, by their path below the site's root: the same things as data."""
    tracker: DependencyTracker | None = field(default=None)
    """Records what ``view``, ``toc``, ``search`` and ``files`` read; None for a page that is made in each build."""
    extra_keys: tuple[DependencyKey, ...] = ()
    """Dependencies in addition to those that the tracker records."""
