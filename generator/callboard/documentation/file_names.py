"""The path of a file in a repository → whether it can be published, and the glob that finds this file alone."""

from __future__ import annotations

import re

from callboard.documentation.insertions import DRAWN

_SPECIAL = re.compile(r"[*?\[{]")
_LONGEST_NAME, _LONGEST_PATH = 150, 600
"""Bytes."""


def has_address(path: str) -> bool:
    """Whether a file of this name can be published: each part is a name of a file on every server, and is no index of a folder."""
    parts = path.split("/")
    is_plain = (
        path.isprintable() and "\\" not in path and not DRAWN.search(path) and len(path.encode("utf-8", "surrogatepass")) <= _LONGEST_PATH
    )
    return is_plain and all(len(part.encode()) <= _LONGEST_NAME and not part.lower().startswith("index.html") for part in parts)


def literal(path: str) -> str:
    """A glob that matches only this path."""
    return _SPECIAL.sub(lambda found: f"[{found[0]}]", path)
