"""The worst item of a family is never among those that a list leaves out, and one fact looks the same on every page."""

import random
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_builders import KINDS, RENDERER, documents, shared_context

from callboard.catalog.linking import link
from callboard.model.facts import FAMILIES as VALUE_TYPES
from callboard.model.facts.alert import Alert, AlertState
from callboard.model.facts.api_quality import ApiQuality, QualityFinding, QualityPlace
from callboard.model.facts.availability import Availability
from callboard.model.facts.cost import Cost
from callboard.model.facts.coverage import Coverage
from callboard.model.facts.dashboard import Dashboard
from callboard.model.facts.deployment import Deployment, Health
from callboard.model.facts.documentation import DefectKind, DocumentationDefect
from callboard.model.facts.drift import Confidence, DriftFinding, DriftKind
from callboard.model.facts.enumerations import FactSeverity, RunState
from callboard.model.facts.error_trend import ErrorTrend
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.facts.incident import Incident, IncidentState
from callboard.model.facts.issue import Issue
from callboard.model.facts.order import ranked, unique
from callboard.model.facts.pipeline_run import PipelineRun
from callboard.model.facts.quality_gate import GateState, QualityGate
from callboard.model.facts.vulnerability import Vulnerability
from callboard.model.ref import parse_ref
from callboard.pages.entities.context import entity_context
from callboard.pages.entities.plan import plan
from callboard.pages.facts import index_pages
from callboard.pages.facts.context import facts_context
from callboard.pages.facts.families import FAMILIES
from callboard.pages.facts.view import EventView, PanelView
from callboard.plugins.run_integrations import IntegrationInfo
from callboard.settings.settings import Portal
from callboard.state.facts import CollectedFacts

NOW = datetime(2026, 5, 17, 2, 0, tzinfo=UTC)
CATALOG = """
kind: Component
metadata: {name: shop}
spec: {type: service, lifecycle: production, owner: team, system: retail}
---
kind: Component
metadata: {name: ledger}
spec: {type: service, lifecycle: production, owner: team, system: retail}
---
kind: System
metadata: {name: retail}
spec: {owner: team, domain: trade}
---
kind: Domain
metadata: {name: trade}
spec: {owner: team}
---
kind: Group
metadata: {name: team}
spec: {type: team, children: []}
"""


def ago(hours):
    return NOW - timedelta(hours=hours)


WORST_AND_OTHERS = {
    # of an age between the others, and with a key that sorts last: neither age nor key alone finds it
    "incident": (
        ("z", Incident("The worst", ago(9 * 24), 1)),
        [(f"a{n}", Incident(f"Other {n}", ago(n if n < 4 else 900 + n), 5)) for n in range(1, 7)]
        + [(f"b{n}", Incident(f"Over {n}", ago(30 * 24 + n), 1, IncidentState.RESOLVED, ago(1))) for n in range(2)],
    ),
    "alert": (
        ("z", Alert("z-worst", FactSeverity.CRITICAL, since=ago(90))),
        [(f"a{n}", Alert(f"Other{n}", FactSeverity.LOW, since=ago(n))) for n in range(6)]
        + [("c", Alert("Silenced", FactSeverity.CRITICAL, AlertState.SILENCED))],
    ),
    "vulnerability": (
        ("z", Vulnerability("CVE-WORST", FactSeverity.CRITICAL, first_seen=ago(9 * 24))),
        [(f"a{n}", Vulnerability(f"CVE-{n}", FactSeverity.LOW, first_seen=ago(n if n < 3 else 9000 + n))) for n in range(6)],
    ),
    "availability": (
        ("z", Availability("z worst", 97.0, 99.9)),
        [(f"a{n}", Availability(f"other {n}", 99.95, 99.9)) for n in range(5)]
        + [("b", Availability("unknown", None, 99.9)), ("c", Availability("less missed", 99.8, 99.9))],
    ),
    "deployment": (
        ("z", Deployment("9.9-newest", ago(1), RunState.SUCCEEDED)),
        [(f"a{n}", Deployment(f"1.{n}", ago(10 + n), RunState.FAILED)) for n in range(6)],
    ),
    "pipeline-run": (
        ("z", PipelineRun("newest", ago(1), RunState.SUCCEEDED)),
        [(f"a{n}", PipelineRun(f"run {n}", ago(10 + n), RunState.FAILED)) for n in range(6)],
    ),
    "issue": (
        ("z", Issue("The worst", priority=FactSeverity.CRITICAL, opened=ago(50))),
        [(f"a{n}", Issue(f"Other {n}", priority=FactSeverity.LOW, opened=ago(n if n < 3 else 90 + n))) for n in range(6)],
    ),
    "api-quality": (
        ("z", ApiQuality("openapi", 9, findings=(QualityFinding("invalid-example", 7, 9, (QualityPlace("GET /worst"),)),))),
        [
            (f"a{n}", ApiQuality("openapi", 9, findings=(QualityFinding("security", n + 1, 9, (QualityPlace(f"GET /{n}"),)),)))
            for n in range(5)
        ],
    ),
    "error-trend": (
        ("z", ErrorTrend("z-worst", (1, 2), 90, 40)),
        [(f"a{n}", ErrorTrend(f"other-{n}", (1, 2), 500, 0)) for n in range(5)],
    ),
    "documentation": (
        ("z", DocumentationDefect(DefectKind.IMAGE, "docs/worst.md", 3, "gone.png")),
        [(f"a{n}", DocumentationDefect(DefectKind.OLD, f"docs/a{n}.md", changed=ago(9999))) for n in range(6)],
    ),
    "drift": (
        ("z", DriftFinding(DriftKind.OWNER, "worst-team", "", "catalog", Confidence.CERTAIN)),
        [(f"a{n}", DriftFinding(DriftKind.LINK, f"https://x.example/{n}", "404", "x.example", Confidence.LIKELY)) for n in range(6)],
    ),
    "dashboard": (
        ("z", Dashboard("A service")),
        [(f"a{n}", Dashboard(f"other {n}")) for n in range(6)],
    ),
    "coverage": (
        ("z", Coverage("z-lowest", 3.5)),
        [(f"a{n}", Coverage(f"other-{n}", 80.0 + n)) for n in range(5)],
    ),
    "cost": (
        ("z", Cost("z-most", 9_999.0, "USD")),
        [(f"a{n}", Cost(f"other-{n}", 1.0 + n, "USD")) for n in range(5)],
    ),
    "quality-gate": (
        ("z", QualityGate(GateState.FAILED, bugs=77)),
        [(f"a{n}", QualityGate(GateState.PASSED, bugs=n)) for n in range(5)],
    ),
}
"""For each family with an order: the key and value of the item that comes first, and items that come after it."""
NAMES = {
    "quality-gate": lambda value: f">{value.bugs}<",
    "documentation": lambda value: value.path,
    "drift": lambda value: value.declared,
    "api-quality": lambda value: value.findings[0].places[0].text,
}
UNORDERED = {"on-call", "repository", "delivery"}
"""Families whose items are listed by name."""
ROLLED_UP = [family for family in WORST_AND_OTHERS if FAMILIES[family].rollup]
TOOL = IntegrationInfo("tool", "file", "Tool", tuple(FAMILIES), ())
COMPONENT = "catalog/default/component/shop/"
NO_ALARMS = {("deployment", "health/")}
"""Roll-ups that have only what needs attention: a deployment is an ordinary event, unless it failed or what it deployed is unhealthy."""
ROLLUPS = ("catalog/default/system/retail/", "catalog/default/group/team/", "catalog/default/domain/trade/", "health/")


def ref(text):
    return parse_ref(text, default_kind="component").canonical()


def pages(facts):
    catalog, _ = link(documents(CATALOG), KINDS)
    measured = tuple({(f.subject, f.family): Measurement(f.subject, f.family, f.source) for f in facts}.values())
    shared = shared_context(catalog, (), Portal())
    shared = replace(shared, settings=replace(shared.settings, sections={"integrations": [{}]}))
    context = facts_context(shared, CollectedFacts(tuple(facts), measured, connections=(TOOL,)), FAMILIES)
    entities = entity_context(context, last_sections=(lambda entity: index_pages.of_entity(context, entity),))
    return {page.path: page for page in (*plan(entities), *index_pages.plan(context))}


def facts_of(family, items, subjects=("shop",)):
    return [Fact(ref(subjects[n % len(subjects)]), family, key, value, "tool") for n, (key, value) in enumerate(items)]


def name_of(family, value):
    named = NAMES.get(family)
    return named(value) if named else next(getattr(value, f) for f in ("title", "id", "version", "name") if getattr(value, f, ""))


def panel_html(page, family):
    html = RENDERER.render(page, page.view())
    start = html.find(f'data-family="{family}"')
    return html[start : html.index("</section>", start)] if start >= 0 else html


def assert_first(html, family, worst, others):
    at = html.find(name_of(family, worst))
    assert at >= 0, "the worst item is left out"
    assert all(at < html.find(name_of(family, other)) for _, other in others if name_of(family, other) in html)


def test_every_family_with_an_order_is_tested_here():
    assert {*WORST_AND_OTHERS, *UNORDERED} == {*VALUE_TYPES}


@pytest.mark.parametrize("family", WORST_AND_OTHERS)
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_the_worst_item_comes_first_on_the_page_of_a_component(family, data):
    worst, others = WORST_AND_OTHERS[family]
    items = data.draw(st.permutations([worst, *others]))
    assert_first(panel_html(pages(facts_of(family, items))[COMPONENT], family), family, worst[1], others)


@pytest.mark.parametrize(
    ("family", "path"), [(family, path) for family in ROLLED_UP for path in ROLLUPS if (family, path) not in NO_ALARMS]
)
@settings(max_examples=3, deadline=None)
@given(data=st.data())
def test_the_worst_item_comes_first_in_every_roll_up(family, path, data):
    worst, others = WORST_AND_OTHERS[family]
    items = data.draw(st.permutations([worst, *others]))
    assert_first(panel_html(pages(facts_of(family, items, ("shop", "ledger")))[path], family), family, worst[1], others)


@pytest.mark.parametrize("family", [family for family in WORST_AND_OTHERS if FAMILIES[family].index])
@settings(max_examples=3, deadline=None)
@given(data=st.data())
def test_the_worst_item_comes_first_on_the_page_about_all_entities(family, data):
    worst, others = WORST_AND_OTHERS[family]
    items = data.draw(st.permutations([worst, *others]))
    page = pages(facts_of(family, items, ("shop", "ledger")))[FAMILIES[family].index.path]
    html = RENDERER.render(page, page.view())
    assert_first(html[html.index("<h1") :], family, worst[1], others)


@pytest.mark.parametrize("family", WORST_AND_OTHERS)
def test_the_order_does_not_depend_on_the_order_of_the_answers(family):
    worst, others = WORST_AND_OTHERS[family]
    facts = facts_of(family, [worst, *others], ("shop", "ledger"))
    expected = ranked(facts)
    for seed in range(20):
        assert ranked(random.Random(seed).sample(facts, len(facts))) == expected
    assert expected[0].value == worst[1]


ONE_OF_EACH = {
    "incident": [Incident("x", NOW, 2), Incident("x", NOW, 3), Incident("x", NOW, 1, IncidentState.RESOLVED, NOW + timedelta(hours=1))],
    "alert": [Alert("x", severity) for severity in FactSeverity],
    "vulnerability": [Vulnerability("x", severity) for severity in FactSeverity],
    "availability": [Availability("x", 99.0, 99.9), Availability("x", 99.95, 99.9), Availability("x", None, 99.9)],
    "deployment": [
        Deployment("x", NOW, RunState.SUCCEEDED, health=Health.DEGRADED),
        Deployment("x", NOW, RunState.FAILED, health=Health.HEALTHY),
        Deployment("x", NOW, RunState.ROLLED_BACK),
        Deployment("x", NOW, health=Health.PROGRESSING),
    ],
    "pipeline-run": [PipelineRun("x", NOW, state) for state in RunState],
    "cost": [Cost("x", 12.5, "USD"), Cost("x", -3.0)],
    "issue": [Issue("x", priority=severity) for severity in FactSeverity],
    "documentation": [DocumentationDefect(kind, "x") for kind in DefectKind],
    "drift": [DriftFinding(kind, "x", "y", "z", confidence) for kind in DriftKind for confidence in Confidence],
    "api-quality": [ApiQuality("openapi", 9, findings=(QualityFinding(rule, 1, 2),)) for rule in ("invalid-example", "security")],
}


def is_about(row, family):
    """Whether a row is about the fact: by its name, or of a difference or defect by its kind, which is its title."""
    return row.title == (row.state.text if family in {"drift", "documentation"} and row.state else "x")


def found(view, kind):
    """Every value of a class in a view."""
    if isinstance(view, kind):
        yield view
    if is_dataclass(view):
        yield from (each for one in fields(view) for each in found(getattr(view, one.name), kind))
    elif isinstance(view, tuple | list):
        yield from (each for one in view for each in found(one, kind))


def views(family, value):
    return {path: page.view() for path, page in pages(facts_of(family, [("k", value)])).items()}


NAMED = [(family, value) for family, values in ONE_OF_EACH.items() if family not in {"api-quality", "cost"} for value in values]
"""Facts that are one row with a state each; a definition has a row for each finding, and roll-ups one for each API; costs have no state."""


@pytest.mark.parametrize(("family", "value"), NAMED)
def test_one_fact_has_the_same_state_on_every_page(family, value):
    rows = {path: [row for row in found(view, EventView) if is_about(row, family)] for path, view in views(family, value).items()}
    states = [row.state for each in rows.values() for row in each]
    assert {(state.text, state.tone, state.icon) for state in states} == {(states[0].text, value.tone, states[0].icon)}
    is_listed = FAMILIES[family].rollup and (value.is_open or family not in {"incident", "alert"})
    listing = [path for path in ROLLUPS if (family, path) not in NO_ALARMS or value.tone == "bad"]
    assert all(rows[path] for path in (listing if is_listed else ()))
    if family == "deployment" and value.tone != "bad":
        assert not rows["health/"]
    assert rows[COMPONENT] or family == "availability"


@pytest.mark.parametrize(("family", "value"), [(family, value) for family in ROLLED_UP for value in ONE_OF_EACH[family]])
def test_one_fact_has_the_same_badge_on_every_panel(family, value):
    badges = {
        path: panel.badge and (panel.badge.tone, panel.badge.icon)
        for path, view in views(family, value).items()
        for panel in found(view, PanelView)
    }
    if family == "deployment":  # a roll-up of deployments has no badge
        return
    assert len({*badges.values()}) == 1, badges
    assert set(badges) >= {COMPONENT, *ROLLUPS}


@pytest.mark.parametrize(("family", "value"), [(family, value) for family in ROLLED_UP for value in ONE_OF_EACH[family]])
def test_what_is_urgent_is_counted_once_and_as_its_value_decides(family, value):
    numbers = views(family, value)["health/"].numbers
    assert [number.number for number in numbers] == ([int(value.is_urgent)] if FAMILIES[family].urgent_label else [])


def test_items_with_equal_keys_and_other_values_do_not_hide_each_other():
    minor = Fact(ref("ledger"), "incident", "outage", Incident("Slow", NOW, 5), "tool")
    severe = Fact(ref("shop"), "incident", "outage", Incident("Down", NOW, 1), "tool")
    shared = Fact(ref("ledger"), "incident", "outage", Incident("Down", NOW, 1), "tool")
    assert unique([minor, severe, shared]) == [minor, severe]


def test_an_objective_that_allows_no_error_is_the_worst_when_it_is_missed():
    facts = facts_of("availability", [("a", Availability("some", 99.0, 99.9)), ("b", Availability("none", 99.9, 100.0))])
    assert ranked(facts)[0].value.name == "none"
