"""Report files → facts. Each case names where it comes from."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from vendors import context, target

from callboard.integrations.reports import connector as reports
from callboard.plugins.integrations.base import IntegrationSettings
from callboard.plugins.run_integrations import collect_facts
from callboard.sources.files.folder import FolderTree

REAL = Path(__file__).parent.parent / "data/reports"
BOM = {
    "bomFormat": "CycloneDX", "specVersion": "1.5",
    "components": [{"bom-ref": "n", "name": "netty", "version": "4.1"}],
    "vulnerabilities": [{"id": "CVE-1", "ratings": [{"severity": "medium"}], "affects": [{"ref": "n"}]}],
}  # fmt: skip
JUNIT = """<?xml version="1.0"?><testsuites><testsuite name="unit" time="2.5"><testcase name="a"/><testcase name="b"><failure/></testcase>
<testcase name="c"><skipped/></testcase></testsuite></testsuites>"""


def told(tmp_path, files, **options):
    for name, content in files.items():
        path = tmp_path / "repo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else (content if isinstance(content, str) else json.dumps(content)).encode())
    root = tmp_path / "repo"
    tree = FolderTree(root, "tree", "acme/shop", "", sorted(files))
    targets = [replace(target("all"), tree=tree), replace(target("part"), tree=tree, folder="part")]
    return collect_facts([IntegrationSettings("scans", "reports", options)], targets, context(tmp_path)).gathered


def scan(*results, rules=(), **run):
    """A SARIF file with one run."""
    return {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "scan", "rules": list(rules)}}, "results": list(results), **run}]}


def rule(name="R1", score="9.1", **more):
    return {"id": name, "properties": {"security-severity": score}, **more}


def result(name="R1", text="m", uri="a.py", **more):
    location = {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": 3}}}
    return {"ruleId": name, "message": {"text": text}, "locations": [location], **more}


def without_id(**more):
    return {key: value for key, value in result(**more).items() if key != "ruleId"}


CRITICAL = ("R1", "critical")
AN_ERROR = {"id": "R1", "defaultConfiguration": {"level": "error"}}
EXTENDED = {"driver": {"name": "q"}, "extensions": [{"rules": [rule()]}]}
TWO_EXTENSIONS = [{"name": name, "guid": f"g-{name}", "rules": [rule(score=score)]} for name, score in (("a", "1.0"), ("b", "9.5"))]
SARIF = {
    "rules in an extension (codeql-action PR 546)": (
        scan(
            result(rule={"id": "R1", "index": 0, "toolComponent": {"index": 0}}),
            tool=EXTENDED,
        ),
        [CRITICAL],
    ),
    "rules in an extension, found by id alone": (
        scan(result(), tool=EXTENDED),
        [CRITICAL],
    ),
    **{
        f"the same id in two extensions, by {key} (SARIF 3.54)": (
            scan(result(rule={"id": "R1", "toolComponent": {key: value}}), tool={"driver": {"name": "d"}, "extensions": TWO_EXTENSIONS}),
            [CRITICAL],
        )
        for key, value in {"index": 1, "name": "B", "guid": "G-B"}.items()
    },
    "rule.guid alone (SARIF 3.52.6)": (scan(without_id(rule={"guid": "A1"}), rules=[rule("R0", "1.0"), rule(guid="a1")]), [CRITICAL]),
    "ruleIndex alone (SARIF 3.27.6)": (scan(without_id(ruleIndex=0), rules=[rule()]), [CRITICAL]),
    "rule.id alone (SARIF 3.27.7)": (scan(without_id(rule={"id": "R1"}), rules=[rule()]), [CRITICAL]),
    "rule.index alone": (scan(without_id(rule={"index": 1}), rules=[rule("R0", "1.0"), rule()]), [CRITICAL]),
    "hierarchical id (SARIF 3.27.5)": (scan(result("R1/sub/deep"), rules=[rule()]), [("R1/sub/deep", "critical")]),
    "an index that contradicts the id": (scan(result(ruleIndex=0), rules=[rule("R0", "1.0"), rule()]), [CRITICAL]),
    "an index outside of the rules": (scan(result(ruleIndex=7), rules=[rule()]), [CRITICAL]),
    "rules that are no objects keep the others at their index": (scan(without_id(ruleIndex=1), rules=[None, rule()]), [CRITICAL]),
    "two runs with the same rule id": (
        {"runs": [scan(result(), rules=[rule(score="9.9")])["runs"][0], scan(result(uri="b"), rules=[rule(score="1.0")])["runs"][0]]},
        [CRITICAL, ("R1", "low")],
    ),
    "equal results": (scan(result(), result(), rules=[rule()]), [CRITICAL, CRITICAL]),
    "level of the result before the rule's": (
        scan(result(level="note"), rules=[AN_ERROR]),
        [("R1", "low")],
    ),
    "level of the rule": (scan(result(), rules=[AN_ERROR]), [("R1", "high")]),
    "level of an invocation (SARIF 3.20.5)": (
        scan(result(), invocations=[{"ruleConfigurationOverrides": [{"descriptor": {"id": "R1"}, "configuration": {"level": "error"}}]}]),
        [("R1", "high")],
    ),
    "a score that is no number": (scan(result(level="error"), rules=[rule(score="?")]), [("R1", "high")]),
    "a level that is not known": (scan(result(level="dire")), [("R1", "unknown")]),
    "an accepted suppression": (scan(result(suppressions=[{"kind": "inSource", "status": "accepted"}])), []),
    "a suppression without a status is accepted": (scan(result(suppressions=[{"kind": "external"}])), []),
    "a rejected suppression (sarif-web-component #12)": (scan(result(suppressions=[{"status": "rejected"}])), [("R1", "medium")]),
    "a suppression under review": (scan(result(suppressions=[{"status": "accepted"}, {"status": "underReview"}])), [("R1", "medium")]),
    "absent results are gone (sarif-visualstudio-extension PR 120)": (
        scan(result(baselineState="absent"), result(baselineState="new")),
        [("R1", "medium")],
    ),
    "passed results": (scan(result(kind="pass"), result(kind="notApplicable"), result(kind="informational")), []),
    "undecided results": (scan(result(kind="review")), [("R1", "unknown")]),
    "UTF-16": (json.dumps(scan(result(), rules=[rule()])).encode("utf-16"), [CRITICAL]),
}


@pytest.mark.parametrize("case", SARIF)
def test_sarif_results_have_the_rule_and_severity_that_the_file_states(tmp_path, case):
    content, expected = SARIF[case]
    got = told(tmp_path, {"out/scan.sarif": content})
    assert sorted((f.value.id, f.value.severity.value) for f in got.facts) == sorted(expected)
    assert not got.failures
    assert all(m.complete for m in got.measurements)


TEXTS = {
    "message by id (SARIF 3.11.7)": (
        {"message": {"id": "default", "arguments": ["x"]}}, {"messageStrings": {"default": {"text": "Uses {0} and {1}"}}}, "Uses x and {1}"
    ),
    "no message": ({"message": {}}, {"shortDescription": {"text": "Weak hash"}}, "Weak hash"),
    "links of a message (SARIF 3.11.6)": ({"message": {"text": "[this value](1) is used"}}, {}, "this value is used"),
    "a message that is no object": ({"message": 3}, {"shortDescription": {"text": "Weak hash"}}, "Weak hash"),
}  # fmt: skip


@pytest.mark.parametrize("case", TEXTS)
def test_a_sarif_result_has_a_title(tmp_path, case):
    more, about, expected = TEXTS[case]
    got = told(tmp_path, {"a.sarif": scan({**result(), **more}, rules=[rule(**about)])})
    assert [f.value.title for f in got.facts] == [expected]


@pytest.mark.parametrize(
    ("artifact", "expected"),
    [
        ({"uri": "src/my%20file.js"}, "src/my file.js:3"),
        ({"uri": "./src/a.js"}, "src/a.js:3"),
        ({"uri": "file:///home/runner/work/shop/shop/src/a.js"}, "src/a.js:3"),
        ({"uri": "file:///builds/acme/shop/src/a.js"}, "src/a.js:3"),
        ({"uri": "file:///ci/checkout/src/a.js"}, "src/a.js:3"),
        ({"index": 0}, "src/by-index.js:3"),
        ({"index": 9}, ":3"),
    ],
)
def test_a_sarif_place_is_a_path_of_the_repository(tmp_path, artifact, expected):
    where = [{"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": 3}}}]
    bases, artifacts = {"SRC": {"uri": "file:///ci/checkout/"}, "ODD": 1}, [{"location": {"uri": "src/by-index.js"}}]
    got = told(tmp_path, {"a.sarif": scan(result(locations=where), originalUriBaseIds=bases, artifacts=artifacts)})
    assert [f.value.place for f in got.facts] == [expected]


INCOMPLETE = {
    "failed execution (OpenAnt #305)": (
        {"a.sarif": scan(invocations=[{"executionSuccessful": False, "toolExecutionNotifications": [{"message": {"text": "timeout"}}]}])},
        "a.sarif reports that scan failed: timeout",
        0,
    ),
    "one failed invocation of two": (
        {"a.sarif": scan(result(), invocations=[{"executionSuccessful": True}, {"executionSuccessful": False}])},
        "failed",
        1,
    ),
    "results are null (SARIF 3.14.23)": (
        {"a.sarif": {"runs": [{"tool": {"driver": {"name": "scan"}}, "results": None}]}},
        "no results of scan",
        0,
    ),
    "no run": ({"a.sarif": {"version": "2.1.0", "runs": []}}, "has no run of a tool", 0),
    "an error of a tool that says it succeeded (SARIF 3.58.6)": (
        {
            "a.sarif": scan(
                result(),
                invocations=[
                    {
                        "executionSuccessful": True,
                        "toolExecutionNotifications": [{"level": "error", "message": {"text": "Could not parse a.py"}}],
                    }
                ],
            )
        },
        "reports errors of scan: Could not parse a.py",
        1,
    ),
    "a result that is no object": ({"a.sarif": scan(result(), 3)}, "has 1 in 'results' that cannot be read", 1),
    "a run that is no object": ({"a.sarif": {"runs": [3, scan(result())["runs"][0]]}}, "has 1 in 'runs' that cannot be read", 1),
    "a vulnerability that is no object": (
        {"bom.json": {**BOM, "vulnerabilities": [*BOM["vulnerabilities"], "x"]}},
        "has 1 in 'vulnerabilities'",
        1,
    ),
    "vulnerabilities that are no list": ({"bom.json": {**BOM, "vulnerabilities": 3}}, "has something in 'vulnerabilities'", 0),
    "a check without a score": (
        {"x.scorecard.json": {"scorecard": {}, "checks": [{"name": "A", "score": 3}, {"name": "B"}]}},
        "a check without a name",
        1,
    ),
}


@pytest.mark.parametrize("case", INCOMPLETE)
def test_what_a_report_lacks_is_told_and_the_rest_stays(tmp_path, case):
    files, message, number = INCOMPLETE[case]
    got = told(tmp_path, files)
    assert message in got.failures[0].message
    assert len(got.facts) == number
    assert [m.complete for m in got.measurements] == [False]


@pytest.mark.parametrize("format_name", ["sarif", "cyclonedx"])
def test_of_too_many_findings_the_most_severe_are_kept_and_the_rest_is_told(tmp_path, monkeypatch, format_name):
    monkeypatch.setattr(reports, "FINDINGS", 10)
    if format_name == "sarif":
        files = {"a.sarif": scan(*(result(text=f"{n}", level="error" if n > 15 else "note") for n in range(20)))}
    else:
        rows = [{"id": f"CVE-{n}", "ratings": [{"severity": "high" if n > 15 else "low"}], "affects": [{"ref": "n"}]} for n in range(20)]
        files = {"bom.json": {**BOM, "vulnerabilities": rows}}
    got = told(tmp_path, files)
    assert Counter(f.value.severity.value for f in got.facts) == {"high": 4, "low": 6}
    assert "has more than 10 findings; only the most severe are shown" in got.failures[0].message
    assert [m.complete for m in got.measurements] == [False]


def test_files_that_are_too_many_or_too_large_make_the_data_incomplete(tmp_path, monkeypatch):
    monkeypatch.setattr(reports, "FILES", 2)
    monkeypatch.setattr(reports, "BYTES", 500)
    files = {f"{n}/TEST-a.xml": JUNIT for n in range(3)} | {"a.sarif": scan(result(text="x" * 500))}
    got = told(tmp_path, files)
    assert {m.family: m.complete for m in got.measurements} == {"vulnerability": False, "pipeline-run": False}
    assert any("more than 2 files match **/{TEST-*,junit*}.xml; the others are not read" in f.message for f in got.failures)
    assert any("a.sarif cannot be used" in f.message for f in got.failures)


def vulnerability(ratings=(), affects=({"ref": "n"},), **more):
    return {"id": "CVE-1", "ratings": list(ratings), "affects": list(affects), **more}


def by(name, severity="", **more):
    return {"source": {"name": name}, **({"severity": severity} if severity else {}), **more}


LODASH = "pkg:npm/lodash@4.17.20"
SERIAL = "f08a6ccd-4dce-4759-bd84-c626675d60a7"
CYCLONEDX = {
    "a score alone": (vulnerability([{"score": 9.8, "method": "CVSSv31"}]), ("critical", "netty", "4.1", None)),
    "a score in quotes": (vulnerability([{"score": "9.8", "method": "CVSSv31"}]), ("critical", "netty", "4.1", None)),
    "a score that is no number": (vulnerability([{"score": "high"}, {"score": [1]}]), ("unknown", "netty", "4.1", None)),
    "a service": (vulnerability([{"score": 5}], [{"ref": "s"}]), ("medium", "mailer", "3", None)),
    "a vulnerability that was rejected": (vulnerability([{"score": 9.8}], rejected="2026-01-01T00:00:00Z"), None),
    "a score without a method": (vulnerability([{"score": 5}]), ("medium", "netty", "4.1", None)),
    "a score of CVSS 2, which has no critical": (vulnerability([{"score": 9.8, "method": "CVSSv2"}]), ("high", "netty", "4.1", None)),
    "a score of another method": (vulnerability([{"score": 1.0, "method": "SSVC"}]), ("unknown", "netty", "4.1", None)),
    "the severity 'unknown' with a score": (vulnerability([{"severity": "unknown", "score": 7.5}]), ("high", "netty", "4.1", None)),
    "the rating of its own source (trivy #310, DefectDojo #13647)": (
        vulnerability([by("debian", "low"), by("nvd", "critical"), by("redhat", "medium")], source={"name": "Debian"}),
        ("low", "netty", "4.1", None),
    ),
    "a rating of its own source without a severity": (
        vulnerability([by("ghsa"), by("nvd", "high")], source={"name": "ghsa"}),
        ("high", "netty", "4.1", None),
    ),
    "no own source: the worst": (vulnerability([by("debian", "low"), by("nvd", "critical")]), ("critical", "netty", "4.1", None)),
    "a word that is not known": (vulnerability([{"severity": "dire"}]), ("unknown", "netty", "4.1", None)),
    "ratings that are no list": ({**vulnerability(), "ratings": 3}, ("unknown", "netty", "4.1", None)),
    "a nested component": (vulnerability([{"score": 9.8}], [{"ref": LODASH}]), ("critical", "lodash", "4.17.20", None)),
    "the main component": (vulnerability([{"score": 9.8}], [{"ref": "root"}]), ("critical", "app", "1", None)),
    "a component with a group": (vulnerability([{"score": 9.8}], [{"ref": "g"}]), ("critical", "@acme/ui", "2", None)),
    "a BOM-Link": (
        vulnerability([{"score": 5}], [{"ref": f"urn:cdx:{SERIAL}/1#pkg%3Anpm%2Fminimist%400.0.8"}]),
        ("medium", "minimist", "0.0.8", None),
    ),
    "a reference that nothing has": (vulnerability([{"score": 5}], [{"ref": "lost"}]), ("medium", "", "", None)),
    "a recommendation (trivy PR 3336)": (
        vulnerability([{"score": 5}], recommendation="Upgrade openssl to version 3.0.15-1~deb12u1"),
        ("medium", "netty", "4.1", "3.0.15-1~deb12u1"),
    ),
    "a recommendation with two versions": (
        vulnerability([{"score": 5}], recommendation="Upgrade go to version 1.22.7, 1.23.1."),
        ("medium", "netty", "4.1", "1.22.7, 1.23.1"),
    ),
    "a recommendation with 'versions'": (
        vulnerability([{"score": 5}], recommendation="Upgrade to versions 1.22.7, 1.23.1"),
        ("medium", "netty", "4.1", "1.22.7, 1.23.1"),
    ),
    "a recommendation in prose": (
        vulnerability([{"score": 5}], recommendation="Move to another library."),
        ("medium", "netty", "4.1", None),
    ),
    "versions with a fix (grype PR 3519)": (
        vulnerability(
            [{"score": 5}],
            [{"ref": "n", "versions": [{"version": "4.1", "status": "affected"}, {"version": "4.2", "status": "unaffected"}]}],
        ),
        ("medium", "netty", "4.1", "4.2"),
    ),
    "its version is not affected": (
        vulnerability([{"score": 5}], [{"ref": "n", "versions": [{"version": "4.1", "status": "unaffected"}]}]),
        None,
    ),
    "in triage": (vulnerability([{"score": 5}], analysis={"state": "in_triage"}), ("medium", "netty", "4.1", None)),
    "not affected": (vulnerability([{"score": 5}], analysis={"state": "not_affected"}), None),
    "resolved": (vulnerability([{"score": 5}], analysis={"state": "resolved"}), None),
}


@pytest.mark.parametrize("case", CYCLONEDX)
def test_a_cyclonedx_vulnerability_has_the_severity_package_and_fix_that_the_file_states(tmp_path, case):
    row, expected = CYCLONEDX[case]
    nested = {
        "bom-ref": "os",
        "name": "debian",
        "components": [{"bom-ref": LODASH, "name": "lodash", "version": "4.17.20"}],
    }
    components = [*BOM["components"], nested, {"bom-ref": "g", "group": "@acme", "name": "ui", "version": "2"}]
    services = [{"bom-ref": "s", "name": "mailer", "version": "3"}]
    main = {"component": {"bom-ref": "root", "name": "app", "version": "1"}}
    got = told(tmp_path, {"bom.json": {**BOM, "metadata": main, "components": components, "services": services, "vulnerabilities": [row]}})
    found = [(f.value.severity.value, f.value.package, f.value.version, f.value.fixed_in) for f in got.facts]
    assert found == ([expected] if expected else [])
    assert not got.failures


def test_a_vex_file_excludes_vulnerabilities_of_the_bom_that_it_refers_to(tmp_path):
    bom = {**BOM, "serialNumber": f"urn:uuid:{SERIAL}", "vulnerabilities": [vulnerability(), {**vulnerability(), "id": "CVE-2"}]}
    affects = [{"ref": f"urn:cdx:{SERIAL}/1#n"}]
    statements = [vulnerability((), affects, analysis={"state": "not_affected"}), {**vulnerability((), affects), "id": "CVE-2"}]
    other = [vulnerability((), [{"ref": "urn:cdx:11111111-4dce-4759-bd84-c626675d60a7/1#n"}], analysis={"state": "not_affected"})]
    files = {"a.cdx.json": bom, "vex.cdx.json": {**BOM, "components": [], "vulnerabilities": statements}}
    assert [f.value.id for f in told(tmp_path, files).facts] == ["CVE-2"]
    files["vex.cdx.json"]["vulnerabilities"] = other
    assert [f.value.id for f in told(tmp_path, files).facts] == ["CVE-1", "CVE-2"]


def test_the_same_vulnerability_of_two_sources_counts_once_with_the_worse_severity(tmp_path):
    rows = [vulnerability([{"severity": "high"}]), vulnerability([{"severity": "low"}])]
    assert [f.value.severity.value for f in told(tmp_path, {"bom.json": {**BOM, "vulnerabilities": rows}}).facts] == ["high"]


def test_a_bill_of_materials_without_a_list_of_vulnerabilities_is_not_measured(tmp_path):
    inventory = {key: value for key, value in BOM.items() if key != "vulnerabilities"}
    for file in (inventory, {**inventory, "vulnerabilities": None}):
        assert told(tmp_path, {"bom.json": file}).measurements == ()
    assert [m.complete for m in told(tmp_path, {"bom.json": {**inventory, "vulnerabilities": []}}).measurements] == [True]


def suite(content="", **attributes):
    return f"<testsuite {' '.join(f'{key}={json.dumps(str(value))}' for key, value in attributes.items())}>{content}</testsuite>"


GOOD, BAD, SKIPPED = "<testcase name='g'/>", "<testcase name='b'><failure/></testcase>", "<testcase name='s'><skipped/></testcase>"
JUNIT_FILES = {
    "sum of suites": (JUNIT, ("failed", 3, 1, 1)),
    "a suite that could not start (jest-junit)": (suite(tests=5, failures=2, errors=1), ("failed", 5, 3, 0)),
    "the same below a root with sums": (
        f"<testsuites tests='5' failures='2'>{suite(tests=5, failures=2)}</testsuites>",
        ("failed", 5, 2, 0),
    ),
    "a root with failures and no suites": ("<testsuites tests='2' failures='1'/>", ("failed", 2, 1, 0)),
    "nothing ran": ("<testsuites/>", ("unknown", 0, 0, 0)),
    "a suite that failed although no case did": (suite(GOOD * 2, tests=2, errors=1), ("failed", 2, 1, 0)),
    "three of four skipped (junit2html PR 14)": (suite(GOOD + SKIPPED * 3), ("succeeded", 4, 0, 3)),
    "all skipped": (suite(SKIPPED), ("unknown", 1, 0, 1)),
    "nested suites": (suite(suite(GOOD + BAD) + suite(GOOD), tests=3, failures=1), ("failed", 3, 1, 0)),
    "a document type in text (testng #2419)": (
        suite(GOOD + "<system-out><![CDATA[<!DOCTYPE html><!ENTITY a>]]></system-out>"),
        ("succeeded", 1, 0, 0),
    ),
    "a namespace (casperjs #1528)": (f'<x:testsuites xmlns:x="urn:x">{suite(GOOD)}</x:testsuites>', ("succeeded", 1, 0, 0)),
    "flaky tests that passed in the end (surefire)": (suite("<testcase name='a'><flakyFailure/></testcase>"), ("succeeded", 1, 0, 0)),
    "attributes that are no numbers": (suite(GOOD, tests="many", time="long", timestamp="soon"), ("succeeded", 1, 0, 0)),
    "a suite that has an error itself": (suite(GOOD + "<error message='set-up'/>"), ("failed", 1, 1, 0)),
    "a case by its status": (suite(GOOD + "<testcase name='a' status='failed'/>"), ("failed", 2, 1, 0)),
    "a disabled test of GoogleTest": (suite(GOOD + "<testcase name='a' status='notrun' result='suppressed'/>"), ("succeeded", 2, 0, 1)),
    "colors and control characters in output": (
        suite(GOOD + "<testcase name='c'><failure>\x1b[31m&#27;[0m&#x1B;\x08</failure></testcase>"),
        ("failed", 2, 1, 0),
    ),
    "UTF-16 with the bytes of control characters": (
        f'<?xml version="1.0" encoding="UTF-16"?>{suite(GOOD + "<system-out>ąĈ</system-out>")}'.encode("utf-16"),
        ("succeeded", 1, 0, 0),
    ),
    "UTF-16": (f'<?xml version="1.0" encoding="UTF-16"?>{suite(GOOD)}'.encode("utf-16"), ("succeeded", 1, 0, 0)),
}


@pytest.mark.parametrize("case", JUNIT_FILES)
def test_a_test_report_is_a_run_with_its_tests(tmp_path, case):
    content, expected = JUNIT_FILES[case]
    got = told(tmp_path, {"TEST-unit.xml": content})
    value = got.facts[0].value
    assert (value.state.value, value.tests, value.tests_failed, value.tests_skipped) == expected
    assert not got.failures


def test_the_files_of_a_folder_are_one_run_with_the_earliest_time(tmp_path):
    files = {
        "target/TEST-A.xml": suite(GOOD, name="A", time="1,000.5", timestamp="2026-01-02T10:00:00"),
        "target/TEST-B.xml": suite(BAD, name="B", time="1", timestamp="2026-01-02T09:00:00+01:00"),
        "target/TEST-C.xml": suite(GOOD, name="C", timestamp="1970-01-01T00:00:00"),
        "other/junit.xml": suite(GOOD, name="D"),
    }
    got = told(tmp_path, files)
    runs = [(f.value.name, f.value.state.value, f.value.tests, f.value.seconds, f.value.at and f.value.at.isoformat()) for f in got.facts]
    assert runs == [("D", "succeeded", 1, 0.0, None), ("target", "failed", 3, 1001.5, "2026-01-02T08:00:00+00:00")]


def test_a_file_of_a_run_that_cannot_be_read_does_not_take_the_others(tmp_path):
    got = told(tmp_path, {"TEST-A.xml": suite(GOOD), "TEST-B.xml": "<a"})
    assert [f.value.tests for f in got.facts] == [1]
    assert [m.complete for m in got.measurements] == [False]


def test_a_scorecard_has_its_checks_lowest_first_and_one_without_a_result_is_inconclusive(tmp_path):
    checks = [{"name": "Fuzzing", "score": -1}, {"name": "License", "score": 10}, {"name": "SAST", "score": 0}]
    got = told(tmp_path, {"openssf-scorecard.json": {"date": "2026-05-01T02:03:04Z", "scorecard": {}, "score": 6.4, "checks": checks}})
    (value,) = (f.value for f in got.facts)
    assert value.ratings == (("Scorecard", "6.4/10"), ("SAST", "0/10"), ("License", "10/10"), ("Fuzzing", "inconclusive"))
    assert (value.state.value, value.analysed.isoformat(), got.facts[0].family) == ("none", "2026-05-01T02:03:04+00:00", "quality-gate")


@pytest.mark.parametrize("score", [-1, None, 11, "x"])
def test_a_scorecard_without_a_total_is_inconclusive(tmp_path, score):
    got = told(tmp_path, {"openssf-scorecard.json": {"date": "soon", "scorecard": {}, "score": score, "checks": []}})
    assert [f.value.ratings for f in got.facts] == [(("Scorecard", "inconclusive"),)]


def test_a_report_belongs_to_the_nearest_component_above_it(tmp_path):
    got = told(tmp_path, {"part/bom.json": BOM, "other/bom.json": {**BOM, "vulnerabilities": []}})
    assert [(f.subject.name) for f in got.facts] == ["part"]
    assert [(m.subject.name, m.complete) for m in got.measurements] == [("all", True), ("part", True)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bom.json", "{"), ("bom.json", {"bomFormat": "SPDX"}), ("bom.json", "[]"), ("x.sarif", "[" * 100_000), ("TEST-a.xml", "<a"),
        ("TEST-a.xml", '<!DOCTYPE x [<!ENTITY a "b">]><testsuite/>'), ("TEST-a.xml", "<html/>"), ("x.sarif", {"version": "2.1.0"}),
        ("x.sarif", {"runs": None}), ("x.sarif", {"runs": 1}), ("x.scorecard.json", {"checks": []}),
        ("x.scorecard.json", {"scorecard": {}}),
    ],
)  # fmt: skip
def test_what_is_no_report_is_a_failure_that_names_the_file(tmp_path, name, content):
    got = told(tmp_path, {name: content})
    assert name in got.failures[0].message
    assert [m.complete for m in got.measurements] == [False]


@pytest.mark.parametrize(
    "odd", [None, 1, "x", [1], {"a": 1}, [[]], [{"id": {}, "ruleId": [], "affects": 1, "locations": [3], "ratings": [1]}]]
)
@pytest.mark.parametrize("part", ["components", "rules", "invocations", "extensions", "artifacts", "originalUriBaseIds"])
def test_odd_parts_are_passed_over(tmp_path, part, odd):
    driver = {"name": "scan", "rules": odd if part == "rules" else []}
    run = {"tool": {"driver": driver, "extensions": odd}, "results": [result(ruleIndex=0, message={"id": 1, "arguments": odd})], part: odd}
    got = told(tmp_path, {"bom.json": {**BOM, "components": odd}, "x.sarif": {"runs": [run]}})
    assert len(got.facts) == 2
    assert not got.failures


def test_a_format_may_be_switched_off(tmp_path):
    assert told(tmp_path, {"bom.json": BOM}, cyclonedx="").facts == ()


TOOLS = {
    "bandit.sarif": {"high": 2, "medium": 4, "low": 4},  # Total issues (by severity): Low: 4, Medium: 4, High: 2
    "ruff.sarif": {"high": 10},  # Found 10 errors.
    "zizmor.sarif": {"high": 3, "medium": 2},  # 9 findings (4 suppressed …): 0 informational, 0 low, 2 medium, 3 high
    "flawfinder.sarif": {"high": 3, "low": 1},  # Hits@level = [2] 1 [4] 2 [5] 1
    "semgrep.sarif": {"high": 1, "low": 1},  # Findings: 2
    "eslint.sarif": {"high": 2, "medium": 2},  # 4 problems (2 errors, 2 warnings)
    "njsscan.sarif": {},
    "pip-audit.cdx.json": None,  # No known vulnerabilities found: the file is the same as that of an inventory
    "cyclonedx-py.cdx.json": None,  # a bill of materials: nothing was searched
    "cyclonedx-npm.cdx.json": None,
    "retire.cdx.json": None,
}
"""By file of a real tool: findings by severity as the tool's own summary has them; None if nothing is measured."""


@pytest.mark.parametrize("name", TOOLS)
def test_a_real_scanner_report_has_the_numbers_of_the_tools_own_summary(tmp_path, name):
    got = told(tmp_path, {name: (REAL / name).read_bytes()})
    expected = TOOLS[name]
    assert Counter(f.value.severity.value for f in got.facts) == (expected or {})
    assert [m.complete for m in got.measurements] == ([] if expected is None else [True])
    assert not any("/home/" in f.value.place for f in got.facts)
    assert not got.failures


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("junit-pytest.xml", (6, 2, 2)),  # 1 failed, 2 passed, 1 skipped, 1 xfailed, 1 error
        ("junit-jest.xml", (5, 2, 1)),  # 1 failed, 1 skipped, 1 todo, 1 passed, and one of two suites failed to run
        ("junit-robot.xml", (3, 1, 1)),  # 3 tests, 1 passed, 1 failed, 1 skipped
    ],
)
def test_a_real_test_report_has_the_numbers_of_the_tools_own_summary(tmp_path, name, expected):
    (fact,) = told(tmp_path, {name: (REAL / name).read_bytes()}).facts
    assert (fact.value.tests, fact.value.tests_failed, fact.value.tests_skipped) == expected
    assert fact.value.at.year == 2026


TOKEN = "ghp_" + "a1" * 18
SECRETS = {
    "bandit B105": ("B105", {}, "Possible hardcoded password: 'hunter2hunter2'", "hunter2"),
    "eslint no-secrets": ("no-secrets", {}, 'Found a string with entropy 4.3 : "hunter2hunter2"', "hunter2"),
    "a rule about CWE-798": ("G101", {"tags": ["CWE-798"]}, "Found `hunter2hunter2` here", "hunter2"),
    "an assignment in another rule": ("X1", {}, "Query db_password=hunter2hunter2 here", "hunter2"),
    "a token": ("X1", {}, f"Uses {TOKEN}", TOKEN),
    "a URL with a password": ("X1", {}, "Uses https://ann:hunter2hunter2@db.example/x", "hunter2h"),
}


@pytest.mark.parametrize("case", SECRETS)
def test_a_secret_that_a_tool_has_found_is_in_no_fact(tmp_path, case):
    name, properties, text, secret = SECRETS[case]
    got = told(tmp_path, {"a.sarif": scan(result(name, text, uri=f"src/{TOKEN}.py"), rules=[{"id": name, "properties": properties}])})
    assert secret not in str(got)
    assert TOKEN not in str(got)
    assert "****" in got.facts[0].value.title


def test_what_a_message_quotes_stays_where_it_is_no_secret(tmp_path):
    got = told(tmp_path, {"a.sarif": scan(result(text="'foo' is never used"))})
    assert [f.value.title for f in got.facts] == ["'foo' is never used"]
