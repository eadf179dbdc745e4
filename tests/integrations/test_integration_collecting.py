import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from vendors import NOW, context, target

from callboard.model.errors import SourceError
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.facts.incident import Incident
from callboard.model.facts.validation import FactError
from callboard.plugins import loader
from callboard.plugins import run_integrations as collect_integrations
from callboard.plugins.integrations.base import GROUP, FactBatch, IntegrationSettings, by_annotation
from callboard.plugins.integrations.collector import FactCollector
from callboard.redaction.redactor import Redactor

SHOP, LEDGER = target("shop", annotations={"tool/id": "S1"}), target("ledger")


class Tool:
    """A connector as a plugin would bring it."""

    schema, title = {}, "Tool"
    families, annotations = ("incident",), ("tool/id",)

    def __init__(self, settings, context):
        self.options, self.name, self.now = settings.options, settings.name, context.now

    def collect(self, targets):
        collector = FactCollector(self.name)
        for group in by_annotation(targets, "tool/id").values():
            collector.add_measurements(group, "incident")
            collector.add_fact(group, "incident", "I1", lambda: Incident("down", self.now))
        return collector.batch()


def collected(monkeypatch, tmp_path, *classes, targets=(SHOP, LEDGER), context_of=context):
    of = {"package": "callboard", "version": "1.0"}  # as a built-in one: classes of a test cannot be imported by another process
    table = {f"t{i}": type("P", (), {"load": lambda self, c=c: c, **of})() for i, c in enumerate(classes)}
    load = loader.load
    monkeypatch.setattr(loader, "load", lambda group: table if group == GROUP else load(group))
    items = [IntegrationSettings(f"n{i}", f"t{i}", {}) for i in range(len(classes))]
    return collect_integrations.collect_facts(items, targets, context_of(tmp_path))


def test_facts_carry_the_name_of_their_integration_whatever_the_connector_returns(monkeypatch, tmp_path):
    known = collected(monkeypatch, tmp_path, Tool)
    assert [(str(f.subject), f.source) for f in known.gathered.facts] == [("component:default/shop", "n0")]
    assert [(str(m.subject), m.source, m.complete) for m in known.gathered.measurements] == [("component:default/shop", "n0", True)]
    assert [(c.name, c.title, c.annotations) for c in known.connections] == [("n0", "Tool", ("tool/id",))]


@pytest.mark.parametrize("error", [ValueError("boom"), SourceError("gone", "wait"), KeyError("x"), RecursionError(), SystemExit(3)])
def test_one_that_raises_is_a_failure_and_its_data_counts_as_incomplete(monkeypatch, tmp_path, error):
    class Broken(Tool):
        def collect(self, targets):
            raise error

    known = collected(monkeypatch, tmp_path, Broken, Tool)
    assert [f.integration for f in known.gathered.failures] == ["n0"]
    assert [(m.source, m.complete) for m in known.gathered.measurements] == [("n0", False), ("n1", True)]
    assert len(known.gathered.facts) == 1


def test_one_that_cannot_be_created_fails_alone(monkeypatch, tmp_path):
    class Uncreatable(Tool):
        def __init__(self, settings, context):
            raise RuntimeError("no")

    known = collected(monkeypatch, tmp_path, Uncreatable, Tool)
    assert [f.integration for f in known.gathered.failures] == ["n0"]
    assert [c.name for c in known.connections] == ["n1"]
    assert len(known.gathered.facts) == 1


def test_an_unknown_type_and_an_unset_variable_fail_their_item_alone(monkeypatch, tmp_path):
    load = loader.load
    monkeypatch.setattr(loader, "load", lambda group: {} if group == GROUP else load(group))
    items = [IntegrationSettings("a", "nothing", {}), IntegrationSettings("b", "x", {}, failure="the variable ${T} is not set")]
    known = collect_integrations.collect_facts(items, (SHOP,), context(tmp_path))
    assert [(f.integration, f.message) for f in known.gathered.failures] == [
        ("a", 'no installed plugin provides the integration type "nothing"'), ("b", "the variable ${T} is not set"),
    ]  # fmt: skip


def test_one_that_violates_the_contract_is_refused_before_it_runs(monkeypatch, tmp_path):
    class Strange(Tool):
        families = ("weather",)

    class Untitled(Tool):
        title = None

    class OneWord(Tool):
        families = "incident"

    known = collected(monkeypatch, tmp_path, Strange, Untitled, OneWord)
    assert ["'weather'" in known.gathered.failures[0].message, *(f.message for f in known.gathered.failures[1:])] == [
        True,
        "the title or the annotations of the connector are not strings",
        '"families" of the connector is not a tuple of strings',
    ]
    assert not known.connections


def test_one_that_returns_no_batch_is_a_failure_that_says_what_it_returned(monkeypatch, tmp_path):
    class Silent(Tool):
        def collect(self, targets):
            return None

    known = collected(monkeypatch, tmp_path, Silent)
    assert [f.message for f in known.gathered.failures] == [
        '"collect" of the connector returned a value of the class NoneType, not a FactBatch'
    ]
    assert [(m.source, m.complete) for m in known.gathered.measurements] == [("n0", False)]


def test_facts_about_unknown_entities_and_of_unnamed_families_reach_no_page(monkeypatch, tmp_path):
    class Gossip(Tool):
        def collect(self, targets):
            stranger, collector = target("nobody"), FactCollector("x")
            collector.add_fact([stranger], "incident", "1", lambda: Incident("down", self.now))
            return collector.batch()

    known = collected(monkeypatch, tmp_path, Gossip)
    assert not known.gathered.facts
    assert not known.gathered.measurements
    assert [(p.code, "nobody" in p.message) for p in known.gathered.problems] == [("INT002", True)]


def test_a_fact_with_a_value_of_a_wrong_type_is_a_problem_and_the_others_count(monkeypatch, tmp_path):
    class Sloppy(Tool):
        def collect(self, targets):
            good = Fact(SHOP.ref, "incident", "good", Incident("down", self.now), "x")
            wrong = [replace(good, key=key, **more) for key, more in WRONG.items()]
            return FactBatch((good, *wrong, replace(good, subject=LEDGER.ref)), tuple(Measurement(t.ref, "incident", "x") for t in targets))

    known = collected(monkeypatch, tmp_path, Sloppy).gathered
    assert [(f.subject.name, f.key) for f in known.facts] == [("shop", "good"), ("ledger", "good")]
    assert {m.subject.name: m.complete for m in known.measurements} == {"shop": False, "ledger": True}
    (problem,) = known.problems
    assert "Expected `str`, got `int` - at `$.url`" in problem.message


WRONG = {"url": {"url": 5}, "title": {"value": Incident(["down"], NOW)}, 7: {}}
"""By key of the fact, which is itself of a wrong type in the last one: what is wrong in it."""


def test_no_secret_leaves_a_failure_or_a_problem(monkeypatch, tmp_path):
    class Leaky(Tool):
        def collect(self, targets):
            raise SourceError("token t0p-secret refused", "try t0p-secret again")

    known = collected(
        monkeypatch, tmp_path, Leaky,
        context_of=lambda path: __import__("dataclasses").replace(context(path), redactor=Redactor.of(["t0p-secret"])),
    )  # fmt: skip
    assert "t0p-secret" not in repr(known)


def test_they_run_at_the_same_time_and_return_in_the_order_of_the_settings(monkeypatch, tmp_path):
    both = threading.Barrier(2, timeout=20)

    class Waiting(Tool):
        def collect(self, targets):
            both.wait()
            return super().collect(targets)

    known = collected(monkeypatch, tmp_path, Waiting, Waiting)
    assert [f.source for f in known.gathered.facts] == ["n0", "n1"]


def test_an_unusable_fact_is_a_problem_and_makes_the_family_incomplete():
    def bad():
        raise FactError("opened: 'x' is not a time")

    collector = FactCollector("tool")
    collector.add_measurements([SHOP], "incident")
    collector.add_fact([SHOP], "incident", "I1", bad)
    collector.add_measurements([SHOP], "incident")
    batch = collector.batch()
    assert [(p.code, str(p.subject)) for p in batch.problems] == [("INT001", "component:default/shop")]
    assert [m.complete for m in batch.measurements] == [False]
    assert batch.facts == ()


def test_since_when_facts_are_whole_is_the_latest_beginning_of_the_queries():
    collector = FactCollector("n")
    for days in (30, 7, 90):
        collector.add_measurements([SHOP], "incident", since=NOW - timedelta(days=days))
    collector.add_measurements([SHOP], "incident", "deployment")
    assert {m.family: m.since for m in collector.batch().measurements} == {"incident": NOW - timedelta(days=7), "deployment": None}


def test_since_when_facts_are_whole_passes_the_checks_of_the_result(monkeypatch, tmp_path):
    class Windowed(Tool):
        def collect(self, targets):
            return FactBatch((), (Measurement(SHOP.ref, "incident", "x", since=self.now),))

    (measurement,) = collected(monkeypatch, tmp_path, Windowed).gathered.measurements
    assert (measurement.source, measurement.since) == ("n0", NOW)


def test_targets_are_grouped_by_the_first_annotation_that_they_have():
    a, b = target("a", annotations={"x/id": "1", "y/id": "2"}), target("b", annotations={"y/id": " 2 "})
    assert by_annotation([a, b, LEDGER], "x/id", "y/id") == {"1": (a,), "2": (b,)}


def test_nothing_runs_without_integrations(tmp_path):
    assert collect_integrations.collect_facts([], (SHOP,), context(tmp_path)).gathered == FactBatch()
