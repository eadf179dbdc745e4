"""The names index (``/api/catalog/names.json``) and the table's descriptions (``/api/catalog/table.json``) for the browser.

``names.json`` is an object of dictionaries and of columns of equal length; row *i* is ``name[i], kind[i], …``; rows are sorted by
reference. Readers ignore keys that they do not know. Columns are a fifth smaller than rows after gzip.

- ``format``: 1. ``digest``: 16 hexadecimal digits over the references; ``table.json`` carries the same.
- dictionaries: ``kinds`` (objects of ``kind``, ``name``, ``plural``, ``icon``), ``namespaces``, ``types`` and ``lifecycles`` (as written),
  ``owners`` and ``systems`` (canonical references, which may dangle), ``tags``.
- ``name``: the author's spelling; in lower case it is the reference's and the path's.
- ``title``: 0 for the same as the name; 1 for the words of the name (split at ``-_.``), each with a capital; else the text.
- ``kind``, ``namespace``: indexes. ``type``, ``owner``, ``lifecycle``, ``system``: indexes, or -1 for none.
- ``ownerState``: 0 fine, 1 none though the kind needs one, 2 not in the catalog, 3 neither group nor user.
- ``problems``: their number. ``severity``: the worst of them, 0 none, 1 info, 2 warning, 3 error.
- ``tagged``: lists of indexes of tags.

``table.json``: ``format``, ``digest`` and ``description``, a column of first sentences in the same order.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from typing import Any

from callboard.catalog import organization, structure
from callboard.catalog.graph import Catalog
from callboard.catalog.presentation import lifecycle_of, name, summary, tags, title, type_of
from callboard.catalog.problem_assignment import problems_by_subject
from callboard.model.entity import Entity
from callboard.model.problem import Problem, Severity
from callboard.model.ref import EntityRef

FORMAT = 1
LONGEST = 100
"""Letters of a title, type, lifecycle or tag that the index keeps."""
MOST_TAGS = 30
UNKNOWN_ICON = "help-circle-outline"
_WORDS = re.compile(r"[-_.]+")
_RANKS = {Severity.INFO: 1, Severity.WARNING: 2, Severity.ERROR: 3}


def names_index(catalog: Catalog, problems: Iterable[Problem] = ()) -> dict[str, Any]:
    """What the browser's search, filters and table know of every entity, as JSON; the format stands at the top of this module."""
    entities = tuple(catalog.entities.values())
    found = problems_by_subject(problems)
    mine = [found.get(entity.ref, ()) for entity in entities]
    tag_dictionary, tagged = _indexed_lists([[tag[:LONGEST] for tag in tags(entity)[:MOST_TAGS]] for entity in entities])
    index: dict[str, Any] = {"format": FORMAT, "digest": _digest(entities)}
    index["kinds"], index["kind"] = _kinds(catalog, entities)
    for dictionary, column, value in _COLUMNS:
        index[dictionary], index[column] = _indexed([value(catalog, entity)[:LONGEST] for entity in entities])
    return index | {
        "tags": tag_dictionary,
        "tagged": tagged,
        "name": [name(entity) for entity in entities],
        "title": [_title(entity) for entity in entities],
        "ownerState": [owner_state(catalog, entity.ref) for entity in entities],
        "problems": [len(some) for some in mine],
        "severity": [max((_RANKS[problem.severity] for problem in some), default=0) for some in mine],
    }


def table_index(catalog: Catalog) -> dict[str, Any]:
    """The descriptions that only the catalog's table loads, as JSON."""
    entities = tuple(catalog.entities.values())
    return {"format": FORMAT, "digest": _digest(entities), "description": [summary(entity) for entity in entities]}


def owner_state(catalog: Catalog, ref: EntityRef) -> int:
    """0 fine, 1 no owner though the kind needs one, 2 not in the catalog, 3 neither group nor user."""
    owner = organization.owner(catalog, ref)
    if owner is None:
        return int(organization.needs_owner(catalog, ref))
    if owner not in catalog.entities:
        return 2
    return 0 if owner.kind in organization.OWNERS else 3


def _text_of(ref: EntityRef | None) -> str:
    return str(ref) if ref else ""


_COLUMNS: tuple[tuple[str, str, Callable[[Catalog, Entity], str]], ...] = (
    ("namespaces", "namespace", lambda _, entity: entity.ref.namespace),
    ("types", "type", lambda _, entity: type_of(entity)),
    ("lifecycles", "lifecycle", lambda _, entity: lifecycle_of(entity)),
    ("owners", "owner", lambda catalog, entity: _text_of(organization.owner(catalog, entity.ref))),
    ("systems", "system", lambda catalog, entity: _text_of(structure.system_of(catalog, entity.ref))),
)
"""Name of the dictionary, name of the column, value of an entity."""


def _kinds(catalog: Catalog, entities: Iterable[Entity]) -> tuple[list[dict[str, str]], list[int]]:
    spelled = {entity.ref.kind: entity.kind for entity in entities}
    dictionary, column = _indexed([entity.ref.kind for entity in entities])
    return [_kind(catalog, kind, spelled[kind]) for kind in dictionary], column


def _kind(catalog: Catalog, kind: str, spelled: str) -> dict[str, str]:
    known = catalog.kinds.get(kind)
    if known is None:
        return {"kind": kind, "name": spelled, "plural": f"{spelled}s", "icon": UNKNOWN_ICON}
    return {"kind": kind, "name": known.name, "plural": known.plural, "icon": known.icon}


def _indexed(values: list[str]) -> tuple[list[str], list[int]]:
    """The different values, sorted, and the index of each one; -1 for an empty text."""
    dictionary = sorted({value for value in values if value})
    places = {value: index for index, value in enumerate(dictionary)}
    return dictionary, [places.get(value, -1) for value in values]


def _indexed_lists(lists: list[list[str]]) -> tuple[list[str], list[list[int]]]:
    dictionary, _ = _indexed([value for values in lists for value in values])
    places = {value: index for index, value in enumerate(dictionary)}
    return dictionary, [sorted({places[value] for value in values}) for values in lists]


def _title(entity: Entity) -> str | int:
    shown, plain = title(entity), name(entity)
    if shown == plain:
        return 0
    words = " ".join(word[0].upper() + word[1:] for word in _WORDS.split(plain) if word)
    return 1 if shown == words else shown[:LONGEST]


def _digest(entities: Iterable[Entity]) -> str:
    return hashlib.sha256("\n".join(str(entity.ref) for entity in entities).encode()).hexdigest()[:16]
