"""State of format 1 (Callboard 0.1) → the same values. It may go when format 3 is introduced: formats are read one version back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec

from callboard.io.rows import Lines
from callboard.model.entity import Entity
from callboard.model.ref import ref_of
from callboard.state.manifest import MANIFEST, damaged
from callboard.state.packing import unpacked
from callboard.state.parts import COMPARED, ENTITIES, PLAIN, facts_of
from callboard.state.values import Change, State

Row = dict[str, Any]
_FIELDS = {"portraits": "summaries", "concerns": "problem_summaries"}
"""Field of ``State`` of the parts whose names differ from it."""
_ENTITY = Lines(Entity)
_WRONG = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What converting a row that is none raises; ``RowError`` is a ``ValueError``."""


class OldManifest(msgspec.Struct):
    """``current.json`` of format 1."""

    as_of: Annotated[datetime, msgspec.Meta(tz=True)]
    version: str
    files: int
    skipped: dict[str, int]
    parts: dict[str, str]


def read_state(folder: Path, head: Mapping[str, Any], get: Callable[[str], bytes], *, only_compared: bool = False) -> State:
    """The state in a folder. ``get`` reads a blob. Raises ``StateError``."""
    values: dict[str, list[Any]] = {}
    try:
        manifest = msgspec.convert(head, OldManifest)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise damaged(folder / MANIFEST, error) from error
    for name, file in manifest.parts.items():
        path = folder / Path(file).name
        field = _FIELDS.get(name, name)
        if only_compared and field not in COMPARED | {"measurements"}:
            continue
        try:
            values.setdefault("entities" if name.startswith(ENTITIES) else field, []).extend(_values(field, path, get))
        except (*_WRONG, OSError) as error:
            raise damaged(path, error) from error
    more: dict[str, Any] = {field: tuple(items) for field, items in values.items()}
    return State(manifest.as_of, manifest.version, files=manifest.files, skipped=manifest.skipped, **more)


def last_changes(folder: Path, head: Mapping[str, Any] | None) -> list[Change]:
    """The changes of the last build; none if there was no build. Raises ``StateError``."""
    parts = {} if head is None else head.get("parts", {})
    if "changes" not in parts:
        return []
    path = folder / Path(parts["changes"]).name
    try:
        return list(_values("changes", path, bytes.fromhex))
    except (*_WRONG, OSError) as error:
        raise damaged(path, error) from error


def month_paths(folder: Path) -> list[Path]:
    """The files of the log of changes."""
    return sorted((folder / "history").glob("*.jsonl"))


def month_changes(path: Path) -> list[Change] | None:
    """The changes in a file of the log; None if it is damaged."""
    try:
        return [PLAIN["changes"].value_of(_change(json.loads(line))) for line in path.read_bytes().splitlines()]
    except (*_WRONG, OSError):
        return None


def _values(field: str, path: Path, get: Callable[[str], bytes]) -> Iterator[Any]:
    """The values in a part, whose name has the beginning of its digest."""
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest()[:16] != path.name.split(".")[-2]:
        raise ValueError("its digest is not the one in its name")
    rows = map(json.loads, content.splitlines())
    if field in {"facts", "measurements"}:
        lines = b"\n".join(json.dumps(_about_subject(field, row)).encode() for row in rows)
        yield from facts_of(lines)[field == "measurements"]
    elif field.startswith(ENTITIES):
        yield from (_ENTITY.value_of(_entity(unpacked(row, get))) for row in rows)
    elif field in PLAIN:
        yield from (PLAIN[field].value_of(_CONVERTED.get(field, dict)(row)) for row in rows)


def _ref(row: Row, key: str) -> list[str] | None:
    return [*ref_of(row[key])] if key in row else None


def _refs(row: Row, *keys: str) -> Row:
    """The row with references as arrays."""
    return row | {key: _ref(row, key) for key in keys if key in row}


def _origin(row: Row) -> Row:
    texts = dict.fromkeys(("source", "tree", "repository", "revision", "path"), "")
    return texts | {"document": 0, "line": 0} | row | {"via_locations": row.get("via", [])}


def _entity(row: Row) -> Row:
    derived = [dict(zip(("field", "value", "by"), each, strict=True)) for each in row.get("derived", ())]
    texts = {"api_version": row.get("apiVersion", ""), "digest": "", "text": ""}
    return texts | _refs(row, "ref") | {"origin": _origin(row["origin"]), "derived": derived}


def _located(row: Row) -> Row:
    """A problem, or a related place of one, with its origin and range as mappings."""
    origin = {"origin": _origin(row["origin"])} if "origin" in row else {}
    span = {"span": dict(zip(("line", "column", "end_line", "end_column"), row["span"], strict=True))} if "span" in row else {}
    return {"message": ""} | row | origin | span


def _problem(row: Row) -> Row:
    related = [_located(each) for each in row.get("related", ())]
    return {"code": ""} | _refs(_located(row), "subject", "responsible") | {"related": related}


def _problem_summary(row: Row) -> list[Any]:
    texts = {key: row.get(key, "") for key in ("code", "field", "fingerprint", "message")}
    return [texts["code"], _ref(row, "subject"), texts["field"], texts["fingerprint"], texts["message"], row.get("where")]


def _change(row: Row) -> list[Any]:
    texts = [row.get(key, "") for key in ("field", "before", "after")]
    rest = [row.get("code", ""), row.get("about", ""), row.get("number", 0)]
    return [row["at"], row.get("kind", ""), _ref(row, "ref"), *texts, row.get("origin"), _ref(row, "owner"), *rest]


def _about_subject(field: str, row: Row) -> Row:
    """A fact or a measurement as a line of format 2."""
    subject = [*ref_of(row.pop("subject"))]
    return {"subject": subject, field: [{"key": "", "source": ""} | row]}


def _with_texts(*names: str) -> Callable[[Row], Row]:
    """A function that adds empty strings, which format 1 leaves out."""
    return lambda row: dict.fromkeys(names, "") | row


_CONVERTED: Mapping[str, Callable[[Row], Any]] = {
    "problems": _problem,
    "trees": _with_texts("source", "id", "repository", "revision"),
    "stale": lambda row: (
        _with_texts("source", "tree", "repository", "path", "cause")(row) | {"refs": [[*ref_of(ref)] for ref in row.get("refs", ())]}
    ),
    "repositories": _with_texts("source", "tree", "name", "url"),
    "undescribed": _with_texts("source", "repository", "url", "suggestion_yaml"),
    "summaries": lambda row: _refs(row, "ref"),
    "problem_summaries": _problem_summary,
    "changes": _change,
}
"""By field: what makes a row of format 2 of one of format 1."""
