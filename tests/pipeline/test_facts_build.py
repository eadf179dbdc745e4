"""Facts on the whole way: tools asked, pages made, through the command line."""

import json
import re

import pytest

from faulty import Server, json_answer
from support.portal import SHOP, callboard, digests, write

pytestmark = pytest.mark.long


NOW = ("--now", "2026-05-17T02:00:00Z")
SHIFTS = [{"person": "Ada", "start": "2026-05-17T00:00:00Z", "end": "2026-05-18T00:00:00Z", "level": 1}]


@pytest.fixture
def portal(tmp_path):
    folder = write(tmp_path)
    described = SHOP.replace("name: shop,", 'name: shop, annotations: {rota.example/id: "S1"},')
    (folder / "repositories/shop/catalog-info.yaml").write_text(described)
    return folder


def connect(folder, text):
    sources = (folder / "sources.yaml").read_text()
    (folder / "sources.yaml").write_text(f"{sources}integrations:\n{text}")


def panel(folder):
    """The panel about being on call, without what the tool is called."""
    page = (folder / "site/catalog/default/component/shop/index.html").read_text()
    found = re.search(r'<section class="cb-card[^>]*data-family="on-call">.*?</section>', page, re.DOTALL)
    return found.group() if found else ""


def test_another_tool_for_being_on_call_changes_no_template(portal, tmp_path):
    other = write(tmp_path / "other")
    (other / "repositories/shop/catalog-info.yaml").write_text((portal / "repositories/shop/catalog-info.yaml").read_text())
    (portal / "on-call.json").write_text(json.dumps([{"entity": "S1", "key": "k", "name": "rota", "shifts": SHIFTS}]))
    connect(portal, "  - {name: duty, title: PagerDuty, type: file, path: on-call.json, annotation: rota.example/id}\n")

    def rota(asked, wire):
        people = [{"who": "Ada", "from": "2026-05-17T00:00:00Z", "till": "2026-05-18T00:00:00Z", "rank": 1}]
        json_answer(wire, {"data": {"id": asked.path.rsplit("/", 1)[-1], "people": people}})

    with Server(rota) as server:
        connect(other, f"""\
  - name: duty
    title: OpsPilot
    type: http-json
    url: {server.url}
    path: /rotations/{{id}}
    annotation: rota.example/id
    family: on-call
    items: data
    fields: {{key: "'k'", name: "'rota'", shifts: "people[].{{person: who, start: from, end: till, level: rank}}"}}
""")  # fmt: skip
        done = callboard(other, "build", *NOW)
    assert done.returncode == callboard(portal, "build", *NOW).returncode == 0, done.stderr
    assert "Ada" in panel(portal)
    assert panel(portal).replace("PagerDuty", "OpsPilot") == panel(other)


def test_facts_are_pages_and_the_same_input_gives_the_same_bytes(portal):
    (portal / "incident.yaml").write_text("- {entity: shop, title: Tills are down, opened: -3h}\n")
    connect(portal, "  - {name: drop, type: file, path: incident.yaml}\n")
    assert callboard(portal, "build", *NOW).returncode == 0
    assert "Tills are down" in (portal / "site/catalog/default/component/shop/index.html").read_text()
    assert "Tills are down" in (portal / "site/incidents/index.html").read_text()
    assert "Tills are down" in (portal / "site/catalog/default/group/team-shop/index.html").read_text()
    before = digests(portal / "site")
    assert callboard(portal, "build", *NOW).returncode == 0
    assert digests(portal / "site") == before


def test_a_tool_that_is_gone_serves_its_last_good_copy_and_the_site_says_so(portal):
    (portal / "incident.yaml").write_text("- {entity: shop, title: Tills are down, opened: 2026-05-16T20:00:00Z}\n")
    connect(portal, "  - {name: drop, title: Drop box, type: file, path: incident.yaml}\n")
    assert callboard(portal, "build", *NOW).returncode == 0
    (portal / "incident.yaml").unlink()
    done = callboard(portal, "build", "--now", "2026-05-18T02:00:00Z", "--report", "report.json")
    assert done.returncode == 0, done.stderr
    counts = json.loads((portal / "report.json").read_text())["counts"]
    assert counts["integrations"] == {"drop": {"facts": {"incident": 1}, "requests": 0, "failures": 1, "answered": False}}
    assert (counts["facts"], counts["facts_by_family"]) == (1, {"incident": 1})
    page = (portal / "site/catalog/default/component/shop/index.html").read_text()
    assert "Tills are down" in page
    assert "Data from Drop box may be incomplete." in page
    rows = json.loads((portal / "site/status/collections.json").read_text())["collections"]
    row = next(row for row in rows if row["source"] == "drop")
    assert (row["as_of"], row["tried_at"]) == ("2026-05-17T02:00:00Z", "2026-05-18T02:00:00Z")
    assert "there is no file incident.yaml" in row["errors"][0]


def test_a_build_from_the_state_asks_nobody_and_says_the_same(portal):
    (portal / "incident.yaml").write_text("- {entity: shop, title: Tills are down, opened: -3h}\n")
    connect(portal, "  - {name: drop, type: file, path: incident.yaml}\n")
    assert callboard(portal, "build", *NOW).returncode == 0
    before = digests(portal / "site")
    (portal / "incident.yaml").unlink()
    done = callboard(portal, "build", "--from-state", "--output", "again")
    assert done.returncode == 0, done.stderr
    assert {path: digest for path, digest in digests(portal / "again").items() if "callboard" not in path} == {
        path: digest for path, digest in before.items() if "callboard" not in path
    }


def test_what_happens_from_night_to_night_is_told_once_and_from_the_state_in_the_same_bytes(portal):
    drop = portal / "incident.yaml"
    drop.write_text("- {entity: shop, complete: true}\n")
    connect(portal, "  - {name: drop, title: Drop box, type: file, path: incident.yaml}\n")
    told = []
    nights = (
        "- {entity: shop, complete: true}\n",
        "- {entity: shop, title: Tills are down, opened: 2026-05-18T01:00:00Z}\n",
        None,
        "- {entity: shop}\n",
    )
    for number, text in enumerate(nights):
        if text is None:
            drop.unlink()
        else:
            drop.write_text(text)
        done = callboard(portal, "build", "--now", f"2026-05-{17 + number}T02:00:00Z")
        assert done.returncode == 0, done.stderr
        told.append((portal / "site/changes/feed.xml").read_text().count("<entry>"))
    assert told == [1, 2, 3, 5]
    feed = (portal / "site/changes/feed.xml").read_text()
    for words in (
        "incident opened: Tills are down (severity 3)",
        "integration failed: drop",
        "integration recovered",
        "incident resolved",
    ):
        assert words in feed
    assert "incident resolved" in (portal / "site/catalog/default/component/shop/index.html").read_text()
    assert "incident resolved" in (portal / "site/catalog/default/group/team-shop/index.html").read_text()
    before = digests(portal / "site")
    assert callboard(portal, "build", "--from-state", "--output", "again").returncode == 0
    assert {path: digest for path, digest in digests(portal / "again").items() if "callboard" not in path} == {
        path: digest for path, digest in before.items() if "callboard" not in path
    }


def test_an_unknown_option_of_an_integration_is_told_with_its_place(portal):
    connect(portal, "  - {name: drop, type: file, pth: incident.yaml}\n")
    done = callboard(portal, "build")
    assert done.returncode == 2
    assert '"integrations[0].pth"' in done.stderr
    assert "path" in done.stderr


UNKNOWN = [{"entity": "component:nobody", "key": "k", "name": "rota", "shifts": SHIFTS}]


@pytest.mark.parametrize(
    ("options", "asks"), [([], True), (["--ignore", "REF"], True), (["--ignore", "INT"], False), (["--select", "REF"], False)]
)
def test_lint_of_a_portal_reports_what_the_build_reports(portal, options, asks):
    """B1: the build said "`callboard lint` prints them", and lint left out what integrations report."""
    (portal / "on-call.json").write_text(json.dumps(UNKNOWN))
    connect(portal, "  - {name: duty, type: file, path: on-call.json}\n  - {name: gone, type: file, path: gone.json}\n")
    done = callboard(portal, "build", "--report", "report.json", *NOW)
    assert done.returncode == 0, done.stderr
    built = json.loads((portal / "report.json").read_text())["counts"]["problems_by_code"]
    assert built.get("INT002") == 1
    linted = callboard(portal, "lint", "--format", "json", *options)
    found = [problem["code"] for problem in json.loads(linted.stdout)]
    left_out = options[1:] or ["none"]
    expected = {c: n for c, n in built.items() if (c.startswith(left_out[0]) if "--select" in options else not c.startswith(left_out[0]))}
    assert {code: found.count(code) for code in found} == expected
    assert ("The integration 'gone'" in linted.stderr) == asks
