"""Where a field of a descriptor stands: asked only for documents that have a problem."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from yaml.nodes import Node

from generator import yaml12
from generator.problems import Span

_STEP = re.compile(r"\[(\d+)\]|\[\"((?:[^\"\\]|\\.)*)\"\]|([^.\[]+)")
_PLAIN_KEY = re.compile(r"[^.\[\]\"]+")


def dotted(path: Sequence[str | int]) -> str:
    """A path of keys and indexes as text: ``spec.dependsOn[1]``, ``metadata.annotations["backstage.io/techdocs-ref"]``."""
    parts = []
    for step in path:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        elif _PLAIN_KEY.fullmatch(step):
            parts.append(f".{step}")
        else:
            escaped = step.replace("\\", "\\\\").replace('"', '\\"')
            parts.append(f'["{escaped}"]')
    return "".join(parts).removeprefix(".")


def undotted(field: str) -> tuple[str | int, ...]:
    """The path that a dotted text names."""
    path: list[str | int] = []
    for index, quoted, plain in _STEP.findall(field):
        path.append(int(index) if index else plain or re.sub(r"\\(.)", r"\1", quoted))
    return tuple(path)


def locate(text: str, first_line: int, field: str) -> Span:
    """The span of the value at a dotted field path in a document whose text begins at ``first_line`` of its file.

    A mapping or a list is shown by its key; a missing field by the nearest parent that exists. Never raises.
    """
    extent, _ = yaml12.find(_composed(text), undotted(field))
    return span_of(extent, first_line)


def span_of(extent: yaml12.Extent, first_line: int) -> Span:
    """A range of a document's text as a range of its file."""
    return Span(extent.line + first_line - 1, extent.column, extent.end_line + first_line - 1, extent.end_column)


@lru_cache(maxsize=1)
def _composed(text: str) -> Node | None:
    """The nodes of the document that was asked about last: what is wrong with one comes in a row, and one may have thousands of faults."""
    return yaml12.compose(text)
