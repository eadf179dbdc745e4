"""Pipeline runs → the panel of an entity."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.model.counting import label_for
from callboard.model.facts.enumerations import RunState
from callboard.model.facts.fact import Fact
from callboard.model.facts.order import ranked
from callboard.model.facts.pipeline_run import PipelineRun
from callboard.pages.facts.context import FactsContext, FamilyPages
from callboard.pages.facts.formatting import EVENTS, REST, at, duration, expandable, joined, run_state, short, url_of
from callboard.pages.facts.view import Block, Content, EventView
from callboard.pages.shared_views import StateView

_FINISHED = frozenset({RunState.SUCCEEDED, RunState.FAILED})


def _panel(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Pipeline runs, the newest first, with tests if known; the badge is for the newest finished run."""
    found = [(fact, fact.value) for fact in ranked(facts) if isinstance(fact.value, PipelineRun)]
    rows = [_row(context, fact) for fact, _ in found[: EVENTS + REST]]
    finished = [value for _, value in found if value.state in _FINISHED]
    labels = context.labels
    blocks = [*expandable(context, rows, len(found))]
    if len(finished) > 1:
        good = sum(value.state is RunState.SUCCEEDED for value in finished)
        blocks.append(Block("pairs", ((labels["succeeded"], labels["n_of_last"].format(good, len(finished))),)))
    has_failed = bool(finished) and finished[0].state is RunState.FAILED
    return Content(tuple(blocks), StateView(labels["last_run_failed"], finished[0].tone, "bad") if has_failed else None)


def _row(context: FactsContext, fact: Fact) -> EventView:
    """One run."""
    value = fact.value
    assert isinstance(value, PipelineRun)  # noqa: S101 - of the family
    took = duration(context, value.seconds) if value.seconds is not None else ""
    state = run_state(context, value.state, value.state_word)
    note = joined(state.text, short(value.branch, 60), took, *_tests(context, value))
    return EventView(short(value.name, 80), state, url_of(fact), note=note, at=at(context, value.at))


def _tests(context: FactsContext, value: PipelineRun) -> tuple[str, ...]:
    """How many tests failed or passed, and how many were skipped; a skipped test has not passed."""
    if value.tests is None:
        return ()
    labels, failed, skipped = context.labels, value.tests_failed or 0, value.tests_skipped or 0
    passed = max(value.tests - failed - skipped, 0)
    first = labels["tests_failed"].format(failed, value.tests) if failed else label_for(labels, "tests_passed", passed)
    return (first, label_for(labels, "tests_skipped", skipped)) if skipped else (first,)


PAGES = FamilyPages(icon="pipeline", panel=_panel, row=_row)
