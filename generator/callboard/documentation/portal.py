"""The documentation of a portal as a value: all sets, which entities show them, and the HTML of their pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from callboard.documentation.announcements import Announcements
from callboard.documentation.insertions import DRAWINGS, images_of, without_images
from callboard.documentation.model import DocumentationSet, DocumentPage, SetLinks
from callboard.documentation.packs import KeptPages
from callboard.documentation.places import SharedSet
from callboard.model.data_classes import dataclass
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef


@dataclass(frozen=True, slots=True)
class PortalDocumentation:
    """The documentation of all entities."""

    sets: Mapping[EntityRef, DocumentationSet] = field(default_factory=dict)
    """By the entity whose address each set has."""
    shared: Mapping[EntityRef, SharedSet] = field(default_factory=dict)
    """Entities that show the set of another one, which is in ``sets``."""
    kept: Mapping[EntityRef, KeptPages] = field(default_factory=dict, repr=False)
    """The HTML of each set."""
    problems: tuple[Problem, ...] = ()
    """Of annotations and of the files of sets, without links."""
    converted: int = 0
    """Pages that were converted for this value."""
    links: dict[EntityRef, SetLinks] = field(default_factory=dict, repr=False, compare=False)
    """What is known of the links of each set; ``CrossLinks`` adds to it."""
    announcements: Announcements = field(default_factory=Announcements)
    """Those of the portal; their problems are among ``problems``."""

    def html(self, of: DocumentationSet, page: DocumentPage) -> str:
        """The HTML of a page, with marks in place of open links. Raises ``MissingHtmlError``."""
        return without_images(self.kept[of.ref].html(page)).decode()

    def images(self, of: DocumentationSet, page: DocumentPage) -> Iterator[tuple[str, bytes]]:
        """Names and contents of the drawn diagrams of a page, below its address. Raises ``MissingHtmlError``."""
        return ((f"{DRAWINGS}/{name}", content) for name, content in images_of(self.kept[of.ref].html(page)))

    def of(self, ref: EntityRef) -> DocumentationSet | None:
        """The set that an entity shows: its own or another entity's; None for none."""
        shared = self.shared.get(ref)
        return self.sets.get(shared.ref if shared else ref)
