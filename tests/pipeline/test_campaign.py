"""A campaign from its start to its end, over builds of several days."""

import pytest
from test_scorecard_figures import Tables

from support.portal import callboard, write

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


def progress(folder, day):
    done = callboard(folder, "build", "--now", f"2026-12-{day:02}T02:00:00Z")
    assert done.returncode == 0, done.stderr
    page = (folder / "site/scorecards/labels/index.html").read_text()
    return page, {row[0]: row[1:] for row in Tables(page).found["Campaign"][1:]}


def label(folder, name):
    file = folder / f"repositories/{name}/catalog-info.yaml"
    file.write_text(file.read_text().replace(f"name: {name},", f"name: {name}, labels: {{tier: one}},", 1))


def test_a_campaign_shows_what_is_done_by_team_until_it_has_ended(tmp_path):
    folder = write(tmp_path)
    (folder / "labels.yaml").write_text(CARD)
    with (folder / "sources.yaml").open("a") as sources:
        sources.write("scorecards: [labels.yaml]\n")
    page, teams = progress(folder, 1)
    assert "until 2026-12-10: 0 of 2 done, 2 open" in page
    assert teams == {"team-books": ["0", "1", "–"], "team-shop": ["0", "1", "–"]}
    assert "until 2026-12-10" in (folder / "site/catalog/default/component/shop/index.html").read_text()
    label(folder, "shop")
    page, teams = progress(folder, 8)
    assert "until 2026-12-10: 1 of 2 done, 1 open" in page
    assert teams["team-shop"] == ["1", "–", "–"]
    assert "until 2026-12-10: 1 of 2 done, 1 open" in (folder / "site/scorecards/index.html").read_text()
    page, _ = progress(folder, 10)
    assert "until 2026-12-10" in page
    page, teams = progress(folder, 11)  # nothing but the day is another
    assert "ended on 2026-12-10: 1 of 2 done, 1 open" in page
    label(folder, "ledger")
    page, teams = progress(folder, 12)
    assert "ended on 2026-12-10: 2 of 2 done" in page
    assert [row[0] for row in teams.values()] == ["1", "1"]
