"""The status strip and the contacts in the head of an entity's page."""

import re
from datetime import timedelta
from functools import partial

import pytest
from page_builders import KINDS, RENDERER, documents, shared_context
from test_facts_panels import NOW, asked, fact, text, world

from callboard.catalog.linking import link
from callboard.model.facts.availability import Availability
from callboard.model.facts.deployment import Deployment, Health
from callboard.model.facts.enumerations import FactSeverity, RunState
from callboard.model.facts.incident import Incident, IncidentState
from callboard.model.facts.vulnerability import Vulnerability
from callboard.pages.entities.context import entity_context
from callboard.pages.entities.plan import plan
from callboard.pages.facts.index_pages import of_entity
from callboard.pages.facts.status import status_strip
from callboard.settings.settings import Portal

OPEN = fact("incident", Incident("Payments fail", NOW, severity=1))
RESOLVED = fact("incident", Incident("Over", NOW, state=IncidentState.RESOLVED, resolved=NOW))
CRITICAL = fact("vulnerability", Vulnerability("CVE-2026-1", FactSeverity.CRITICAL), source="scan")
LOW = fact("vulnerability", Vulnerability("CVE-2026-2", FactSeverity.LOW), source="scan")
DEPLOYED = fact("deployment", Deployment("1.4.2", NOW, RunState.FAILED), environment="production")


def deployed(version, minutes, state=RunState.SUCCEEDED, health=None, environment="production"):
    value = Deployment(version, NOW - timedelta(minutes=minutes), state, health=health)
    return fact("deployment", value, environment=environment, key=f"{version}-{environment}")


NOT_MEASURED = "Not measured: Incidents, Critical/high"


def page_of(context, path="catalog/default/component/shop/"):
    of_entities = entity_context(context, last_sections=(partial(of_entity, context),), status=(partial(status_strip, context),))
    page = next(page for page in plan(of_entities) if page.path == path)
    return RENDERER.render(page, page.view())


def strip(html):
    found = re.search(r'<ul class="cb-strip".*?</ul>', html, re.DOTALL)
    return found[0] if found else ""


@pytest.mark.parametrize(
    ("facts", "measured", "says"),
    [
        ([OPEN], [], "Incidents 1 open Not measured: Critical/high"),
        ([RESOLVED], [], "Incidents none open Not measured: Critical/high"),
        ([], [asked("incident")], "Incidents none open Not measured: Critical/high"),
        ([], [asked("incident", complete=False)], "Incidents State unknown Not measured: Critical/high"),
        ([OPEN], [asked("incident", source="other", complete=False)], "Incidents ≥ 1 open Not measured: Critical/high"),
        ([CRITICAL, LOW], [], "Critical/high 1 critical Not measured: Incidents"),
        ([LOW], [], "Critical/high none Not measured: Incidents"),
        ([fact("availability", Availability("a", 98.0, 99.0))], [], f"SLO 1 of 1 breached {NOT_MEASURED}"),
        ([fact("availability", Availability("a", 99.5, 99.0))], [], f"SLO met {NOT_MEASURED}"),
        ([fact("availability", Availability("a", None, 99.0))], [], f"SLO no data {NOT_MEASURED}"),
        ([DEPLOYED], [], f"Last deployment failed 1.4.2 · production 2026-05-17 04:00 {NOT_MEASURED}"),
        ([], [], NOT_MEASURED),
    ],
)
def test_the_strip_says_what_tools_report_and_what_nobody_measured(facts, measured, says):
    assert text(strip(page_of(world(facts, measured)))) == says


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ([deployed("2", 1), deployed("1", 60, environment="staging")], "Last deployment succeeded 2 · production"),
        ([deployed("2", 1), deployed("1", 60, health=Health.DEGRADED, environment="staging")], "Deployment degraded 1 · staging"),
        ([deployed("2", 1), deployed("1", 60, RunState.FAILED, environment="staging")], "Deployment failed 1 · staging"),
        ([deployed("2", 1), deployed("1", 60, RunState.FAILED)], "Last deployment succeeded 2 · production"),
        ([deployed("2", 1, RunState.FAILED), deployed("1", 60, health=Health.MISSING)], "Last deployment failed 2 · production"),
    ],
    ids=["newest", "degraded", "failed", "mended", "failed and missing"],
)
def test_a_deployment_in_trouble_is_named_before_a_newer_one(facts, says):
    shown = text(strip(page_of(world(facts))))
    assert shown.startswith(says)
    assert text(strip(page_of(world(facts), "catalog/default/group/team/"))).startswith(says)


def test_each_state_leads_to_a_panel_of_the_page():
    html = page_of(world([OPEN, CRITICAL, DEPLOYED, fact("availability", Availability("a", 98.0, 99.0))]))
    targets = re.findall(r'href="#([^"]+)"', strip(html))
    assert targets == ["facts-incident", "facts-availability", "facts-deployment", "facts-vulnerability"]
    assert all(html.count(f'id="{target}"') == 1 for target in targets)
    assert len(strip(html).encode()) < 2_000


def test_a_team_and_a_system_show_the_state_of_what_they_own():
    for path in ("group/team", "system/retail", "domain/trade"):
        assert text(strip(page_of(world([OPEN]), f"catalog/default/{path}/"))).startswith("Incidents 1 open")


def test_people_and_portals_without_tools_have_no_strip():
    assert strip(page_of(world([OPEN]), "catalog/default/user/ada/")) == ""
    assert strip(page_of(world(connections=()))) == ""


def test_the_public_sees_no_incidents_in_the_strip():
    assert "Incidents" not in strip(page_of(world([OPEN, DEPLOYED], portal=Portal(audience="public"))))


CONTACTS = """
kind: Component
metadata: {name: shop}
spec: {type: service, lifecycle: production, owner: team}
---
kind: Group
metadata:
  name: team
  links:
    - {url: "https://acme.slack.example/team", title: "#team", icon: chat}
    - {url: "https://wiki.acme.example", title: Wiki}
    - {url: "javascript:alert(1)", title: Bad, icon: chat}
spec: {type: team, children: [], profile: {email: team@acme.example}}
"""


@pytest.mark.parametrize("path", ["component/shop", "group/team"])
def test_the_head_has_the_mailbox_and_the_chat_of_the_owner(path):
    catalog, _ = link(documents(CONTACTS), KINDS)
    for portal, links in ((Portal(), ["mailto:team@acme.example", "https://acme.slack.example/team"]), (Portal(audience="public"), [])):
        html = page_of_catalog(catalog, portal, path)
        assert re.findall(r'class="cb-contact" href="([^"]+)"', html) == links


def page_of_catalog(catalog, portal, path):
    context = entity_context(shared_context(catalog, (), portal))
    page = next(page for page in plan(context) if page.path == f"catalog/default/{path}/")
    return RENDERER.render(page, page.view())
