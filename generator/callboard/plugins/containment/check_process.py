"""A check of another package, its options and entities → results, from a process that is started again after a failure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from callboard.model.errors import CallboardError
from callboard.plugins.containment.check_host import CheckedEntityMessage, CheckMessage, CheckReply
from callboard.plugins.containment.messages import MessageError, PluginEntry, decode
from callboard.plugins.containment.plugin_process import PluginProcess
from callboard.plugins.loader import Plugin

AT_ONCE = 500
"""Entities that are judged in one call."""
MOST_FAILURES = 5
"""Of one check with the same options: after that many, it is not called any more."""
_LONGEST = 200


class CheckProcess:
    """Judges entities by one check in a process of its own; call ``stop`` after use."""

    def __init__(self, plugin: Plugin) -> None:
        self._plugin = plugin
        self._process: PluginProcess | None = None
        self._families: tuple[str, ...] = ()
        self._failures = 0
        self._last = ""

    def families(self) -> tuple[str, ...]:
        """The families that the check reads. Raises ``CallboardError``."""
        self._running()
        return self._families

    def judge(self, options: Mapping[str, Any], now: datetime, entities: Sequence[CheckedEntityMessage]) -> list[CheckReply]:
        """The result of each entity; unknown, with the reason, where the check fails. Never raises."""
        found: list[CheckReply] = []
        while len(found) < len(entities):
            part = tuple(entities[len(found) : len(found) + AT_ONCE])
            if self._failures >= MOST_FAILURES:
                return [*found, *[CheckReply(None, self._last)] * (len(entities) - len(found))]
            found += self._part(CheckMessage(self._entry, dict(options), now, part))
        return found

    def _part(self, message: CheckMessage) -> list[CheckReply]:
        """The results of some entities, up to and with one that ends the process or holds it."""
        at = [0]

        def begin(number: bytes) -> bytes:
            at[0] = min(max(decode(number, int), at[0]), len(message.entities) - 1)
            return b""

        try:
            process = self._running()
            found = process.call("check", message, list[CheckReply], process.limits.family_seconds, "judged entities", begin)
        except (CallboardError, MessageError) as error:
            self._failures += 1
            self._last = str(error)[:_LONGEST]
            self.stop()
            before = self._part(CheckMessage(message.entry, message.options, message.now, message.entities[: at[0]])) if at[0] else []
            return [*before, CheckReply(None, self._last)]
        return found if len(found) == len(message.entities) else [CheckReply(None, "a wrong number of results")] * len(message.entities)

    @property
    def _entry(self) -> PluginEntry:
        p = self._plugin
        return PluginEntry(p.group, p.type, p.package, p.version, p.target)

    def _running(self) -> PluginProcess:
        """The process, once it has imported the check: to start again does not count as time for judging."""
        if self._process is None or not self._process.is_running:
            self._process = process = PluginProcess(self._plugin)
            self._families = tuple(process.call("check_families", self._entry, list[str], process.limits.start_seconds, "was imported"))
        return self._process

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.stop()
            self._process = None
