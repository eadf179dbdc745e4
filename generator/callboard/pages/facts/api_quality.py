"""The quality of API definitions → the panel of an API, and the roll-up of systems, teams and ``/health/``."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.model.counting import label_for
from callboard.model.facts.api_quality import ApiQuality, QualityFinding, QualityPlace
from callboard.model.facts.enumerations import Tone
from callboard.model.facts.fact import Fact
from callboard.model.facts.order import ranked
from callboard.pages.facts.context import FactsContext, FamilyPages
from callboard.pages.facts.formatting import EVENTS, REST, events, expandable, joined, short, with_owner
from callboard.pages.facts.view import Block, Content, EventView, Figure
from callboard.pages.shared_views import StateView

_ENGLISH = frozenset({"invalid-example"})
"""Rules whose details are messages in English, not names in the definition."""
PLACES = 4
"""Places that the row of a finding names."""


def _panel(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """What the rules find, faults first, each with its places and how to fix it."""
    values = [fact.value for fact in ranked(facts) if isinstance(fact.value, ApiQuality)]
    found = [each for value in values for each in sorted(value.findings, key=lambda finding: not finding.is_fault)]
    rows = [_row(context, each) for each in found[: EVENTS + REST]]
    checked = [Block("text", label_for(context.labels, "n_rules_checked", value.rules)) for value in values[:1]]
    return Content((*expandable(context, rows, len(found)), *checked), _state(context, values[0]) if values else None)


def _row(context: FactsContext, finding: QualityFinding) -> EventView:
    labels, name = context.labels, finding.rule.replace("-", "_")
    places = ", ".join(_place(context, finding, each) for each in finding.places[:PLACES])
    said = ", ".join(short(each.detail, 100) for each in finding.places[:PLACES] if each.detail) if finding.rule in _ENGLISH else ""
    more = finding.count - min(PLACES, len(finding.places))
    places = joined(places, labels["n_more"].format(more)) if more and places else places
    detail = labels["n_of_n"].format(f"{finding.count:,}", f"{finding.of:,}")
    state = StateView(labels["quality_fault"], "warn", "warn") if finding.is_fault else StateView(labels["quality_gap"], "none", "info")
    return EventView(labels[f"quality_{name}"], state, detail=detail, note=joined(labels[f"quality_fix_{name}"], places), reason=said)


def _place(context: FactsContext, finding: QualityFinding, place: QualityPlace) -> str:
    line = f" ({context.labels['line_n'].format(place.line)})" if place.line else ""
    return f"{short(place.text, 80)}{line}{f': {short(place.detail, 100)}' if place.detail and finding.rule not in _ENGLISH else ''}"


def _state(context: FactsContext, value: ApiQuality) -> StateView:
    faults = sum(each.is_fault for each in value.findings)
    if faults:
        return StateView(label_for(context.labels, "n_kinds_of_faults", faults), "warn", "warn")
    if value.findings:
        return StateView(label_for(context.labels, "n_kinds_of_gaps", len(value.findings)), "none", "info")
    return StateView(context.labels["quality_complete"], "good", "good")


def _rollup(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """How many definitions have faults, gaps or nothing; and the worst of them."""
    order = [fact for fact in ranked(facts) if isinstance(fact.value, ApiQuality)]
    tones = [fact.value.tone for fact in order]
    labels = context.labels
    figures = (
        Figure(f"{tones.count(Tone.WARN):,}", labels["definitions_with_faults"], "warn" if Tone.WARN in tones else ""),
        Figure(f"{tones.count(Tone.NONE):,}", labels["definitions_with_gaps"]),
        Figure(f"{tones.count(Tone.GOOD):,}", labels["definitions_complete"]),
    )
    listed = [fact for fact in order if fact.value.tone is not Tone.GOOD]
    rows = [_summary(context, fact, fact.value) for fact in listed[:EVENTS] if isinstance(fact.value, ApiQuality)]
    worst = _state(context, order[0].value) if order and isinstance(order[0].value, ApiQuality) else None
    words = labels["definitions_to_improve"].format(f"{len(listed):,}") if listed else labels["quality_complete"]
    badge = StateView(words, worst.tone, worst.icon) if worst else None
    return Content((Block("figures4", figures), *events(context, rows, len(listed))), badge)


def _summary(context: FactsContext, fact: Fact, value: ApiQuality) -> EventView:
    state = _state(context, value)
    order = sorted(value.findings, key=lambda each: not each.is_fault)
    note = joined(*(_words(context, each) for each in order[:3]))
    return with_owner(context, fact, EventView(state.text, state, note=note))


def _words(context: FactsContext, finding: QualityFinding) -> str:
    """The finding with its first place."""
    label = context.labels[f"quality_{finding.rule.replace('-', '_')}"]
    return f"{label}: {_place(context, finding, finding.places[0])}" if finding.places else label


PAGES = FamilyPages(icon="api", panel=_panel, rollup=_rollup, path="apis/")
