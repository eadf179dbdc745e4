"""The text of a fenced block ``callboard-table``, ``-figure`` or ``-graph`` → what it shows, or what is wrong in which line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Any

import msgspec

from callboard.catalog.query import FIELDS, IN_BROWSER, LONGEST, EntityFilter, read_query
from callboard.model.data_classes import dataclass
from callboard.model.ref import EntityRef, RefError, parse_ref
from callboard.model.suggestions import nearest

PREFIX = "callboard-"
KINDS = ("table", "figure", "graph")
LANGUAGES = tuple(PREFIX + kind for kind in KINDS)
"""Languages of fenced code that are blocks."""
COLUMNS = ("kind", "type", "owner", "lifecycle", "system", "tags", "namespace", "description", "problems", "health", "level", "dependents")
"""Columns of a table besides the name, which is always the first."""
USUAL_COLUMNS = ("kind", "type", "owner", "lifecycle")
MOST_ROWS, USUAL_ROWS = 100, 20
MOST_NODES, USUAL_NODES = 60, 24
MOST_BLOCKS = 50
"""Blocks of a page."""
_LONGEST_TITLE = 200
_LONGEST_BLOCK = 4_000
_LINE = re.compile(r"\s*([A-Za-z_-]{1,40})\s*:\s*(.*?)\s*")
LEVEL = re.compile(r"level:([a-z0-9][a-z0-9-]{0,62})")
"""The column of one scorecard."""
_KEYS: Mapping[str, tuple[str, ...]] = {
    "table": ("filter", "title", "columns", "sort", "limit"),
    "figure": ("filter", "title", "by"),
    "graph": ("filter", "entity", "title", "limit"),
}


class DocumentBlock(msgspec.Struct, frozen=True, array_like=True):
    """A block of a page, as written."""

    kind: str
    """``table``, ``figure`` or ``graph``."""
    text: str
    """Between the fences."""
    line: int
    """Of the opening fence in the file of the page, from 1; 0 where it is not known."""


class BlockError(ValueError):
    """What is wrong in a block.

    Args:
        message: without a full stop.
        hint: how to correct it.
        line: in the block, 1 for its first line behind the fence; 0 for the block as a whole.
    """

    def __init__(self, message: str, hint: str, line: int = 0) -> None:
        super().__init__(message)
        self.message, self.hint, self.line = message, hint, line


@dataclass(frozen=True, slots=True)
class BlockRequest:
    """What a block asks for."""

    kind: str
    query: EntityFilter = field(default_factory=EntityFilter)
    filter_line: int = 0
    """Line of the filter in the block."""
    title: str = ""
    columns: tuple[str, ...] = USUAL_COLUMNS
    sort: str = "name"
    is_descending: bool = False
    limit: int = 0
    """Rows of a table, or boxes of a graph."""
    by: str = ""
    """The field by which a figure is divided; empty for one number."""
    entity: EntityRef | None = None
    """The entity whose neighbors a graph shows; None for what the filter selects."""


def read_block(block: DocumentBlock) -> BlockRequest:
    """What a block shows. Raises ``BlockError``."""
    if len(block.text) > _LONGEST_BLOCK:
        raise BlockError(f"the block has more than {_LONGEST_BLOCK:,} characters", "Shorten it.")
    values: dict[str, Any] = {}
    for line, key, value in _lines(block):
        if key in values:
            raise BlockError(f"`{key}` is written twice", "Remove one of the lines.", line)
        values[key] = value, line
    read = {name: value for key, (text, line) in values.items() for name, value in _READERS[key](block.kind, text, line).items()}
    if "query" not in read and "entity" not in read:
        wanted = "`filter: …` or `entity: …`" if block.kind == "graph" else "`filter: …`"
        raise BlockError("the block names no entities", f"Add a line {wanted}, such as `filter: kind:component owner:team-a`.")
    if "query" in read and "entity" in read:
        raise BlockError("the block has both `filter` and `entity`", "Remove one of them.", values["entity"][1])
    usual = {"table": USUAL_ROWS, "graph": USUAL_NODES}.get(block.kind, 0)
    return BlockRequest(block.kind, **{"limit": usual, **read})


def _lines(block: DocumentBlock) -> Iterator[tuple[int, str, str]]:
    """Number, key and value of each line."""
    keys = _KEYS[block.kind]
    for number, line in enumerate(block.text.split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.fullmatch(line[: 2 * LONGEST])
        if found is None:
            raise BlockError(f"`{line.strip()[:60]}` is not a line of the form `key: value`", _known(keys, "Keys"), number)
        key = found[1].lower()
        if key not in keys:
            raise BlockError(f"a {PREFIX}{block.kind} has no `{found[1]}`", _meant(key, keys) or _known(keys, "Keys"), number)
        if not found[2]:
            raise BlockError(f"`{key}` has no value", "Write one behind the colon, or remove the line.", number)
        yield number, key, found[2]


def _filter(_: str, text: str, line: int) -> dict[str, Any]:
    if len(text) > LONGEST:
        raise BlockError(f"the filter has more than {LONGEST:,} characters", "Shorten it.", line)
    query = read_query(text)
    if any(term.field == IN_BROWSER for term in query.terms):
        raise BlockError("`starred` is kept in each reader's browser", "Remove it from the filter.", line)
    unknown = next(iter(query.unknown_fields), "") or next((term.field for term in query.terms if term.field not in FIELDS), "")
    if unknown:
        raise BlockError(f"a filter has no field `{unknown[:40]}`", _meant(unknown, FIELDS) or _known(FIELDS, "Fields"), line)
    return {"query": query, "filter_line": line}


def _entity(_: str, text: str, line: int) -> dict[str, Any]:
    try:
        return {"entity": parse_ref(text, default_kind="component").canonical()}
    except RefError as error:
        raise BlockError(f"`{text[:60]}` is not a reference of an entity", "Write it as `component:payments`.", line) from error


def _columns(_: str, text: str, line: int) -> dict[str, Any]:
    names = [name.lower() for name in re.split(r"[\s,]+", text) if name]
    names = [{"tag": "tags"}.get(name, name) for name in names if name != "name"]
    if wrong := next((name for name in names if name not in COLUMNS and not LEVEL.fullmatch(name)), ""):
        raise BlockError(f"a table has no column `{wrong[:40]}`", _meant(wrong, COLUMNS) or _known(COLUMNS, "Columns"), line)
    return {"columns": tuple(dict.fromkeys(names))}


def _sort(_: str, text: str, line: int) -> dict[str, Any]:
    name, known = text.lstrip("-").strip().lower(), ("name", *COLUMNS)
    if name not in known or name == "description":
        hint = _meant(name, known) or "Use `name` or a column; `-name` is Z to A."
        raise BlockError(f"a table cannot be sorted by `{text[:40]}`", hint, line)
    return {"sort": name, "is_descending": text.startswith("-")}


def _limit(kind: str, text: str, line: int) -> dict[str, Any]:
    most = MOST_NODES if kind == "graph" else MOST_ROWS
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= most):  # noqa: PLR2004 - digits enough for any limit
        raise BlockError(f"the limit `{text[:40]}` is not a number from 1 to {most}", f"Write `limit: {most}` or less.", line)
    return {"limit": int(text)}


def _by(_: str, text: str, line: int) -> dict[str, Any]:
    if text.lower() not in FIELDS:
        raise BlockError(f"a figure cannot be divided by `{text[:40]}`", _meant(text, FIELDS) or _known(FIELDS, "Fields"), line)
    return {"by": text.lower()}


_READERS: Mapping[str, Callable[[str, str, int], dict[str, Any]]] = {
    "filter": _filter, "entity": _entity, "columns": _columns, "sort": _sort, "limit": _limit, "by": _by,
    "title": lambda _, text, __: {"title": text[:_LONGEST_TITLE]},
}  # fmt: skip


def _meant(written: str, known: tuple[str, ...]) -> str:
    close = nearest(written, known)
    return f"Did you mean `{close}`?" if close else ""


def _known(names: tuple[str, ...], noun: str) -> str:
    return f"{noun}: {', '.join(f'`{name}`' for name in names)}."
