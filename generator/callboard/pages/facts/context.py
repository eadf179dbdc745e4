"""What pages about facts are made from: the shared context with facts, measurements and integrations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from callboard.catalog import presentation
from callboard.catalog.graph import Catalog
from callboard.integrations.collect import IntegrationInfo
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.ref import EntityRef
from callboard.pages.context import PageContext, shared_values
from callboard.plugins.integrations.base import DeclaredFamily
from callboard.settings.settings import Settings
from callboard.state.facts import CollectedFacts

HEALTH = "health/"
"""Path of the page about all families, which is a tab of the navigation."""


def has_health(settings: Settings) -> bool:
    """Whether the portal has integrations, and therefore a page and a tab about health."""
    return bool(settings.sections.get("integrations"))


@dataclass(frozen=True, slots=True)
class FactsContext(PageContext):
    """The context of all pages about facts. The page of an entity reads no facts but those of the two mappings."""

    facts_by_subject: Mapping[EntityRef, tuple[Fact, ...]]
    measured_by_subject: Mapping[EntityRef, tuple[Measurement, ...]]
    connections: Mapping[str, IntegrationInfo]
    """Integrations by name."""
    declared: Mapping[str, DeclaredFamily]
    """Families of plugins by name."""
    users: Mapping[str, EntityRef]
    """User entities by e-mail address, title and name, all in lower case."""

    def facts(self, ref: EntityRef, family: str) -> tuple[Fact, ...]:
        """Facts of one family about an entity; none if the audience must not see the family."""
        return tuple(fact for fact in self.facts_by_subject.get(ref, ()) if fact.family == family) if self.is_visible(family) else ()

    def of_family(self, family: str) -> tuple[Fact, ...]:
        """Facts of one family about all entities, by entity; none if the audience must not see the family."""
        return tuple(fact for ref in self.facts_by_subject for fact in self.facts(ref, family))

    def measurements(self, family: str) -> Iterator[Measurement]:
        """Measurements of one family of all entities, also of families that the audience must not see."""
        return (each for measured in self.measured_by_subject.values() for each in measured if each.family == family)

    def families(self) -> frozenset[str]:
        """Families that were queried for any entity and that the audience may see."""
        queried = {each.family for measured in self.measured_by_subject.values() for each in measured}
        return frozenset(family for family in queried if self.is_visible(family))


def facts_context(page: PageContext, collected: CollectedFacts) -> FactsContext:
    """The context of pages about what integrations have collected."""
    return FactsContext(
        **shared_values(page),
        facts_by_subject=collected.by_subject(),
        measured_by_subject=collected.measured(),
        connections={connection.name: connection for connection in collected.connections},
        declared={family.name: family for family in collected.declared},
        users=_users(page.catalog),
    )


def _users(catalog: Catalog) -> Mapping[str, EntityRef]:
    users: dict[str, EntityRef] = {}
    for entity in catalog.of_kind("user"):
        profile = entity.spec.get("profile")
        email = profile.get("email") if isinstance(profile, Mapping) else None
        for name in (email, presentation.title(entity), entity.ref.name):
            if isinstance(name, str) and name.strip():
                users.setdefault(name.strip().lower(), entity.ref)
    return users
