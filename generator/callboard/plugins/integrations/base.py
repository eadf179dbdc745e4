"""The contract of an integration, and the base class of connectors to one host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar, Protocol

from callboard.io.http.limits import ClientLimits, Clock, SystemClock, Traffic
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.model.tree import Tree
from callboard.plugins.option_schemas import builtin_schema
from callboard.redaction.redactor import Redactor

GROUP = "callboard.integrations"


@dataclass(frozen=True, slots=True)
class IntegrationSettings:
    """One item of ``integrations:``."""

    name: str
    """Unique, ``[a-z0-9-]+``: the integration's identity, shown as the source of its facts."""
    type: str
    """Name in the plugin table: ``file``, ``pagerduty`` …"""
    options: Mapping[str, Any] = field(repr=False)
    """The item without ``name``, ``type`` and ``title``, its ``${NAME}`` replaced."""
    title: str = ""
    """What people call it on pages; the type's own title where it is empty."""
    failure: str = ""
    """Why the item cannot be used (an unset variable …); only this item fails then."""


@dataclass(frozen=True, slots=True)
class IntegrationContext:
    """What a connector may use of the world."""

    root: Path
    """Folder of ``sources.yaml``: relative paths start here."""
    now: datetime
    """Aware: what relative times and windows are counted from."""
    cache: Path
    """Folder of our own for things that may be deleted at any time (``.callboard/cache``)."""
    environ: Mapping[str, str] = field(default_factory=dict)
    """The environment, for proxies and certificates. Secrets come as options, never from here."""
    redactor: Redactor = field(default_factory=Redactor)
    """Applied to every text that leaves the connector."""
    clock: Clock = field(default_factory=SystemClock)
    """What HTTP clients wait by."""
    http: ClientLimits = field(default_factory=ClientLimits)
    """Bounds of HTTP clients."""


@dataclass(frozen=True, slots=True)
class Target:
    """An entity that facts can be about."""

    ref: EntityRef
    annotations: Mapping[str, str] = field(default_factory=dict)
    """Those of the descriptor whose values are texts."""
    title: str = ""
    owner: EntityRef | None = None
    repository: str = ""
    """Canonical URL of the repository that the descriptor lies in (``https://github.com/acme/payments``); empty where it is a folder."""
    tree: Tree | None = field(default=None, repr=False, compare=False)
    """The files beside the descriptor, for connectors that read reports."""
    folder: str = ""
    """Of the descriptor in the tree, without a final slash: facts of a part of a repository are about what lies below it."""


@dataclass(frozen=True, slots=True)
class IntegrationFailure:
    """Something that could not be asked; the rest goes on."""

    integration: str
    """Name in ``sources.yaml``."""
    place: str
    """What of it: a project, a page; empty where the integration failed as a whole."""
    message: str
    """What happened, redacted."""
    hint: str = ""
    """How to mend it, in one sentence."""


@dataclass(frozen=True, slots=True)
class IntegrationTraffic:
    """What an integration asked of hosts."""

    integration: str
    traffic: Traffic


@dataclass(frozen=True, slots=True)
class FactBatch:
    """What integrations know."""

    facts: tuple[Fact, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    """One for each subject and family that was asked about, also where nothing was found: that is the measured zero."""
    problems: tuple[Problem, ...] = ()
    failures: tuple[IntegrationFailure, ...] = ()
    traffic: tuple[IntegrationTraffic, ...] = ()


@dataclass(frozen=True, slots=True)
class DeclaredFamily:
    """A family that only a plugin knows."""

    name: str
    """Kebab case, such as ``feature-flag``; its facts hold ``Declared`` values."""
    title: str
    """Heading of its panel."""
    schema: Mapping[str, Any]
    """JSON Schema of the values; the ``title`` of each property is its name on the page."""
    icon: str = "integration"
    """Name of an icon in ``icons.yaml``."""
    panel: str = ""
    """Text of a Jinja template that shows the ``facts`` (each with ``value``, ``key``, ``environment``, ``url``); autoescaped. Without it
    each value is a list of names and values."""


class Integration(Protocol):
    """One system that knows something about entities.

    ``collect`` may raise ``SourceError`` (an ``HttpError`` is one) where nothing at all can be read; whatever else is wrong is a value.
    """

    schema: ClassVar[Mapping[str, Any]]
    """JSON Schema of the options: the item in ``sources.yaml`` without ``name``, ``type`` and ``title``."""
    title: ClassVar[str]
    """The product's name as people write it: ``PagerDuty``."""
    declares: ClassVar[tuple[DeclaredFamily, ...]]
    """Families of its own; mostly none."""

    @property
    def families(self) -> tuple[str, ...]:
        """What it can bring, with these options."""

    @property
    def annotations(self) -> tuple[str, ...]:
        """Keys by which it knows entities, the usual one first; none where every entity is its subject."""

    def __init__(self, settings: IntegrationSettings, context: IntegrationContext) -> None: ...

    def collect(self, subjects: Sequence[Target]) -> FactBatch:
        """Facts about those of the subjects that it knows, and what was measured."""


options_schema = partial(builtin_schema, "integrations")
"""The schema of a built-in connector, by its type."""


def joined(parts: Sequence[FactBatch]) -> FactBatch:
    """Several results as one, in the given order."""
    return FactBatch(*(tuple(chain.from_iterable(getattr(part, item.name) for part in parts)) for item in fields(FactBatch)))


def by_annotation(subjects: Sequence[Target], *keys: str) -> Mapping[str, tuple[Target, ...]]:
    """The subjects by what they are called elsewhere: the first of these annotations that each has. Several may share a value."""
    found: dict[str, list[Target]] = {}
    for subject in subjects:
        value = next((text for key in keys if (text := subject.annotations.get(key, "").strip())), "")
        if value:
            found.setdefault(value, []).append(subject)
    return {value: tuple(those) for value, those in found.items()}
