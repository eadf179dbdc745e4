"""An entity → the entities whose facts its page sums up: the parts of a system or domain, or what a team owns."""

from __future__ import annotations

from callboard.catalog import organization, structure
from callboard.catalog.graph import Catalog
from callboard.catalog.traversal import downwards
from callboard.model.ref import EntityRef

_CONTAINERS = ("system", "domain")
ROLLUP_KINDS = frozenset({*_CONTAINERS, "group"})
"""Kinds whose pages sum up the facts about their members."""
CONNECTABLE = frozenset({"component", "resource", "api"})
"""Kinds that tools know: their pages list missing annotations, and roll-ups count how many of them were queried."""


def members(catalog: Catalog, ref: EntityRef) -> tuple[EntityRef, ...]:
    """What a team owns, or the parts of a system or domain with those of its systems and sub-domains."""
    if ref.kind == "group":
        return organization.owned(catalog, ref)
    return catalog.once(("members", ref), _parts, catalog, ref)


def _parts(catalog: Catalog, ref: EntityRef) -> tuple[EntityRef, ...]:
    return tuple(downwards(ref, lambda here: structure.parts(catalog, here) if here == ref or here.kind in _CONTAINERS else ()))
