"""Values of the state ↔ JSON rows: entities, problems, trees, changes, facts. ``…_of(…_row(value))`` equals ``value``."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from callboard.model.entity import Derived, Entity, Origin
from callboard.model.facts import FAMILIES
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.problem import Problem, Related, Severity, Span
from callboard.model.ref import EntityRef, parse_ref
from callboard.plugins.installed_families import value_type
from callboard.plugins.sources import Repository, Undescribed
from callboard.state.values import Change, CollectionTime, EntitySummary, ProblemSummary, StaleCopy, TreeRecord, Where

JsonRow = dict[str, Any]


def time_text(at: datetime) -> str:
    """``2026-11-22T02:00:00Z``: UTC to the second; sorts by time."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"  # strftime writes the year 900 as three digits


def time_of(text: str) -> datetime:
    """The time that ``time_text`` wrote."""
    return datetime.fromisoformat(text)


def ref_of(text: str) -> EntityRef:
    """The canonical reference that ``str`` wrote; names have no ``:`` and ``/``."""
    kind, _, rest = text.partition(":")
    namespace, _, name = rest.partition("/")
    return EntityRef(kind, namespace, name)


def _lean(row: JsonRow) -> JsonRow:
    return {key: value for key, value in row.items() if value not in ("", None, (), [], {}, 0)}


def _ref(row: JsonRow, key: str) -> EntityRef | None:
    return ref_of(row[key]) if key in row else None


def _origin_row(origin: Origin) -> JsonRow:
    return _lean(
        {
            "source": origin.source, "tree": origin.tree, "repository": origin.repository, "revision": origin.revision,
            "path": origin.path, "document": origin.document, "line": origin.line, "via": origin.via_locations,
        }
    )  # fmt: skip


def _origin_of(row: JsonRow) -> Origin:
    get = row.get
    return Origin(
        get("source", ""), get("tree", ""), get("repository", ""), get("revision", ""), get("path", ""),
        get("document", 0), get("line", 0), tuple(get("via", ())),
    )  # fmt: skip


def entity_row(entity: Entity) -> JsonRow:
    """The entity as JSON; ``metadata`` and ``spec`` keep the order of their keys, which pages show."""
    row = {
        "ref": str(entity.ref), "kind": entity.kind, "apiVersion": entity.api_version, "digest": entity.digest,
        "origin": _origin_row(entity.origin), "text": entity.text, "derived": [[d.field, d.value, d.by] for d in entity.derived],
    }  # fmt: skip
    return _lean(row) | {"metadata": entity.metadata, "spec": entity.spec}


def entity_of(row: JsonRow) -> Entity:
    """The entity of that row."""
    derived = tuple(Derived(field, value, by) for field, value, by in row.get("derived", ()))
    return Entity(
        ref_of(row["ref"]), row["kind"], row.get("apiVersion", ""), row["metadata"], row["spec"],
        _origin_of(row["origin"]), row.get("digest", ""), row.get("text", ""), derived,
    )  # fmt: skip


def _span_row(span: Span | None) -> list[int]:
    return [span.line, span.column, span.end_line, span.end_column] if span else []


def _span_of(row: list[int] | None) -> Span | None:
    return Span(*row) if row else None


def problem_row(problem: Problem) -> JsonRow:
    """The problem as JSON."""
    related = [_lean({"message": r.message, "origin": _origin_row(r.origin), "span": _span_row(r.span)}) for r in problem.related]
    row = {
        "code": problem.code, "severity": problem.severity.value, "message": problem.message,
        "subject": problem.subject and str(problem.subject),
        "origin": _origin_row(problem.origin) if problem.origin else None, "span": _span_row(problem.span), "field": problem.field,
        "responsible": problem.responsible and str(problem.responsible), "hint": problem.hint, "related": related,
        "fingerprint": problem.fingerprint,
    }  # fmt: skip
    return _lean(row)


def problem_of(row: JsonRow) -> Problem:
    """The problem of that row."""
    get = row.get
    related = tuple(Related(r.get("message", ""), _origin_of(r["origin"]), _span_of(r.get("span"))) for r in get("related", ()))
    return Problem(
        get("code", ""), Severity(row["severity"]), get("message", ""), _origin_of(row["origin"]) if "origin" in row else None,
        _span_of(get("span")), _ref(row, "subject"), _ref(row, "responsible"), get("field", ""), get("hint", ""), related,
        get("fingerprint", ""),
    )  # fmt: skip


def tree_row(tree: TreeRecord) -> JsonRow:
    """The record of a tree as JSON."""
    return _lean(
        {
            "source": tree.source, "id": tree.id, "repository": tree.repository, "revision": tree.revision, "as_of": time_text(tree.as_of),
            "addresses": tree.addresses, "view": tree.view, "line": tree.line, "edit": tree.edit,
            "changed": {path: time_text(at) for path, at in tree.changed.items()}, "files": tree.files, "globs": tree.globs,
        }
    )  # fmt: skip


def tree_of(row: JsonRow) -> TreeRecord:
    """The tree of that row."""
    get = row.get
    return TreeRecord(
        get("source", ""), get("id", ""), get("repository", ""), get("revision", ""), time_of(row["as_of"]), tuple(get("addresses", ())),
        get("view", ""), get("line", ""), get("edit", ""), {path: time_of(at) for path, at in get("changed", {}).items()},
        get("files", {}), {pattern: tuple(found) for pattern, found in get("globs", {}).items()},
    )  # fmt: skip


def collection_row(collection: CollectionTime) -> JsonRow:
    """A collection time as JSON, also for ``/status/collections.json``."""
    row = {
        "source": collection.source, "family": collection.family, "as_of": collection.as_of and time_text(collection.as_of),
        "tried_at": collection.tried_at and time_text(collection.tried_at), "errors": collection.errors,
    }  # fmt: skip
    counted = {} if collection.requests is None else {"requests": collection.requests}
    return _lean(row) | {"count": collection.count} | counted


def collection_of(row: JsonRow) -> CollectionTime:
    """The collection of that row."""
    as_of, tried = (time_of(row[key]) if key in row else None for key in ("as_of", "tried_at"))
    return CollectionTime(row["source"], row["family"], as_of, tried, row["count"], row.get("requests"), tuple(row.get("errors", ())))


def repository_row(repository: Repository) -> JsonRow:
    """The metadata of a repository as JSON."""
    return _lean(asdict(repository))


def repository_of(row: JsonRow) -> Repository:
    """The repository of that row."""
    lists: dict[str, Any] = {
        "topics": tuple(row.get("topics", ())),
        "languages": tuple((name, size) for name, size in row.get("languages", ())),
    }
    return Repository(**({"source": "", "tree": "", "name": "", "url": ""} | row | lists))


def undescribed_row(undescribed: Undescribed) -> JsonRow:
    """A repository without a descriptor as JSON."""
    return _lean(asdict(undescribed))


def undescribed_of(row: JsonRow) -> Undescribed:
    """The value of that row."""
    return Undescribed(**({"source": "", "repository": "", "url": "", "suggestion_yaml": ""} | row))


def stale_row(stale: StaleCopy) -> JsonRow:
    """Entities of a last good copy as JSON."""
    return _lean(
        {
            "source": stale.source, "tree": stale.tree, "repository": stale.repository, "path": stale.path,
            "since": time_text(stale.since), "cause": stale.cause, "refs": [str(ref) for ref in stale.refs],
        }
    )  # fmt: skip


def stale_of(row: JsonRow) -> StaleCopy:
    """The value of that row."""
    get = row.get
    refs = tuple(ref_of(ref) for ref in get("refs", ()))
    return StaleCopy(
        get("source", ""), get("tree", ""), get("repository", ""), get("path", ""), time_of(row["since"]), get("cause", ""), refs
    )  # fmt: skip


_TEXTS = ("owner", "lifecycle", "type", "system", "definition", "essence")
_LISTS = ("provides", "consumes", "depends", "tags")


def summary_row(summary: EntitySummary) -> JsonRow:
    """The summary of an entity as JSON."""
    values = {name: getattr(summary, name) for name in (*_TEXTS, *_LISTS)}
    return _lean({"ref": str(summary.ref), "where": summary.where} | values)


def summary_of(row: JsonRow) -> EntitySummary:
    """The summary of that row."""
    values: dict[str, Any] = {name: row.get(name, "") for name in _TEXTS} | {name: tuple(row.get(name, ())) for name in _LISTS}
    return EntitySummary(ref_of(row["ref"]), Where(*row["where"]), **values)


def problem_summary_row(summary: ProblemSummary) -> JsonRow:
    """The summary of a problem as JSON."""
    return _lean(summary._asdict() | {"subject": summary.subject and str(summary.subject)})


def problem_summary_of(row: JsonRow) -> ProblemSummary:
    """The summary of that row."""
    where = Where(*row["where"]) if "where" in row else None
    get = row.get
    return ProblemSummary(get("code", ""), _ref(row, "subject"), get("field", ""), get("fingerprint", ""), get("message", ""), where)


def change_row(change: Change) -> JsonRow:
    """The change as JSON, one line of the log of changes."""
    refs = {"ref": change.ref and str(change.ref), "owner": change.owner and str(change.owner)}
    return _lean(change._asdict() | {"at": time_text(change.at)} | refs)


def change_of(row: JsonRow) -> Change:
    """The change of that row."""
    get = row.get
    where = Where(*row["origin"]) if "origin" in row else None
    return Change(
        time_of(row["at"]), get("kind", ""), _ref(row, "ref"), get("field", ""), get("before", ""), get("after", ""),
        where, _ref(row, "owner"), get("code", ""), get("about", ""), get("number", 0),
    )  # fmt: skip


FactRow = dict[str, Any]


def fact_row(fact: Fact) -> FactRow:
    """The fact as JSON; what is empty is left out."""
    head = {
        "subject": str(fact.subject), "family": fact.family, "key": fact.key, "source": fact.source, "environment": fact.environment,
        "url": fact.url, "observed_at": fact.observed_at and fact.observed_at.isoformat(),
    }  # fmt: skip
    value = _plain(fact.value)
    return {name: item for name, item in head.items() if item} | {"value": value}


def fact_of(row: Mapping[str, Any]) -> Fact | None:
    """The fact of that row; None for a fact of a plugin that is not installed any more, or that has changed the family's values.

    Raises ``ValueError``, ``KeyError`` or ``TypeError`` where it is none.
    """
    family, get = row["family"], row.get
    kind: Any = value_type(family)
    if kind is None:
        return None
    try:
        value = _reader(kind)(row["value"])
    except (ValueError, KeyError, TypeError, AttributeError):
        if family in FAMILIES:
            raise
        return None
    observed = datetime.fromisoformat(row["observed_at"]) if "observed_at" in row else None
    return Fact(_subject_ref(row), family, get("key", ""), value, get("source", ""), get("environment", ""), get("url", ""), observed)


def measurement_row(m: Measurement) -> FactRow:
    """The measurement as JSON."""
    row: FactRow = {"subject": str(m.subject), "family": m.family, "source": m.source, "complete": m.complete}
    return row | ({"observed": m.observed.isoformat()} if m.observed else {})


def measurement_of(row: Mapping[str, Any]) -> Measurement | None:
    """The measurement of that row; None for one of a family that is not known any more, as its facts are left out."""
    if value_type(row["family"]) is None:
        return None
    observed = datetime.fromisoformat(row["observed"]) if "observed" in row else None
    return Measurement(_subject_ref(row), row["family"], row.get("source", ""), row["complete"], observed)


def _subject_ref(row: Mapping[str, Any]) -> EntityRef:
    return _ref_of(row["subject"])


@lru_cache(maxsize=1 << 16)
def _ref_of(text: str) -> EntityRef:
    """A parsed reference, cached: an entity has a dozen facts."""
    return parse_ref(text).canonical()


def _plain(value: Any) -> Any:
    """A value of a family, or a part of one, as JSON; fields that have their defaults are left out."""
    writer = _WRITERS.get(type(value))
    if writer is None:
        writer = _WRITERS[type(value)] = _writer(type(value))
    return writer(value)


def _writer(kind: type) -> Callable[[Any], Any]:
    """A function that writes values of a class as JSON; made once for each class, because a state has tens of thousands of values."""
    if is_dataclass(kind):
        defaults = tuple((each.name, each.default) for each in fields(kind))

        def write(value: Any) -> FactRow:
            row = {}
            for name, default in defaults:
                item = getattr(value, name)
                if item is not default and (item != default or type(item) is not type(default)):
                    row[name] = _plain(item)
            return row

        return write
    if issubclass(kind, tuple):
        return lambda value: [_plain(item) for item in value]
    if issubclass(kind, datetime | date):
        return lambda value: value.isoformat()
    return str if issubclass(kind, str) else lambda value: value


_WRITERS: dict[type, Callable[[Any], Any]] = {}


@cache
def _reader(hint: Any) -> Callable[[Any], Any]:
    """A function that reads a value of a type from the JSON of ``_plain``, without validation: values were checked before."""
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        readers = {each.name: _reader(hints[each.name]) for each in fields(hint)}
        return lambda row: hint(**{name: None if item is None else readers[name](item) for name, item in row.items()})
    if get_origin(hint) in {Union, types.UnionType}:
        return _reader(next(arg for arg in get_args(hint) if arg is not type(None)))
    if get_origin(hint) is tuple:
        item, *rest = get_args(hint)
        read = _reader(item)
        return (lambda row: tuple(map(read, row))) if rest == [...] else tuple
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    return {datetime: datetime.fromisoformat, date: date.fromisoformat}.get(hint, _same)


def _same(value: Any) -> Any:
    return value
