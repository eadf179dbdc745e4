"""Facts → the column Health of the catalog's table, and the numbers of each team, as JSON for ``columns.json``.

``health``: ``families``, the families that count; ``measured`` and ``incomplete``, for each entity a number with a bit for each of them
(-1: nothing that tools report about); ``urgent``, for each family the numbers of open incidents, firing alerts, missed SLOs, and
critical or high vulnerabilities, by entity; ``tone``: 0 none, 1 ``warn``, 2 ``bad``, the worst of them. What was not queried has no bit: it
is never shown as fine. Systems, domains and groups sum up their members, as on their pages.

``teams``: for each group ``[row, number of its problems, then of what is urgent by family]``, with all teams below it; what two of its
entities share counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from callboard.catalog import organization
from callboard.model.facts.enumerations import Tone
from callboard.model.facts.fact import Fact
from callboard.model.facts.order import worst_tone
from callboard.model.ref import EntityRef
from callboard.pages.facts.context import FactsContext
from callboard.pages.facts.members import CONNECTABLE, ROLLUP_KINDS, members
from callboard.pages.facts.rollups import counted

FAMILIES = ("incident", "alert", "availability", "vulnerability")
"""Families that count for the health of an entity, the most urgent first. Deployments are events, no alarms."""
_WITH_HEALTH = CONNECTABLE | ROLLUP_KINDS
_TONES = {Tone.WARN: 1, Tone.BAD: 2}


def health_families(context: FactsContext) -> tuple[str, ...]:
    """Those of ``FAMILIES`` that the audience may see and that an integration brings; empty: the portal shows no health."""
    brought = {family for connection in context.connections.values() for family in connection.families}
    known = brought | context.queried_families()
    return tuple(family for family in FAMILIES if family in known and context.is_visible(family))


def health_column(context: FactsContext) -> Mapping[str, Any] | None:
    """The column; None for a portal that shows no health."""
    families = health_families(context)
    if not families:
        return None
    rows = [_health_of(context, ref, families) for ref in context.catalog.entities]
    return {
        "families": families,
        "measured": [row.measured for row in rows],
        "incomplete": [row.incomplete for row in rows],
        "urgent": {family: [row.urgent[number] for row in rows] for number, family in enumerate(families)},
        "tone": [row.tone for row in rows],
    }


def team_numbers(context: FactsContext, problems_of: Mapping[EntityRef | None, int]) -> list[list[int]]:
    """The numbers of each team; ``problems_of`` has the number of problems that each team itself can fix."""
    families, numbers = health_families(context), {ref: number for number, ref in enumerate(context.catalog.entities)}
    found = []
    for group in context.catalog.of_kind("group"):
        teams = dict.fromkeys((group.ref, *organization.teams_below(context.catalog, group.ref)))
        owned = [ref for team in teams for ref in organization.owned(context.catalog, team)]
        urgent = (len(_urgent(context, family, (*teams, *owned))) for family in families)
        found.append([numbers[group.ref], sum(problems_of.get(team, 0) for team in teams), *urgent])
    return found


class _Row(NamedTuple):
    """The health of one entity, as the module's docstring says."""

    measured: int = -1
    incomplete: int = 0
    urgent: Sequence[int] = (0,) * len(FAMILIES)
    tone: int = 0


def _health_of(context: FactsContext, ref: EntityRef, families: Sequence[str]) -> _Row:
    if ref.kind not in _WITH_HEALTH:
        return _Row()
    refs = tuple(dict.fromkeys((ref, *members(context.catalog, ref)))) if ref.kind in ROLLUP_KINDS else (ref,)
    facts = {family: _facts(context, family, refs) for family in families}
    known = [each for each in refs if each.kind in CONNECTABLE]
    if not known and not any(facts.values()):
        return _Row()
    urgent = [fact for family in families for fact in facts[family] if fact.value.is_urgent]
    states = {family: _queried(context, family, refs, known, facts[family]) for family in families}
    return _Row(
        _bits(families, (family for family, (is_measured, _) in states.items() if is_measured)),
        _bits(families, (family for family, (is_measured, is_whole) in states.items() if is_measured and not is_whole)),
        [sum(fact.value.is_urgent for fact in facts[family]) for family in families],
        max(_TONES.get(worst_tone(urgent), 1), 1) if urgent else 0,
    )


def _queried(
    context: FactsContext, family: str, refs: Sequence[EntityRef], known: Sequence[EntityRef], facts: Sequence[Fact]
) -> tuple[bool, bool]:
    """Whether the family was queried for any of these entities, and whether completely, for all that tools know of (``known``)."""
    queried = context.measured(refs, family)
    subjects = {each.subject for each in queried} | {fact.subject for fact in facts}
    if family == "availability" and all(fact.value.tone is Tone.NONE for fact in facts):
        return False, False  # no SLO, or none with data
    is_whole = all(each.complete for each in queried) and (subjects.issuperset(known) or bool(subjects - {*known}))
    return bool(subjects), is_whole


def _urgent(context: FactsContext, family: str, refs: Iterable[EntityRef]) -> list[Fact]:
    return [fact for fact in _facts(context, family, refs) if fact.value.is_urgent]


def _facts(context: FactsContext, family: str, refs: Iterable[EntityRef]) -> list[Fact]:
    """The facts about these entities, each as often as it counts."""
    found = context.facts_about(refs, family)
    return counted(context, family, found) if len(found) > 1 else found


def _bits(families: Sequence[str], present: Iterable[str]) -> int:
    return sum(1 << families.index(family) for family in present if family in families)
