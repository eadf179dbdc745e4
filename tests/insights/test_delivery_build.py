"""Figures about delivery on the whole way: a repository with commits, tools, builds of several days, pages and scorecards."""

import json
import os
import subprocess

import pytest

from support.portal import callboard

pytestmark = pytest.mark.long

DESCRIPTOR = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: shop}
spec: {type: service, lifecycle: production, owner: team-shop}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: team-shop}
spec: {type: team, children: []}
"""
SOURCES = """\
version: 1
portal: {name: Small, organization: Small, url: "https://portal.example/"}
sources:
  - {name: shop, type: git, url: remote/shop}
integrations:
  - {name: drop, title: Drop box, type: file, path: deployment.json, measures: all}
  - {name: pager, title: Pager, type: file, path: incident.json, measures: all}
delivery: {environments: [Live]}
scorecards: [delivery.yaml]
"""
CARD = """\
name: delivery
title: Delivery
levels: [bronze, silver]
rules:
  - {id: often, title: Deploys weekly, level: bronze, check: {facts: delivery, every: {per_week: {at-least: 1}}}}
  - {id: soon, title: Commits arrive within a day, level: silver, check: {facts: delivery, every: {lead_hours: {at-most: 24}}}}
"""


def git(folder, *arguments, date="2026-01-01T00:00:00Z"):
    who = {f"GIT_{who}_{what}": "a@x.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environ = os.environ | who | {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    return subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True, env=environ).stdout.strip()


def committed(folder, name, date):
    (folder / name).write_text(date)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", name, date=date)
    return git(folder, "rev-parse", "HEAD")


def deployment(at, revision, environment="live", state="succeeded"):
    return {"entity": "shop", "key": at, "environment": environment, "at": at, "revision": revision, "version": "1", "state": state}


def test_figures_are_made_of_what_was_recorded_and_of_commits(tmp_path):
    remote = tmp_path / "remote/shop"
    remote.mkdir(parents=True)
    git(remote, "init", "-q", "-b", "main")
    (remote / "catalog-info.yaml").write_text(DESCRIPTOR)
    revisions = [committed(remote, f"f{n}", f"2026-05-{n:02}T10:00:00Z") for n in (1, 5, 6, 13)]
    (tmp_path / "sources.yaml").write_text(SOURCES)
    (tmp_path / "delivery.yaml").write_text(CARD)
    incidents = [{"entity": "shop"}, {"entity": "shop", "title": "Down", "opened": "2026-05-14T15:00:00Z"}]
    nights = [
        [deployment("2026-05-02T10:00:00Z", revisions[0]), deployment("2026-05-06T12:00:00Z", revisions[2])],
        # Staging, and what still runs, do not count.
        [deployment("2026-05-14T10:00:00Z", revisions[3][:12]), deployment("2026-05-14T11:00:00Z", revisions[0], "staging"),
         deployment("2026-05-14T12:00:00Z", revisions[0], state="running")],
    ]  # fmt: skip
    for day, rows, incident in zip((7, 15), (nights[0], nights[0] + nights[1]), incidents, strict=True):
        (tmp_path / "deployment.json").write_text(json.dumps(rows))
        (tmp_path / "incident.json").write_text(json.dumps([incident]))
        done = callboard(tmp_path, "build", "--now", f"2026-05-{day:02}T02:00:00Z")
        assert done.returncode == 0, done.stderr
    page = (tmp_path / "site/catalog/default/component/shop/index.html").read_text()
    panel = page[page.index('id="facts-delivery"') :].split("</section>")[0]
    for text in (
        # Three deployments in 30 days. The second brings commits of 26 and 2 hours, the third one of 24 hours: the median is 24.
        "Deployments a week</span><span><bdi>0.7",
        "Change lead time</span><span><bdi>24 h 0 min",
        "The lead time is that of 3 commits.",
        # The third has an incident five hours later: one of three, not resolved.
        "Change fail rate</span><span><bdi>33.3 %",
        "Failed without recovery so far: 1.",
        "Median time from each commit",
    ):
        assert text in panel, text
    team = (tmp_path / "site/catalog/default/group/team-shop/index.html").read_text()
    assert "not ranked" in team[team.index('id="facts-delivery"') :]
    found = json.loads((tmp_path / "site/scorecards/delivery/results.json").read_text())
    assert found["entities"]["component:default/shop"]["results"] == "fp"
    again = callboard(tmp_path, "build", "--from-state", "--output", "again")
    assert again.returncode == 0, again.stderr
    assert panel in (tmp_path / "again/catalog/default/component/shop/index.html").read_text()
