"""The texts of guides → which entities they name, and what is wrong in their links to entities and in the blocks of guides and sets."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from callboard.catalog.facets import CatalogFacets
from callboard.catalog.names import names_index
from callboard.diagrams.layout import Layouts
from callboard.documentation import rules
from callboard.documentation.blocks import LANGUAGES, PREFIX, DocumentBlock
from callboard.documentation.cross_links import CrossLinks
from callboard.documentation.entity_addresses import is_entity_address, meant_address
from callboard.documentation.model import DocumentationSet, GuideMention
from callboard.documentation.portal import PortalDocumentation
from callboard.model.data_classes import dataclass
from callboard.model.entity import Origin
from callboard.model.problem import Problem, Span
from callboard.model.ref import DEFAULT_NAMESPACE, EntityRef
from callboard.model.tree import Trees
from callboard.pages.blocks.results import BlockFault, BlockResults, faults_of_text
from callboard.pages.context import page_context
from callboard.pages.site_data import ResolvedCatalog, SiteData
from callboard.settings.settings import Settings
from callboard.website.guide_links import GuideLink, all_links_in, page_of
from callboard.website.guides import Guides
from callboard.website.overlays import Overlays
from callboard.website.rules import DEAD_LINK
from callboard.website.site_plan import block_results

_FENCE = re.compile(r"^(?P<indent>[\s>]*+)(?P<marks>`{3,}+|~{3,}+)[ ]*+(?:\{\s*+\.)?(?P<language>[\w-]*+)")
_HEADING = re.compile(r"^#\s++(.{1,200}?)\s*+#*+\s*+(?:\{[^{}]*+\})?$", re.MULTILINE)
_TITLE = re.compile(r"\A---\n(?:(?!---$).*\n)*?title:\s*+[\"']?(.{1,200}?)[\"']?\s*$", re.MULTILINE)
_BY_FACTS = ("health", "level", "problems")
"""Fields whose values are known only after tools were queried and rules were judged."""
_HINTS = {
    "entity": "Write `kind:name`, or `kind:namespace/name`, of an entity.",
    "page": "Correct the path behind the entity's name: its documentation has no such page.",
    "anchor": "Correct the part behind `#`: the heading in lower case, with hyphens.",
}


def with_references(data: SiteData, overlays: Overlays, settings: Settings) -> SiteData:
    """Site data with what the guides name, and with the problems of the portal's files, of these links, and of all blocks."""
    resolved, guides = data.resolved, overlays.guides
    links = CrossLinks(data.documentation, resolved.catalog, resolved.trees)
    found = _Guides(guides, links, frozenset(resolved.catalog.kinds.by_name))
    mentions = tuple(found.mentions())
    results = block_results(page_context(resolved, settings, Layouts(), overlays.labels), data)
    blocks = _Blocks(resolved.trees, results.faults)
    of_sets = blocks.of_sets(data.documentation) if settings.docs.blocks else ()
    problems = (*resolved.problems, *overlays.problems, *found.problems(), *blocks.of_guides(guides), *of_sets)
    return replace(data, resolved=replace(resolved, problems=problems), guides=mentions)


def faults_of_texts(
    overlays: Overlays, resolved: ResolvedCatalog, documentation: PortalDocumentation | None, settings: Settings
) -> Iterator[Problem]:
    """What can be seen without facts: links of guides to what does not exist, and what is wrong in the blocks of guides and of sets.

    Without documentation, only links to entities and blocks of guides are checked; with a source that failed, only the text of blocks.
    """
    guides, catalog, trees = overlays.guides, resolved.catalog, resolved.trees
    found = _Guides(guides, CrossLinks(documentation or PortalDocumentation(), catalog, trees), frozenset(catalog.kinds.by_name))
    yield from found.problems(_HINTS if documentation else frozenset({"entity"}))
    results = BlockResults(
        page_context(resolved, settings, Layouts(), overlays.labels),
        lambda: CatalogFacets(catalog, names_index(catalog, ()), {}, overlays.labels), frozenset(_BY_FACTS),
    )  # fmt: skip
    blocks = _Blocks(trees, faults_of_text if resolved.failures else results.faults)
    yield from blocks.of_guides(guides)
    if documentation is not None and settings.docs.blocks:
        yield from blocks.of_sets(documentation)


def faults_of_set_blocks(documentation: PortalDocumentation, trees: Trees) -> Iterator[Problem]:
    """What is wrong in the texts of the blocks of all sets. What they name is not looked up."""
    return _Blocks(trees, faults_of_text).of_sets(documentation)


@dataclass(frozen=True, slots=True)
class _Guides:
    """The links of guides to entities."""

    guides: Guides
    links: CrossLinks
    kinds: frozenset[str]

    def mentions(self) -> Iterator[GuideMention]:
        for path in self.guides.pages:
            text = self.guides.text(path)
            targets = (self.links.entity_target(DEFAULT_NAMESPACE, link.target) for link in self._links(text))
            refs = dict.fromkeys(target.ref for target in targets if target.ref is not None and not target.reason)
            if refs:
                yield GuideMention(_title(path, text), page_of(path), tuple(refs))

    def problems(self, reasons: Collection[str] = _HINTS) -> Iterator[Problem]:
        for path in self.guides.pages:
            for link in self._links(self.guides.text(path)):
                target = self.links.entity_target(DEFAULT_NAMESPACE, link.target)
                if target.reason in reasons:
                    yield DEAD_LINK.problem(
                        f"The guide has a link to {link.target[:200]!r}, which does not exist.", origin=self.guides.origin(path),
                        span=link.span, field=link.target[:200], hint=_hint(target.reason, link.target, self.kinds),
                    )  # fmt: skip

    def _links(self, text: str) -> Iterator[GuideLink]:
        return (link for link in all_links_in(text) if is_entity_address(link.target, self.kinds))


@dataclass(frozen=True, slots=True)
class _Blocks:
    """What is wrong in the blocks of guides and of sets."""

    trees: Trees
    faults: Callable[[DocumentBlock], Iterator[BlockFault]]

    def of_guides(self, guides: Guides) -> Iterator[Problem]:
        for path in guides.pages:
            for block in blocks_in(guides.text(path)):
                yield from (_block_problem(block, fault, guides.origin(path), None) for fault in self.faults(block))

    def of_sets(self, documentation: PortalDocumentation) -> Iterator[Problem]:
        for made in documentation.sets.values():
            for page in made.pages.values():
                for block in page.details.blocks:
                    origin = self._origin(made, page.path, block.line)
                    yield from (_block_problem(block, fault, origin, made.ref) for fault in self.faults(block))

    def _origin(self, made: DocumentationSet, path: str, line: int) -> Origin:
        tree = self.trees.get((made.place.source, made.place.tree))
        repository, revision = (tree.repository, tree.revision) if tree else ("", "")
        return Origin(made.place.source, made.place.tree, repository, revision, made.repository_path(path), 0, line or 1)


def _block_problem(block: DocumentBlock, fault: BlockFault, origin: Origin, subject: EntityRef | None) -> Problem:
    line = block.line + fault.line if block.line else 0
    span = Span.at(line, 1) if line else None
    return rules.INVALID_BLOCK.problem(
        f"The block {PREFIX}{block.kind}: {fault.message}.", origin=replace(origin, line=line or origin.line), span=span,
        subject=subject, hint=fault.hint, field=fault.message[:200],
    )  # fmt: skip


def _hint(reason: str, address: str, kinds: Collection[str]) -> str:
    meant = meant_address(address, kinds)
    return f"There is no such kind; did you mean `{meant[:200]}`?" if meant else _HINTS[reason]


def blocks_in(text: str) -> Iterator[DocumentBlock]:
    """The blocks of a guide with their lines."""
    open_fence, language, start, lines = "", "", 0, list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        fence = _FENCE.match(line)
        if not open_fence and fence:
            open_fence, language, start, lines = fence["marks"], fence["language"], number, []
        elif open_fence and fence and fence["marks"].startswith(open_fence) and not fence["language"]:
            if language in LANGUAGES:
                yield DocumentBlock(language.removeprefix(PREFIX), "\n".join(lines), start)
            open_fence = ""
        elif open_fence:
            lines.append(line.strip())


def _title(path: str, text: str) -> str:
    found = _TITLE.match(text) or _HEADING.search(text)
    return found[1] if found else path.removesuffix(".md").rpartition("/")[2].replace("-", " ").capitalize()
