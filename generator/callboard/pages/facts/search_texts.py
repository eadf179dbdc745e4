"""Facts about an entity → what the search finds of them: who is on call, and known vulnerabilities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from callboard.catalog import presentation
from callboard.model.facts.fact import Fact
from callboard.model.facts.on_call import OnCall, shift_order
from callboard.model.facts.vulnerability import Vulnerability
from callboard.model.ref import EntityRef
from callboard.pages.facts.context import FactsContext
from callboard.pages.page import SearchSection, SearchText
from callboard.pages.safe_text import text_of

FAMILIES = ("on-call", "vulnerability")
MOST = 200
"""Facts of an entity that are found."""
_TITLE = 200


def has_search_text(context: FactsContext, ref: EntityRef) -> bool:
    """Whether there are such facts about an entity that the audience may see."""
    return any(fact.family in FAMILIES and context.is_visible(fact.family) for fact in context.facts_by_subject.get(ref, ()))


def facts_search_text(context: FactsContext, ref: EntityRef) -> SearchText:
    """The text about one entity; it belongs to the entity's page."""
    entity = context.catalog.get(ref)
    title = text_of(presentation.title(entity)) if entity else ref.name
    facts = [fact for family in FAMILIES for fact in context.facts(ref, family)][:MOST]
    return SearchText(title, "", ref.kind, sections=tuple(_sections(context, facts)))


def _sections(context: FactsContext, facts: Sequence[Fact]) -> Iterator[SearchSection]:
    for fact in facts:
        if isinstance(value := fact.value, OnCall):
            yield _schedule(context, value)
        elif isinstance(value, Vulnerability):
            about = " ".join(filter(None, (value.package, str(value.version or ""))))
            title = text_of(" · ".join(filter(None, (value.id, about, value.title))), _TITLE)
            yield SearchSection("facts-vulnerability", title, text_of(f"{value.severity.name.lower()} {value.place}"), "fact")


def _schedule(context: FactsContext, schedule: OnCall) -> SearchSection:
    people = ", ".join(dict.fromkeys(shift.person for shift in sorted(schedule.shifts, key=shift_order)))
    title = text_of(f"{context.labels['family_on_call']}: {people or schedule.name}", _TITLE)
    return SearchSection("facts-on-call", title, text_of(schedule.name, _TITLE), "fact", (text_of(schedule.name, _TITLE),))
