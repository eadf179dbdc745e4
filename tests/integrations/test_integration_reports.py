import json
from dataclasses import replace

import pytest
from vendors import context, target

from callboard.plugins.integrations.base import IntegrationSettings
from callboard.plugins.run_integrations import collect_facts
from callboard.sources.files.folder import FolderTree

SARIF = {
    "version": "2.1.0",
    "runs": [{
        "tool": {"driver": {"name": "scan", "rules": [
            {"id": "py/sql", "helpUri": "https://scan.example/py/sql", "properties": {"security-severity": "8.8"}}]}},
        "results": [
            {"ruleId": "py/sql", "message": {"text": "Query from input"}, "locations": [
                {"physicalLocation": {"artifactLocation": {"uri": "app/db.py"}, "region": {"startLine": 12}}}]},
            {"ruleId": "style", "level": "note", "message": {"text": "Long line"}},
            {"ruleId": "py/sql", "message": {"text": "x"}, "suppressions": [{"kind": "inSource"}]},
        ],
    }],
}  # fmt: skip
BOM = {
    "bomFormat": "CycloneDX", "specVersion": "1.5",
    "components": [{"bom-ref": "n", "name": "netty", "version": "4.1"}],
    "vulnerabilities": [
        {"id": "CVE-1", "ratings": [{"severity": "medium"}, {"severity": "critical"}], "affects": [{"ref": "n"}], "source": {"url": "https://nvd.example/CVE-1"}},
        {"id": "CVE-2", "ratings": [{"severity": "high"}], "affects": [{"ref": "n"}], "analysis": {"state": "not_affected"}},
    ],
}  # fmt: skip
JUNIT = """<?xml version="1.0"?><testsuites><testsuite name="unit" time="2.5"><testcase name="a"/><testcase name="b"><failure/></testcase>
<testcase name="c"><skipped/></testcase></testsuite></testsuites>"""


def told(tmp_path, files, **options):
    for name, content in files.items():
        path = tmp_path / "repo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    root = tmp_path / "repo"
    tree = FolderTree(root, "tree", "acme/shop", "", sorted(files))
    targets = [replace(target("all"), tree=tree), replace(target("part"), tree=tree, folder="part")]
    return collect_facts([IntegrationSettings("scans", "reports", options)], targets, context(tmp_path)).gathered


def test_sarif_results_are_findings_in_the_code(tmp_path):
    got = told(tmp_path, {"out/scan.sarif": SARIF})
    assert [(f.value.id, f.value.severity.value, f.value.place, f.url) for f in got.facts] == [
        ("py/sql", "high", "app/db.py:12", "https://scan.example/py/sql"), ("style", "low", "", ""),
    ]  # fmt: skip


def test_cyclonedx_vulnerabilities_name_their_component_and_ruled_out_ones_are_left_out(tmp_path):
    got = told(tmp_path, {"bom.json": BOM})
    assert [(f.value.id, f.value.severity.value, f.value.package, f.value.version) for f in got.facts] == [
        ("CVE-1", "critical", "netty", "4.1")
    ]


def test_a_test_report_is_a_run_with_its_tests(tmp_path):
    got = told(tmp_path, {"TEST-unit.xml": JUNIT})
    value = got.facts[0].value
    assert (value.state.value, value.tests, value.tests_failed, value.tests_skipped, value.seconds) == ("failed", 3, 1, 1, 2.5)


def test_a_report_belongs_to_the_nearest_component_above_it(tmp_path):
    got = told(tmp_path, {"part/bom.json": BOM, "other/bom.json": {"bomFormat": "CycloneDX"}})
    assert [(f.subject.name) for f in got.facts] == ["part"]
    assert [(m.subject.name, m.complete) for m in got.measurements] == [("all", True), ("part", True)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bom.json", "{"), ("bom.json", {"bomFormat": "SPDX"}), ("bom.json", "[]"), ("x.sarif", "[" * 100_000), ("TEST-a.xml", "<a"),
        ("TEST-a.xml", '<!DOCTYPE x [<!ENTITY a "b">]><testsuite/>'), ("TEST-a.xml", "<html/>"),
    ],
)  # fmt: skip
def test_what_is_no_report_is_a_failure_that_names_the_file(tmp_path, name, content):
    got = told(tmp_path, {name: content})
    assert name in got.failures[0].message
    assert [m.complete for m in got.measurements] == [False]


@pytest.mark.parametrize("name", ["bom.json", "x.sarif"])
@pytest.mark.parametrize("odd", [None, 1, "x", [1], {"a": 1}])
def test_odd_parts_are_passed_over(tmp_path, name, odd):
    content = {"bomFormat": "CycloneDX", "components": odd, "vulnerabilities": odd} if name == "bom.json" else {"runs": odd}
    got = told(tmp_path, {name: content})
    assert not got.failures


def test_a_format_may_be_switched_off(tmp_path):
    assert told(tmp_path, {"bom.json": BOM}, cyclonedx="").facts == ()
