"""The fourteen tasks of a newcomer, from the home page, in Chromium and in Firefox; what each took before is in ``BEFORE``."""

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from small_site import SETTINGS, documents

import yaml
from callboard import pipeline
from callboard.io.clock import Meter
from callboard.plugins.portal_settings import read_settings
from support import EVERY_CASE, FULL, shared_caches

pytestmark = [pytest.mark.browser, pytest.mark.long]

SCRIPT = Path(__file__).parent / "newcomer_tasks.mjs"
BEFORE = {
    "the owner of a component, and how to reach them": 4,
    "who is on call for it": 3,
    "who consumes an API": 3,
    "the endpoints of an API": 5,
    "its documentation": 4,
    "the file to edit": 4,
    "what a team owns": 2,
    "which of a team's things are in trouble": 4,
    "what changed in the last week": 2,
    "what depends on a database": 3,
    "what is deprecated and used in production": 4,
    "a person, and when they are on call": 3,
    "share a filtered table": 3,
    "how fresh the data is": 2,
}
"""Steps when the tasks were tried first: the endpoints and the shifts were not found at all, documentation and file were broken links."""
MORE = """
kind: Resource
metadata: {name: orders-db}
spec: {type: database, owner: team-orders, system: ordering}
---
kind: Component
metadata: {name: picker}
spec: {type: service, lifecycle: production, owner: team-web, dependsOn: ["component:label-printer"]}
"""
OPERATIONS = {
    "openapi": "3.0.3",
    "info": {"title": "Orders", "version": "1"},
    "paths": {
        "/orders": {"get": {"summary": "List orders", "responses": {"200": {"description": "All"}}}},
        "/orders/{id}": {"delete": {"summary": "Cancel an order", "responses": {"204": {"description": "Done"}}}},
    },
}
FACTS = {
    "on-call": [{"name": "Orders rota", "shifts": [{"person": "Ann Example", "start": "-2h", "end": "+9h"}]}],
    "incident": [{"title": "Orders are late", "opened": "-3h"}],
    "deployment": [{"version": "1.4.2", "at": "-1h", "state": "succeeded", "environment": "production"}],
    "vulnerability": [{"id": "CVE-2026-1", "severity": "critical", "package": "zlib"}],
}


def write(folder):
    for document in [*documents(), *({"apiVersion": "backstage.io/v1alpha1"} | each for each in yaml.safe_load_all(MORE))]:
        name = document["metadata"]["name"]
        if name == "order-svc":
            document["spec"]["dependsOn"] = ["resource:orders-db"]
            document["metadata"]["annotations"] = {"backstage.io/techdocs-ref": "dir:."}
        if name == "orders-api":
            document["spec"]["definition"] = json.dumps(OPERATIONS)
        file = folder / "shop" / name.lower() / "catalog-info.yaml"
        file.parent.mkdir(parents=True)
        file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    docs = folder / "shop/order-svc/docs"
    docs.mkdir()
    (docs / "index.md").write_text("# How orders are kept\n\nIn a database.\n", encoding="utf-8")
    (docs.parent / "mkdocs.yml").write_text("site_name: Orders\nnav:\n  - Start: index.md\n", encoding="utf-8")
    for family, facts in FACTS.items():
        rows = [{"entity": "order-svc", "url": "https://tool.example/1"} | fact for fact in facts]
        (folder / f"{family}.json").write_text(json.dumps(rows), encoding="utf-8")
    items = "".join(f"  - {{name: {family}, type: file, path: {family}.json, measures: all}}\n" for family in FACTS)
    (folder / "sources.yaml").write_text(f"{SETTINGS}integrations:\n{items}", encoding="utf-8")


@pytest.fixture(scope="module")
def portal(serve, tmp_path_factory):
    """A portal of two builds, the last one now: who is on call and what changed depend on the clock of the browser."""
    folder = tmp_path_factory.mktemp("tasks")
    write(folder)
    changed = folder / "shop/orderserviceclient/catalog-info.yaml"
    now = datetime.now(UTC)
    with shared_caches.lent(folder):
        for at in (now - timedelta(days=2), now):
            read = read_settings(folder / "sources.yaml", {})
            pipeline.build(pipeline.BuildRequest(read, folder / "site", at, dict(os.environ)), Meter())
            changed.write_text(changed.read_text(encoding="utf-8").replace("production", "deprecated"), encoding="utf-8")
    return serve(folder / "site")


def program(*names):
    return next((found for found in map(shutil.which, names) if found), None)


BROWSERS = {"chrome": ("chromium", "chromium-browser", "google-chrome"), "firefox": ("firefox-esr", "firefox")}


@pytest.mark.parametrize(
    ("browser", "width"),
    [
        ("chrome", 1280),
        *(pytest.param(name, size, marks=EVERY_CASE) for name, size in (("firefox", 1280), ("chrome", 400), ("firefox", 400))),
    ],
)
def test_a_newcomer_does_every_task_in_no_more_steps_than_before(portal, browser, width):
    found, packages = program(*BROWSERS[browser]), os.environ.get("CALLBOARD_PUPPETEER")
    if not (found and packages and shutil.which("node")):
        refuse = pytest.fail if FULL else pytest.skip
        refuse(f"needs {BROWSERS[browser][0]}, Node and CALLBOARD_PUPPETEER=folder with node_modules/puppeteer-core")
    made = subprocess.run(["node", SCRIPT, portal, browser, found, str(width)], capture_output=True, text=True, check=False, timeout=600)
    assert made.returncode == 0, made.stderr[-2000:]
    answer = json.loads(made.stdout)
    results = answer["results"]
    print(answer["version"], f"{width} px", *(f"\n{each['steps']} {each['seconds']:.1f} s {name}" for name, each in results.items()))  # noqa: T201 - for pytest -s
    assert {name: result["error"] for name, result in results.items() if result["error"]} == {}
    assert results.keys() == BEFORE.keys()
    assert {name: result["steps"] for name, result in results.items() if result["steps"] > (3 if width == 1280 else 5)} == {}
    if width == 1280:
        assert {name: result["steps"] for name, result in results.items() if result["steps"] > BEFORE[name]} == {}


def rows(page, selector):
    return page.locator(selector).locator("visible=true").all_inner_texts()


def test_changes_and_vulnerabilities_are_filtered_and_the_address_says_how(chromium, portal):
    page = chromium.new_context().new_page()
    names = ".cb-log .cb-row .cb-row__main > .cb-ref"
    page.goto(f"{portal}changes/?team=group:default/shop")  # the unit above the team that owns what changed
    assert rows(page, names) == ["OrderServiceClient"]
    page.locator("select[name=team]").select_option("group:default/team-orders")
    assert page.url.endswith("changes/?team=group:default/team-orders")
    page.goto(f"{portal}changes/")
    assert page.locator("select[name=team]").input_value() == "group:default/team-orders"  # remembered
    page.get_by_role("button", name="Clear filters").click()
    assert page.url.endswith("changes/")
    page.goto(f"{portal}vulnerabilities/?team=group:default/shop&severity=critical")
    assert rows(page, ".cb-cve h3") == ["CVE-2026-1"]
    page.locator("select[name=fix]").select_option("yes")
    assert rows(page, ".cb-cve h3") == []
    assert page.get_by_text("No matching entities.").is_visible()
    page.context.close()


def test_nothing_moves_when_scripts_write_ages_and_who_is_on_call(chromium, portal):
    """On a phone, where a shorter text ends a line earlier."""
    page = chromium.new_context(viewport={"width": 400, "height": 900}).new_page()
    for path in ("component/order-svc/", "group/team-orders/", "user/ann/"):
        page.goto(f"{portal}catalog/default/{path}", wait_until="networkidle")
        moved = page.evaluate(
            """new Promise((done) => {
                let sum = 0;
                const observer = new PerformanceObserver((list) => list.getEntries().forEach((each) => { sum += each.value; }));
                observer.observe({ type: "layout-shift", buffered: true });
                setTimeout(() => done(sum), 300);
            })"""
        )
        assert moved < 0.05, path
    page.context.close()
