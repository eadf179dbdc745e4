"""What tools know on an entity's page, rendered with the real templates."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from page_builders import KINDS, RENDERER, documents, shared_context

from callboard.catalog.linking import link
from callboard.model.facts.alert import Alert
from callboard.model.facts.availability import Availability, DayShare
from callboard.model.facts.deployment import Deployment, Health
from callboard.model.facts.enumerations import FactSeverity, RunState
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.facts.incident import Incident, IncidentState
from callboard.model.facts.on_call import OnCall, Shift
from callboard.model.facts.pipeline_run import PipelineRun
from callboard.model.facts.quality_gate import QualityGate
from callboard.model.facts.repository import RepositoryActivity
from callboard.model.facts.vulnerability import Vulnerability
from callboard.model.ref import parse_ref
from callboard.pages.entities.context import entity_context
from callboard.pages.entities.plan import plan
from callboard.pages.facts import index_pages
from callboard.pages.facts.context import facts_context
from callboard.pages.facts.families import FAMILIES
from callboard.pages.facts.on_call import on_call_field
from callboard.plugins.run_integrations import IntegrationInfo
from callboard.settings.settings import Portal
from callboard.state.event_history import EVERYTHING, Event, EventHistory, RecordedEvents
from callboard.state.facts import CollectedFacts

NOW = datetime(2026, 5, 17, 2, 0, tzinfo=UTC)
SHOP = """
kind: Component
metadata: {name: shop, annotations: {"pagerduty.com/service-id": P1}}
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
---
kind: User
metadata: {name: ada}
spec: {profile: {displayName: Ada Lovelace, email: ada@acme.example}, memberOf: [team]}
"""
CONNECTIONS = (
    IntegrationInfo("pd", "pagerduty", "PagerDuty", ("on-call", "incident"), ("pagerduty.com/service-id",)),
    IntegrationInfo("scan", "snyk", "Snyk", ("vulnerability",), ("snyk.io/project-ids",)),
)


def ref(text):
    return parse_ref(text, default_kind="component").canonical()


def fact(family, value, *, of="shop", source="pd", key="k", **more):
    return Fact(ref(of), family, key, value, source, **more)


def asked(family, *, of="shop", source="pd", complete=True, observed=None):
    return Measurement(ref(of), family, source, complete, observed)


def world(facts=(), measurements=(), portal=None, connections=CONNECTIONS, families=FAMILIES, recorded=RecordedEvents()):  # noqa: B008
    catalog, _ = link(documents(SHOP), KINDS)
    known = CollectedFacts(tuple(facts), (*measurements, *(asked(f.family, of=str(f.subject), source=f.source) for f in facts)),
                        connections=connections, recorded=recorded)  # fmt: skip
    return facts_context(shared_context(catalog, (), portal or Portal(timezone="Europe/Berlin")), known, families)


def pages(context):
    section = lambda entity: index_pages.of_entity(context, entity)  # noqa: E731
    of_entities = entity_context(context, last_sections=(section,), last_fields=(partial(on_call_field, context),))
    return {page.path: page for page in (*plan(of_entities), *index_pages.plan(context))}


def shown(context, path):
    page = pages(context)[path]
    return RENDERER.render(page, page.view())


def shop(context):
    html = shown(context, "catalog/default/component/shop/")
    start = html.find('aria-labelledby="operations"')
    return html[start : html.find("</section>\n<section aria-labelledby", start) if start >= 0 else 0] if start >= 0 else ""


def text(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_portal_without_integrations_has_no_facts_anywhere():
    context = world(connections=())
    assert shop(context) == ""
    assert not [path for path in pages(context) if not path.startswith("catalog/")]


def test_measured_zero_not_measured_and_incomplete_look_different():
    zero = shop(world(measurements=[asked("vulnerability", source="scan")]))
    assert "cb-fact--zero" in zero
    assert "No known vulnerabilities." in text(zero)
    not_measured = shop(world(measurements=[asked("incident")]))
    assert 'data-family="vulnerability"' not in not_measured
    assert "snyk.io/project-ids" in not_measured
    incomplete = shop(world(measurements=[asked("vulnerability", source="scan", complete=False)]))
    assert "cb-fact--zero" not in incomplete
    assert "No known vulnerabilities." not in text(incomplete)
    assert "Data from Snyk may be incomplete." in text(incomplete)
    assert "oldest data" not in text(incomplete)
    kept = shop(world(measurements=[asked("vulnerability", source="scan", complete=False, observed=NOW - timedelta(hours=5))]))
    assert "Data from Snyk may be incomplete. The oldest data from Snyk was read on 2026-05-16." in text(kept)
    read = shop(world(measurements=[asked("vulnerability", source="scan", observed=NOW)]))
    assert "oldest data" not in text(read)


@pytest.mark.parametrize("path", ["incidents/", "vulnerabilities/", "availability/", "deployments/"])
def test_an_index_page_says_that_data_may_be_incomplete_and_never_that_there_is_nothing(path):
    family = {"incidents/": "incident", "vulnerabilities/": "vulnerability", "availability/": "availability", "deployments/": "deployment"}[
        path
    ]
    assert "may be incomplete" not in text(shown(world(measurements=[asked(family, source="scan")]), path))
    html = shown(world(measurements=[asked(family, source="scan", complete=False)]), path)
    assert "Data from Snyk may be incomplete." in text(html)
    assert "cb-note--good" not in html


def test_a_resolved_incident_of_an_incomplete_query_does_not_say_that_none_is_open():
    resolved = fact("incident", Incident("Down", NOW, state=IncidentState.RESOLVED))
    for page in ("catalog/default/component/shop/", "catalog/default/system/retail/", "incidents/"):
        assert "No open incidents" in text(shown(world([resolved]), page)), page
        html = shown(world([resolved], measurements=[asked("incident", complete=False)]), page)
        assert "No open incidents" not in text(html), page
        assert "may be incomplete" in text(html), page


def test_the_card_for_connecting_names_only_what_the_component_lacks():
    html = shop(world(measurements=[asked("incident")]))
    assert "snyk.io/project-ids" in html
    assert "Snyk: Vulnerabilities" in text(html)
    assert "pagerduty.com/service-id" not in html


def test_every_panel_names_its_source_and_leaves_its_age_to_the_browser():
    html = shop(world([fact("incident", Incident("Down", NOW), url="https://pd.example/1")]))
    assert '<span data-age="pd"></span>' in html
    assert "PagerDuty" in html
    assert "data-since" in html
    assert "2026-05-17 04:00" in html


def test_who_is_on_call_can_be_read_without_a_script_and_leads_to_the_user():
    shifts = (Shift("A. L.", NOW, NOW + timedelta(hours=9), 1, "ada@acme.example"), Shift("Somebody", NOW, None, 2))
    html = shop(world([fact("on-call", OnCall("rota", shifts))]))
    assert 'href="../../../../catalog/default/user/ada/"' in html
    assert 'data-start="2026-05-17T02:00:00+00:00" data-end="2026-05-17T11:00:00+00:00"' in html
    assert "until 2026-05-17 13:00" in text(html)
    assert "no end date" in text(html)
    assert "ada@acme.example" not in html


def test_open_incidents_come_before_resolved_ones_and_count():
    hour = timedelta(hours=1)
    html = shop(world([
        fact("incident", Incident("Old one", NOW - 5 * hour, 2, IncidentState.RESOLVED, NOW - 4 * hour), key="a"),
        fact("incident", Incident("New one", NOW, 1), key="b"),
    ]))  # fmt: skip
    assert html.index("New one") < html.index("Old one")
    assert "1 open" in text(html)
    assert "1 incident · median 1 h 0 min" in text(html)


def test_availability_says_what_is_left_and_shows_days_in_words():
    days = tuple(DayShare(NOW.date() - timedelta(days=n), share) for n, share in enumerate((100.0, 99.0, 50.0, None)))
    html = shop(world([fact("availability", Availability("answers", 98.5, 99.5, 30, days))]))
    assert "SLO breached" in text(html)
    assert "exceeded by 200 %" in text(html)
    assert "Availability in the last 4 days: 1 met, 1 degraded, 1 breached, 1 without data" in html


def test_no_data_is_not_zero():
    html = shop(world([fact("availability", Availability("answers", None, 99.5))]))
    assert "no data" in text(html)
    assert "0 %" not in text(html)


def test_what_a_tool_writes_is_escaped_and_its_addresses_are_checked():
    evil = '<script>alert(1)</script>"'
    html = shop(world([
        fact("incident", Incident(evil, NOW), url="javascript:alert(1)"),
        fact("vulnerability", Vulnerability(evil, FactSeverity.HIGH, evil, evil, evil, evil), source="scan", url='https://x.example/"onload=1'),
        fact("deployment", Deployment(evil, NOW, by=evil), environment=evil, source="scan"),
        fact("alert", Alert(evil), source="scan"),
        fact("pipeline-run", PipelineRun(evil, NOW), source="scan"),
        fact("repository", RepositoryActivity(evil, languages=((evil, 50.0),)), source="scan"),
        fact("quality-gate", QualityGate(ratings=((evil, evil),)), source="scan"),
    ]))  # fmt: skip
    assert "<script>alert" not in html
    assert "javascript:" not in html
    assert "onload" not in html


@pytest.mark.parametrize(
    ("fixed_in", "shown"),
    [("4.2", "fixed in 4.2"), ("", "no fix available"), (None, "")],
    ids=["a version", "none, says the tool", "unknown"],
)
def test_that_there_is_no_fix_is_said_only_where_the_tool_states_it(fixed_in, shown):
    html = shop(
        world([fact("vulnerability", Vulnerability("CVE-1", FactSeverity.HIGH, package="netty", fixed_in=fixed_in), source="scan")])
    )
    assert [words for words in ("fixed in 4.2", "no fix available") if words in text(html)] == [shown] * bool(shown)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [((4, 0, 3), "1 test passed · 3 skipped"), ((4, 0, 0), "4 tests passed"), ((4, 1, 1), "1 of 4 tests failed · 1 skipped")],
)
def test_a_skipped_test_has_not_passed(counts, shown):
    tests, failed, skipped = counts
    run = PipelineRun("unit", NOW, RunState.SUCCEEDED, tests=tests, tests_failed=failed, tests_skipped=skipped)
    assert shown in text(shop(world([fact("pipeline-run", run, source="scan")])))


def test_all_checks_of_a_scorecard_are_shown_and_an_inconclusive_one_as_such():
    ratings = (("Scorecard", "6.4/10"), *((f"Check-{n}", f"{n % 10}/10") for n in range(17)), ("Fuzzing", "inconclusive"))
    assert "Fuzzing inconclusive" in text(shop(world([fact("quality-gate", QualityGate(ratings=ratings), source="scan")])))


def test_a_degraded_deployment_is_said_in_the_badge():
    html = shop(world([fact("deployment", Deployment("1.2", NOW, RunState.SUCCEEDED, health=Health.DEGRADED), environment="production")]))
    assert "cb-badge--bad" in html


HIDDEN = [
    fact("incident", Incident("Secret outage", NOW)), fact("on-call", OnCall("rota", (Shift("Ada", NOW),))),
    fact("vulnerability", Vulnerability("CVE-9"), source="scan"), fact("deployment", Deployment("1.2", NOW), source="scan"),
]  # fmt: skip


def test_a_public_site_leaves_out_people_incidents_and_vulnerabilities():
    context = world(HIDDEN, portal=Portal(audience="public"))
    everything = "".join(shown(context, path) for path in pages(context))
    assert "1.2" in everything
    for secret in ("Secret outage", "CVE-9", "rota", "data-on-call"):
        assert secret not in everything
    assert {path for path in pages(context) if not path.startswith("catalog/")} == {"deployments/"}


def test_a_public_site_shows_what_is_exposed():
    context = world(HIDDEN, portal=Portal(audience="public", expose=("incident",)))
    everything = "".join(shown(context, path) for path in pages(context))
    assert "Secret outage" in everything
    assert "CVE-9" not in everything


@pytest.mark.parametrize("path", ["system/retail", "group/team", "domain/trade"])
def test_wholes_add_up_what_is_said_about_their_parts(path):
    html = shown(world([
        fact("incident", Incident("Down", NOW), of="ledger"),
        fact("availability", Availability("answers", 99.0, 99.9)),
    ]), f"catalog/default/{path}/")  # fmt: skip
    assert "1 open" in text(html)
    assert "SLOs breached: 1" in text(html)
    assert 'href="../../../../catalog/default/component/ledger/"' in html


def test_a_thing_that_two_entities_share_is_listed_once_for_all():
    html = shown(world([fact("incident", Incident("Down", NOW), of=of) for of in ("shop", "ledger")]), "incidents/")
    assert html.count("Down") == 1


def test_the_pages_about_everything_say_what_is_there():
    old = NOW - timedelta(days=90)
    context = world([
        *HIDDEN,
        fact("vulnerability", Vulnerability("CVE-1", FactSeverity.CRITICAL, first_seen=old), source="scan", key="1", of="ledger"),
        fact("availability", Availability("answers", 99.0, 99.9), source="scan"),
    ])  # fmt: skip
    vulnerabilities = text(shown(context, "vulnerabilities/"))
    assert vulnerabilities.index("CVE-1") < vulnerabilities.index("CVE-9")
    incidents = text(shown(context, "incidents/"))
    assert "Secret outage" in incidents
    assert "Ada" in incidents
    assert "1.2" in text(shown(context, "deployments/"))
    assert "SLO breached" in text(shown(context, "availability/"))


def test_no_page_knows_when_it_was_built():
    context = world(HIDDEN, [asked("incident", of="ledger")])
    later = Measurement(ref("ledger"), "incident", "pd", observed=NOW + timedelta(days=3))
    again = world(HIDDEN, [later])
    assert {path: repr(page.view()) for path, page in pages(context).items()} == {
        path: repr(page.view()) for path, page in pages(again).items()
    }


def test_the_start_page_counts_what_is_open():
    urgent = [*HIDDEN, fact("vulnerability", Vulnerability("CVE-1", FactSeverity.CRITICAL), source="scan", key="1", of="ledger")]
    urgent += [fact("availability", Availability("answers", share, 99.9), key=str(share)) for share in (99.0, 99.95)]
    numbers = index_pages.urgent_counts(world([*urgent, fact("alert", Alert("hot"))]))
    assert [(n.number, n.path, n.tone) for n in numbers] == [
        (1, "incidents/", "bad"), (1, "availability/", "bad"), (1, "vulnerabilities/", "bad"), (1, "alerts/", "bad"),
    ]  # fmt: skip
    assert [(n.number, n.tone) for n in index_pages.urgent_counts(world([], [asked("incident")]))] == [(0, "")]
    assert index_pages.urgent_counts(world([])) == ()
    assert index_pages.urgent_counts(world(HIDDEN, portal=Portal(audience="public"))) == ()


def test_one_page_shows_what_asks_for_somebody_now():
    def health(*more):
        context = world([*HIDDEN, fact("availability", Availability("answers", 99.0, 99.9)), *more])
        return text(shown(replace(context, settings=replace(context.settings, sections={"integrations": [{"name": "pd"}]})), "health/"))

    for words in ("Open incidents 1", "SLOs breached 1", "Secret outage", "CVE-9", "Overview"):
        assert words in health()
    assert "1.2" not in health()  # a deployment that succeeded is no alarm
    failed = health(fact("deployment", Deployment("2.0", NOW, RunState.FAILED), key="f"))
    assert "2.0" in failed
    assert "failed" in failed
    assert "1.2" not in failed
    later = fact("deployment", Deployment("2.1", NOW + timedelta(hours=1), RunState.SUCCEEDED), key="l")
    assert "2.0" not in health(fact("deployment", Deployment("2.0", NOW, RunState.FAILED), key="f"), later)
    assert "2.0" in health(fact("deployment", Deployment("2.0", NOW, RunState.FAILED), key="f", environment="production"), later)
    assert "2.0" in health(fact("deployment", Deployment("2.0", NOW, RunState.FAILED, health=Health.DEGRADED), key="f"), later)
    assert "health/" not in pages(world(HIDDEN))


def names(html):
    return re.findall(r'data-start="[^"]*"[^>]*>(?:<a[^>]*>)?<bdi>([^<]*)', html.split("</dl>")[0])


def test_the_head_of_a_page_says_who_is_on_call():
    shifts = (Shift("Bob", NOW + timedelta(days=1)), Shift("Ada Lovelace", NOW, NOW + timedelta(days=1)), Shift("Eve", None, None, 2))
    context = world([fact("on-call", OnCall("rota", shifts))])
    for path in ("component/shop", "system/retail", "group/team"):
        html = shown(context, f"catalog/default/{path}/")
        assert names(html) == ["Ada Lovelace", "Bob"], path
        assert 'href="../../../../catalog/default/user/ada/"' in html
        assert "until" in html.split("</dl>")[0]
    assert names(shown(context, "catalog/default/component/ledger/")) == []
    hidden = world([fact("on-call", OnCall("rota", shifts))], portal=Portal(audience="public"))
    assert "Bob" not in shown(hidden, "catalog/default/component/shop/")


def test_many_schedules_of_a_team_stay_in_their_panel():
    many = [fact("on-call", OnCall(f"rota {n}", (Shift("Ada", NOW),)), key=str(n)) for n in range(5)]
    assert names(shown(world(many[:2]), "catalog/default/group/team/")) == ["Ada", "Ada"]
    assert "rota 1" in shown(world(many[:2]), "catalog/default/group/team/").split("</dl>")[0]
    assert names(shown(world(many), "catalog/default/group/team/")) == []


def test_somebody_who_is_always_on_call_has_no_times():
    html = shop(world([fact("on-call", OnCall("rota", (Shift("Ada", None),)))]))
    assert 'data-start="" data-end=""' in html
    assert "always" in text(html)


def recorded(*events, since=NOW - timedelta(days=4), whole_since=None, until=NOW, days=None, of="shop", source="pd"):
    """What is recorded of deployments of one component: 20 a day, 1 of them failed, since four days."""
    day = NOW.toordinal()
    counts = {"succeeded": f"{day - 4}:19,19,19,19,19", "failed": f"{day - 4}:1,1,1,1,1"} if days is None else days
    history = EventHistory(ref(of), "deployment", source, since, until, whole_since or since, counts)
    return RecordedEvents((history,), events, as_of=NOW)


def kept(version, hours, state=RunState.SUCCEEDED, **more):
    at = NOW - timedelta(hours=hours)
    return Event(at, NOW - timedelta(days=1), fact("deployment", Deployment(version, at, state), key=version), **more)


def deployments(known, *, measurements=(), facts=()):
    return text(panel_of(shop(with_recorded(known, measurements, facts)), "deployment"))


def with_recorded(known, measurements=(), facts=()):
    return world(facts, measurements or [asked("deployment")], recorded=known)


def panel_of(html, family):
    found = re.search(rf'data-family="{family}">(.*?)</section>', html, re.DOTALL)
    return found.group(1) if found else ""


AT_LEAST = "Last 30 days at least 100, 5 failed Last 90 days at least 100, 5 failed"


@pytest.mark.parametrize(
    ("known", "says"),
    [
        (recorded(), f"{AT_LEAST} Known since 2026-05-13"),
        (recorded(since=NOW - timedelta(days=40)), "Last 30 days 100, 5 failed Last 90 days at least 100, 5 failed Known since 2026-04-07"),
        (recorded(since=NOW - timedelta(days=91)), "Last 30 days 100, 5 failed Last 90 days 100, 5 failed"),
        (recorded(since=EVERYTHING), "Last 30 days 100, 5 failed Last 90 days 100, 5 failed"),
        (recorded(whole_since=NOW), f"{AT_LEAST} Recorded since 2026-05-13, with gaps"),
        (recorded(since=EVERYTHING, until=NOW - timedelta(days=1)), AT_LEAST),
        (recorded(days={}), "No deployments. Known since 2026-05-13"),
        (recorded(days={}, since=EVERYTHING), "No deployments."),
    ],
)  # fmt: skip
def test_a_panel_says_how_many_are_known_since_when_and_what_may_be_missing(known, says):
    assert f"{says} PagerDuty" in deployments(known)
    assert ("Recorded" in deployments(known)) is ("Recorded" in says)


def test_items_that_the_tool_no_longer_returns_are_listed_as_earlier_ones_and_never_as_the_present():
    known = recorded(kept("1.9", 30), kept("1.8", 50, is_gone=True), kept("1.7", 60, RunState.RUNNING))
    shown_text = deployments(known)
    assert "No tool returns any at present." in shown_text
    assert "No deployments." not in shown_text
    assert re.search(r"Earlier .*1\.9 .*1\.8 .*no longer in PagerDuty .*1\.7 .*last reported on 2026-05-16", shown_text)
    assert "running" not in shown_text.lower().split("1.7")[0], "what it did when it was seen last is not its state now"
    degraded = recorded(replace(kept("1.9", 30), fact=fact("deployment", Deployment("1.9", NOW, health=Health.DEGRADED), key="1.9")))
    now = fact("deployment", Deployment("2.0", NOW, RunState.SUCCEEDED, health=Health.HEALTHY), key="2.0")
    html = panel_of(shop(with_recorded(degraded, facts=[now])), "deployment")
    assert "cb-badge--bad" not in html
    assert "degraded" not in text(html).lower(), "its health was that of another time"


def test_earlier_items_fill_the_list_up_to_its_length():
    facts = [fact("deployment", Deployment(f"2.{n}", NOW - timedelta(hours=n)), key=str(n)) for n in range(3)]
    html = panel_of(shop(with_recorded(recorded(*(kept(f"1.{n}", 30 + n) for n in range(5))), facts=facts)), "deployment")
    assert re.findall(r"<code>([\d.]+)</code>", html) == ["2.0", "2.1", "2.2", "1.0", "1.1"]


def test_systems_teams_and_the_page_about_all_sum_up_what_is_recorded():
    one, other = recorded(), recorded(of="ledger", since=NOW - timedelta(days=2))
    known = replace(one, histories=(*one.histories, *other.histories))
    context = world((), [asked("deployment"), asked("deployment", of="ledger")], recorded=known)
    says = "Last 30 days at least 200, 10 failed Last 90 days at least 200, 10 failed Known since 2026-05-15"
    for path in (
        "catalog/default/system/retail/",
        "catalog/default/domain/trade/",
        "catalog/default/group/team/",
        "deployments/",
    ):
        assert says in text(shown(context, path)), path
    alone = replace(known, histories=(replace(one.histories[0], source="removed"),))
    assert "Last 30 days" not in shown(world((), [asked("deployment")], recorded=alone), "deployments/")


def test_counts_of_several_tools_stand_apart():
    known = replace(recorded(), histories=(*recorded().histories, *recorded(source="scan", since=EVERYTHING).histories))
    says = deployments(known)
    assert "Last 30 days (PagerDuty) at least 100, 5 failed" in says
    assert "Last 30 days (Snyk) 100, 5 failed" in says


def test_a_public_portal_shows_no_recorded_incidents():
    history = EventHistory(ref("shop"), "incident", "pd", NOW, NOW, NOW, {"sev1": f"{NOW.toordinal()}:7"})
    event = Event(NOW, NOW, fact("incident", Incident("Tills are down", NOW), key="i"))
    known = RecordedEvents((history,), (event,), as_of=NOW)
    measurements = [asked("incident"), asked("on-call")]
    assert "at least 7" in shop(world((), measurements, recorded=known))
    public = world((), measurements, Portal(audience="public"), recorded=known)
    assert not [path for path in pages(public) if re.search("at least 7|Tills", shown(public, path))]


def test_the_time_that_a_query_covers_is_stated_for_families_that_are_not_recorded():
    limited = Measurement(ref("shop"), "alert", "pd", since=NOW - timedelta(days=1))
    assert "Data from PagerDuty covers the time since 2026-05-16." in text(shop(world(measurements=[limited])))


def test_numbers_of_incomplete_facts_are_lower_bounds_everywhere():
    facts = [fact("vulnerability", Vulnerability(f"CVE-{n}", FactSeverity.CRITICAL), key=str(n)) for n in range(7)]
    facts += [
        fact("incident", Incident("down", NOW), key="i"),
        fact("incident", Incident("up", NOW, 3, IncidentState.RESOLVED, NOW), key="j"),
    ]
    complete = world(facts)
    context = world(facts, [asked("vulnerability", complete=False), asked("incident", complete=False)])
    paths = ("catalog/default/component/shop/", "catalog/default/group/team/", "vulnerabilities/", "incidents/")
    for path in paths:
        assert not re.search("at least|≥", shown(complete, path)), path
        assert re.search("at least|≥", shown(context, path)), path
    panel = text(panel_of(shown(context, paths[0]), "vulnerability"))
    assert "Vulnerabilities ≥ 7 Critical" in panel
    assert "at least 2 more" in panel
    assert "at least 1 open" in text(shown(context, paths[0]))
    assert "Recently resolved at least 1" in text(shown(context, paths[0]))
    assert [(view.number, view.is_lower_bound) for view in index_pages.urgent_counts(context)] == [(1, True), (7, True)]
