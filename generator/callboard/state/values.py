"""The values of the state: entities, problems, trees and facts of the last build, summaries, changes, and collection times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import NamedTuple

from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.model.skipped import SkippedFile
from callboard.model.tree import Trees
from callboard.plugins.sources import Repository, SourceFailure, Undescribed
from callboard.state.event_history import Event, EventHistory
from callboard.state.result_history import CardTrend, Standing

TreeKey = tuple[str, str]
"""Name of the source and id of the tree."""


class Where(NamedTuple):
    """The file of a change."""

    source: str
    tree: str
    path: str

    @property
    def label(self) -> str:
        """The file for people: tree and path."""
        return f"{self.tree}: {self.path}"


class Change(NamedTuple):
    """One difference between two builds. A named tuple, because every build reads years of them."""

    at: datetime
    """Time of the later build, in UTC to the second."""
    kind: str
    """``added``, ``owner``, ``problem-opened`` …, or a kind of event of a family of facts."""
    ref: EntityRef | None
    """The entity, under its later name; None for a change of no entity."""
    field: str = ""
    """Dotted path in the descriptor; empty for other changes."""
    before: str = ""
    """Earlier value; for ``problem-closed`` the message. Limited in length, secrets masked."""
    after: str = ""
    """Later value; for ``problem-opened`` the message."""
    origin: Where | None = None
    owner: EntityRef | None = None
    """The owner after the change (before it, if the entity was removed)."""
    code: str = ""
    """Code of the problem, for ``problem-…``."""
    about: str = ""
    """Detail of a fact: a deployment's environment, the severity of an incident or of vulnerabilities, an SLO's value and target in percent
    (``99.1 99.9``), the families of an integration."""
    number: int = 0
    """Number of items that the change sums up; 0 for a single item."""


@dataclass(frozen=True, slots=True)
class EntitySummary:
    """The values of an entity that a diff compares."""

    ref: EntityRef
    where: Where
    owner: str = ""
    """Canonical reference of the first owner; empty if there is none."""
    lifecycle: str = ""
    type: str = ""
    system: str = ""
    """Canonical reference of the system, of a system's domain, of a group's parent."""
    provides: tuple[str, ...] = ()
    """References of APIs, sorted."""
    consumes: tuple[str, ...] = ()
    """References of APIs, sorted."""
    depends: tuple[str, ...] = ()
    """References of dependencies, sorted."""
    tags: tuple[str, ...] = ()
    definition: str = ""
    """Digest of ``spec.definition``; empty if there is none."""
    essence: str = ""
    """Digest of the descriptor without its name: the same after a rename."""


class ProblemSummary(NamedTuple):
    """The values of a problem that a diff compares."""

    code: str
    subject: EntityRef | None
    field: str
    fingerprint: str
    message: str
    """Limited in length, secrets masked."""
    where: Where | None


@dataclass(frozen=True, slots=True)
class TreeRecord:
    """The recorded data of a tree, from which pages can be made without it."""

    source: str
    id: str
    repository: str
    revision: str
    as_of: datetime
    """Time of the last successful read."""
    addresses: tuple[str, ...] = ()
    """URLs by which Locations may name the tree."""
    view: str = ""
    """URL of a file on the web, with ``{path}``."""
    line: str = ""
    """URL of a line, with ``{path}`` and ``{line}``."""
    edit: str = ""
    """URL of the editor of a file, with ``{path}``."""
    changed: Mapping[str, datetime] = field(default_factory=dict)
    """Time of the last commit by path, for the files that pages show."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Digests of the contents that pages read, by path."""
    globs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Paths that pages searched for, by glob pattern."""
    authors: Mapping[str, str] = field(default_factory=dict)
    """Names of the authors of the last commits by path, for the pages of documentation; never for a public portal."""

    @property
    def key(self) -> TreeKey:
        """The key in ``Trees``."""
        return self.source, self.id


@dataclass(frozen=True, slots=True)
class CollectionTime:
    """Time and result of the last collection of one family of data from one source or integration."""

    source: str
    family: str = "entities"
    as_of: datetime | None = None
    """Last success; None if there was none."""
    tried_at: datetime | None = None
    """Last try, successful or not."""
    count: int = 0
    """Number of entities or facts, fresh or from the last good copy."""
    requests: int | None = None
    """Network requests of the last try; None if they were not counted."""
    errors: tuple[str, ...] = ()
    """Errors of the last try, redacted."""
    left_out: tuple[tuple[str, int], ...] = ()
    """Options of the source, with the number of repositories that each leaves out."""


@dataclass(frozen=True, slots=True)
class StaleCopy:
    """Entities that are served from the last good copy."""

    source: str
    tree: str
    repository: str
    path: str
    """The file that cannot be read; empty for a complete repository."""
    since: datetime
    """Time of the copy."""
    cause: str
    """Why the copy is used, in one sentence, redacted."""
    refs: tuple[EntityRef, ...]
    """Sorted."""


@dataclass(frozen=True, slots=True)
class GuardResult:
    """Whether the site may be published."""

    reasons: tuple[str, ...] = ()
    """Why not, one sentence each; empty if it may be published."""

    @property
    def publish(self) -> bool:
        """True if no limit is exceeded."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class CollectedState:
    """The collected data of a build: fresh where it could be read, the last good copy elsewhere."""

    entities: tuple[Entity, ...]
    problems: tuple[Problem, ...]
    """Problems of collecting and reading, also those of the last good copy."""
    trees: Trees
    stale: tuple[StaleCopy, ...] = ()
    """The last good copies that are used."""
    lost: tuple[EntityRef, ...] = ()
    """Entities of the last build that are gone, sorted, without those of sources that were removed from ``sources.yaml``."""
    collections: tuple[CollectionTime, ...] = ()
    guard_result: GuardResult = field(default_factory=GuardResult)
    tree_times: Mapping[TreeKey, datetime] = field(default_factory=dict)
    """Time of the last successful read of each tree."""
    files: int = 0
    """Number of descriptor files that were read."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """Number of documents that are not descriptors, by reason."""
    skipped_files: tuple[SkippedFile, ...] = ()
    """The files with those documents."""
    unidentified: tuple[Entity, ...] = ()
    """Descriptors without a valid name or namespace, whose references are checked."""
    documents: int = 0
    """Number of documents that were checked; 0 in a state."""
    repositories: tuple[Repository, ...] = ()
    """Metadata of repositories, also from the last good copy."""
    undescribed: tuple[Undescribed, ...] = ()
    """Repositories without a descriptor, also from the last good copy."""
    failures: tuple[SourceFailure, ...] = ()
    """Failures that the sources reported."""
    losses: tuple[SourceFailure, ...] = ()
    """Sources that were read and lost more than the limit: their last good copy is used."""


@dataclass(frozen=True, slots=True)
class State:
    """The data that one build saves for the next."""

    as_of: datetime
    """Time of the build."""
    version: str
    """The version of Callboard that wrote it: rules differ between versions."""
    entities: tuple[Entity, ...] = ()
    """As discovered, including duplicates."""
    problems: tuple[Problem, ...] = ()
    """Problems of collecting and reading; those of linking are computed again."""
    trees: tuple[TreeRecord, ...] = ()
    collections: tuple[CollectionTime, ...] = ()
    stale: tuple[StaleCopy, ...] = ()
    summaries: tuple[EntitySummary, ...] = ()
    problem_summaries: tuple[ProblemSummary, ...] = ()
    changes: tuple[Change, ...] = ()
    """Changes since the build before; older ones are in the log of changes."""
    files: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    skipped_files: tuple[SkippedFile, ...] = ()
    unidentified: tuple[Entity, ...] = ()
    repositories: tuple[Repository, ...] = ()
    undescribed: tuple[Undescribed, ...] = ()
    facts: tuple[Fact, ...] = ()
    """Facts of integrations, also from the last good copy."""
    measurements: tuple[Measurement, ...] = ()
    event_histories: tuple[EventHistory, ...] = ()
    """What is recorded of deployments, incidents and pipeline runs, by entity."""
    kept_events: tuple[Event, ...] = ()
    """The newest of these that the integrations no longer return."""
    card_trends: tuple[CardTrend, ...] = ()
    """Numbers of scorecards by day."""
    standings: tuple[Standing, ...] = ()
    """The results of each entity on scorecards, and since when they stand."""
