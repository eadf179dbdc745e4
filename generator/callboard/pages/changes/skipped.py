"""``/problems/skipped/``: files with documents that are no descriptors → a table with the reason for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from callboard.model.skipped import SkippedFile
from callboard.pages.page import Page

PATH = "problems/skipped/"
LISTED = 500
"""Files that are listed; the others are only counted."""


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """One file."""

    repository: str
    path: str
    reason: str
    """Key of the reason in the labels."""
    documents: int


@dataclass(frozen=True, slots=True)
class SkippedView:
    """The page."""

    count: int
    rows: tuple[SkippedRow, ...]
    more: int
    """Number of files that are not listed."""
    undescribed_path: str
    """The page of the repositories without a descriptor; empty where there are none."""


def plan(skipped: Sequence[SkippedFile], undescribed_path: str, labels: Mapping[str, str]) -> Iterator[Page]:
    """The page; none if no document was skipped."""
    if skipped:
        view = partial(skipped_view, skipped, undescribed_path)
        yield Page(PATH, "skipped.html", "wide", "problems/", labels["skipped"], view, labels["skipped_text"])


def skipped_view(skipped: Sequence[SkippedFile], undescribed_path: str = "") -> SkippedView:
    """The view of the page, by repository and path."""
    ordered = sorted(skipped, key=lambda file: (file.repository, file.path, file.reason))
    rows = tuple(
        SkippedRow(file.repository, file.path, f"skipped_{file.reason.replace('-', '_')}", file.documents) for file in ordered[:LISTED]
    )
    return SkippedView(len(ordered), rows, len(ordered) - len(rows), undescribed_path)
