"""The public API for checks of scorecards: a class in an entry point of the group ``callboard.checks`` judges what conditions cannot say.

A plugin may import these names; anything else may change without notice.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any, ClassVar

from callboard.model.data_classes import dataclass
from callboard.model.ref import EntityRef
from callboard.plugins.resources import json_resource

__all__ = ["Check", "CheckResult", "CheckedEntity", "EntityRef", "json_resource"]


@dataclass(frozen=True, slots=True)
class CheckedEntity:
    """An entity as a check reads it."""

    ref: EntityRef
    kind: str
    metadata: Mapping[str, Any]
    spec: Mapping[str, Any]
    facts: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    """The facts of the check's families as mappings, by family; times are texts in ISO 8601."""
    complete: Mapping[str, bool] = field(default_factory=dict)
    """Whether the facts of a family are all; a family that no tool was asked for is missing."""
    now: datetime | None = None
    """The time of the build."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check says of an entity."""

    passes: bool | None
    """None: it cannot be said, because a tool did not say enough; the rule is then "not measured"."""
    found: str = ""
    """The values that led to the result, in a few words, which the entity's page shows."""


class Check(ABC):
    """One check. An instance judges many entities, with the same options; it must not depend on anything but the entity and the options."""

    api_version: ClassVar[int] = 1
    schema: ClassVar[Mapping[str, Any]] = {"type": "object", "additionalProperties": False}
    """JSON Schema of the options in a scorecard; an object."""
    families: ClassVar[tuple[str, ...]] = ()
    """Families of facts that it reads."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options

    @abstractmethod
    def judge(self, entity: CheckedEntity) -> CheckResult:
        """Judge an entity. What it raises makes the result "not measured", with the message."""
