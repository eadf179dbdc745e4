"""The values of documentation: a set with its pages, what each page links to, and what is wrong with its links. Nothing is read here."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Literal

import msgspec

from callboard.documentation.decisions import DecisionRecord
from callboard.documentation.navigation import SetNavigation
from callboard.documentation.page_details import PageDetails, unpacked_details
from callboard.model.data_classes import dataclass
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.model.tree import Tree


class DocumentPage(msgspec.Struct, frozen=True, array_like=True):
    """One page of a set, converted and safe. ``PortalDocumentation.html`` returns its HTML."""

    path: str
    """Below the documentation folder."""
    url: str
    """Below the address of the set, percent-encoded, with a final ``/``; empty for the start page."""
    title: str
    key: str
    """Digest of everything that the page was converted from."""
    digest: str
    """Digest of its HTML."""
    size: int
    """Bytes of its HTML."""
    as_text: str = ""
    """Why the page is shown as plain text; empty if it is not."""
    packed: bytes = b""
    """Its ``details``, packed: as values, those of 10,000 pages take 34 MB."""

    @property
    def details(self) -> PageDetails:
        """Headings, links and what else was found when the page was converted. They are unpacked where they are needed."""
        return unpacked_details(self.packed)


class SetKind(StrEnum):
    """What a set was made from."""

    MKDOCS = "mkdocs"
    """A folder with an ``mkdocs.yml``."""
    FOLDER = "folder"
    """The folder ``docs`` without an ``mkdocs.yml``."""
    README = "readme"
    """A README without either."""
    NONE = "none"
    """Nothing was found where the annotation points."""


class SetPlace(msgspec.Struct, frozen=True, array_like=True):
    """The folder that an entity names as that of its documentation."""

    source: str
    tree: str
    """Id of the tree in that source."""
    folder: str
    """In the tree, without a final ``/``; empty for the tree's own folder."""


@dataclass(frozen=True, slots=True)
class GuideMention:
    """A guide of the portal that links to entities or to their documentation."""

    title: str
    path: str
    """Of its page, below the site's root."""
    refs: tuple[EntityRef, ...]


@dataclass(frozen=True, slots=True)
class BrokenDocumentLink:
    """A link of a page that leads nowhere, with its place: all that a report about the health of documentation needs."""

    page: DocumentPage
    address: str
    """As written."""
    line: int
    """In the file of the page; 0 where it is not known."""
    reason: Literal["file", "image", "anchor", "entity", "page", "outside"]
    """What does not exist: a file or image of the set, a heading, an entity, a page of another set, a file of the repository."""


@dataclass(frozen=True, slots=True)
class SetLinks:
    """What was found out about the links of one set, and what that depends on. It holds as long as these are the same objects."""

    made: DocumentationSet
    tree: Tree | None
    kinds: object
    """The kinds of entities."""
    named: tuple[EntityRef, ...]
    """All entities that its links may mean."""
    found: tuple[object, ...]
    """What was found for each of ``named``: the set that it shows, True for an entity without one, None for no such entity."""
    broken: tuple[BrokenDocumentLink, ...]
    problems: tuple[Problem, ...]
    """Those of the first broken links."""
    mentions: tuple[tuple[EntityRef, str], ...]
    """Entities of other sets that are linked, each with the path of the page."""

    def holds(self, made: DocumentationSet, tree: Tree | None, kinds: object, find: Callable[[EntityRef], object]) -> bool:
        """Whether a set has the same links with the same targets; ``find`` gives what is found for an entity."""
        if self.made is not made or self.tree is not tree or self.kinds is not kinds:
            return False
        return all(find(ref) is found for ref, found in zip(self.named, self.found, strict=True))


@dataclass(frozen=True, slots=True)
class DocumentationSet:
    """The documentation of one entity. Sets are in ``PortalDocumentation.sets``, by that entity."""

    ref: EntityRef
    """The entity whose address the set has; others may show it as well."""
    place: SetPlace
    kind: SetKind
    title: str
    """``site_name``; empty where the set has none."""
    docs_folder: str
    """Folder of the pages in the tree, without a final ``/``; empty for the tree's own folder."""
    navigation: SetNavigation
    """In reading order, with the title of each page filled in; ``outside`` has the paths of pages that it does not name."""
    pages: Mapping[str, DocumentPage]
    """By path below the documentation folder, each folder's index first."""
    digest: str = ""
    """Digest of everything that its pages were converted from."""
    repository_paths: Mapping[str, str] = field(default_factory=dict)
    """Paths in the tree of pages and files that are not in ``docs_folder``, by path below the documentation folder."""
    redirects: Mapping[str, str] = field(default_factory=dict)
    """Addresses that pages had before, below the set's, and the address or path of the page that has replaced each."""
    changed: Mapping[str, datetime] = field(default_factory=dict)
    """Time of the last commit of each page, by path; without pages whose tree has no history."""
    authors: Mapping[str, str] = field(default_factory=dict)
    """Name of the author of the last commit of each page, by path; empty on a public portal."""
    problems: tuple[Problem, ...] = ()
    """Of the set's files. Links are in ``PortalDocumentation.broken``."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Digests of images and other files that are published, by path."""
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Width and height of those of ``files`` that are images and say them, by path."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Why a file that a page shows or links to is not published, by path."""
    bytes: int = 0
    """Size of the texts of its pages."""
    decisions: tuple[DecisionRecord, ...] = ()
    """The architecture decision records among its pages."""

    @property
    def start(self) -> DocumentPage | None:
        """The page at the set's own address: that of the root's index, else the first of the navigation; None for an empty set."""
        own = next((page for page in self.pages.values() if not page.url), None)
        return own or self.pages.get(next(iter(self.navigation.order()), "") or next(iter(self.pages), ""))

    @property
    def last_change(self) -> datetime | None:
        """Time of the newest change of a page; None without history."""
        return max(self.changed.values(), default=None)

    def repository_path(self, path: str) -> str:
        """The path in the tree of a page or file of the set."""
        # One string for all problems, links and facts of a file.
        return self.repository_paths.get(path) or (sys.intern(f"{self.docs_folder}/{path}") if self.docs_folder else path)

    def find(self, address: str) -> DocumentPage | None:
        """The page with a path or an address below the set's, with or without ``.md`` and slashes; None for none."""
        path = address.strip("/")
        if not path:
            return self.start
        stem = path.removesuffix(".md")  # for one whose address another page has: ``x.md`` beside ``x/README.md``
        for name in (path, f"{path}.md", f"{stem}/index.md", f"{stem}/README.md", path.removesuffix(".html") + ".md"):
            if name in self.pages:
                return self.pages[name]
        return None
