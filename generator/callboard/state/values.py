"""What the state holds, and what a build serves with its help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from callboard.model.entity import Entity
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.model.tree import Trees
from callboard.plugins.sources import Repository, SourceFailure, Undescribed

TreeKey = tuple[str, str]
"""Name of the source and id of the tree."""


class Where(NamedTuple):
    """The file that a change is about."""

    source: str
    tree: str
    path: str


class Change(NamedTuple):
    """One thing that became different between two builds. A named tuple, because years of them are read by every build."""

    at: datetime
    """Time of the build that saw it, in UTC to the second."""
    kind: str
    """A key of ``telling.KINDS``: ``added``, ``owner``, ``problem-opened`` …"""
    ref: EntityRef | None
    """The entity, under its newer name; None for what is about no entity."""
    field: str = ""
    """Dotted path in the descriptor, where the change has one."""
    before: str = ""
    """Earlier value; for ``problem-closed`` what was wrong. Bounded, secrets masked."""
    after: str = ""
    origin: Where | None = None
    owner: EntityRef | None = None
    """Who owned the entity after the change (before it, where the entity is gone)."""
    code: str = ""
    """Of the problem, for ``problem-…``."""
    about: str = ""
    """Of a fact: a deployment's environment, the severity of an incident or of vulnerabilities, what was measured and promised in percent
    (``99.1 99.9``), the families of a tool."""
    number: int = 0
    """How many things one line sums up; 0 for a line about one thing."""


@dataclass(frozen=True, slots=True)
class EntitySummary:
    """What history compares of an entity."""

    ref: EntityRef
    where: Where
    owner: str = ""
    """Canonical reference of the first owner; empty where there is none."""
    lifecycle: str = ""
    type: str = ""
    system: str = ""
    """Canonical reference of the system, or of the domain of a system."""
    provides: tuple[str, ...] = ()
    """References of APIs, sorted."""
    consumes: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    definition: str = ""
    """Digest of ``spec.definition``; empty where there is none."""
    essence: str = ""
    """Digest of the descriptor without its name: equal in a renamed entity."""


class ProblemSummary(NamedTuple):
    """A problem as history knows it: enough to say that it was opened or closed."""

    code: str
    subject: EntityRef | None
    field: str
    fingerprint: str
    message: str
    """Bounded, secrets masked."""
    where: Where | None


@dataclass(frozen=True, slots=True)
class KnownTree:
    """What is kept of a tree, so that pages can be made without it."""

    source: str
    id: str
    repository: str
    revision: str
    as_of: datetime
    """When it was read last."""
    addresses: tuple[str, ...] = ()
    view: str = ""
    """Address of a file on the web, with ``{path}``."""
    line: str = ""
    """The same at a line, with ``{path}`` and ``{line}``."""
    edit: str = ""
    changed: Mapping[str, datetime] = field(default_factory=dict)
    """Time of the last commit by path, for the files that pages asked about."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Digests of the contents that pages read, by path."""
    globs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What pages searched for, and what they found."""

    @property
    def key(self) -> TreeKey:
        """As ``Trees`` has it."""
        return self.source, self.id


@dataclass(frozen=True, slots=True)
class CollectionTime:
    """How the collecting of one family of data from one source went."""

    source: str
    family: str = "entities"
    as_of: datetime | None = None
    """Last success; None for never."""
    tried_at: datetime | None = None
    """Last try, good or bad."""
    count: int = 0
    """What is served of it now, fresh or not."""
    requests: int | None = None
    """Network requests of the last try; None where nobody counted."""
    errors: tuple[str, ...] = ()
    """What went wrong in the last try, redacted."""


@dataclass(frozen=True, slots=True)
class StaleCopy:
    """Entities that serve from their last good copy."""

    source: str
    tree: str
    repository: str
    path: str
    """The file that cannot be read; empty where that is the whole repository."""
    since: datetime
    """When the copy was made."""
    cause: str
    """Why it serves, in one sentence, redacted."""
    refs: tuple[EntityRef, ...]
    """Sorted."""


@dataclass(frozen=True, slots=True)
class GuardResult:
    """Whether what is served may be published."""

    reasons: tuple[str, ...] = ()
    """Why not, one sentence each; empty where it may."""

    @property
    def publish(self) -> bool:
        """It may."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class CollectedState:
    """What a build goes on with: fresh where it could be read, the last good copy elsewhere."""

    entities: tuple[Entity, ...]
    problems: tuple[Problem, ...]
    """Of collecting and reading, carried ones among them."""
    trees: Trees
    stale: tuple[StaleCopy, ...] = ()
    lost: tuple[EntityRef, ...] = ()
    """Entities of the last build that are gone, sorted; those of sources that left ``sources.yaml`` are not counted."""
    collections: tuple[CollectionTime, ...] = ()
    verdict: GuardResult = field(default_factory=GuardResult)
    read_at: Mapping[TreeKey, datetime] = field(default_factory=dict)
    """When each tree was read."""
    files: int = 0
    """Descriptor files that were read."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """Documents that are no descriptors, by reason."""
    repositories: tuple[Repository, ...] = ()
    """What hosts say about repositories, carried ones among them."""
    undescribed: tuple[Undescribed, ...] = ()
    """Repositories without a descriptor, carried ones among them."""
    failures: tuple[SourceFailure, ...] = ()
    """What the sources themselves reported."""


@dataclass(frozen=True, slots=True)
class State:
    """All that one build leaves to the next."""

    as_of: datetime
    version: str
    """Callboard's version that wrote it: rules differ between versions."""
    entities: tuple[Entity, ...] = ()
    """As gathered, duplicates among them."""
    problems: tuple[Problem, ...] = ()
    """Of collecting and reading; those of linking are found again."""
    trees: tuple[KnownTree, ...] = ()
    collections: tuple[CollectionTime, ...] = ()
    stale: tuple[StaleCopy, ...] = ()
    portraits: tuple[EntitySummary, ...] = ()
    concerns: tuple[ProblemSummary, ...] = ()
    changes: tuple[Change, ...] = ()
    """Against the build before; older ones are in the history."""
    files: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    repositories: tuple[Repository, ...] = ()
    undescribed: tuple[Undescribed, ...] = ()
    facts: tuple[Fact, ...] = ()
    """What integrations know, held ones among them."""
    measurements: tuple[Measurement, ...] = ()
