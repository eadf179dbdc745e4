"""The step of ``action.yml`` that checks, run as the runner would."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from callboard.yaml import documents as yaml_documents

pytestmark = pytest.mark.long

ROOT = Path(__file__).parent.parent.parent
BAD = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: my shop
spec: {type: service, lifecycle: production, owner: web}
"""


def action():
    return yaml_documents.read_one((ROOT / "action.yml").read_text("utf-8")).value


@pytest.fixture
def step(tmp_path):
    """Runs the last step in a workspace, with these inputs over the defaults; exit code and output."""
    callboard = Path(sys.executable).parent / "callboard"
    if not callboard.exists() or shutil.which("bash") is None:
        pytest.skip("bash and an installed callboard are needed")
    (tmp_path / "temporary" / "callboard" / "bin").mkdir(parents=True)
    (tmp_path / "temporary" / "callboard" / "bin" / "callboard").symlink_to(callboard)
    (tmp_path / "workspace").mkdir()
    about = action()

    def run(**inputs):
        given = {name: value["default"] for name, value in about["inputs"].items()} | inputs
        last = about["runs"]["steps"][-1]
        environ = {name: given[text.removeprefix("${{ inputs.").removesuffix(" }}")] for name, text in last["env"].items()}
        environ = os.environ | environ | {"RUNNER_TEMP": str(tmp_path / "temporary")}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", last["run"]]
        done = subprocess.run(command, cwd=tmp_path / "workspace", env=environ, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    return run, tmp_path / "workspace"


def test_an_error_fails_the_step_and_stands_at_its_line(step):
    run, workspace = step
    (workspace / "catalog-info.yaml").write_text(BAD)
    code, said = run()
    assert code == 1
    assert said.startswith("::error file=catalog-info.yaml,line=4,")


def test_sarif_is_written_though_something_is_wrong(step):
    run, workspace = step
    (workspace / "catalog-info.yaml").write_text(BAD)
    assert run(sarif="report.sarif")[0] == 1
    assert json.loads((workspace / "report.sarif").read_text())["runs"][0]["results"][0]["ruleId"] == "ENT006"


def test_good_descriptors_pass_and_inputs_are_never_commands(step):
    run, workspace = step
    (workspace / "a").mkdir()
    (workspace / "a" / "catalog-info.yaml").write_text(BAD.replace("my shop", "shop"))
    assert run(paths="a a/catalog-info.yaml", strict="true") == (0, "")
    code, _ = run(paths="$(touch broken); `touch broken`")
    assert code == 2
    assert not (workspace / "broken").exists()


def test_no_script_has_an_input_in_its_text():
    assert not [step for step in action()["runs"]["steps"] if "${{" in step.get("run", "")]
