"""Figures about delivery → the panel of an entity with its own trend and the formulas, and the spread over members of a team."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from statistics import median

from callboard.model.counting import label_for
from callboard.model.facts.delivery import Delivery, DeliveryPeriod
from callboard.model.facts.fact import Fact
from callboard.model.facts.order import ranked
from callboard.pages.facts.context import FactsContext, FamilyPages
from callboard.pages.facts.formatting import EVENTS, REST, duration, expandable, joined, percent, spark, with_subject
from callboard.pages.facts.view import Block, Content, EventView

FAMILY = "delivery"
Show = Callable[[FactsContext, float], str]
Read = Callable[[Delivery], float | None]
Earlier = Callable[[DeliveryPeriod], float | None]


def _hours(context: FactsContext, hours: float) -> str:
    return duration(context, hours * 3600)


def _number(_: FactsContext, value: float) -> str:
    return f"{value:g}"


def _percent(_: FactsContext, value: float) -> str:
    return percent(value, 1)


FIGURES: tuple[tuple[str, Show, Read, Earlier], ...] = (
    ("per_week", _number, lambda value: value.per_week, lambda period: _a_week(period.deployments)),
    ("lead", _hours, lambda value: value.lead_hours, lambda period: period.lead_hours),
    ("failure", _percent, lambda value: value.failure_percent, lambda period: period.failure_percent),
    ("recovery", _hours, lambda value: value.recovery_hours, lambda period: period.recovery_hours),
    ("rework", _percent, lambda value: value.rework_percent, lambda period: period.rework_percent),
    ("incidents", _number, lambda value: value.incidents_per_week, lambda period: _a_week(period.incidents)),
)
"""Name, form and value of each figure, now and in an earlier period."""


def _a_week(number: int | None) -> float | None:
    return None if number is None else round(number * 7 / 30, 2)


def _panel(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """The figures, each beside those of the periods before; then what is known since when, and how each is computed."""
    values = [fact.value for fact in facts if isinstance(fact.value, Delivery)]
    return Content(tuple(block for value in values for block in _blocks(context, value)))


def _blocks(context: FactsContext, value: Delivery) -> Iterator[Block]:
    labels = context.labels
    note = label_for(labels, "delivery_weeks_note", len(value.weeks))
    line = spark(labels["delivery_weeks"], note, value.weeks, f"{labels['delivery_weeks']}: {', '.join(map(str, value.weeks))}")
    if line is not None:
        yield Block("spark", line)
    pairs = tuple((labels[f"delivery_{name}"], figure_text(context, value, show, read, earlier)) for name, show, read, earlier in FIGURES)
    yield Block("pairs", pairs)
    yield Block("text", " ".join(_known(context, value)))
    rows = tuple(EventView(labels[f"delivery_{name}"], note=labels[f"delivery_how_{name}"]) for name, *_ in FIGURES)
    yield Block("rest", (labels["delivery_how"], rows))


def figure_text(context: FactsContext, value: Delivery, show: Show, read: Read, earlier: Earlier) -> str:
    """A figure, and those of the periods before; ``not measured`` in place of one that is not known."""
    labels, now = context.labels, read(value)
    text = labels["delivery_unmeasured"] if now is None else show(context, now)
    if now is None and read is FIGURES[0][2] and value.deployments_at_least:
        text = labels["delivery_at_least"].format(value.deployments_at_least)
    before = [labels["delivery_unmeasured"] if (old := earlier(each)) is None else show(context, old) for each in value.earlier]
    return labels["delivery_before"].format(text, ", ".join(before)) if any(earlier(each) is not None for each in value.earlier) else text


def _known(context: FactsContext, value: Delivery) -> Iterator[str]:
    """Since when deployments and incidents are known, and what could not be computed for that reason."""
    labels = context.labels
    if value.known_since is not None:
        yield labels["delivery_known"].format(f"{context.local(value.known_since):%Y-%m-%d}")
    elif value.deployments is None:
        yield labels["delivery_incomplete"]
    if value.incidents_since is not None:
        yield labels["delivery_incidents_known"].format(f"{context.local(value.incidents_since):%Y-%m-%d}")
    elif value.incidents is None:
        yield labels["delivery_no_incidents"]
    if value.lead_hours is not None:
        yield label_for(labels, "delivery_commits", value.lead_commits)
    elif value.deployments_at_least:
        yield labels["delivery_no_commits"]
    if value.open_failures:
        yield labels["delivery_open_failures"].format(value.open_failures)


def known_since(context: FactsContext, value: Delivery) -> str:
    """The day since which all deployments, and all incidents, are known; ``always`` if nothing is missing; ``not known`` otherwise."""
    labels = context.labels
    of_deployments = _day(context, value.known_since, is_known=value.deployments is not None)
    of_incidents = _day(context, value.incidents_since, is_known=value.incidents is not None)
    return of_deployments if of_deployments == of_incidents else labels["report_known"].format(of_deployments, of_incidents)


def _day(context: FactsContext, at: datetime | None, *, is_known: bool) -> str:
    labels = context.labels
    return f"{context.local(at):%Y-%m-%d}" if at else labels["report_known_always" if is_known else "report_not_known"]


def _rollup(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """The spread of each figure over the members, never one number for all; then the members by name, which is no ranking."""
    found = [(fact, fact.value) for fact in ranked(facts) if isinstance(fact.value, Delivery)]
    labels = context.labels
    pairs = tuple(
        (labels[f"delivery_{name}"], spread(context, [number for _, value in found if (number := read(value)) is not None], show))
        for name, show, read, _ in FIGURES
    )
    rows = [with_subject(context, fact, EventView("", note=_summary(context, value))) for fact, value in found[: EVENTS + REST]]
    return Content((Block("pairs", pairs), Block("text", labels["delivery_spread"]), *expandable(context, rows, len(found))))


def spread(context: FactsContext, values: Sequence[float], show: Show) -> str:
    """The lowest and the highest value, their median and their number; the value itself if there is one; ``not measured`` for none."""
    if not values:
        return context.labels["delivery_unmeasured"]
    low, middle, high = (show(context, number) for number in (min(values), median(values), max(values)))
    return context.labels["delivery_range"].format(low, high, middle, len(values)) if len(values) > 1 else low


def _summary(context: FactsContext, value: Delivery) -> str:
    labels = context.labels
    shown = ((labels[f"delivery_{name}"], show(context, number)) for name, show, read, _ in FIGURES if (number := read(value)) is not None)
    return joined(*(f"{name}: {text}" for name, text in shown)) or labels["delivery_unmeasured"]


PAGES = FamilyPages(icon="deployment", panel=_panel, rollup=_rollup)
