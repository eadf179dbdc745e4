"""What the hooks noted while MkDocs ran → the inline scripts of each page, and problems of guides that became plain text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from pathlib import Path

from callboard.model.data_classes import dataclass
from callboard.model.problem import Problem, Severity, Span
from callboard.website.guides import Guides
from callboard.website.hook_files import NOTES
from callboard.website.rules import UNREADABLE_GUIDE

_LONGEST = 10_000
"""Characters in which the names of front matter are searched for."""


@dataclass(frozen=True, slots=True)
class Notes:
    """The content of that file."""

    scripts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The theme's inline scripts by the path of the page in the site."""
    failed: Mapping[str, str] = field(default_factory=dict)
    """Why a guide is shown as plain text, by its path in the folder of the guides."""
    ignored: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Why values of its front matter are left out, by the same path and by name."""


def read_notes(site: Path) -> Notes:
    """The notes in the output of MkDocs; empty without a file."""
    file = site / NOTES
    if not file.is_file():
        return Notes()
    values = json.loads(file.read_bytes())
    return Notes({page: tuple(codes) for page, codes in values["scripts"].items()}, values["failed"], values.get("ignored", {}))


def merge_notes(base: Path, site: Path, pages: Iterable[str], target: Path) -> None:
    """Write the notes of ``base`` into ``target``, with those of ``site`` about the pages that were rendered there."""
    old, new = read_notes(base), read_notes(site)
    scripts = {**old.scripts, **{page: new.scripts[page] for page in pages if page in new.scripts}}
    notes = {"scripts": scripts, "failed": new.failed, "ignored": new.ignored}
    (target / NOTES).write_text(json.dumps(notes), encoding="utf-8")


def guide_problems(site: Path, guides: Guides) -> Iterator[Problem]:
    """A problem for each guide that is shown as plain text, and for each value of front matter that is left out."""
    notes = read_notes(site)
    for path, reason in notes.failed.items():
        yield UNREADABLE_GUIDE.problem(
            f"The guide {reason}; it is shown as plain text.", origin=guides.origin(path), span=Span.at(1, 1), field=path,
            hint="Simplify or divide it.",
        )  # fmt: skip
    for path, wrong in notes.ignored.items():
        for name, reason in wrong.items():
            yield UNREADABLE_GUIDE.problem(
                f"The value of `{name}` in the front matter {reason}; the guide is shown without it.", origin=guides.origin(path),
                span=_place(guides.text(path), name), field=f"{path} {name}", hint="Correct the value, or remove it.",
                severity=Severity.WARNING,
            )  # fmt: skip


def _place(text: str, name: str) -> Span:
    """The first line that begins with a name of front matter."""
    found = re.search(rf"^{name}\s*:", text[:_LONGEST], re.MULTILINE | re.IGNORECASE)
    return Span.at(text.count("\n", 0, found.start()) + 1 if found else 1, 1)
