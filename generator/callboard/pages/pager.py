"""A list of many rows → the paths and titles of its pages, and the links between them."""

from __future__ import annotations

from callboard.model.data_classes import dataclass


@dataclass(frozen=True, slots=True)
class Pager:
    """The place of a page among those about one family."""

    number: int
    """From 1."""
    count: int
    previous: str
    """Path of the page before; empty for none."""
    next: str
    """Path of the page behind; empty for none."""
    first: str
    """Path of the first page."""


def numbered_path(path: str, number: int) -> str:
    """Path of a page by its number: the first one has no number."""
    return f"{path}{number}/" if number > 1 else path


def pager(path: str, number: int, count: int) -> Pager:
    """The pager of the page ``number`` of ``count`` below ``path``."""
    previous = numbered_path(path, number - 1) if number > 1 else ""
    return Pager(number, count, previous, numbered_path(path, number + 1) if number < count else "", path)


def numbered_title(title: str, number: int, count: int) -> str:
    """The title of a page: ``Deployments (2/7)``; the first one has the title alone."""
    return title if number == 1 else f"{title} ({number}/{count})"
