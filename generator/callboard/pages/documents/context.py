"""What pages about documentation are made from: the shared context with all sets, the targets of their links, and who links to whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from callboard.documentation.cross_links import CrossLinks
from callboard.documentation.model import DocumentationSet, GuideMention
from callboard.documentation.portal import PortalDocumentation
from callboard.model import fields
from callboard.model.data_classes import dataclass
from callboard.model.ref import EntityRef
from callboard.model.tree import Tree
from callboard.pages.blocks.results import BlockResults
from callboard.pages.context import PageContext, shared_values
from callboard.pages.documents.navigation import SetTree
from callboard.pages.safe_text import text_of

_MOST_TAGS, _LONGEST_TAG = 50, 63


@dataclass(frozen=True, slots=True)
class DocumentsContext(PageContext):
    """The context of all pages about documentation."""

    documentation: PortalDocumentation
    cross_links: CrossLinks
    mentions: Mapping[EntityRef, tuple[tuple[EntityRef, str], ...]]
    """Pages that link to an entity, by that entity: set and path of each."""
    tags: Mapping[EntityRef, tuple[str, ...]]
    """Tags of each entity that has a set."""
    blocks: BlockResults
    """What blocks of pages show. It does not record what is read: pages depend on the results."""
    guides: Mapping[EntityRef, tuple[GuideMention, ...]] = field(default_factory=dict)
    """Guides that link to an entity, by that entity."""
    _navigations: dict[EntityRef, SetTree] = field(default_factory=dict, repr=False)

    def navigation(self, of: DocumentationSet) -> SetTree:
        """The navigation of a set, prepared once."""
        if of.ref not in self._navigations:
            self._navigations[of.ref] = SetTree.of(of)
        return self._navigations[of.ref]

    def title(self, of: DocumentationSet) -> str:
        """The name of a set: its own, else that of its entity."""
        return text_of(of.title) or self.links.to(of.ref).name

    def tree(self, of: DocumentationSet) -> Tree | None:
        """The repository of a set."""
        return self.trees.get((of.place.source, of.place.tree))


def documents_context(
    page: PageContext, documentation: PortalDocumentation, blocks: BlockResults, guides: Sequence[GuideMention] = ()
) -> DocumentsContext:
    """The context from that of all pages."""
    cross_links = CrossLinks(documentation, page.catalog, page.trees)
    return DocumentsContext(
        **shared_values(page),
        documentation=documentation,
        cross_links=cross_links,
        mentions=cross_links.mentions(),
        blocks=blocks,
        guides={ref: tuple(each for each in guides if ref in each.refs) for guide in guides for ref in guide.refs},
        tags={ref: tuple(_tags(page, ref)) for ref in documentation.sets},
    )


def _tags(page: PageContext, ref: EntityRef) -> Iterator[str]:
    entity = page.catalog.get(ref)
    for tag in fields.items_of(entity.metadata.get("tags"))[:_MOST_TAGS] if entity else ():
        if text := text_of(tag, _LONGEST_TAG):
            yield text
