from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from page_builders import shared_context

from callboard.documentation.health import DOCUMENTATION, MOST, documentation_health, next_turn_of_documentation
from callboard.model.facts.documentation import DefectKind
from callboard.pages.facts import index_pages, team_totals
from callboard.pages.facts.context import facts_context
from callboard.pages.facts.families import FAMILIES
from callboard.state.facts import CollectedFacts, with_own_facts
from support.documented_portal import PAYMENTS, DocumentedPortal

NOW = datetime(2026, 11, 30, tzinfo=UTC)
FAULTS = {
    "mkdocs.yml": "nav: [index.md]",
    "docs/index.md": "# Start\n\n[gone](gone.md) ![gone](gone.png)\n\n[x](#nowhere) [y](component:nobody)\n\n"
    "![lfs](lfs.png) [linked](linked.md)\n",
    "docs/linked.md": "# Linked\n\n$$\n\\frac{\n$$\n",
    "docs/orphan.md": "# Nobody finds me\n",
    "docs/lfs.png": "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n",
}


@pytest.fixture
def portal(tmp_path):
    return DocumentedPortal(tmp_path).entity(ref="dir:.")


def health(portal, found, now=NOW):
    return documentation_health(found, portal.catalog, portal.trees, now)


def test_each_kind_of_defect_is_a_fact_with_its_place_and_what_is_wrong(portal):
    made = health(portal, portal.write(**FAULTS).built())
    found = {(fact.value.kind, fact.value.path, fact.value.line): fact.value.what for fact in made.facts}
    assert found == {
        (DefectKind.LINK, "docs/index.md", 3): "gone.md",
        (DefectKind.IMAGE, "docs/index.md", 3): "gone.png",
        (DefectKind.ANCHOR, "docs/index.md", 5): "#nowhere",
        (DefectKind.LINK, "docs/index.md", 5): "component:nobody",
        (DefectKind.FILE, "docs/lfs.png", 0): "it is a pointer of Git LFS, not the file itself",
        (
            DefectKind.DIAGRAM,
            "docs/linked.md",
            4,
        ): "The formula is shown as it is written: it ends too early: a brace, an argument or an \\end is missing",
        (DefectKind.ORPHAN, "docs/orphan.md", 0): "Nobody finds me",
        (DefectKind.OWNER, "catalog-info.yaml", 1): "",
    }
    assert {fact.subject for fact in made.facts} == {PAYMENTS}


def test_a_set_without_defects_is_a_measured_zero_apart_from_its_owner(portal):
    made = health(portal, portal.write(**{"docs/index.md": "# Start"}).built())
    assert [fact.value.kind for fact in made.facts] == [DefectKind.OWNER]
    assert [(each.subject, each.family, each.complete) for each in made.measurements] == [(PAYMENTS, "documentation", True)]


def test_a_page_becomes_old_two_years_after_its_last_change_and_the_build_knows_when(portal):
    found = portal.write(**{"docs/index.md": "# Start", "docs/new.md": "# New"}).built()
    changed = {"index.md": NOW - timedelta(days=729), "new.md": NOW}
    found = replace(found, sets={PAYMENTS: replace(found.sets[PAYMENTS], changed=changed)})
    assert DefectKind.OLD not in {fact.value.kind for fact in health(portal, found).facts}
    turn = next_turn_of_documentation(found, NOW)
    assert turn == NOW + timedelta(days=1)
    old = [fact.value for fact in health(portal, found, turn).facts if fact.value.kind is DefectKind.OLD]
    assert [(value.path, value.what) for value in old] == [("docs/index.md", "Start")]
    assert next_turn_of_documentation(found, NOW + timedelta(days=9999)) is None


def test_a_set_with_very_many_defects_is_measured_incompletely(portal):
    text = "".join(f"[x](gone{number}.md)\n" for number in range(MOST + 50))
    made = health(portal, portal.write(**{"docs/index.md": text}).built())
    assert len(made.facts) == MOST
    assert not made.measurements[0].complete


def test_a_portal_without_tools_has_the_page_and_no_link_to_the_one_of_tools(portal):
    made = health(portal, portal.write(**FAULTS).built())
    facts = with_own_facts(CollectedFacts(), DOCUMENTATION, made.facts, made.measurements, NOW)
    context = facts_context(shared_context(portal.catalog), facts, FAMILIES)
    (page,) = index_pages.plan(context)
    assert (page.path, page.view().count) == ("documentation/", len(made.facts))
    assert [link.path for link in page.view().nav] == ["documentation/"]
    assert page.view().kinds[:5] == ("Missing images", "Broken links", "Missing headings", "Unpublished files", "Undrawn diagrams")


def test_the_pages_of_a_long_list_have_the_numbers_of_all_defects_counted_once(portal, monkeypatch):
    text = "".join(f"[x](gone{number}.md)\n" for number in range(MOST + 50))
    made = health(portal, portal.write(**{"docs/index.md": text}).built())
    facts = with_own_facts(CollectedFacts(), DOCUMENTATION, made.facts, made.measurements, NOW)
    asked, owner = [], team_totals.organization.owner
    monkeypatch.setattr(team_totals, "organization", SimpleNamespace(owner=lambda *of: asked.append(of) or owner(*of)))
    pages = [*index_pages.plan(facts_context(shared_context(portal.catalog), facts, FAMILIES))]
    assert asked == []
    views = [page.view() for page in pages]
    assert len(views) > 1
    assert len(asked) == len(made.facts)
    assert {view.teams for view in views} == {views[0].teams}
    assert [row.counts for row in views[0].teams] == [(f"{MOST:,}",)]
