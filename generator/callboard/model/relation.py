"""A directed edge of the catalog."""

from __future__ import annotations

from typing import NamedTuple

from callboard.model.ref import EntityRef


class Relation(NamedTuple):
    """``source`` --type--> ``target``. The catalog has every declared relation in both directions."""

    source: EntityRef
    type: str
    """Backstage's relation type, such as ``ownedBy``."""
    target: EntityRef
    """May be an entity that does not exist: a dangling reference."""
    declared_by: EntityRef
    """The entity whose descriptor declares it; for the derived reverse direction that is the target."""
    field: str
    """The field of that descriptor, as a dotted path with indexes: ``spec.dependsOn[1]``."""
