"""Scorecards on the whole way: files in, levels on pages and in data out, by the command line."""

import csv
import io
import json
from xml.etree import ElementTree as ET

import pytest

from support.portal import callboard, write

pytestmark = pytest.mark.long

NOW = ("--now", "2026-05-17T02:00:00Z")
CARD = """\
name: basics
title: The basics
levels: [bronze, silver]
max-age: 7d
rules:
  - {id: described, title: Has a description, level: bronze, check: {field: description, exists: true}, fix: Describe it.}
  - id: calm
    title: No old incident
    level: silver
    check: {facts: incident, none: {state: open, opened: {older-than: 2d}}}
    fix: Resolve it.
"""
INTEGRATION = (
    "integrations:\n  - {name: drop, title: Drop box, type: file, path: incident.yaml, measures: all}\nscorecards: [basics.yaml]\n"
)


@pytest.fixture
def portal(tmp_path):
    folder = write(tmp_path)
    (folder / "basics.yaml").write_text(CARD)
    (folder / "incident.yaml").write_text("- {entity: shop, title: Tills are down, opened: '2026-05-16T02:00:00Z'}\n")
    with (folder / "sources.yaml").open("a") as sources:
        sources.write(INTEGRATION)
    return folder


def page(folder, path):
    return (folder / "site" / path / "index.html").read_text()


def results(folder):
    return json.loads((folder / "site/scorecards/basics/results.json").read_text())


def test_levels_are_on_pages_and_in_data_and_turn_with_time(portal):
    done = callboard(portal, "build", *NOW)
    assert done.returncode == 0, done.stderr
    found = results(portal)
    assert found["entities"]["component:default/shop"] == {"results": "pp", "level": "silver", "applies": True}
    assert found["next_turn"] == "2026-05-18T02:00:00Z"
    shop = page(portal, "catalog/default/component/shop")
    assert "The basics: Silver" in shop
    assert "scorecards/basics/" in page(portal, "scorecards")
    rows = list(csv.DictReader(io.StringIO((portal / "site/scorecards/basics/results.csv").read_text())))
    assert {row["entity"]: row["level"] for row in rows}["component:default/shop"] == "silver"
    assert callboard(portal, "build", "--now", "2026-05-18T03:00:00Z").returncode == 0
    assert results(portal)["entities"]["component:default/shop"]["level"] == "bronze"
    shop = page(portal, "catalog/default/component/shop")
    assert "The basics: Bronze, 1 check to Silver" in shop
    assert "Tills are down" in shop[shop.index('id="scorecards"') :]
    assert "Bronze" in page(portal, "catalog/default/group/team-shop")


def test_the_command_says_the_same_as_the_site_from_the_saved_state(portal):
    assert callboard(portal, "build", "--now", "2026-05-18T03:00:00Z").returncode == 0
    (portal / "incident.yaml").unlink()
    done = callboard(portal, "score", "shop", "--fail-under", "silver", "--explain")
    assert done.returncode == 1, done.stderr
    assert "component:default/shop: The basics: bronze, 1 check to silver" in done.stdout
    assert "would change it: no incident whose state is open and opened older than 2d" in done.stdout
    assert "to do: Resolve it." in done.stdout
    found = json.loads(callboard(portal, "score", "shop", "--format", "json", "--fail-under", "bronze").stdout)
    assert [(rule["id"], rule["outcome"]) for rule in found[0]["rules"]] == [("described", "pass"), ("calm", "fail")]
    suite = ET.fromstring(callboard(portal, "score", "--format", "junit").stdout)
    assert {case.get("failures") for case in suite if "shop" in case.get("name") and "db" not in case.get("name")} == {"1"}
    assert "basics: " in callboard(portal, "score").stdout
    wrong = callboard(portal, "score", "shopp", "--card", "basic")
    assert (wrong.returncode, "Did you mean basics?" in wrong.stderr) == (2, True)


def test_a_broken_card_is_a_problem_and_the_site_is_published(portal):
    (portal / "basics.yaml").write_text(CARD.replace("older-than: 2d", "older-than: 2mo"))
    done = callboard(portal, "build", *NOW)
    assert done.returncode == 1
    assert "2mo&#39; is no age" in page(portal, "problems")
    assert 'id="scorecards"' not in page(portal, "catalog/default/component/shop")
    assert "The basics" not in page(portal, "scorecards")


def test_an_exemption_skips_its_rule_and_the_page_says_why(portal):
    (portal / "basics.yaml").write_text(CARD + "    exempt: [{entity: shop, reason: rewritten, until: 2026-05-20}]\n")
    done = callboard(portal, "build", *NOW)
    assert done.returncode == 0, done.stderr
    assert results(portal)["entities"]["component:default/shop"]["results"] == "ps"
    assert "ends on 2026-05-20" in page(portal, "problems")
    assert "exempt until 2026-05-20: rewritten" in page(portal, "catalog/default/component/shop")


def test_what_a_public_site_hides_is_not_measured_there(portal):
    text = (portal / "sources.yaml").read_text()
    (portal / "sources.yaml").write_text(text.replace("timezone:", "audience: public, timezone:"))
    assert callboard(portal, "build", *NOW).returncode == 0
    assert results(portal)["entities"]["component:default/shop"] == {"results": "pn", "level": "bronze", "applies": True}


OTHER_SHOP = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: shop}
spec: {type: service, lifecycle: production, owner: team-shop}
"""


def scores(done):
    """Levels by entity, of JSON on standard output."""
    assert done.returncode == 0, done.stderr
    return {each["entity"]: each["level"] for each in json.loads(done.stdout)}


def test_a_team_judges_its_descriptors_by_the_portal_before_they_are_published(portal):
    assert callboard(portal, "build", *NOW).returncode == 0
    site, local = str(portal / "site"), portal.parent / "checkout"
    local.mkdir()
    (local / "catalog-info.yaml").write_text(OTHER_SHOP)
    ask = ("score", "--portal", site)
    assert scores(callboard(local, *ask, "--format", "json")) == {"component:default/shop": None}
    assert scores(callboard(local, *ask, "shop", "ledger", "--format", "json", "--path", str(portal / "repositories"))) == {
        "component:default/shop": "silver", "component:default/ledger": "silver"}  # fmt: skip
    explained = callboard(local, *ask, "--explain", "--fail-under", "bronze")
    assert explained.returncode == 1
    assert "Has a description (bronze): fail" in explained.stdout
    assert "would change it: description is there" in explained.stdout
    assert "No old incident (silver): pass" in explained.stdout
    unknown = callboard(local, *ask, "shopp")
    assert (unknown.returncode, "The portal has no entity component:default/shopp" in unknown.stderr) == (2, True)
    missing = callboard(local, "score", "--portal", str(local))
    assert (missing.returncode, "cards.json" in missing.stderr) == (2, True)
    assert "--path needs --portal" in callboard(portal, "score", "--path", ".").stderr


PROBLEMLESS = """\
name: clean
title: Clean
levels: [bronze]
rules:
  - {id: clean, title: No problems, level: bronze, check: {problems: {severity: [warning, error, info]}, count: 0}}
"""


def test_what_if_shows_who_moves_by_an_edit_the_same_from_the_state_and_from_the_portal(portal):
    ledger = portal / "repositories/ledger/catalog-info.yaml"
    ledger.write_text(ledger.read_text().replace("{name: ledger", "{annotations: {backstage.io/techdocs-ref: 'dir:.'}, name: ledger"))
    (portal / "clean.yaml").write_text(PROBLEMLESS)
    (portal / "sources.yaml").write_text((portal / "sources.yaml").read_text().replace("[basics.yaml]", "[basics.yaml, clean.yaml]"))
    assert callboard(portal, "build", *NOW).returncode == 0
    edited, card = portal.parent / "shop.yaml", portal.parent / "card.yaml"
    edited.write_text(OTHER_SHOP)
    card.write_text(CARD.replace("older-than: 2d", "older-than: 12h"))
    for more in ((), ("--portal", str(portal / "site"))):
        moved = callboard(portal, "score", "--what-if", str(edited), *more)
        assert moved.returncode == 0, moved.stderr
        assert "component:default/shop: The basics: silver → no level\n    Has a description: pass → fail" in moved.stdout
        rows = json.loads(callboard(portal, "score", "--what-if", str(card), "--format", "json", *more).stdout)
        assert [(row["entity"], row["before"], row["after"], row["rules"]) for row in rows] == [
            ("component:default/shop", "silver", "bronze", [{"rule": "No old incident", "before": "pass", "after": "fail"}])]  # fmt: skip
        same = callboard(portal, "score", "--what-if", str(portal / "repositories/shop/catalog-info.yaml"), *more)
        assert same.stdout == "No result changes.\n"
    card.write_text(CARD.replace("older-than", "odler-than"))
    assert callboard(portal, "score", "--what-if", str(card)).returncode == 1
    assert callboard(portal, "score", "--what-if", str(card), "--portal", str(portal / "site")).returncode == 2
    (portal.parent / "words.yaml").write_text("words: none\n")
    assert "describes no entity and no scorecard" in callboard(portal, "score", "--what-if", str(portal.parent / "words.yaml")).stderr


def test_a_public_portal_publishes_no_inputs_that_its_site_hides(portal):
    text = (portal / "sources.yaml").read_text()
    (portal / "sources.yaml").write_text(text.replace("timezone:", "audience: public, timezone:"))
    assert callboard(portal, "build", *NOW).returncode == 0
    published = "".join(file.read_text() for file in (portal / "site/api/scorecards").rglob("*.json"))
    assert "Tills are down" not in published
    assert "drop" not in published
    found = callboard(portal, "score", "--portal", "site", "shop", "--format", "json", "--path", "repositories")
    assert [rule["outcome"] for rule in json.loads(found.stdout)[0]["rules"]] == ["pass", "not measured"]
