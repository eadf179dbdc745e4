"""Every place that people read names the repository: many repositories have a file of the same path."""

import json
import re
import shutil
from xml.etree import ElementTree as ET

import pytest
from company import git, repository

from support.portal import callboard

GOOD = """\
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: {name}
spec:
  type: team
  children: []
"""
BROKEN = GOOD + "  description: one: two\n"
"""An error of a document that has no entity, so that nothing but the place tells two of them apart."""
PLACE = "{repository}/catalog-info.yaml:8:19"


@pytest.fixture
def portal(tmp_path):
    """A portal of two repositories, both with a broken file of the same path."""
    folder = tmp_path / "portal"
    folder.mkdir()
    for name in ("svc5", "svc6"):
        put(tmp_path, name, BROKEN)
    urls = "".join(f"      - file://{tmp_path}/git/{name}\n" for name in ("svc5", "svc6"))
    (folder / "sources.yaml").write_text(f"version: 1\nsources:\n  - name: shop\n    type: git\n    urls:\n{urls}")
    return folder


def put(folder, name, text):
    """The repository with this descriptor as its only commit."""
    at = folder / "git" / name
    if at.exists():
        (at / "catalog-info.yaml").write_text(text)
        git(at, "commit", "-qam", "Change")
    else:
        repository(at, {"catalog-info.yaml": text.replace("{name}", name)})


def places(text, style):
    """The places of errors in the output of a format, and of JSON the repositories and paths too."""
    if style == "text":
        return re.findall(r"^(\S+): error YML001", text, re.MULTILINE)
    if style == "json":
        return [f"{p['path']}:{p['line']}:{p['column']}" for p in json.loads(text)]
    if style == "github":
        return [f"{file}:{line}:{column}" for file, line, column in re.findall(r"file=([^,]+),line=(\d+).*?col=(\d+)", text)]
    if style == "sarif":
        found = [result["locations"][0]["physicalLocation"] for result in json.loads(text)["runs"][0]["results"]]
        return [f"{at['artifactLocation']['uri']}:{at['region']['startLine']}:{at['region']['startColumn']}" for at in found]
    if style == "junit":
        return [f"{case.get('file')}:{case.get('line')}:19" for case in ET.fromstring(text).iter("testcase")]
    return [f"{p['location']['path']}:{p['location']['lines']['begin']}:19" for p in json.loads(text)]


@pytest.mark.parametrize("style", ["text", "json", "github", "sarif", "junit", "gitlab"])
def test_lint_of_a_portal_names_the_repository_in_every_format(portal, style):
    found = callboard(portal, "lint", "--format", style)
    assert found.returncode == 1
    assert places(found.stdout, style) == [PLACE.format(repository=name) for name in ("svc5", "svc6")]


def test_json_has_the_repository_and_its_tree_apart(portal):
    found = json.loads(callboard(portal, "lint", "--format", "json").stdout)
    assert [(p["repository"], p["tree"].rpartition("/")[2]) for p in found] == [("svc5", "svc5"), ("svc6", "svc6")]
    assert len({p["fingerprint"] for p in found}) == 2


def test_junit_has_a_suite_for_each_repository(portal):
    root = ET.fromstring(callboard(portal, "lint", "--format", "junit").stdout)
    assert [suite.get("name") for suite in root] == ["svc5/catalog-info.yaml", "svc6/catalog-info.yaml"]


@pytest.mark.parametrize("style", ["text", "github", "sarif", "gitlab"])
def test_lint_of_a_working_copy_has_paths_that_annotations_need(portal, style):
    at = portal.parent / "git" / "svc5"
    assert places(callboard(at, "lint", "--format", style).stdout, style) == ["catalog-info.yaml:8:19"]


def test_a_baseline_of_one_repository_hides_nothing_in_another(portal, tmp_path):
    put(tmp_path, "svc6", GOOD.replace("{name}", "svc6"))
    callboard(portal, "lint", "--write-baseline", "b.json")
    put(tmp_path, "svc5", GOOD.replace("{name}", "svc5"))
    put(tmp_path, "svc6", BROKEN.replace("{name}", "svc6"))
    found = callboard(portal, "lint", "--baseline", "b.json")
    assert (found.returncode, places(found.stdout, "text")) == (1, [PLACE.format(repository="svc6")])


def test_a_baseline_without_repositories_is_refused_for_a_portal_and_read_for_a_working_copy(portal):
    at = portal.parent / "git" / "svc5"
    callboard(at, "lint", "--write-baseline", "b.json")
    for folder in (at, portal):
        text = (at / "b.json").read_text().replace('"format": 2', '"format": 1')
        (folder / "old.json").write_text(text)
    assert callboard(at, "lint", "--baseline", "old.json").returncode == 0
    refused = callboard(portal, "lint", "--baseline", "old.json")
    assert refused.returncode == 2
    assert "--write-baseline old.json" in refused.stderr


@pytest.mark.long
def test_builds_tell_a_problem_that_closed_in_one_repository_from_one_that_opened_in_another(portal, tmp_path):
    put(tmp_path, "svc6", GOOD.replace("{name}", "svc6"))
    callboard(portal, "build")
    shutil.copytree(portal / ".callboard/state", portal / "before")
    put(tmp_path, "svc5", GOOD.replace("{name}", "svc5"))
    put(tmp_path, "svc6", BROKEN.replace("{name}", "svc6"))
    callboard(portal, "build")
    changes = json.loads(callboard(portal, "diff", "before", ".callboard", "--format", "json").stdout)["changes"]
    found = {(c["kind"], c["origin"][1].rpartition("/")[2]) for c in changes if c["kind"].startswith("problem-")}
    assert found == {("problem-closed", "svc5"), ("problem-opened", "svc6")}
    assert "svc6/catalog-info.yaml" in (portal / "site/problems/index.html").read_text()
    assert "svc6/catalog-info.yaml" in (portal / "site/changes/index.html").read_text()
