"""What all views are made from: catalog, problems, settings and labels → one value with owners, names, times and permissions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from callboard.catalog import names, organization
from callboard.catalog.graph import Catalog
from callboard.catalog.presentation import kind_label
from callboard.catalog.problem_assignment import problems_by_subject
from callboard.diagrams.layout import Layouts
from callboard.history.audience import is_visible
from callboard.model.data_classes import dataclass
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.model.tree import Trees
from callboard.pages.shared_views import EntityLink, EntityLinks, kind_icon
from callboard.pages.site_data import ResolvedCatalog
from callboard.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class PageContext:
    """The values that all pages share; each package of pages extends them by its own."""

    catalog: Catalog
    problems_by_subject: Mapping[EntityRef, Sequence[Problem]]
    """Problems of each entity; entities without problems are missing."""
    trees: Trees
    settings: Settings
    layouts: Layouts
    """Layouts of diagrams that are computed already."""
    labels: Mapping[str, str]
    """The portal's words by key, from ``templates/strings/``."""
    links: EntityLinks
    unknown_kinds: Mapping[str, str]
    """Kinds without a schema: the author's spelling by the canonical kind."""

    @property
    def is_public(self) -> bool:
        """True if people's addresses are left out."""
        return self.settings.portal.is_public

    @property
    def zone(self) -> ZoneInfo:
        """The portal's time zone."""
        return ZoneInfo(self.settings.portal.timezone)

    def local(self, time: datetime) -> datetime:
        """The time in the portal's zone."""
        return time.astimezone(self.zone)

    def is_visible(self, family: str) -> bool:
        """Whether the site's audience may see the facts of a family; a public site shows none of a family that is not known."""
        return is_visible(family, self.settings.portal)

    def owner_of(self, ref: EntityRef) -> EntityLink | None:
        """The first owner that the entity declares, existing or not; None if it declares none."""
        owner = organization.owner(self.catalog, ref)
        return self.links.to(owner) if owner else None

    def needs_owner(self, ref: EntityRef) -> bool:
        """Whether entities of this kind are expected to declare an owner."""
        return organization.needs_owner(self.catalog, ref)

    def is_unowned(self, ref: EntityRef) -> bool:
        """Whether the entity exists, needs an owner and declares none."""
        return ref in self.catalog.entities and organization.owner(self.catalog, ref) is None and self.needs_owner(ref)

    def kind_name(self, kind: str, number: int = 2) -> str:
        """The name of a kind, in its plural unless ``number`` is 1; as its author writes it if it is unknown."""
        known, written = self.catalog.kinds.get(kind), self.unknown_kinds.get(kind, kind)
        return names.unknown_kind(written, number) if known is None else kind_label(known, self.labels, number)

    def kind_icon(self, kind: str) -> str:
        """The icon of a kind; one icon for all unknown kinds."""
        return kind_icon(self.catalog.kinds, kind)


def page_context(resolved: ResolvedCatalog, settings: Settings, layouts: Layouts, labels: Mapping[str, str]) -> PageContext:
    """The context from which those of all packages of pages are made, so that links and problems are prepared once."""
    catalog, problems = resolved.catalog, problems_by_subject(resolved.problems)
    unknown = {ref.kind: entity.kind for ref, entity in catalog.entities.items() if catalog.kinds.get(ref.kind) is None}
    return PageContext(catalog, problems, resolved.trees, settings, layouts, dict(labels), EntityLinks(catalog), unknown)


SHARED_FIELDS = frozenset(each.name for each in fields(PageContext))


def shared_values(page: PageContext) -> dict[str, Any]:
    """The fields of ``PageContext`` by name, to make a context that extends it."""
    return {name: getattr(page, name) for name in SHARED_FIELDS}
