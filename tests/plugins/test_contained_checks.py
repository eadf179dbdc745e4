"""Checks of plugins run in a process of their own: what fails costs its own entities, and scorecards show what was found."""

import json
import shutil
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from callboard.model.ref import EntityRef
from callboard.plugins import loader
from callboard.plugins.containment import plugin_process
from callboard.plugins.containment.check_host import CheckedEntityMessage
from callboard.plugins.containment.check_process import CheckProcess
from callboard.plugins.containment.plugin_process import CallLimits
from support.plugin_package import installed
from support.portal import callboard, write

NOW = datetime(2026, 11, 30, tzinfo=UTC)
CODE = """\
import os, time
from callboard.plugins.checks import Check, CheckResult

class Wild(Check):
    schema = {"type": "object", "additionalProperties": False, "properties": {"word": {"type": "string"}}}
    families = ("alert",)

    def judge(self, entity):
        name = entity.ref.name
        if name == "exit":
            os._exit(3)
        if name == "hang":
            time.sleep(60)
        if name == "raise":
            raise KeyError("x")
        if name == "wrong":
            return "yes"
        found = f"{self.options['word']} {len(entity.facts.get('alert', ()))} {entity.metadata['name']}\\n"
        return CheckResult(name != "bad", found + "x" * 900)
"""


def entity(name):
    return CheckedEntityMessage(EntityRef("component", "default", name), "Component", {"name": name}, {}, {"alert": [{"title": "a"}]}, {})


def test_a_check_that_fails_costs_its_own_entities(tmp_path):
    names = ["good", "bad", "raise", "exit", "wrong", "last"]
    with installed(tmp_path, "wild_check", CODE, {"callboard.checks": {"wild": "wild_check:Wild"}}):
        process = CheckProcess(loader.load("callboard.checks")["wild"])
        assert process.families() == ("alert",)
        found = dict(zip(names, process.judge({"word": "w"}, NOW, [entity(name) for name in names]), strict=True))
        process.stop()
    assert {name: reply.passes for name, reply in found.items()} == {
        "good": True, "bad": False, "raise": None, "exit": None, "wrong": None, "last": True}  # fmt: skip
    assert found["good"].found.startswith("w 1 good")
    assert max(len(reply.found) for reply in found.values()) <= 200
    assert "KeyError: 'x'" in found["raise"].found
    assert "ended with exit code 3" in found["exit"].found


def test_a_check_that_does_not_answer_in_time_is_ended_and_started_again(tmp_path, monkeypatch):
    with installed(tmp_path, "wild_check", CODE, {"callboard.checks": {"wild": "wild_check:Wild"}}):
        process = CheckProcess(loader.load("callboard.checks")["wild"])
        with monkeypatch.context() as patch:
            patch.setattr(plugin_process.LIMITS, "current", CallLimits(family_seconds=0.2))
            (late,) = process.judge({"word": "w"}, NOW, [entity("hang")])
        (good,) = process.judge({"word": "w"}, NOW, [entity("good")])
        process.stop()
    assert late.passes is None
    assert "did not answer" in late.found
    assert good.passes is True


ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/plugins/runtime"
CARD = """\
name: runtime
levels: [good]
rules:
  - id: supported-runtime
    level: good
    check: {check: supported-runtime, options: {annotation: example.com/runtime, ends: {python-3.9: 2025-10-31, python-3.13: 2029-10-31}}}
"""


def described(name, runtime):
    return (
        f"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}, annotations: {{example.com/runtime: {runtime}}}}}\n"
        "spec: {type: service, lifecycle: production, owner: team-shop}\n"
    )


@pytest.mark.long
def test_the_example_of_a_check_judges_on_the_whole_way(tmp_path):
    points = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]["entry-points"]
    code, options = ((EXAMPLE / "callboard_runtime" / name).read_text() for name in ("__init__.py", "options.json"))
    folder = write(
        tmp_path / "portal", new=described("new", "python-3.13"), old=described("old", "python-3.9"), odd=described("odd", "perl-4")
    )
    with (folder / "sources.yaml").open("a") as sources:
        sources.write("scorecards: [card.yaml]\n")
    (folder / "card.yaml").write_text(CARD)
    with installed(tmp_path / "plugins", "callboard_runtime", code, points, files={"options.json": options}):
        done = callboard(folder, "build", "--now", "2026-11-30T02:00:00Z")
        assert done.returncode == 0, done.stderr
        entities = json.loads((folder / "site/scorecards/runtime/results.json").read_text())["entities"]
        assert {ref: entities[f"component:default/{ref}"]["results"] for ref in ("new", "old", "odd")} == {
            "new": "p",
            "old": "f",
            "odd": "n",
        }
        assert "supported until 2025-10-31" in (folder / "site/catalog/default/component/old/index.html").read_text()
        found = callboard(folder, "score", "--portal", "site", "old", "--explain")
        assert "found: supported-runtime: python-3.9 is supported until 2025-10-31" in found.stdout
        (folder / "card.yaml").write_text(CARD.replace("ends:", "end:"))
        assert "options" in (mistaken := callboard(folder, "build").stderr + (folder / "site/problems/index.html").read_text())
        assert "SCO002" in mistaken
    shutil.rmtree(folder / ".callboard")
    assert callboard(folder, "build").returncode == 1
    assert "there is no check supported-runtime" in (folder / "site/problems/index.html").read_text()
