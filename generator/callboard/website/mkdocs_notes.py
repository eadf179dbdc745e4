"""What the hooks noted while MkDocs ran → the inline scripts of each page, and problems of guides that became plain text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from callboard.model.problem import Problem, Span
from callboard.website.guides import Guides
from callboard.website.rules import UNREADABLE_GUIDE

NOTES = "guide-notes.json"
"""File in MkDocs' output, written by ``guide_hooks``."""


@dataclass(frozen=True, slots=True)
class Notes:
    """The content of that file."""

    scripts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The theme's inline scripts by the path of the page in the site."""
    failed: Mapping[str, str] = field(default_factory=dict)
    """Why a guide is shown as plain text, by its path in the folder of the guides."""


def read_notes(site: Path) -> Notes:
    """The notes in the output of MkDocs; empty without a file."""
    file = site / NOTES
    if not file.is_file():
        return Notes()
    values = json.loads(file.read_bytes())
    return Notes({page: tuple(codes) for page, codes in values["scripts"].items()}, values["failed"])


def merge_notes(base: Path, site: Path, pages: Iterable[str], target: Path) -> None:
    """Write the notes of ``base`` into ``target``, with those of ``site`` about the pages that were rendered there."""
    old, new = read_notes(base), read_notes(site)
    scripts = {**old.scripts, **{page: new.scripts[page] for page in pages if page in new.scripts}}
    (target / NOTES).write_text(json.dumps({"scripts": scripts, "failed": new.failed}), encoding="utf-8")


def failed_guides(site: Path, guides: Guides) -> Iterator[Problem]:
    """A problem for each guide that is shown as plain text."""
    for path, reason in read_notes(site).failed.items():
        yield UNREADABLE_GUIDE.problem(
            f"The guide {reason}; it is shown as plain text.", origin=guides.origin(path), span=Span.at(1, 1), field=path,
            hint="Simplify or divide it.",
        )  # fmt: skip
