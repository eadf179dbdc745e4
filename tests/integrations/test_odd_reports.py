"""Odd values at every place of a finding in report files: the other findings of the file stay."""

import copy
import json
import math

import pytest

from callboard.integrations.reports.cyclonedx import cyclonedx
from callboard.integrations.reports.findings import ReportFinding
from callboard.integrations.reports.sarif import sarif
from callboard.plugins.integrations import FactError

ODD = ["\ud800", "\x00", "x" * 100_000, 10**400, -1, 1e308, math.inf, math.nan, True, None, [], {}, [[]], [None], [{}], {"a": [1]}, "1e999"]


def result(rule):
    return {
        "ruleId": rule, "ruleIndex": 0, "level": "error", "kind": "fail", "message": {"text": "m {0}", "arguments": ["a"]},
        "rule": {"id": rule, "index": 0, "toolComponent": {"index": 0}}, "baselineState": "new",
        "suppressions": [{"status": "accepted", "kind": "external"}] if rule == "none" else [], "partialFingerprints": {"a": "b"},
        "properties": {"security-severity": "9.8", "tags": ["x"]},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.py", "uriBaseId": "%SRC%"}, "region": {"startLine": 3}}}],
    }  # fmt: skip


def vulnerability(name):
    return {
        "id": name, "source": {"name": "nvd", "url": "https://nvd.example/1"}, "description": "d", "recommendation": "Upgrade to 2",
        "ratings": [{"source": {"name": "nvd"}, "score": 9.8, "severity": "critical", "method": "CVSSv31"}],
        "affects": [{"ref": "pkg:pypi/a@1", "versions": [{"version": "1", "status": "affected"}]}], "analysis": {"state": "exploitable"},
    }  # fmt: skip


SARIF = {
    "version": "2.1.0",
    "runs": [{"tool": {"driver": {"name": "t", "rules": [{"id": "other"}]}}, "results": [result("R1"), result("R2")]}],
}
CYCLONEDX = {
    "bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{"bom-ref": "pkg:pypi/a@1", "name": "a", "version": "1"}],
    "vulnerabilities": [vulnerability("CVE-1"), vulnerability("CVE-2")],
}  # fmt: skip
FORMATS = {"sarif": (sarif, SARIF, ("runs", 0, "results", 0), "R2"), "cyclonedx": (cyclonedx, CYCLONEDX, ("vulnerabilities", 0), "CVE-2")}


def places(value, path=()):
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def with_value(document, path, value):
    changed = copy.deepcopy(document)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


def at(document, path):
    for key in path:
        document = document[key]
    return document


@pytest.mark.parametrize("name", FORMATS)
def test_an_odd_value_in_one_finding_leaves_the_others(name):
    read, document, first, other = FORMATS[name]
    lost, tried = [], 0
    for place in places(at(document, first)):
        for odd in ODD:
            tried += 1
            text = json.dumps(with_value(document, (*first, *place), odd)).encode()
            found = _names(read, text)
            if other not in found:
                lost.append((place, str(odd)[:20], found))
    assert tried > 300
    assert lost == []


def _names(read, text):
    names = []
    try:
        for item in [*read(text)]:
            if isinstance(item, ReportFinding):
                try:
                    value = item.make()
                except FactError:
                    continue
                json.dumps([value.title, value.package, item.key]).encode()
                names.append(value.id)
    except Exception as error:  # noqa: BLE001 - any of them would lose the file
        return [repr(error)[:100]]
    return names
