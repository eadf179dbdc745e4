import json
from datetime import timedelta

import pytest
from vendors import NOW, context, target

from callboard.integrations.file import FileIntegration
from callboard.plugins.installed_families import value_types
from callboard.plugins.integrations.base import IntegrationSettings
from callboard.plugins.run_integrations import collect_facts

SHOP, LEDGER = target("shop", annotations={"pagerduty.com/service-id": "PSHOP"}), target("ledger")


def told(tmp_path, files, **options):
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    item = IntegrationSettings("drop", "file", {"path": "*.*", **options})
    return collect_facts([item], (SHOP, LEDGER), context(tmp_path)).gathered


ROWS = [
    {"entity": "shop", "key": "I1", "title": "Down", "opened": "-3h", "severity": "SEV2", "url": "https://pd.example/I1"},
    {"entity": "component:default/shop", "key": "I2", "title": "Slow", "opened": "-2d", "state": "resolved", "resolved": "-47h"},
]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("incident.json", json.dumps(ROWS)),
        ("incident.jsonl", "\n".join(json.dumps(row) for row in ROWS)),
        ("incident-may.yaml", "- " + "\n- ".join(json.dumps(row) for row in ROWS)),
        ("incident.csv", ("entity,key,title,opened,severity,url,state,resolved\nshop,I1,Down,-3h,SEV2,https://pd.example/I1,,\n"
                         "component:default/shop,I2,Slow,-2d,,,resolved,-47h\n")),
    ],
)  # fmt: skip
def test_the_same_rows_say_the_same_in_every_format(tmp_path, name, content):
    got = told(tmp_path, {name: content})
    assert [(f.key, f.value.title, f.value.severity, f.value.state.value, f.value.opened) for f in got.facts] == [
        ("I1", "Down", 2, "open", NOW - timedelta(hours=3)), ("I2", "Slow", 3, "resolved", NOW - timedelta(days=2)),
    ]  # fmt: skip
    assert not got.problems
    assert not got.failures


def test_a_cell_may_hold_json(tmp_path):
    got = told(tmp_path, {"on-call.csv": 'entity,name,shifts\nshop,rota,"[{""person"": ""Ada"", ""start"": ""now""}]"\n'})
    assert got.facts[0].value.shifts[0].person == "Ada"


def test_a_row_without_a_value_is_a_measured_zero_and_may_say_that_it_is_incomplete(tmp_path):
    got = told(tmp_path, {"vulnerability.yaml": "- {entity: shop}\n- {entity: ledger, complete: false}"})
    assert [(m.subject.name, m.complete) for m in got.measurements] == [("ledger", False), ("shop", True)]
    assert got.facts == ()


def test_all_may_be_measured_by_kind_or_by_annotation(tmp_path):
    whole = told(tmp_path, {"vulnerability.yaml": "[]"}, measures="all")
    assert [m.subject.name for m in whole.measurements] == ["ledger", "shop"]
    by_name = told(tmp_path, {"vulnerability.yaml": "[]"}, measures="all", annotation="pagerduty.com/service-id")
    assert [m.subject.name for m in by_name.measurements] == ["shop"]


def test_rows_may_name_what_a_tool_calls_an_entity(tmp_path):
    got = told(tmp_path, {"incident.yaml": "- {entity: PSHOP, title: Down, opened: now}"}, annotation="pagerduty.com/service-id")
    assert [f.subject for f in got.facts] == [SHOP.ref]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "incident.json",
            json.dumps([ROWS[0], 17, ROWS[1], None]),
            "incident.json has items that are not mappings (2); the others (2) are read",
        ),
        ("incident.yaml", f"- {json.dumps(ROWS[0])}\n- text\n- {json.dumps(ROWS[1])}", "has items that are not mappings (1)"),
        ("incident.jsonl", f"{{\n{json.dumps(ROWS[0])}\n7\n{json.dumps(ROWS[1])}", "incident.jsonl:1 is not valid JSON"),
    ],
)
@pytest.mark.parametrize("measures", ["rows", "all"])
def test_one_bad_row_does_not_take_the_others_and_the_file_is_incomplete(tmp_path, name, content, said, measures):
    got = told(tmp_path, {name: content}, measures=measures)
    assert [fact.key for fact in got.facts] == ["I1", "I2"]
    assert [said in failure.message for failure in got.failures] == [True]
    assert {m.complete for m in got.measurements} == {False}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("incident.json", "{", "not valid JSON"), ("incident.json", '{"a": 1}', "not a list of mappings"),
        ("incident.yaml", "- [", "incident.yaml:"), ("weather.yaml", "[]", "does not start with a family"),
        ("incident.txt", "x", "not one of .csv"), ("incident.json", "[" * 100_000, "not valid JSON"),
        ("incident.csv", 'entity,title\nshop,"x', "not valid CSV"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_a_failure_that_names_it(tmp_path, name, content, said):
    got = told(tmp_path, {name: content})
    assert len(got.failures) == 1
    assert said in f"{got.failures[0].place} {got.failures[0].message}"


def test_a_bad_row_is_a_problem_and_the_others_count(tmp_path):
    got = told(
        tmp_path, {"incident.json": json.dumps([{"entity": "shop", "title": "x", "opened": "soon"}, ROWS[0], {"entity": "nobody"}, {}])}
    )
    assert [f.key for f in got.facts] == ["I1"]
    assert sorted(p.code for p in got.problems) == ["INT001", "INT002", "INT002"]
    assert [m.complete for m in got.measurements] == [False]


@pytest.mark.parametrize(
    ("options", "families"),
    [
        ({"path": "facts/*.json"}, tuple(value_types())),
        ({"path": "facts/incident-*.json"}, ("incident",)),
        ({"path": "gone/quality-gate.json"}, ("quality-gate",)),
        ({"path": "x.json", "family": "alert"}, ("alert",)),
    ],
)
def test_the_families_are_those_that_the_path_names(tmp_path, options, families):
    assert FileIntegration(IntegrationSettings("files", "file", options), context(tmp_path)).families == families


def test_no_file_at_all_is_a_failure(tmp_path):
    got = told(tmp_path, {}, path="facts/*.yaml")
    assert "there is no file facts/*.yaml" in got.failures[0].message


def test_no_fix_is_told_only_by_a_row_that_says_so(tmp_path):
    rows = [{"entity": "shop", "key": "a", "id": "CVE-1", "fixed_in": ""}, {"entity": "shop", "key": "b", "id": "CVE-2"}]
    assert [f.value.fixed_in for f in told(tmp_path, {"vulnerability.json": json.dumps(rows)}).facts] == ["", None]


def test_secrets_in_facts_are_masked(tmp_path):
    token = "ghp_" + "a1" * 18
    shifts = [{"person": f"Ada {token}", "start": "now"}]
    rows = [{"entity": "shop", "key": token, "name": "rota", "shifts": shifts, "url": f"https://pd.example/?t={token}"}]
    got = told(tmp_path, {"on-call.json": json.dumps(rows)})
    assert token not in str(got)
    assert (got.facts[0].value.shifts[0].person, got.facts[0].url) == ("Ada ghp_****", "")
