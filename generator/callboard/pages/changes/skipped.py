"""``/problems/skipped/``: files with documents that are no descriptors → a table with the reason for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from callboard.model.data_classes import dataclass
from callboard.model.skipped import SkippedFile
from callboard.pages.page import Page
from callboard.pages.pager import Pager, numbered_path, numbered_title, pager

PATH = "problems/skipped/"
ROWS = 500
"""Files of one page."""
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
    pager: Pager
    undescribed_path: str
    """The page of the repositories without a descriptor; empty where there are none."""


def plan(skipped: Sequence[SkippedFile], undescribed_path: str, labels: Mapping[str, str]) -> Iterator[Page]:
    """The pages; none if no document was skipped."""
    count = -(-len(skipped) // ROWS)
    for number in range(1, count + 1):
        view = partial(skipped_view, skipped, undescribed_path, number)
        title, text = numbered_title(labels["skipped"], number, count), labels["skipped_text"] if number == 1 else ""
        yield Page(numbered_path(PATH, number), "skipped.html", "wide", "problems/", title, view, text)


def skipped_view(skipped: Sequence[SkippedFile], undescribed_path: str = "", number: int = 1) -> SkippedView:
    """The view of the page with this number, by repository and path."""
    ordered = sorted(skipped, key=lambda file: (file.repository, file.path, file.reason))
    listed = ordered[(number - 1) * ROWS : number * ROWS]
    rows = tuple(SkippedRow(file.repository, file.path, f"skipped_{file.reason.replace('-', '_')}", file.documents) for file in listed)
    return SkippedView(len(ordered), rows, pager(PATH, number, -(-len(ordered) // ROWS)), undescribed_path)
