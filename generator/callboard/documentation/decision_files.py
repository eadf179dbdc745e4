"""The tree of a repository → the folder of its architecture decision records, and its files in a documentation set."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from callboard.documentation.file_names import literal
from callboard.model.data_classes import dataclass
from callboard.model.errors import TreeError
from callboard.model.tree import Tree

IN_SET = "decisions"
"""Folder of the set for records that are not in its documentation folder."""
MOST_DECISIONS = 1_000
"""Files of a folder of decision records."""
_TITLE = "Decisions"
_FOLDERS = (
    "docs/adr", "docs/adrs", "docs/ADR", "docs/decisions", "docs/architecture/decisions", "docs/architecture/adr",
    "docs/architecture-decisions", "doc/adr", "doc/adrs", "doc/decisions", "doc/architecture/decisions", "adr", "adrs", "decisions",
)  # fmt: skip
"""Where tools and teams put them, relative to the folder of a descriptor."""


@dataclass(frozen=True, slots=True)
class DecisionFiles:
    """The decision records of a set."""

    folder: str | None = None
    """Below the documentation folder; empty for that itself, None for none."""
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    """Paths in the tree of records that are not in the documentation folder, by path in the set."""

    def in_navigation(self, nav: Any) -> Any:
        """A written navigation with the records from elsewhere as its last section."""
        pages = [path for path in sorted(self.elsewhere) if path.endswith(".md")]
        return [*nav, {_TITLE: pages}] if isinstance(nav, list) and pages else nav


def usual_folder(tree: Tree, folder: str) -> str | None:
    """The first folder with a usual name that has Markdown files; None for none."""
    start = f"{folder}/" if folder else ""
    try:
        found = {posixpath.dirname(path) for path in tree.glob(f"{literal(start)}{{{','.join(_FOLDERS)}}}/*.md")}
    except TreeError:
        return None
    return next((start + name for name in _FOLDERS if start + name in found), None)
