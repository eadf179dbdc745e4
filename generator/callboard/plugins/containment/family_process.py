"""Calls of the code of a family of another package → their results, from a process that is started again after a failure."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from callboard.model.errors import CallboardError, PluginError
from callboard.model.facts.events import FactDelta, FactEvent
from callboard.model.facts.fact import Fact
from callboard.plugins.containment.family_host import (
    DeltaFact,
    DeltaMessage,
    FamilyEntry,
    TemplateMessage,
    TemplateRow,
    value_message,
)
from callboard.plugins.containment.messages import MessageError, decode
from callboard.plugins.containment.plugin_process import PluginProcess
from callboard.plugins.loader import Plugin

T = TypeVar("T")
MOST_FAILURES = 5
"""Of one family in one process of Callboard: after that many, its code is not called any more."""
AT_ONCE = 500
"""Values that are judged in one call."""


class FamilyProcess:
    """The process of one family. A forked process of Callboard starts one of its own."""

    def __init__(self, plugin: Plugin) -> None:
        self.plugin = plugin
        self._lock = threading.RLock()
        self._owner = 0
        self._process: PluginProcess | None = None
        self._failures = 0
        self._last = ""

    def load(self) -> None:
        """Import the family there, before it is imported here. Raises ``CallboardError``."""
        with self._lock:
            self._running()

    def render(self, package: str, path: str, rows: Sequence[tuple[Fact, str, Mapping[str, Any]]], up: str) -> str:
        """The HTML of a template with facts, each with its checked URL and the link to its entity. Raises ``CallboardError``."""
        sent = (
            TemplateRow(value_message(fact.value, fact.observed_at), fact.key, fact.environment, url, dict(subject))
            for fact, url, subject in rows
        )
        message = TemplateMessage(package, path, tuple(sent), up)
        return self._call("render", message, str, f"rendered {path}")

    def events(self, delta: FactDelta) -> Sequence[FactEvent]:
        """The events that its function finds. Raises ``CallboardError``."""
        before, after = (tuple(map(_delta_fact, facts.values())) for facts in (delta.before, delta.after))
        message = DeltaMessage(
            self.plugin.type, self.plugin.target, delta.subject, before, after, delta.since, delta.was_complete, delta.is_complete
        )
        return self._call("events", message, list[FactEvent], "compared facts")

    def defects(self, facts: Sequence[Fact]) -> list[str]:
        """For each fact why its value cannot be used; empty if it can. A value that ends the process, or holds it, is found alone."""
        found: list[str] = []
        for start in range(0, len(facts), AT_ONCE):
            found += self._defects(facts[start : start + AT_ONCE])
        return found

    def _defects(self, facts: Sequence[Fact]) -> list[str]:
        at = [0]

        def begin(number: bytes) -> bytes:
            at[0] = min(max(decode(number, int), at[0]), len(facts) - 1)
            return b""

        try:
            values = [value_message(fact.value, fact.observed_at) for fact in facts]
            found = self._call("defects", values, list[str], "judged values", begin)
        except (CallboardError, MessageError) as error:
            if self._failures >= MOST_FAILURES or isinstance(error, MessageError):
                return [str(error)] * len(facts)
            rest = self._defects(facts[at[0] + 1 :]) if facts[at[0] + 1 :] else []
            return [*(self._defects(facts[: at[0]]) if at[0] else []), str(error), *rest]
        return found if len(found) == len(facts) else ["its process returned an answer of a wrong length"] * len(facts)

    def _call(self, operation: str, value: Any, kind: type[T], moment: str, respond: Callable[[bytes], bytes] | None = None) -> T:
        with self._lock:
            process = self._running()
            try:
                return process.call(operation, value, kind, process.limits.family_seconds, moment, respond)
            except CallboardError as error:
                self._note(process, error)
                raise

    def _note(self, process: PluginProcess, error: CallboardError) -> None:
        """Count a failure that ended the process."""
        if not process.is_running:
            self._failures += 1
            self._last = str(error)
            process.stop()

    def _running(self) -> PluginProcess:
        if self._owner != os.getpid():
            self._process, self._owner = None, os.getpid()
        if self._process is None or not self._process.is_running:
            if self._failures >= MOST_FAILURES:
                raise PluginError(self._last)
            self._process = process = PluginProcess(self.plugin)
            p = self.plugin
            try:
                entry = FamilyEntry(p.type, p.package, p.version, p.target)
                process.call("import_family", entry, type(None), process.limits.start_seconds, "was imported")
            except CallboardError as error:
                self._note(process, error)
                raise
        return self._process


def _delta_fact(fact: Fact) -> DeltaFact:
    return DeltaFact(fact.key, fact.environment, fact.source, fact.url, value_message(fact.value, fact.observed_at))
