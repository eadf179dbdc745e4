"""A kind of change → the group that pages filter by: entities, descriptors, problems, integrations, or a family of facts."""

from __future__ import annotations

from callboard.history.facts.families import event_kinds

GROUPS = ("entities", "descriptors", "problems", "integrations")
"""Groups in the order of pages; those of families follow."""
_ENTITIES = frozenset({"added", "removed", "renamed", "moved"})


def group_of(kind: str) -> str:
    """One of ``GROUPS``, or the name of the family whose events have this kind."""
    known = event_kinds().get(kind)
    if known:
        return known[0]
    if kind in _ENTITIES:
        return "entities"
    return "problems" if kind.startswith("problem-") else "integrations" if kind.startswith("tool-") else "descriptors"
