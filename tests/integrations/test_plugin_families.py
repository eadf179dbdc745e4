"""A family of facts of an installed plugin: checked when it is loaded, filled by any integration, saved, compared, and never fatal."""

import re

import pytest
from vendors import NOW, context, target

from callboard.history.fact_events import fact_changes
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.facts.incident import Incident
from callboard.model.ref import parse_ref
from callboard.plugins.installed_families import installed_families, value_type
from callboard.plugins.integrations.base import IntegrationSettings
from callboard.plugins.integrations.collector import unusable_families
from callboard.plugins.integrations.decode import decode_value, family_fields
from callboard.plugins.run_integrations import collect_facts
from callboard.state.facts import CollectedFacts
from callboard.state.parts import fact_lines, facts_of
from support.plugin_package import installed

CODE = """
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from callboard.plugins.families import EventKind, FactDelta, FactEvent, FactValue, Family, PackageTemplate, Tone, Validated


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


@dataclass(frozen=True, slots=True)
class Part(Validated):
    name: str
    size: Size = Size.SMALL


@dataclass(frozen=True, slots=True)
class Load(FactValue):
    name: str
    percent: float
    since: datetime | None = None
    parts: tuple[Part, ...] = ()

    @property
    def is_urgent(self):
        return 100 / (100 - self.percent) > 10

    def sort_key(self, observed_at):
        return -self.percent


def events(delta):
    for key, fact in delta.after.items():
        if fact.value.percent != delta.before[key].value.percent:
            yield FactEvent("load-changed", str(delta.before[key].value.percent), str(fact.value.percent))


FAMILY = Family("load", "Load", Load, kinds={"load-changed": EventKind("load changed", "loads changed")}, events=events)
"""
GROUP = "callboard.families"
SHOP, LEDGER = target("shop"), target("ledger")
REF = parse_ref("component:default/shop").canonical()


@pytest.fixture
def plugin(tmp_path):
    with installed(tmp_path / "plugins", "load_plugin", CODE, {GROUP: {"load": "load_plugin:FAMILY"}}):
        yield installed_families().families["load"]


def collected(tmp_path, files, **options):
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    item = IntegrationSettings("drop", "file", {"path": "load*.*", **options})
    return collect_facts([item], (SHOP, LEDGER), context(tmp_path))


def test_a_file_of_facts_fills_the_family_by_the_fields_of_its_value(plugin, tmp_path):
    result = collected(
        tmp_path, {"load.csv": 'entity,name,percent,since,parts\nshop,web,12.5,-2h,"[{""name"": ""a"", ""size"": ""large""}]"\n'}
    )
    (fact,) = result.gathered.facts
    assert type(fact.value) is plugin.value_type is value_type("load")
    assert (fact.value.percent, fact.value.parts[0].size) == (12.5, "large")
    assert fact.value.since.tzinfo is not None
    assert family_fields("load") == ("name", "percent", "since", "parts")
    assert not result.gathered.problems


def test_a_field_that_the_family_does_not_have_is_a_problem_with_the_fields(plugin, tmp_path):
    result = collected(tmp_path, {"load.yaml": "- {entity: shop, name: web, share: 3}"})
    (problem,) = result.gathered.problems
    assert problem.code == "INT001"
    assert "'share'; the fields are name, percent, since, parts" in problem.message


def test_a_value_whose_decisions_raise_is_a_problem_that_names_the_plugin_and_costs_that_fact_alone(plugin, tmp_path):
    result = collected(tmp_path, {"load.yaml": "- {entity: shop, name: a, percent: 100}\n- {entity: shop, name: b, percent: 40}"})
    assert [fact.value.name for fact in result.gathered.facts] == ["b"]
    (problem,) = result.gathered.problems
    assert (problem.code, "ZeroDivisionError" in problem.message, "load-plugin 1.0" in problem.hint) == ("INT001", True, True)
    assert [one.complete for one in result.gathered.measurements] == [False]


class Careless:
    """An integration that makes values without decoding them."""

    schema, title, families, annotations = {}, "Careless", ("load",), ()
    values = ()

    def __init__(self, settings, context):
        self._name = settings.name

    def collect(self, targets):
        from callboard.plugins.integrations.base import FactBatch

        facts = tuple(Fact(SHOP.ref, "load", str(n), value, self._name) for n, value in enumerate(self.values))
        return FactBatch(facts, (Measurement(SHOP.ref, "load", self._name),))


def test_a_value_with_a_field_of_another_type_is_a_problem(plugin, tmp_path, monkeypatch):
    from callboard.plugins import loader

    load, kind = loader.load, plugin.value_type
    Careless.values = (kind("a", "many"), kind("b", 1.0, None, ["x"]), kind("c", 2))
    table = {"careless": type("P", (), {"load": lambda self: Careless, "package": "callboard"})()}
    monkeypatch.setattr(loader, "load", lambda group: table if group == "callboard.integrations" else load(group))
    result = collect_facts([IntegrationSettings("n", "careless", {})], (SHOP,), context(tmp_path))
    assert [fact.value.name for fact in result.gathered.facts] == ["c"]
    (problem,) = result.gathered.problems
    assert "percent is 'many', which is not a number" in problem.message


def test_facts_of_the_family_come_back_from_the_state_and_are_left_out_without_the_plugin(tmp_path):
    with installed(tmp_path, "load_plugin", CODE, {GROUP: {"load": "load_plugin:FAMILY"}}):
        value = decode_value("load", {"name": "web", "percent": 3, "since": "-1h", "parts": [{"name": "a", "size": "large"}]}, NOW)
        fact, measurement = Fact(REF, "load", "k", value, "drop"), Measurement(REF, "load", "drop")
        line = b"".join(fact_lines([fact], [measurement]))
        assert facts_of(line) == ([fact], [measurement])
        changed = line.replace(b'"name":"web"', b'"gone":"web"')
        assert changed != line
        assert facts_of(changed)[0] == [], "the plugin's values have changed since"
    assert facts_of(line) == ([], [])


def facts(family, *percents, key="web"):
    values = [Fact(REF, "load", f"{key}{n}", family.value_type("web", percent), "drop") for n, percent in enumerate(percents)]
    return CollectedFacts(tuple(values), (Measurement(REF, "load", "drop"),))


def test_events_of_the_family_are_changes(plugin):
    problems = []
    (change,) = fact_changes(facts(plugin, 1.0, 5.0), facts(plugin, 1.0, 9.0), {}, {REF: None}, NOW, problems)
    assert (change.kind, change.before, change.after, problems) == ("load-changed", "5.0", "9.0", [])


def two_entities(collected, key):
    """Facts about a second entity, after those about the first; with other keys in the later build the function raises KeyError."""
    (one,) = collected.facts
    fact = Fact(LEDGER.ref, "load", key, one.value, "drop")
    return CollectedFacts((one, fact), (*collected.measurements, Measurement(LEDGER.ref, "load", "drop")))


def test_an_error_in_the_function_for_events_is_problem_int004_and_costs_the_events_of_that_family(plugin):
    problems = []
    before, after = two_entities(facts(plugin, 1.0), "web"), two_entities(facts(plugin, 2.0), "new")
    assert fact_changes(before, after, {}, {REF: None, LEDGER.ref: None}, NOW, problems) == ()
    (problem,) = problems
    assert (problem.code, "load-plugin 1.0" in problem.message, "KeyError" in problem.message) == ("INT004", True, True)


BAD = {
    "it is a value of the class str": CODE + "\nFAMILY = 'no'",
    'its name is "other"': CODE + "\nimport dataclasses\nFAMILY = dataclasses.replace(FAMILY, name='other')",
    "not a dataclass that extends FactValue": CODE + "\nFAMILY = Family('load', 'Load', Part)",
    "Load is not frozen": CODE + "\nLoad.__dataclass_params__.frozen = False",
    "'raw' of Odd has a type": CODE
    + "\n@dataclass(frozen=True)\nclass Odd(FactValue):\n    raw: dict\nFAMILY = Family('load', 'Load', Odd)",
    "'nothing', which is not a field": CODE + "\nFAMILY = Family('load', 'Load', Load, fields={'nothing': 'x'})",
    "does not start with": CODE + "\nFAMILY = Family('load', 'L', Load, kinds={'deployed': EventKind('a', 'b')}, events=events)",
    "belong together": CODE + "\nFAMILY = Family('load', 'L', Load, events=events)",
    "is not the name of an icon": CODE + "\nFAMILY = Family('load', 'L', Load, icon='<b>')",
    "none.html of load_plugin cannot be read": CODE
    + "\nFAMILY = Family('load', 'L', Load, panel=PackageTemplate('load_plugin', 'none.html'))",
    "ZeroDivisionError": CODE + "\n1 / 0",
}


@pytest.mark.parametrize("message", BAD)
def test_a_family_that_violates_the_contract_fails_what_uses_it_and_nothing_else(tmp_path, message):
    with installed(tmp_path / "plugins", "load_plugin", BAD[message], {GROUP: {"load": "load_plugin:FAMILY"}}):
        assert "load" not in installed_families().families
        assert message in str(installed_families().failures["load"])
        assert "load-plugin" in installed_families().failures["load"].hint
        (problem,) = unusable_families()
        assert (problem.code, message in problem.message) == ("INT004", True)
        result = collected(tmp_path, {"load.yaml": "- {entity: shop, name: a, percent: 1}"}, family="load")
        (failure,) = result.gathered.failures
        assert (failure.integration, message in failure.message) == ("drop", True)


def test_a_name_that_a_built_in_family_has_is_a_failure_that_names_both_and_the_built_in_one_stays(tmp_path):
    with installed(tmp_path, "load_plugin", CODE, {GROUP: {"incident": "load_plugin:FAMILY"}}):
        (problem,) = unusable_families()
        assert re.search(r'type "incident".*model\.facts\.incident:Incident.*load_plugin:FAMILY of load-plugin', problem.message)
        assert value_type("incident") is Incident


def test_a_name_that_two_plugins_have_is_a_failure_that_names_both(tmp_path):
    points = {GROUP: {"load": "load_plugin:FAMILY"}}
    with (
        installed(tmp_path / "one", "load_plugin", CODE, points),
        installed(tmp_path / "two", "other_plugin", CODE, {GROUP: {"load": "other_plugin:FAMILY"}}),
    ):
        (problem,) = unusable_families()
        assert "load_plugin:FAMILY of load-plugin 1.0 and other_plugin:FAMILY of other-plugin 1.0" in problem.message
        assert "load" not in installed_families().families


def test_two_families_do_not_share_a_kind_of_event(tmp_path):
    other = CODE.replace('Family("load", "Load", Load, kinds={"load-changed"', 'Family("load-x", "Load", Load, kinds={"load-changed"')
    with (
        installed(tmp_path / "one", "load_plugin", CODE, {GROUP: {"load": "load_plugin:FAMILY"}}),
        installed(tmp_path / "two", "other_plugin", other, {GROUP: {"load-x": "other_plugin:FAMILY"}}),
    ):
        assert [*installed_families().families] == ["load"]
        assert "load-changed" in str(installed_families().failures["load-x"])
