"""The catalog and its problems → the names index (``/api/catalog/names.json``) and the table's descriptions (``table.json``) as JSON.

``names.json`` is an object of dictionaries and of columns of equal length; row *i* is ``name[i], kind[i], …``; rows are sorted by
reference. Readers ignore unknown keys. Columns are a fifth smaller than rows after gzip.

- ``format``: 1. ``digest``: 16 hexadecimal digits over the references; ``table.json`` carries the same.
- dictionaries: ``kinds`` (objects of ``kind``, ``name``, ``plural``, ``icon``), ``namespaces``, ``types`` and ``lifecycles`` (as written),
  ``owners`` and ``systems`` (canonical references, which may dangle), ``tags``.
- ``name``: the author's spelling; in lower case it is the reference's and the path's.
- ``title``: 0 for the same as the name; 1 for the words of the name (split at ``-_.``), each with a capital; else the title.
- ``kind``, ``namespace``: indexes. ``type``, ``owner``, ``lifecycle``, ``system``: indexes, or -1 for none.
- ``ownerState``: 0 valid, 1 missing though the kind requires one, 2 not in the catalog, 3 neither group nor user.
- ``problems``: their number. ``severity``: the highest of them, 0 none, 1 info, 2 warning, 3 error.
- ``tagged``: lists of indexes of tags.

``table.json``: ``format``, ``digest`` and ``description``, a column of first sentences in the same order. ``relations.json``: ``format``,
``digest`` and ``dependents``, see ``relations_index``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from callboard.catalog import organization, structure
from callboard.catalog.graph import Catalog
from callboard.catalog.impact import Impacts
from callboard.catalog.presentation import lifecycle_of, name, summary, tags, title, type_of
from callboard.catalog.problem_assignment import problems_by_subject
from callboard.model.entity import Entity
from callboard.model.problem import Problem, Severity
from callboard.model.ref import EntityRef

FORMAT = 1
LONGEST = 100
"""Letters of a title, type, lifecycle or tag that the index keeps."""
MOST_TAGS = 30
UNKNOWN_KIND_ICON = "entity"
_SEPARATORS = re.compile(r"[-_.]+")
_RANKS = {Severity.INFO: 1, Severity.WARNING: 2, Severity.ERROR: 3}


def names_index(catalog: Catalog, problems: Iterable[Problem] = ()) -> dict[str, Any]:
    """The data of the browser's search, filters and table about every entity, as JSON; the module's docstring has the format."""
    entities = tuple(catalog.entities.values())
    by_subject = problems_by_subject(problems)
    problems_of = [by_subject.get(entity.ref, ()) for entity in entities]
    tag_dictionary, tagged = _indexed_lists([[tag[:LONGEST] for tag in tags(entity)[:MOST_TAGS]] for entity in entities])
    index: dict[str, Any] = {"format": FORMAT, "digest": digest_of(entities)}
    index["kinds"], index["kind"] = _kinds(catalog, entities)
    for dictionary, column, value in _COLUMNS:
        index[dictionary], index[column] = _indexed([value(catalog, entity)[:LONGEST] for entity in entities])
    return index | {
        "tags": tag_dictionary,
        "tagged": tagged,
        "name": [name(entity) for entity in entities],
        "title": [_title(entity) for entity in entities],
        "ownerState": [owner_state(catalog, entity.ref) for entity in entities],
        "problems": [len(found) for found in problems_of],
        "severity": [max((_RANKS[problem.severity] for problem in found), default=0) for found in problems_of],
    }


def table_index(catalog: Catalog) -> dict[str, Any]:
    """The descriptions that only the catalog's table loads, as JSON."""
    entities = tuple(catalog.entities.values())
    return {"format": FORMAT, "digest": digest_of(entities), "description": [summary(entity) for entity in entities]}


def relations_index(catalog: Catalog) -> dict[str, Any]:
    """The direct dependents of each entity as JSON, with which the catalog's table finds all that is affected by one.

    ``dependents`` has a list for each entity in the order of the names index: the rows of its dependents, ascending, each as the difference
    to the one before (the first to 0).
    """
    impacts = Impacts.of(catalog)
    dependents = [[row - before for before, row in pairwise((0, *rows))] for rows in impacts.dependents]
    return {"format": FORMAT, "digest": digest_of(catalog.entities.values()), "dependents": dependents}


def owner_state(catalog: Catalog, ref: EntityRef) -> int:
    """0 valid, 1 no owner though the kind requires one, 2 not in the catalog, 3 neither group nor user."""
    owner = organization.owner(catalog, ref)
    if owner is None:
        return int(organization.needs_owner(catalog, ref))
    if not catalog.exists(owner):
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
    written = {entity.ref.kind: entity.kind for entity in entities}
    dictionary, column = _indexed([entity.ref.kind for entity in entities])
    return [_kind(catalog, kind, written[kind]) for kind in dictionary], column


def unknown_kind(written: str, number: int = 2) -> str:
    """The name of a kind without a schema, in its plural unless ``number`` is 1; ``written``: the author's spelling."""
    return written if number == 1 else f"{written}s"


def _kind(catalog: Catalog, name: str, written: str) -> dict[str, str]:
    """``written``: the author's spelling, for a kind without a schema."""
    kind = catalog.kinds.get(name)
    if kind is None:
        return {"kind": name, "name": written, "plural": unknown_kind(written), "icon": UNKNOWN_KIND_ICON}
    return {"kind": name, "name": kind.name, "plural": kind.plural, "icon": kind.icon}


def _indexed(values: list[str]) -> tuple[list[str], list[int]]:
    """The distinct values, sorted, and the index of each value; -1 for an empty string."""
    dictionary = sorted({value for value in values if value})
    positions = {value: index for index, value in enumerate(dictionary)}
    return dictionary, [positions.get(value, -1) for value in values]


def _indexed_lists(lists: list[list[str]]) -> tuple[list[str], list[list[int]]]:
    dictionary, _ = _indexed([value for values in lists for value in values])
    positions = {value: index for index, value in enumerate(dictionary)}
    return dictionary, [sorted({positions[value] for value in values}) for values in lists]


def _title(entity: Entity) -> str | int:
    shown, written = title(entity), name(entity)
    if shown == written:
        return 0
    words = " ".join(word[0].upper() + word[1:] for word in _SEPARATORS.split(written) if word)
    return 1 if shown == words else shown[:LONGEST]


def digest_of(entities: Iterable[Entity]) -> str:
    """The digest over the references, which the data files with the same rows carry."""
    return hashlib.sha256("\n".join(str(entity.ref) for entity in entities).encode()).hexdigest()[:16]
