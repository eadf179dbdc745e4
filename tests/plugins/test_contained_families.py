"""Families of other packages whose code misbehaves: that costs one panel, one fact or the events of one build, and a problem says why."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from callboard.history.fact_events import fact_changes
from callboard.model.errors import PluginError
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.ref import EntityRef
from callboard.pages.facts.families import all_families
from callboard.pages.facts.plugin_family import take_family_failures
from callboard.pages.shared_views import EntityLink
from callboard.plugins.containment import plugin_process
from callboard.plugins.containment.plugin_process import CallLimits
from callboard.plugins.installed_families import installed_families
from callboard.plugins.integrations.base import IntegrationContext, IntegrationSettings, Target
from callboard.plugins.run_integrations import collect_facts
from callboard.state.facts import CollectedFacts
from support.plugin_package import installed
from support.wild_family import CODE, PANEL

pytestmark = pytest.mark.long
NOW = datetime(2026, 11, 30, tzinfo=UTC)
SHOP = EntityRef("component", "default", "shop")
FATAL = {
    "exit": "SystemExit: 0",
    "os-exit": "ended with exit code 0",
    "segfault": "was ended by the signal SIGSEGV",
    "hang": "did not answer within 2 seconds",
    "raise": "KeyError: 'x'",
}
HARMLESS = ("chdir", "environ", "print", "nothing")


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(plugin_process.LIMITS, "current", CallLimits(start_seconds=20, family_seconds=2))


def family(tmp_path, code=CODE):
    return installed(
        tmp_path / "plugins", "wild_family", code, {"callboard.families": {"wild": "wild_family:FAMILY"}}, files={"panel.html": PANEL}
    )


@pytest.mark.parametrize("action", [*FATAL, *HARMLESS])
def test_an_import_is_tried_in_a_process_and_changes_nothing_here(tmp_path, monkeypatch, capfd, action):
    monkeypatch.setattr(plugin_process.LIMITS, "current", CallLimits(start_seconds=2 if action == "hang" else 20))
    monkeypatch.setitem(FATAL, "hang", "did not answer within")
    before = Path.cwd(), dict(os.environ)
    with family(tmp_path, f"{CODE}\nACTIONS[{action!r}]()\n"):
        found = installed_families()
        assert (Path.cwd(), dict(os.environ), capfd.readouterr().out) == (*before, "")
        assert found.families.keys() == ({"wild"} if action in HARMLESS else set())
        assert action in HARMLESS or re.search(FATAL[action], str(found.failures["wild"]))


def test_decisions_that_fail_cost_their_own_facts(tmp_path, quick):
    rows = "\n".join(f"- {{entity: shop, name: {action}, urgent: {action}}}" for action in (*FATAL, *HARMLESS))
    (tmp_path / "facts.yaml").write_text(rows)
    item = IntegrationSettings("drop", "file", {"path": "facts.yaml", "family": "wild"})
    before = Path.cwd(), dict(os.environ)
    with family(tmp_path):
        context = IntegrationContext(tmp_path, NOW, tmp_path / "cache")
        one = collect_facts([item], [Target(SHOP)], context).gathered
        found = {fact.value.name for fact in one.facts}
    assert (Path.cwd(), dict(os.environ)) == before
    assert found == {*HARMLESS}
    (problem,) = one.problems
    assert (problem.code, problem.subject) == ("INT001", SHOP)
    assert [each.complete for each in one.measurements] == [False]


@pytest.mark.parametrize("action", FATAL)
def test_a_panel_that_fails_is_a_note_and_a_problem_and_the_next_one_is_rendered(tmp_path, quick, action):
    with family(tmp_path):
        process, value = installed_families().processes["wild"], installed_families().families["wild"].value_type
        link = EntityLink("Shop", str(SHOP), "component", "cube", "catalog/shop/")._asdict()
        bad, good = (Fact(SHOP, "wild", "k", value("<i>", panel=each), "drop") for each in (action, "nothing"))
        with pytest.raises(PluginError, match=FATAL[action]):
            process.render("wild_family", "panel.html", [(bad, "", link)], "../")
        assert process.render("wild_family", "panel.html", [(good, "https://x.example/", link)], "../") == (
            "<b>&lt;i&gt; catalog/shop/ https://x.example/</b>"
        )


def test_the_page_has_a_note_in_place_of_a_panel_whose_process_ended(tmp_path, quick):
    with family(tmp_path):
        value = installed_families().families["wild"].value_type
        facts = [Fact(SHOP, "wild", "k", value("a", panel="os-exit"), "drop")]
        take_family_failures()
        content = all_families()["wild"].panel(_Context(), facts)
        assert "wild (wild-family 1.0)" in content.blocks[0].content
        (problem,) = take_family_failures()
        assert (problem.code, "ended with exit code 0 while it rendered panel.html" in problem.message) == ("INT004", True)
        assert "wild-family 1.0" in problem.hint


class _Context:
    """The part of the context of pages that a panel reads."""

    labels = MappingProxyType({"panel_broken": "Could not render {}: {}"})

    class links:  # noqa: N801
        @staticmethod
        def to(ref):
            return EntityLink("Shop", str(ref), "component", "cube", "catalog/shop/")


@pytest.mark.parametrize("action", [*FATAL, "chdir", "print"])
def test_events_that_fail_are_left_out_with_a_problem(tmp_path, quick, action):
    with family(tmp_path):
        value = installed_families().families["wild"].value_type
        measured = (Measurement(SHOP, "wild", "drop"),)
        before = CollectedFacts((Fact(SHOP, "wild", "k", value("a"), "drop"),), measured)
        after = CollectedFacts((Fact(SHOP, "wild", "k", value("b", events=action), "drop"),), measured)
        problems = []
        changes = fact_changes(before, after, {}, {SHOP: None}, NOW, problems)
        if action in FATAL:
            assert changes == ()
            assert re.search(FATAL[action], problems[0].message)
        else:
            assert ([change.after for change in changes], problems) == (["b"], [])


def test_a_family_that_fails_again_and_again_is_not_called_any_more(tmp_path, quick):
    with family(tmp_path):
        process, value = installed_families().processes["wild"], installed_families().families["wild"].value_type
        bad, good = (Fact(SHOP, "wild", "k", value("a", panel=each), "drop") for each in ("os-exit", "nothing"))
        for _ in range(5):
            with pytest.raises(PluginError):
                process.render("wild_family", "panel.html", [(bad, "", {})], "")
        with pytest.raises(PluginError, match="ended with exit code 0"):
            process.render("wild_family", "panel.html", [(good, "", {})], "")
