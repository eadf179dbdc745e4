import threading

import pytest
from vendors import context, subject

from callboard.integrations import collect as collect_integrations
from callboard.model.errors import SourceError
from callboard.model.facts.values import Incident
from callboard.model.facts.words import FactError
from callboard.plugins import loader
from callboard.plugins.integrations.base import DeclaredFamily, FactBatch, IntegrationSettings, by_annotation
from callboard.plugins.integrations.collector import FactCollector
from callboard.redaction.redactor import Redactor

SHOP, LEDGER = subject("shop", annotations={"tool/id": "S1"}), subject("ledger")


class Tool:
    """A connector as a plugin would bring it."""

    schema, title, declares = {}, "Tool", ()
    families, annotations = ("incident",), ("tool/id",)

    def __init__(self, settings, context):
        self.options, self.name, self.now = settings.options, settings.name, context.now

    def collect(self, subjects):
        found = FactCollector(self.name)
        for those in by_annotation(subjects, "tool/id").values():
            found.measured(those, "incident")
            found.add(those, "incident", "I1", lambda: Incident("down", self.now))
        return found.done()


def asked(monkeypatch, tmp_path, *classes, subjects=(SHOP, LEDGER), context_of=context):
    table = {f"t{i}": type("P", (), {"load": lambda self, c=c: c})() for i, c in enumerate(classes)}
    monkeypatch.setattr(loader, "load", lambda group: table)
    items = [IntegrationSettings(f"n{i}", f"t{i}", {}) for i in range(len(classes))]
    return collect_integrations.collect_facts(items, subjects, context_of(tmp_path))


def test_facts_carry_the_name_of_their_integration_whatever_the_connector_says(monkeypatch, tmp_path):
    known = asked(monkeypatch, tmp_path, Tool)
    assert [(str(f.subject), f.source) for f in known.gathered.facts] == [("component:default/shop", "n0")]
    assert [(str(m.subject), m.source, m.complete) for m in known.gathered.measurements] == [("component:default/shop", "n0", True)]
    assert [(c.name, c.title, c.annotations) for c in known.connections] == [("n0", "Tool", ("tool/id",))]


@pytest.mark.parametrize("error", [ValueError("boom"), SourceError("gone", "wait"), KeyError("x"), RecursionError()])
def test_one_that_raises_is_a_failure_and_what_it_knows_counts_as_incomplete(monkeypatch, tmp_path, error):
    class Broken(Tool):
        def collect(self, subjects):
            raise error

    known = asked(monkeypatch, tmp_path, Broken, Tool)
    assert [f.integration for f in known.gathered.failures] == ["n0"]
    assert [(m.source, m.complete) for m in known.gathered.measurements] == [("n0", False), ("n1", True)]
    assert len(known.gathered.facts) == 1


def test_one_that_cannot_be_made_fails_alone(monkeypatch, tmp_path):
    class Unmade(Tool):
        def __init__(self, settings, context):
            raise RuntimeError("no")

    known = asked(monkeypatch, tmp_path, Unmade, Tool)
    assert [f.integration for f in known.gathered.failures] == ["n0"]
    assert [c.name for c in known.connections] == ["n1"]
    assert len(known.gathered.facts) == 1


def test_an_unknown_type_and_an_unset_variable_fail_their_item_alone(monkeypatch, tmp_path):
    monkeypatch.setattr(loader, "load", lambda group: {})
    items = [IntegrationSettings("a", "nothing", {}), IntegrationSettings("b", "x", {}, failure="the variable ${T} is not set")]
    known = collect_integrations.collect_facts(items, (SHOP,), context(tmp_path))
    assert [(f.integration, f.message) for f in known.gathered.failures] == [
        ("a", 'no installed plugin provides the integration type "nothing"'), ("b", "the variable ${T} is not set"),
    ]  # fmt: skip


def test_one_without_the_whole_contract_is_refused_before_it_is_asked(monkeypatch, tmp_path):
    class Strange(Tool):
        families = ("weather",)

    class Thief(Tool):
        declares = (DeclaredFamily("incident", "Mine", {}),)

    known = asked(monkeypatch, tmp_path, Strange, Thief)
    assert ["'weather'" in f.message or "'incident'" in f.message for f in known.gathered.failures] == [True, True]
    assert not known.connections


def test_facts_about_unknown_entities_and_of_unnamed_families_reach_no_page(monkeypatch, tmp_path):
    class Gossip(Tool):
        def collect(self, subjects):
            stranger, found = subject("nobody"), FactCollector("x")
            found.add([stranger], "incident", "1", lambda: Incident("down", self.now))
            return found.done()

    known = asked(monkeypatch, tmp_path, Gossip)
    assert not known.gathered.facts
    assert not known.gathered.measurements
    assert [(p.code, "nobody" in p.message) for p in known.gathered.problems] == [("INT002", True)]


def test_no_secret_leaves_a_failure_or_a_problem(monkeypatch, tmp_path):
    class Leaky(Tool):
        def collect(self, subjects):
            raise SourceError("token t0p-secret refused", "try t0p-secret again")

    known = asked(
        monkeypatch, tmp_path, Leaky,
        context_of=lambda path: __import__("dataclasses").replace(context(path), redactor=Redactor.of(["t0p-secret"])),
    )  # fmt: skip
    assert "t0p-secret" not in repr(known)


def test_they_are_asked_at_the_same_time_and_answer_in_the_order_of_the_settings(monkeypatch, tmp_path):
    both = threading.Barrier(2, timeout=20)

    class Waiting(Tool):
        def collect(self, subjects):
            both.wait()
            return super().collect(subjects)

    known = asked(monkeypatch, tmp_path, Waiting, Waiting)
    assert [f.source for f in known.gathered.facts] == ["n0", "n1"]


def test_what_cannot_be_understood_is_a_problem_and_makes_the_family_incomplete():
    def bad():
        raise FactError("opened: 'x' is not a time")

    found = FactCollector("tool")
    found.measured([SHOP], "incident")
    found.add([SHOP], "incident", "I1", bad)
    found.measured([SHOP], "incident")
    done = found.done()
    assert [(p.code, str(p.subject)) for p in done.problems] == [("INT001", "component:default/shop")]
    assert [m.complete for m in done.measurements] == [False]
    assert done.facts == ()


def test_subjects_are_grouped_by_the_first_annotation_that_they_have():
    a, b = subject("a", annotations={"x/id": "1", "y/id": "2"}), subject("b", annotations={"y/id": " 2 "})
    assert by_annotation([a, b, LEDGER], "x/id", "y/id") == {"1": (a,), "2": (b,)}


def test_nothing_is_asked_without_integrations(tmp_path):
    assert collect_integrations.collect_facts([], (SHOP,), context(tmp_path)).gathered == FactBatch()
