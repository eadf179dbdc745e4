"""The settings of a portal as values; ``loading.py`` creates them from ``sources.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, Literal

from callboard.model.data_classes import dataclass
from callboard.redaction.redactor import Redactor


@dataclass(frozen=True, slots=True)
class Portal:
    """The section ``portal``: name, URL, audience and appearance."""

    name: str = "Developer portal"
    url: str = ""
    """URL at which the site is served, with a final ``/``; may have a path. Empty: unknown, relative links only."""
    organization: str = ""
    audience: Literal["internal", "public"] = "internal"
    expose: tuple[str, ...] = ()
    """Families of facts (``on-call``, ``incident``, ``vulnerability``) that a public site shows although it leaves them out by default."""
    timezone: str = "UTC"
    language: str = "en"
    logo: str = ""
    """Path of an image below the portal's folder, or empty for the built-in logo."""
    colours: Mapping[str, str] = field(default_factory=dict)
    """``primary`` and ``accent``: names of Material's colours."""
    index_links: bool = False
    """``publish.index_links``: links inside the site end in ``index.html``, for hosts that do not serve the index of a folder."""

    @property
    def is_public(self) -> bool:
        """True if the site is for everybody, so that people's addresses and restricted families of facts are left out."""
        return self.audience == "public"


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One item of ``sources:``."""

    name: str
    """Unique, ``[a-z0-9-]+``: the source's identity."""
    type: str
    """Name in the plugin table: ``files``, ``git`` …"""
    options: Mapping[str, Any] = field(repr=False)
    """The item without ``name`` and ``type``, with variables replaced."""
    readable_by: tuple[str, ...] = ()
    """Who may read files of its repositories that are no descriptors: names of sources, globs of repositories, or ``all``."""
    failure: str = ""
    """Why the item cannot be used (an unset variable …); empty if it can. Only this item fails."""


@dataclass(frozen=True, slots=True)
class DataSettings:
    """The section ``data``: which data files the site has besides the pages' own."""

    by_name: bool = True
    """Each entity also at the address of Backstage's catalog API."""
    lines: bool = False
    """All entities also as one file of JSON lines."""


@dataclass(frozen=True, slots=True)
class GuideSettings:
    """The section ``guides``: the portal's own pages."""

    search: bool = True
    """Whether the search finds them, after everything else."""


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """The section ``search``: how words are compared."""

    stemming: Literal["english", "off"] = "english"
    """``english``: words with the same stem are one word (*rotate*, *rotating*); ``off``: only the beginning of a word stands for it."""
    synonyms: tuple[tuple[str, ...], ...] = ()
    """Groups of words, each of which is also searched for the others."""


@dataclass(frozen=True, slots=True)
class CreateSettings:
    """The section ``create``: pages about software templates."""

    install: str = ""
    """What ``uvx --from`` installs to run ``callboard new``; empty: ``callboard[new]``."""


@dataclass(frozen=True, slots=True)
class ExcludedDocs:
    """An item of ``docs.exclude``: documentation that matches all of its globs is left out."""

    entity: str = ""
    """Glob of references: ``component:default/secret-*``."""
    repository: str = ""
    """Glob of names of repositories."""
    path: str = ""
    """Glob of paths in a repository: leaves out files in place of whole sets."""


@dataclass(frozen=True, slots=True)
class DocsSettings:
    """The section ``docs``: which documentation of entities the portal shows, and its bounds."""

    exclude: tuple[ExcludedDocs, ...] = ()
    page_bytes: int = 512 * 1024
    """Characters of a page that is converted; a larger one is shown as text."""
    page_seconds: int = 10
    """Processor time of a page."""
    set_pages: int = 2_000
    set_bytes: int = 64 * 1024 * 1024
    file_bytes: int = 5 * 1024 * 1024
    """Size of an image or another file that is published."""
    set_file_bytes: int = 100 * 1024 * 1024
    """Size of all of them, of one set."""
    blocks: bool = False
    """Whether blocks (``callboard-table``) of these pages show the catalog; those of guides always do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on the work that a descriptor, a repository or a tool can cause."""

    descriptor_bytes: int = 2_000_000
    placeholder_bytes: int = 16_000_000
    documents_per_file: int = 1_000
    nodes_per_document: int = 100_000
    """YAML nodes with aliases expanded: the limit that stops alias bombs."""
    depth: int = 60
    problems_per_file: int = 200
    diagram_nodes: int = 24
    locations_depth: int = 10
    plugin_seconds: float = 900.0
    """For a plugin of another package to collect or to publish."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All of ``sources.yaml``."""

    root: Path
    """Folder of ``sources.yaml``, to which paths in it are relative."""
    file: Path
    portal: Portal = field(default_factory=Portal)
    sources: tuple[SourceSettings, ...] = ()
    kinds: tuple[str, ...] = ()
    """Paths of JSON Schema files of custom kinds, below ``root``."""
    scorecards: tuple[str, ...] = ()
    """Paths of scorecard files, below ``root``."""
    announcements: str = "announcements"
    """Path of the folder of announcements, below ``root``; by default there need not be one."""
    data: DataSettings = field(default_factory=DataSettings)
    limits: Limits = field(default_factory=Limits)
    guides: GuideSettings = field(default_factory=GuideSettings)
    docs: DocsSettings = field(default_factory=DocsSettings)
    search: SearchSettings = field(default_factory=SearchSettings)
    create: CreateSettings = field(default_factory=CreateSettings)
    host: str = ""
    """``publish.host``: the service that serves the site, whose limits a build compares with the site's size; empty if unknown."""
    sections: Mapping[str, Any] = field(default_factory=dict)
    """The sections ``integrations``, ``history``, ``delivery``, ``drift``, ``publish``, ``api_changes``, ``badges`` and
    ``innersource`` as read."""
    failures: Mapping[str, str] = field(default_factory=dict)
    """Values of ``sections`` that cannot be used because a variable is unset: dotted path (``integrations[0].token``) to the reason."""
    redactor: Redactor = field(default_factory=Redactor)
    """Masks the values of environment variables in all output."""
