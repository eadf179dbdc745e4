"""The contract of sources: settings and a context → trees, descriptor files, problems and failures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar, Protocol

from callboard.io.http.limits import ClientLimits, Clock, SystemClock, Traffic
from callboard.model.data_classes import dataclass
from callboard.model.problem import Problem
from callboard.model.tree import DescriptorFile, Tree
from callboard.redaction.redactor import Redactor
from callboard.settings.settings import SourceSettings

DEFAULT_INCLUDE = ("**/catalog-info.yaml", "**/catalog-info.yml")


@dataclass(frozen=True, slots=True)
class SourceContext:
    """What a source may use of the machine and the portal."""

    root: Path
    """Folder of ``sources.yaml``: relative paths start here."""
    cache: Path
    """Callboard's folder for data that may be deleted at any time (``.callboard/cache``)."""
    environ: Mapping[str, str] = field(default_factory=dict)
    """The environment, for proxies, certificates and the ssh agent."""
    redactor: Redactor = field(default_factory=Redactor)
    """Applied to every message that leaves the source."""
    clock: Clock = field(default_factory=SystemClock)
    """What HTTP clients wait by."""
    http: ClientLimits = field(default_factory=ClientLimits)
    """Limits of HTTP clients."""


@dataclass(frozen=True, slots=True)
class SourceFailure:
    """A source, or one of its repositories, that could not be read; the others are not affected."""

    source: str
    """Name of the source in ``sources.yaml``."""
    repository: str
    """Redacted URL or name of the repository; empty where the source failed as a whole."""
    message: str
    """What went wrong, redacted."""
    hint: str = ""
    """How to fix it, in one sentence."""
    tree: str = ""
    """Id that the tree would have. Without it the tree is found by ``repository``."""
    path: str = ""
    """The one file that could not be read of its tree; empty where nothing of the tree could be read."""
    traceback: str = field(default="", repr=False, compare=False)
    """Traceback of an exception that the plugin did not handle, with secrets masked; shown with ``--debug``, never saved."""
    trees: tuple[str, ...] = ()
    """Ids of trees, for one failure of several repositories: of trees that are not among them, it says nothing."""


@dataclass(frozen=True, slots=True)
class Undescribed:
    """A repository in which a source found no descriptor."""

    source: str
    """Name of the source in ``sources.yaml``."""
    repository: str
    """Name for people, such as ``acme/payments``."""
    url: str
    """Address of its page on the host."""
    suggestion_yaml: str
    """A starter descriptor, as the text of a ``catalog-info.yaml``."""


@dataclass(frozen=True, slots=True)
class LeftOutRepository:
    """A repository that exists, and that the options of a source leave out."""

    source: str
    """Name of the source in ``sources.yaml``."""
    repository: str
    """Name for people, such as ``acme/payments``."""
    reason: str
    """Which option leaves it out: ``archived``, ``forks``, ``names``, ``topics``, ``visibility`` or ``branches``."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A host's metadata of a repository."""

    source: str
    """Name of the source in ``sources.yaml``."""
    tree: str
    """Id of its tree: the canonical URL."""
    name: str
    """Name for people, such as ``acme/payments``."""
    url: str
    description: str = ""
    topics: tuple[str, ...] = ()
    languages: tuple[tuple[str, int], ...] = ()
    """Names with bytes of code, largest first."""
    default_branch: str = ""
    pushed_at: str = ""
    """ISO 8601, as the host writes it."""
    release: str = ""
    """Name of the tag of the latest release."""
    released_at: str = ""
    """ISO 8601, as the host writes it."""
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class SourceTraffic:
    """Counters of a source's requests, which grow while files are read later."""

    source: str
    """Name of the source in ``sources.yaml``."""
    traffic: Traffic


@dataclass(frozen=True, slots=True)
class Collected:
    """The result of one or several sources."""

    trees: tuple[Tree, ...] = ()
    files: tuple[DescriptorFile, ...] = ()
    """In order of precedence: source, tree, path."""
    problems: tuple[Problem, ...] = ()
    failures: tuple[SourceFailure, ...] = ()
    tree_sources: tuple[str, ...] = ()
    """The name of the source of each of ``trees``; set by ``callboard.plugins.run_sources``."""
    undescribed: tuple[Undescribed, ...] = ()
    repositories: tuple[Repository, ...] = ()
    traffic: tuple[SourceTraffic, ...] = ()
    left_out: tuple[LeftOutRepository, ...] = ()
    """Repositories that the options of sources leave out."""


class Source(Protocol):
    """A type of source, which finds trees and descriptors; constructed with the item's settings and a context.

    ``collect`` may raise ``SourceError``; every other failure is a value in ``Collected``.
    """

    schema: ClassVar[Mapping[str, Any]]
    """JSON Schema of the options: the item in ``sources.yaml`` without ``name`` and ``type``."""
    environment: ClassVar[tuple[str, ...]] = ()
    """Environment variables that it needs besides the common ones, in a package of its own; their values are masked in messages."""

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None: ...

    def collect(self) -> Collected:
        """All trees and descriptor files of this source, sorted by tree and path."""


def merge_collected(parts: list[Collected]) -> Collected:
    """Several results as one, in the given order."""
    return Collected(*(tuple(chain.from_iterable(getattr(part, item.name) for part in parts)) for item in fields(Collected)))
