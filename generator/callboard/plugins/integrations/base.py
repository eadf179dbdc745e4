"""The contract of integrations: settings, a context and targets in; facts, measurements, problems and failures out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, fields
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar, Protocol

from callboard.io.http.limits import ClientLimits, Clock, SystemClock, Traffic
from callboard.model.data_classes import dataclass
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.model.tree import Tree
from callboard.plugins.installed_families import installed_families, value_types
from callboard.redaction.redactor import Redactor

GROUP = "callboard.integrations"


@dataclass(frozen=True, slots=True)
class IntegrationSettings:
    """One item of ``integrations:``."""

    name: str
    """Unique, ``[a-z0-9-]+``: the integration's identity, shown as the source of its facts."""
    type: str
    """Name of the plugin: ``file``, ``pagerduty`` …"""
    options: Mapping[str, Any] = field(repr=False)
    """The item without ``name``, ``type`` and ``title``; each ``${NAME}`` is replaced by the variable's value."""
    title: str = ""
    """Name on pages; if empty, the title of the type is used."""
    failure: str = ""
    """Why the item cannot be used (such as an unset variable); empty if it can. Only this item fails then."""


@dataclass(frozen=True, slots=True)
class IntegrationContext:
    """What a connector receives from the build: folders, time, environment and the limits of HTTP clients."""

    root: Path
    """Folder of ``sources.yaml``; relative paths start here."""
    now: datetime
    """Time of the build, with a time zone; relative times and windows are counted from it."""
    cache: Path
    """Cache folder (``.callboard/cache``); its content may be deleted at any time."""
    environ: Mapping[str, str] = field(default_factory=dict)
    """Environment variables for proxies and certificates. Secrets are passed as options, never read from here."""
    redactor: Redactor = field(default_factory=Redactor)
    """Masks secrets in every string that leaves the connector."""
    clock: Clock = field(default_factory=SystemClock)
    """Clock by which HTTP clients wait; tests replace it."""
    http: ClientLimits = field(default_factory=ClientLimits)
    """Limits of HTTP clients: time, size, retries, requests per second."""


@dataclass(frozen=True, slots=True)
class Target:
    """An entity that an integration is asked about."""

    ref: EntityRef
    annotations: Mapping[str, str] = field(default_factory=dict)
    """Annotations of the descriptor whose values are strings."""
    title: str = ""
    owner: EntityRef | None = None
    repository: str = ""
    """Canonical URL of the descriptor's repository (``https://github.com/acme/payments``); empty if the source is a folder."""
    tree: Tree | None = field(default=None, repr=False, compare=False)
    """The repository's files at the revision of the descriptor, for connectors that read reports; None if there are none."""
    folder: str = ""
    """Folder of the descriptor in the tree, without a trailing slash; facts about files below it belong to this entity."""


@dataclass(frozen=True, slots=True)
class IntegrationFailure:
    """A query that failed; the other queries continue. Shown on ``/status/`` and in the terminal."""

    integration: str
    """Name in ``sources.yaml``."""
    place: str
    """What failed, such as a project or a listing; empty if the integration failed as a whole."""
    message: str
    """What went wrong; secrets are masked."""
    hint: str = ""
    """How to fix it, in one sentence."""
    traceback: str = field(default="", repr=False, compare=False)
    """Traceback of an exception that the connector did not handle, with secrets masked; shown with ``--debug``, never saved."""


@dataclass(frozen=True, slots=True)
class IntegrationTraffic:
    """The HTTP requests of an integration to one host."""

    integration: str
    traffic: Traffic


@dataclass(frozen=True, slots=True)
class FactBatch:
    """The result of one or several integrations."""

    facts: tuple[Fact, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    """One for each entity and family that was queried, also if the tool has nothing: that is a measured zero."""
    problems: tuple[Problem, ...] = ()
    failures: tuple[IntegrationFailure, ...] = ()
    traffic: tuple[IntegrationTraffic, ...] = ()


class Integration(Protocol):
    """A connector to one tool.

    ``collect`` raises ``SourceError`` (``HttpError`` is a subclass) if nothing can be read; all other errors are part of its result.
    """

    schema: ClassVar[Mapping[str, Any]]
    """JSON Schema of the options: the item in ``sources.yaml`` without ``name``, ``type`` and ``title``."""
    environment: ClassVar[tuple[str, ...]] = ()
    """Environment variables that it needs besides the common ones, in a package of its own; their values are masked in messages."""
    title: ClassVar[str]
    """Name of the product: ``PagerDuty``."""

    @property
    def families(self) -> tuple[str, ...]:
        """Families of facts that it returns with these options."""

    @property
    def annotations(self) -> tuple[str, ...]:
        """Annotations that connect an entity with the tool, the most common one first; none if every entity is a target."""

    def __init__(self, settings: IntegrationSettings, context: IntegrationContext) -> None: ...

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """Query the tool about the targets and return the facts, and which targets and families were queried."""


def family_options_schema(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of options in which ``family`` names any family, built in or of a plugin.

    The names of families that cannot be used are allowed: the connector then fails with the reason.
    """
    family = {name: value for name, value in schema["properties"]["family"].items() if name != "type"}
    names = [*value_types(), *installed_families().failures]
    return {**schema, "properties": {**schema["properties"], "family": {**family, "enum": names}}}


def merge_batches(batches: Sequence[FactBatch]) -> FactBatch:
    """Concatenate results in the given order."""
    return FactBatch(*(tuple(chain.from_iterable(getattr(batch, item.name) for batch in batches)) for item in fields(FactBatch)))


def by_annotation(targets: Iterable[Target], *keys: str) -> Mapping[str, tuple[Target, ...]]:
    """Group the targets by the tool's name for them: the value of the first of these annotations that a target has.

    Several targets may have the same value; a target without any of the annotations is left out.
    """
    groups: dict[str, list[Target]] = {}
    for target in targets:
        name = next((value for key in keys if (value := target.annotations.get(key, "").strip())), "")
        if name:
            groups.setdefault(name, []).append(target)
    return {name: tuple(group) for name, group in groups.items()}
