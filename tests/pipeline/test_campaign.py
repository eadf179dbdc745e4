"""A campaign from its start to its end, over builds of several days, on its page and in the reports of teams."""

import json
import shutil

import pytest
from test_scorecard_figures import Tables

from support.portal import callboard, digests, write

pytestmark = pytest.mark.long

CARD = """\
name: labels
title: Set the label
deadline: 2026-12-10
levels: [done]
filter: {field: type, is: service}
rules:
  - {id: labelled, title: Has the label, level: done, check: {field: labels.tier, in: [one, two]}, fix: Set it.}
"""


TOOL = "{name: drop, title: Drop, type: file, path: deployment.json}"
deployment = {"entity": "shop", "key": "1", "environment": "production", "at": "2026-11-30T10:00:00Z", "version": "1", "state": "succeeded"}


def progress(folder, day):
    done = callboard(folder, "build", "--now", f"2026-12-{day:02}T02:00:00Z")
    assert done.returncode == 0, done.stderr
    page = (folder / "site/scorecards/labels/index.html").read_text()
    return page, {row[0]: row[1:] for row in Tables(page).found["Campaign"][1:]}


def report(folder, team):
    return (folder / f"site/reports/default/{team}/index.html").read_text()


def reports_of(site):
    return {path: digest for path, digest in digests(site).items() if path.startswith("reports/")}


def label(folder, name):
    file = folder / f"repositories/{name}/catalog-info.yaml"
    file.write_text(file.read_text().replace(f"name: {name},", f"name: {name}, labels: {{tier: one}},", 1))


def test_a_campaign_shows_what_is_done_by_team_until_it_has_ended(tmp_path):
    folder = write(tmp_path)
    (folder / "labels.yaml").write_text(CARD)
    (folder / "deployment.json").write_text(json.dumps([deployment]))
    with (folder / "sources.yaml").open("a") as sources:
        sources.write(f"scorecards: [labels.yaml]\nintegrations: [{TOOL}]\n")
    page, teams = progress(folder, 1)
    assert "until 2026-12-10: 0 of 2 done, 2 open" in page
    assert teams == {"team-books": ["0", "1", "–"], "team-shop": ["0", "1", "–"]}
    assert "until 2026-12-10" in (folder / "site/catalog/default/component/shop/index.html").read_text()
    first = report(folder, "team-shop")
    assert "Level changes appear after builds on two days" in first
    assert "until 2026-12-10: 0 of 1 done, 1 open" in first
    # One deployment in 30 days is 0.23 a week; without a tool for incidents, nothing is known of failures.
    delivery = Tables(first).found["Delivery"]
    assert delivery[1] == ["shop", "0.23", *["not measured"] * 5, "deployments always, incidents unknown"]
    assert "Not measured for any of these entities: Incidents, Availability." in first
    before = reports_of(folder / "site")
    label(folder, "shop")
    page, teams = progress(folder, 8)
    assert "until 2026-12-10: 1 of 2 done, 1 open" in page
    assert teams["team-shop"] == ["1", "–", "–"]
    assert "until 2026-12-10: 1 of 2 done, 1 open" in (folder / "site/scorecards/index.html").read_text()
    changed = {path for path, digest in reports_of(folder / "site").items() if before.get(path) != digest}
    assert "reports/default/team-shop/index.html" in changed
    moved = Tables(report(folder, "team-shop")).found["Level changes"]
    assert moved[1][1:5] == ["Set the label", "No level yet", "Done up", "2026-12-08"]
    assert "No level changes." in report(folder, "team-books")
    before = reports_of(folder / "site")
    page, _ = progress(folder, 10)
    assert "until 2026-12-10" in page
    assert reports_of(folder / "site") == before  # nothing is other than on the day before, so that no report is written again
    page, teams = progress(folder, 11)  # nothing but the day is another
    assert "ended on 2026-12-10: 1 of 2 done, 1 open" in page
    assert "ended on 2026-12-10: 0 of 1 done, 1 open" in report(folder, "team-books")
    label(folder, "ledger")
    page, teams = progress(folder, 12)
    assert "ended on 2026-12-10: 2 of 2 done" in page
    assert [row[0] for row in teams.values()] == ["1", "1"]
    shutil.rmtree(folder / ".callboard/cache")
    done = callboard(folder, "build", "--from-state", "--output", "again", "--now", "2026-12-12T02:00:00Z")
    assert done.returncode == 0, done.stderr
    assert reports_of(folder / "again") == reports_of(folder / "site")
