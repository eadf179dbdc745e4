"""What entity pages say of facts, with prints of what that is made from, which is less work than to make it in every build."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from callboard.incremental.fingerprint import canonical
from callboard.incremental.tracking import fingerprint_of
from callboard.model.entity import Entity
from callboard.model.facts.values import OnCall
from callboard.model.ref import EntityRef
from callboard.pages.facts.context import FactsContext
from callboard.pages.facts.index_pages import of_entity
from callboard.pages.facts.on_call import on_call_key
from callboard.pages.facts.operations import link_of
from callboard.pages.facts.rollups import WHOLES, members
from callboard.pages.section import HeaderField, Section


@dataclass(frozen=True, slots=True)
class TrackedFacts:
    """The section about facts (``Fingerprinted``)."""

    context: FactsContext
    prints: Mapping[EntityRef, str]
    """What is known of each entity."""

    def __call__(self, entity: Entity) -> Section | None:
        """The section."""
        return of_entity(self.context, entity)

    @property
    def base(self) -> str:
        """What the portal is connected to."""
        return canonical([self.context.connections, self.context.declared])

    def fingerprint(self, entity: Entity) -> str:
        """What is known of the entity; of a whole, what is known of each of its parts, with the parts' names."""
        ref, prints = entity.ref, self.prints
        if ref.kind not in WHOLES:
            return prints.get(ref, "")
        if not prints:
            return ""
        parts = (ref, *members(self.context.catalog, ref))
        links = (self.context.links.to(part) for part in parts)
        return fingerprint_of([[str(part), link.name, link.icon, prints.get(part, "")] for part, link in zip(parts, links, strict=True)])


@dataclass(frozen=True, slots=True)
class TrackedOnCall:
    """The key about who is on call (``Fingerprinted``)."""

    context: FactsContext
    prints: Mapping[EntityRef, str]

    def __call__(self, entity: Entity) -> HeaderField | None:
        """The key."""
        return on_call_key(self.context, entity)

    @property
    def base(self) -> str:
        """Nothing beside what ``TrackedFacts`` has."""
        return ""

    def fingerprint(self, entity: Entity) -> str:
        """What is known of those that provide an API; all else that is read is in the print of ``TrackedFacts``."""
        if entity.ref.kind != "api" or not self.prints:
            return ""
        return " ".join(self.prints.get(ref, "") for ref in self.context.catalog.targets(entity.ref, "apiProvidedBy"))


def tracked_facts(context: FactsContext) -> tuple[TrackedFacts, TrackedOnCall]:
    """Both, for the context of entity pages."""
    prints = {ref: _print(context, ref) for ref in {**context.facts_by_subject, **context.measured_by_subject}}
    return TrackedFacts(context, prints), TrackedOnCall(context, prints)


def _print(context: FactsContext, ref: EntityRef) -> str:
    """Facts, what was asked, and who of the catalog the people on call are. When it was asked is no part of it: pages do not say that."""
    facts, asked = context.facts_by_subject.get(ref, ()), context.measured_by_subject.get(ref, ())
    people = [link_of(context, shift) for fact in facts if isinstance(fact.value, OnCall) for shift in fact.value.shifts]
    return fingerprint_of(canonical([facts, [(one.family, one.source, one.complete) for one in asked], people]))
