"""The page of a person: when they are on call, for which schedule, and what it covers."""

from datetime import UTC, datetime, timedelta

from page_builders import KINDS, RENDERER, Outline, documents, shared_context

from callboard.catalog.linking import link
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.facts.on_call import OnCall, Shift
from callboard.model.ref import parse_ref
from callboard.pages.entities.context import entity_context
from callboard.pages.entities.plan import plan
from callboard.pages.facts.context import facts_context
from callboard.pages.facts.families import FAMILIES
from callboard.pages.facts.person import TrackedShiftField, TrackedShifts, schedules_by_person
from callboard.plugins.run_integrations import IntegrationInfo
from callboard.settings.settings import Portal
from callboard.state.facts import CollectedFacts

NOW = datetime(2026, 5, 17, 2, 0, tzinfo=UTC)
SHOP = """
kind: Component
metadata: {name: shop}
spec: {type: service, lifecycle: production, owner: team}
---
kind: Component
metadata: {name: ledger}
spec: {type: service, lifecycle: production, owner: team}
---
kind: Group
metadata: {name: team}
spec: {type: team, children: []}
---
kind: User
metadata: {name: ada}
spec: {profile: {displayName: Ada Lovelace, email: ada@acme.example}, memberOf: [team]}
---
kind: User
metadata: {name: bob}
spec: {profile: {displayName: Bob}, memberOf: [team]}
"""
TOOL = IntegrationInfo("pd", "pagerduty", "PagerDuty", ("on-call",), ())


def ref(text):
    return parse_ref(text, default_kind="component").canonical()


def rota(of, *shifts, key="rota"):
    return Fact(ref(of), "on-call", key, OnCall("Shop rota", shifts), "pd", url="https://calls.example/rota")


def context_of(*facts, portal=None):
    catalog, _ = link(documents(SHOP), KINDS)
    measured = tuple(Measurement(fact.subject, "on-call", "pd") for fact in facts)
    shared = shared_context(catalog, (), portal or Portal(timezone="Europe/Berlin"))
    return facts_context(shared, CollectedFacts(facts, measured, connections=(TOOL,)), FAMILIES)


def pages(context):
    schedules = schedules_by_person(context)
    of_entities = entity_context(
        context, first_sections=(TrackedShifts(context, schedules),), last_fields=(TrackedShiftField(context, schedules),)
    )
    return {page.ref.rpartition("/")[2]: RENDERER.render(page, page.view()) for page in plan(of_entities)}


ADA = Shift("A. L.", NOW, NOW + timedelta(hours=9), 2, "ada@acme.example")
LATER = Shift("Ada Lovelace", NOW + timedelta(hours=20), NOW + timedelta(hours=30))


def test_a_person_has_their_shifts_with_schedule_cover_source_and_age():
    html = pages(context_of(rota("shop", ADA, LATER, Shift("Bob", NOW)), rota("ledger", ADA, LATER)))["ada"]
    Outline(html)
    section = html[html.index('id="shifts"') : html.index("</section>", html.index('id="shifts"'))]
    assert section.count("<li class=") == 2
    assert section.index('data-start="2026-05-17T02:00:00+00:00"') < section.index('data-start="2026-05-17T22:00:00+00:00"')
    assert "until <time" in section
    assert "secondary" in section
    assert 'href="https://calls.example/rota"' in section
    assert ">ledger<" in section
    assert ">shop<" in section
    assert 'PagerDuty <span data-age="pd"></span>' in section
    assert "ada@acme.example" not in section
    assert "data-on-call-now" in html[: html.index("</dl>")]


def test_a_person_without_shifts_and_a_public_portal_show_none():
    assert 'id="shifts"' not in pages(context_of(rota("shop", ADA)))["bob"]
    assert 'id="shifts"' not in pages(context_of(rota("shop", ADA), portal=Portal(audience="public")))["ada"]


def test_the_page_of_a_person_depends_on_their_own_shifts_alone():
    def fingerprints(*facts):
        context = context_of(*facts)
        schedules = schedules_by_person(context)
        return {entity.ref.name: TrackedShifts(context, schedules).fingerprint(entity) for entity in context.catalog.of_kind("user")}

    before, after = fingerprints(rota("shop", ADA)), fingerprints(rota("shop", ADA), rota("ledger", Shift("Bob", NOW), key="other"))
    assert before["ada"]
    assert before["bob"] == ""
    assert after["bob"]
    assert before["ada"] == after["ada"]
    assert fingerprints(rota("shop", ADA), rota("ledger", ADA))["ada"] != before["ada"]
