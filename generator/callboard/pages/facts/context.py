"""Which families of facts an audience may see, and whether there is anything to see at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from callboard.catalog import organization, presentation
from callboard.catalog.graph import Catalog
from callboard.integrations.collect import IntegrationInfo
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.ref import EntityRef
from callboard.pages.shared_views import EntityLink, EntityLinks
from callboard.plugins.integrations.base import DeclaredFamily
from callboard.settings.settings import Portal, Settings
from callboard.state.facts import CollectedFacts

HEALTH = "health/"
"""The page about everything, which is also a tab of its own."""

HIDDEN = frozenset({"on-call", "incident", "vulnerability"})
"""Families that a public site leaves out unless ``portal.expose`` lists them."""


def shows(portal: Portal, family: str) -> bool:
    """Whether the portal's audience may see the family."""
    return portal.audience != "public" or family not in HIDDEN or family in portal.expose


def has_health(settings: Settings) -> bool:
    """Whether the portal asks any tool, so that there is a page about health, and a tab that leads to it."""
    return bool(settings.sections.get("integrations"))


@dataclass(frozen=True, slots=True)
class FactsContext:
    """Facts beside the catalog. The two mappings are all that a page about one entity reads of the world."""

    catalog: Catalog
    facts_by_subject: Mapping[EntityRef, tuple[Fact, ...]]
    measured_by_subject: Mapping[EntityRef, tuple[Measurement, ...]]
    connections: Mapping[str, IntegrationInfo]
    """By the integration's name."""
    declared: Mapping[str, DeclaredFamily]
    """Families of plugins by name."""
    links: EntityLinks
    settings: Settings
    labels: Mapping[str, str]
    users: Mapping[str, EntityRef]
    """People by their address in lower case, and by their name; for whom a tool calls."""

    @property
    def is_public(self) -> bool:
        """People's addresses are left out."""
        return self.settings.portal.audience == "public"

    def shows(self, family: str) -> bool:
        """Whether this site's audience may see the family."""
        return shows(self.settings.portal, family)

    def facts(self, ref: EntityRef, family: str) -> tuple[Fact, ...]:
        """What is known about an entity in one family; nothing where the audience must not see it."""
        return tuple(fact for fact in self.facts_by_subject.get(ref, ()) if fact.family == family) if self.shows(family) else ()

    def of_family(self, family: str) -> tuple[Fact, ...]:
        """The family's facts about all entities, by entity."""
        return tuple(fact for ref in self.facts_by_subject for fact in self.facts(ref, family))

    def families(self) -> frozenset[str]:
        """Those about which anybody was asked, as far as this site's audience may see them."""
        asked = {one.family for those in self.measured_by_subject.values() for one in those}
        return frozenset(family for family in asked if self.shows(family))

    def owner_of(self, ref: EntityRef) -> EntityLink | None:
        """The first owner that is stated; existing or not."""
        owner = organization.owner(self.catalog, ref)
        return self.links.to(owner) if owner else None

    def local(self, at: datetime) -> datetime:
        """The time in the portal's zone."""
        return at.astimezone(ZoneInfo(self.settings.portal.timezone))


def facts_context(
    catalog: Catalog, known: CollectedFacts, links: EntityLinks, settings: Settings, labels: Mapping[str, str]
) -> FactsContext:
    """Everything that pages about facts need; ``links`` may be shared with other families of pages."""
    return FactsContext(
        catalog, known.by_subject(), known.measured(), {one.name: one for one in known.connections},
        {family.name: family for family in known.declared}, links, settings, labels, _users(catalog),
    )  # fmt: skip


def _users(catalog: Catalog) -> Mapping[str, EntityRef]:
    found: dict[str, EntityRef] = {}
    for entity in catalog.of_kind("user"):
        profile = entity.spec.get("profile")
        email = profile.get("email") if isinstance(profile, Mapping) else None
        for name in (email, presentation.title(entity), entity.ref.name):
            if isinstance(name, str) and name.strip():
                found.setdefault(name.strip().lower(), entity.ref)
    return found
