"""The text of a YAML file → its value, read as YAML 1.2 like descriptors."""

from __future__ import annotations

from typing import Any

from callboard.model.errors import SourceError
from callboard.yaml import documents


def read_yaml(text: str, name: str, *, nodes: int = 100_000) -> Any:
    """The value of the only document; ``name`` is the file's name in messages, ``nodes`` the most values that are accepted.

    Raises ``SourceError`` with line and column of the first error.
    """
    document = documents.read_one(text, nodes=nodes)
    if document.troubles:
        trouble = document.troubles[0]
        raise SourceError(f"{name}:{trouble.at.line}:{trouble.at.column}: {trouble.message}", trouble.hint)
    return document.value
