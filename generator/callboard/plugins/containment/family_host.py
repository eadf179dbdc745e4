"""Requests about a family → its results, in the process of the package that brings it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache, reduce
from typing import Any

import jinja2
import msgspec

from callboard.model.errors import FOREIGN_EXCEPTIONS
from callboard.model.facts.enumerations import Tone
from callboard.model.facts.events import FactDelta, FactEvent
from callboard.model.facts.fact import Fact
from callboard.model.facts.value import FactValue
from callboard.model.ref import EntityRef
from callboard.plugins.containment.messages import decode, encode
from callboard.plugins.families import PackageTemplate
from callboard.plugins.loader import FAMILIES_GROUP, Plugin


class FamilyEntry(msgspec.Struct, frozen=True):
    """The entry point of a family."""

    type: str
    package: str
    version: str
    target: str


class ValueMessage(msgspec.Struct, frozen=True):
    """A value of a fact, by the name of its class, and the time at which it was observed."""

    kind: str
    content: msgspec.Raw
    observed_at: datetime | None = None


class TemplateRow(msgspec.Struct, frozen=True):
    """A fact for a template of the plugin."""

    value: ValueMessage
    key: str
    environment: str
    url: str
    subject: dict[str, Any]
    """The fields of the link to the entity."""


class TemplateMessage(msgspec.Struct, frozen=True):
    """A template of the plugin with the facts that it renders."""

    package: str
    path: str
    rows: tuple[TemplateRow, ...]
    up: str


class DeltaFact(msgspec.Struct, frozen=True):
    """One of the facts of a ``FactDelta``."""

    key: str
    environment: str
    source: str
    url: str
    value: ValueMessage


class DeltaMessage(msgspec.Struct, frozen=True):
    """A ``FactDelta`` of a family."""

    family: str
    target: str
    """The entry point of the family: ``module:object``."""
    subject: EntityRef
    before: tuple[DeltaFact, ...]
    after: tuple[DeltaFact, ...]
    since: datetime
    was_complete: bool
    is_complete: bool


class _Subject:
    """The entity of a fact, as templates read it."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self.__dict__.update(fields)


def family_result(operation: str, value: bytes, begin: Callable[[int], None]) -> Any:
    """The result of an operation. Raises whatever the family raises."""
    if operation == "import_family":
        return import_family(decode(value, FamilyEntry))
    if operation == "render":
        return rendered(decode(value, TemplateMessage))
    if operation == "events":
        return events_of(decode(value, DeltaMessage))
    return defects(decode(value, list[ValueMessage]), begin)


def import_family(entry: FamilyEntry) -> None:
    """Import the family. Raises ``PluginError``."""
    Plugin(FAMILIES_GROUP, entry.type, entry.package, entry.version, entry.target).load()


def defects(values: Iterable[ValueMessage], begin: Callable[[int], None]) -> list[str]:
    """For each value why its decisions cannot be used; empty if they can. ``begin`` gets the number of each before it is tried."""
    found = []
    for number, value in enumerate(values):
        begin(number)
        found.append(_defect(value))
    return found


def rendered(message: TemplateMessage) -> str:
    """The HTML of a template with these facts. Raises whatever the template raises."""
    rows = [
        {"value": _value(row.value), "key": row.key, "environment": row.environment, "url": row.url, "subject": _Subject(row.subject)}
        for row in message.rows
    ]
    return _template(message.package, message.path).render(facts=rows, up=message.up)


def events_of(message: DeltaMessage) -> list[FactEvent]:
    """The events that the family finds. Raises whatever its function raises."""
    before, after = ({(f.environment, f.key): _fact(f, message) for f in facts} for facts in (message.before, message.after))
    delta = FactDelta(message.subject, before, after, message.since, message.was_complete, message.is_complete)
    return list(_object(message.target).events(delta))


def value_message(value: FactValue, observed_at: datetime | None = None) -> ValueMessage:
    """A value for the process. Raises ``MessageError``."""
    kind = type(value)
    return ValueMessage(f"{kind.__module__}:{kind.__qualname__}", msgspec.Raw(encode(value)), observed_at)


def _defect(message: ValueMessage) -> str:
    try:
        value = _value(message)
        hash(value)
        tone, _ = value.tone, (value.is_open, value.is_urgent, value.sort_key(message.observed_at))
    except FOREIGN_EXCEPTIONS as error:  # the other values must stay
        return f"its class raises {type(error).__name__}: {error}"
    return "" if tone in set(Tone) else f"its tone is {tone!r}"


def _fact(sent: DeltaFact, message: DeltaMessage) -> Fact:
    observed = sent.value.observed_at
    return Fact(message.subject, message.family, sent.key, _value(sent.value), sent.source, sent.environment, sent.url, observed)


def _value(message: ValueMessage) -> FactValue:
    value: FactValue = decode(message.content, _object(message.kind))
    return value


@lru_cache(maxsize=64)
def _object(target: str) -> Any:
    module, _, name = target.partition(":")
    return reduce(getattr, name.split("."), importlib.import_module(module))


@lru_cache(maxsize=64)
def _template(package: str, path: str) -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(PackageTemplate(package, path).read())
