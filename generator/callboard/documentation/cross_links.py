"""Links of pages that other sets, the catalog or a repository decide → their targets, what is broken, and who links to an entity."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import lru_cache
from typing import Literal, NamedTuple
from urllib.parse import unquote

from callboard.catalog.graph import Catalog
from callboard.documentation import rules
from callboard.documentation.cleaning import own_id
from callboard.documentation.conversion import MOST_ANCHORS
from callboard.documentation.entity_addresses import meant_address
from callboard.documentation.file_names import literal
from callboard.documentation.model import BrokenDocumentLink, DocumentationSet, DocumentPage, SetLinks
from callboard.documentation.page_details import OpenLink, PageDetails
from callboard.documentation.portal import PortalDocumentation
from callboard.model.data_classes import dataclass
from callboard.model.entity import Origin
from callboard.model.errors import TreeError
from callboard.model.problem import Problem, Span
from callboard.model.ref import EntityRef
from callboard.model.tree import Tree, Trees
from callboard.model.urls import docs_path, entity_path

_LINE = re.compile(r"L(\d{1,7})(?:-L?\d{1,7})?")
_MOST = 50
"""Problems of the links of one set."""
_MOST_TARGETS = 5_000
"""Targets in memory at a time; the steps that need them go from set to set."""
Reason = Literal["", "file", "image", "anchor", "entity", "page", "outside"]
_WORDS: Mapping[str, tuple[str, str]] = {
    "file": ("links to `{}`, which is not in the documentation", "Correct the path; it is relative to the file of the page."),
    "image": ("shows `{}`, which is not in the documentation", "Correct the path, or move the image into the documentation folder."),
    "anchor": ("links to `{}`, a heading that does not exist", "Correct the part behind `#`: the heading in lower case, with hyphens."),
    "entity": ("links to `{}`, which the catalog does not have", "Write `kind:name`, or `kind:namespace/name`, of an entity."),
    "page": ("links to `{}`, a page that the documentation of that entity does not have", "Correct the path behind the entity's name."),
    "outside": ("links to `{}`, which is not in the repository", "Correct the path; it is relative to the file of the page."),
}


class LinkTarget(NamedTuple):
    """Where an open link leads."""

    path: str = ""
    """Below the site's root, with an anchor; empty for none."""
    url: str = ""
    """At the file's host; empty for none."""
    ref: EntityRef | None = None
    """The entity that is linked, whose name is the title of a link without a text; None for others."""
    title: str = ""
    """Title of the page that is linked."""
    reason: Reason = ""
    """What does not exist; empty if the link is right."""


@dataclass(frozen=True, slots=True)
class CrossLinks:
    """Resolves the open links of all sets."""

    documentation: PortalDocumentation
    catalog: Catalog
    trees: Trees
    is_elsewhere: Callable[[EntityRef], bool] = lambda _: False
    """Whether an entity that the catalog does not have, or its documentation, may be in a repository that was not read."""
    _targets: dict[tuple[EntityRef, OpenLink], LinkTarget] = field(default_factory=dict)
    _existing: dict[tuple[str, str, str], bool] = field(default_factory=dict)
    """Whether a file exists, by source, tree and path: many pages link to the same ones, and to ask a tree takes time."""

    def target(self, of: DocumentationSet, link: OpenLink) -> LinkTarget:
        """The target of an open link of a set."""
        key = (of.ref, link)
        found = self._targets.get(key)
        if found is None:
            if len(self._targets) >= _MOST_TARGETS:
                self._targets.clear()
            found = self._targets[key] = self._new_target(of, link)
        return found

    def entity_target(self, namespace: str, address: str) -> LinkTarget:
        """The target of ``component:payments/runbook.md#restore``; ``namespace`` is that of references without one."""
        return self._entity(namespace, address)

    def of_set(self, of: DocumentationSet) -> SetLinks:
        """What is known of the links of a set, derived again only if the set, or one that it links to, is another one."""
        known = self.documentation.links.get(of.ref)
        if known is None or not known.holds(of, self._tree(of), self.catalog.kinds, self._found):
            known = self.documentation.links[of.ref] = self._derived(of)
        return known

    def _derived(self, of: DocumentationSet) -> SetLinks:
        pages = [(page, page.details) for page in of.pages.values()]  # unpacked once
        open_links = [(page, link, self.target(of, link)) for page, details in pages for link in details.open_links]
        links = (link for _, link, _ in open_links if not link.page and not link.file)
        named = tuple(dict.fromkeys(ref for link in links for ref, _ in _candidates(*_parts(link.address, of.ref.namespace))))
        broken = tuple(_broken(pages, open_links))
        mentions = ((target.ref, page.path) for page, _, target in open_links if target.ref not in {None, of.ref} and not target.reason)
        return SetLinks(
            of, self._tree(of), self.catalog.kinds, named, tuple(map(self._found, named)), broken,
            tuple(self._problems(of, broken[:_MOST])), tuple(mentions),
        )  # fmt: skip

    def _found(self, ref: EntityRef) -> object:
        """What links to an entity depend on: the set that it shows, True for none; None if there is no such entity."""
        return (self.documentation.of(ref) or True) if ref in self.catalog.entities else None

    def problems(self) -> Iterator[Problem]:
        """The problems of all broken links, the first of each set."""
        for made in self.documentation.sets.values():
            yield from self.of_set(made).problems

    def mentions(self) -> Mapping[EntityRef, tuple[tuple[EntityRef, str], ...]]:
        """The pages of other sets that link to an entity or to its documentation, by that entity: set and path of each."""
        found: dict[EntityRef, dict[tuple[EntityRef, str], None]] = {}
        for ref, made in self.documentation.sets.items():
            for linked, path in self.of_set(made).mentions:
                found.setdefault(linked, {})[ref, path] = None
        return {ref: tuple(pages) for ref, pages in found.items()}

    def _problems(self, of: DocumentationSet, broken: Sequence[BrokenDocumentLink]) -> Iterator[Problem]:
        tree = self._tree(of)
        repository, revision = (tree.repository, tree.revision) if tree else ("", "")
        path, of_page = "", None
        for link in broken:
            message, hint = _WORDS[link.reason]
            if link.reason == "entity" and (meant := meant_address(link.address, self.catalog.kinds.by_name)):
                hint = f"There is no such kind; did you mean `{meant[:200]}`?"
            if link.page is not of_page:
                path, of_page = of.repository_path(link.page.path), link.page
            origin = Origin(of.place.source, of.place.tree, repository, revision, path, 0, link.line or 1)
            span = _span(link.line) if link.line else None
            address = link.address[:200]
            yield rules.BROKEN_LINK.problem(
                f"The page {message.format(address)}.", origin=origin, span=span, subject=of.ref, field=address, hint=hint
            )

    def _tree(self, of: DocumentationSet) -> Tree | None:
        return self.trees.get((of.place.source, of.place.tree))

    def _new_target(self, of: DocumentationSet, link: OpenLink) -> LinkTarget:
        if link.page:
            page = of.pages.get(link.page)
            return LinkTarget(title=(_heading(page, unquote(link.address.partition("#")[2])) or page.title) if page else "")
        return self._outside(of, link) if link.file else self._entity(of.ref.namespace, link.address)

    def _outside(self, of: DocumentationSet, link: OpenLink) -> LinkTarget:
        tree = self._tree(of)
        if link.is_image:
            return LinkTarget(reason="image")
        if tree is None or not self._exists(of, tree, link.file):
            return LinkTarget(reason="outside")
        fragment = link.address.partition("#")[2]
        line = _LINE.fullmatch(fragment)
        url = tree.view_url(link.file, int(line[1]) if line else None)
        return LinkTarget(url=f"{url}#{fragment}" if url and fragment and not line and "#" not in url else url)

    def _exists(self, of: DocumentationSet, tree: Tree, path: str) -> bool:
        key = (of.place.source, of.place.tree, path)
        if key not in self._existing:
            self._existing[key] = _exists(tree, path)
        return self._existing[key]

    def _entity(self, namespace: str, address: str) -> LinkTarget:
        parts = _parts(address, namespace)
        for ref, path in _candidates(*parts):
            if ref in self.catalog.entities:
                written, _, anchor = address.partition("#")
                return self._page(ref, path, own_id(unquote(anchor)), has_slash=len(parts[2]) > 1 and written.endswith("/"))
        is_elsewhere = any(self.is_elsewhere(ref) for ref, _ in _candidates(*parts))
        return LinkTarget(reason="" if is_elsewhere else "entity")

    def _page(self, ref: EntityRef, path: str, anchor: str, *, has_slash: bool) -> LinkTarget:
        if not path and not anchor and not has_slash:
            return LinkTarget(entity_path(ref), ref=ref)
        made = self.documentation.of(ref)
        page = made.find(path) if made else None
        if made is None and self.is_elsewhere(ref):
            return LinkTarget(ref=ref)
        if made is None or page is None:
            return LinkTarget(ref=ref, reason="page")
        if anchor and not page.as_text and not _has_anchor(page.details, anchor):
            return LinkTarget(f"{docs_path(made.ref)}{page.url}", ref=ref, title=page.title, reason="anchor")
        title = _heading(page, anchor) or page.title
        return LinkTarget(f"{docs_path(made.ref)}{page.url}{f'#{anchor}' if anchor else ''}", ref=ref, title=title)


def _broken(
    pages: Sequence[tuple[DocumentPage, PageDetails]], open_links: Iterable[tuple[DocumentPage, OpenLink, LinkTarget]]
) -> Iterator[BrokenDocumentLink]:
    """The broken links of a set, page by page, from the details of its pages and the targets of their open links."""
    by_path = {page.path: (page, details) for page, details in pages}
    reasons = defaultdict[str, list[BrokenDocumentLink]](list)
    for page, link, target in open_links:
        if target.reason:
            reasons[page.path].append(BrokenDocumentLink(page, link.address, link.line, target.reason))
    for page, details in pages:
        for missing in details.missing:
            yield BrokenDocumentLink(page, missing.address, missing.line, "image" if missing.is_image else "file")
        for jump in details.jumps:
            linked = by_path.get(jump.path)
            if linked is not None and not linked[0].as_text and not _has_anchor(linked[1], jump.anchor):
                yield BrokenDocumentLink(page, jump.address, jump.line, "anchor")
        yield from reasons.get(page.path, ())


def _parts(address: str, namespace: str) -> tuple[str, str, list[str]]:
    """Kind, namespace of a name without one, and names of ``component:payments/runbook.md#restore``."""
    kind, _, rest = address.partition("#")[0].partition(":")
    return kind.lower(), namespace, [unquote(name) for name in rest.split("/")]


def _candidates(kind: str, namespace: str, names: list[str]) -> Iterator[tuple[EntityRef, str]]:
    """What ``names`` may mean: namespace, name and a page, or name and a page."""
    if len(names) > 1 and names[1]:
        yield EntityRef(kind, names[0].lower(), names[1].lower()), "/".join(names[2:])
    yield EntityRef(kind, namespace, names[0].lower()), "/".join(names[1:])


@lru_cache(1_000)
def _span(line: int) -> Span:
    """The first character of a line: one value for the many links that are in a line of that number."""
    return Span.at(line, 1)


def _has_anchor(details: PageDetails, anchor: str) -> bool:
    """Whether a page has an anchor, as far as that is known."""
    return anchor in details.anchors or len(details.anchors) >= MOST_ANCHORS


def _heading(page: DocumentPage, anchor: str) -> str:
    """The text of a heading of the page; empty for none."""
    waiting = [*page.details.headings] if anchor else []
    while waiting:
        heading = waiting.pop()
        if heading.id == anchor:
            return heading.text
        waiting += heading.children
    return ""


def _exists(tree: Tree, path: str) -> bool:
    """Whether the tree has a file or a folder at the path."""
    try:
        return bool(tree.glob(literal(path)) or tree.glob(f"{literal(path)}/**"))
    except TreeError:
        return False
