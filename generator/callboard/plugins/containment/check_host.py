"""Requests to judge entities → results, in the process of the package that brings the check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from callboard.model.errors import FOREIGN_EXCEPTIONS
from callboard.model.ref import EntityRef
from callboard.plugins.checks import Check, CheckedEntity, CheckResult
from callboard.plugins.containment.messages import PluginEntry
from callboard.plugins.loader import Plugin

LONGEST = 200
"""Characters of what a check found that are shown."""


class CheckedEntityMessage(msgspec.Struct, frozen=True):
    """An entity for a check."""

    ref: EntityRef
    kind: str
    metadata: dict[str, Any]
    spec: dict[str, Any]
    facts: dict[str, list[dict[str, Any]]]
    complete: dict[str, bool]


class CheckMessage(msgspec.Struct, frozen=True):
    """Entities that a check is to judge with these options."""

    entry: PluginEntry
    options: dict[str, Any]
    now: datetime
    entities: tuple[CheckedEntityMessage, ...]


class CheckReply(msgspec.Struct, frozen=True):
    """The result of one entity."""

    passes: bool | None
    found: str


def families_of(entry: PluginEntry) -> tuple[str, ...]:
    """The families that a check reads. Raises ``PluginError``."""
    kind = Plugin(entry.group, entry.type, entry.package, entry.version, entry.target).load()
    return tuple(map(str, kind.families))


def check_replies(message: CheckMessage, begin: Callable[[int], None]) -> list[CheckReply]:
    """The results, in the order of the entities; ``begin`` gets the number of each before it is judged. Raises whatever creating raises."""
    entry = message.entry
    check = Plugin(entry.group, entry.type, entry.package, entry.version, entry.target).load()(message.options)
    return list(_replies(check, message, begin))


def _replies(check: Check, message: CheckMessage, begin: Callable[[int], None]) -> Sequence[CheckReply]:
    replies = []
    for number, each in enumerate(message.entities):
        begin(number)
        entity = CheckedEntity(each.ref, each.kind, each.metadata, each.spec, each.facts, each.complete, message.now)
        try:
            replies.append(_reply(check.judge(entity)))
        except FOREIGN_EXCEPTIONS as error:  # the other entities must be judged
            replies.append(CheckReply(None, f"{type(error).__name__}: {error}"[:LONGEST]))
    return replies


def _reply(result: CheckResult) -> CheckReply:
    is_usable = isinstance(result, CheckResult) and (result.passes is None or isinstance(result.passes, bool))
    if not is_usable:
        return CheckReply(None, f"judge returned a value of the class {type(result).__name__}, not a usable CheckResult"[:LONGEST])
    return CheckReply(result.passes, str(result.found)[:LONGEST])
