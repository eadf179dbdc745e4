"""Lines in descriptors and settings → findings that are dismissed for a while, and DRF001 for lines that cannot be used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from callboard.catalog.graph import Catalog
from callboard.descriptors.document import field_span
from callboard.insights.rules import INVALID_DISMISSAL
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.facts.drift import DriftKind
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef, RefError, parse_ref

ANNOTATION = "callboard.dev/dismiss-drift"
MAX_LINES = 50
_LINE = re.compile(r"(?P<kind>[a-z-]++)(?:\s++(?P<what>\S++))??\s++until\s++(?P<until>\d{4}-\d{2}-\d{2}):\s*+(?P<reason>\S.*+)")


@dataclass(frozen=True, slots=True)
class DriftDismissal:
    """One line."""

    kind: DriftKind
    reason: str
    until: date
    """The last day on which it counts."""
    declared: str = ""
    """The value of the descriptor that it is about; empty for all findings of the kind."""

    def is_about(self, kind: DriftKind, declared: str) -> bool:
        """Whether a finding is meant."""
        return kind is self.kind and self.declared in {"", declared}


def in_descriptor(entity: Entity) -> Iterator[DriftDismissal | Problem]:
    """The lines of the entity's annotation, and a problem for each one that cannot be used."""
    annotations = entity.metadata.get("annotations")
    text = annotations.get(ANNOTATION) if isinstance(annotations, Mapping) else None
    for line in text.splitlines()[:MAX_LINES] if isinstance(text, str) else ():
        if line.strip():
            found = _read(line.strip())
            yield found if found is not None else _problem(entity, line.strip())


def dismissal_problems(catalog: Catalog) -> Iterator[Problem]:
    """A problem for each line of a descriptor that cannot be used."""
    for entity in catalog.entities.values():
        yield from (each for each in in_descriptor(entity) if isinstance(each, Problem))


def in_settings(listed: Sequence[Mapping[str, Any]]) -> Mapping[EntityRef, tuple[DriftDismissal, ...]]:
    """The items of ``drift.dismiss`` by entity; the schema has checked them."""
    found: dict[EntityRef, tuple[DriftDismissal, ...]] = {}
    for item in listed:
        try:
            ref = parse_ref(item["entity"], default_kind="component").canonical()
            made = DriftDismissal(DriftKind(item["kind"]), item["reason"], date.fromisoformat(item["until"]), item.get("value", ""))
        except (RefError, ValueError, KeyError):
            continue
        found[ref] = (*found.get(ref, ()), made)
    return found


def _read(line: str) -> DriftDismissal | None:
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    try:
        return DriftDismissal(DriftKind(found["kind"]), found["reason"][:300], date.fromisoformat(found["until"]), found["what"] or "")
    except ValueError:
        return None


def _problem(entity: Entity, line: str) -> Problem:
    field = f'metadata.annotations["{ANNOTATION}"]'
    return INVALID_DISMISSAL.problem(
        f"`{line[:120]}` dismisses nothing.",
        origin=entity.origin,
        span=field_span(entity, field),
        subject=entity.ref,
        field=field,
        hint=f"Write `KIND until YYYY-MM-DD: reason`; kinds are {', '.join(DriftKind)}.",
    )
