"""The catalog → what the browser's table and home need beside the names index, and what changes from day to day (``columns.json``).

``/api/catalog/columns.json`` is an object of columns; *i* counts in the order of the names index. Readers ignore unknown keys.

- ``format``: 1. ``digest``: that of the names index with the same rows.
- ``rank``: the place of each entity in lists of names (``sort_key``), each as the difference to the one before (the first to 0).
- ``dependents``: the number of entities that depend on each one directly.
- ``above``: for each group its parents, for each user the groups that it is a member of: ``[row, row of the one above, ...]``.
- one column for each further key that the build adds: ``health``, ``teams``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from callboard.catalog import organization
from callboard.catalog.graph import Catalog
from callboard.catalog.names import digest_of
from callboard.catalog.presentation import title
from callboard.model.ref import EntityRef
from callboard.model.sort_keys import sort_key

FORMAT = 1


def by_title(catalog: Catalog) -> Sequence[EntityRef]:
    """All entities in the order of lists of names; equal titles by reference."""
    keys = {ref: (sort_key(title(entity)), ref) for ref, entity in catalog.entities.items()}
    return sorted(keys, key=keys.__getitem__)


def columns_index(catalog: Catalog, relations: Mapping[str, Any], added: Mapping[str, Any]) -> dict[str, Any]:
    """The columns as JSON; ``relations`` is ``relations_index``, ``added`` has further columns, which this module does not know."""
    numbers = {ref: number for number, ref in enumerate(catalog.entities)}
    ranks = {ref: rank for rank, ref in enumerate(by_title(catalog))}
    return {
        "format": FORMAT,
        "digest": digest_of(catalog.entities.values()),
        "rank": [rank - before for before, rank in pairwise((0, *(ranks[ref] for ref in numbers)))],
        "dependents": [len(rows) for rows in relations["dependents"]],
        "above": [*_above(catalog, numbers)],
        **added,
    }


def _above(catalog: Catalog, numbers: Mapping[EntityRef, int]) -> Iterator[list[int]]:
    """Rows of groups and users that have something above them, each with the rows of these."""
    for ref, number in numbers.items():
        if ref.kind in organization.OWNERS:
            above = organization.existing_parents(catalog, ref) if ref.kind == "group" else organization.memberships(catalog, ref)
            rows = [numbers[each] for each in above if each in numbers]
            if rows:
                yield [number, *rows]
