"""Facts of entities → providers of what entity pages show of them, with fingerprints that are cheaper than the views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from callboard.incremental.fingerprint import canonical, content_digest
from callboard.incremental.tracking import fingerprint_of
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.facts.fact import Fact
from callboard.model.facts.on_call import OnCall
from callboard.model.ref import EntityRef
from callboard.pages.facts.context import FactsContext
from callboard.pages.facts.index_pages import of_entity
from callboard.pages.facts.members import ROLLUP_KINDS, members
from callboard.pages.facts.on_call import on_call_field, user_of
from callboard.pages.facts.status import status_strip
from callboard.pages.section import HeaderField, Section, StatusStrip
from callboard.pages.shared_views import EntityLink


@dataclass(frozen=True, slots=True)
class TrackedFacts:
    """Provider of the section about facts (``Fingerprinted``)."""

    context: FactsContext
    fingerprints: Mapping[EntityRef, str]
    """Fingerprints of the facts about each entity."""

    def __call__(self, entity: Entity) -> Section | None:
        """The section; None for an entity without facts."""
        return of_entity(self.context, entity)

    @property
    def base(self) -> str:
        """The integrations and the families of plugins."""
        plugins = {name: pages.fingerprint for name, pages in self.context.families.items() if pages.fingerprint}
        return canonical([self.context.connections, plugins])

    def fingerprint(self, entity: Entity) -> str:
        """The facts about the entity; for a system, domain or group those about each member, with the members' names."""
        return _with_members(self.context, self.fingerprints, entity.ref)


@dataclass(frozen=True, slots=True)
class TrackedOnCall:
    """Provider of the field about who is on call (``Fingerprinted``)."""

    context: FactsContext
    fingerprints: Mapping[EntityRef, str]

    def __call__(self, entity: Entity) -> HeaderField | None:
        """The field; None if no schedule is known."""
        return on_call_field(self.context, entity)

    @property
    def base(self) -> str:
        """Empty: ``TrackedFacts`` has what all entities share."""
        return ""

    def fingerprint(self, entity: Entity) -> str:
        """The schedules of the entity, or of its members; those of the providers of an API, which are shown if it has none."""
        ref, fingerprints = entity.ref, self.fingerprints
        if ref.kind != "api" or not fingerprints:
            return _with_members(self.context, fingerprints, ref)
        of_providers = (fingerprints.get(each, "") for each in self.context.catalog.targets(ref, "apiProvidedBy"))
        return " ".join((fingerprints.get(ref, ""), *of_providers)).strip()


def _with_members(context: FactsContext, fingerprints: Mapping[EntityRef, str], ref: EntityRef) -> str:
    if ref.kind not in ROLLUP_KINDS:
        return fingerprints.get(ref, "")
    if not fingerprints:
        return ""
    refs = (ref, *members(context.catalog, ref))
    links = (context.links.to(each) for each in refs)
    return fingerprint_of([[str(each), link.name, link.icon, fingerprints.get(each, "")] for each, link in zip(refs, links, strict=True)])


@dataclass(frozen=True, slots=True)
class TrackedStatus:
    """Provider of the status strip (``Fingerprinted``)."""

    context: FactsContext
    fingerprints: Mapping[EntityRef, str]
    """Fingerprints of the facts about each entity."""

    def __call__(self, entity: Entity) -> StatusStrip | None:
        """The strip; None if no tool reports about the entity."""
        return status_strip(self.context, entity)

    @property
    def base(self) -> str:
        """Empty: ``TrackedFacts`` has what all entities share."""
        return ""

    def fingerprint(self, entity: Entity) -> str:
        """As that of ``TrackedFacts``."""
        return _with_members(self.context, self.fingerprints, entity.ref)


def tracked_facts(context: FactsContext) -> tuple[TrackedFacts, TrackedOnCall, TrackedStatus]:
    """The providers, for the context of entity pages."""
    refs = (*context.facts_by_subject, *context.measured_by_subject, *context.past.subjects())
    fingerprints = {ref: _fingerprint(context, ref) for ref in dict.fromkeys(refs)}
    schedules = {ref: [fact for fact in facts if isinstance(fact.value, OnCall)] for ref, facts in context.facts_by_subject.items()}
    of_schedules = {ref: content_digest([facts, _people(context, facts)]) for ref, facts in schedules.items() if facts}
    return TrackedFacts(context, fingerprints), TrackedOnCall(context, of_schedules), TrackedStatus(context, fingerprints)


def _people(context: FactsContext, facts: Sequence[Fact]) -> list[EntityLink | None]:
    """The User entities of people on call."""
    return [user_of(context, shift) for fact in facts if isinstance(fact.value, OnCall) for shift in fact.value.shifts]


def _fingerprint(context: FactsContext, ref: EntityRef) -> str:
    """Facts, measurements with what pages show of their times, the User entities of people on call, and what is recorded."""
    facts, measurements = context.facts_by_subject.get(ref, ()), context.measured_by_subject.get(ref, ())
    limits = [(m.family, m.source, m.complete, None if m.since is None or context.past.has(ref, m.family) else _day(context, m.since),
               None if m.complete or m.observed is None else _day(context, m.observed)) for m in measurements]  # fmt: skip
    return content_digest([facts, limits, _people(context, facts), context.past.of(ref)])


def _day(context: FactsContext, at: datetime) -> str:
    return context.local(at).date().isoformat()
