"""The hooks of ``.pre-commit-hooks.yaml``, with pre-commit itself."""

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from callboard.yaml import documents as yaml_documents

pytestmark = pytest.mark.long

ROOT = Path(__file__).parent.parent.parent
GOOD = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: shop
spec: {type: service, lifecycle: production, owner: web}
"""


def hooks():
    return yaml_documents.read_one((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")).value


@pytest.fixture
def repository(tmp_path):
    """A work tree whose configuration names the hooks as they are, but run by this environment: nothing is installed."""
    if find_spec("pre_commit") is None or shutil.which("git") is None:
        missing = "pre-commit and git are needed"
        if os.environ.get("CALLBOARD_TEST_FULL") == "1" and shutil.which("git"):
            pytest.fail(missing)
        pytest.skip(missing)
    wanted = ("id", "name", "entry", "files", "require_serial")
    rows = [{key: hook[key] for key in wanted} | {"language": "system"} for hook in hooks()]
    (tmp_path / ".pre-commit-config.yaml").write_text(json.dumps({"repos": [{"repo": "local", "hooks": rows}]}))
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def run(folder, hook):
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    environ = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(folder / ".git" / "home"),
    }
    command = [sys.executable, "-m", "pre_commit", "run", hook, "--all-files", "--verbose"]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_every_hook_can_be_installed_and_runs_a_command_of_ours():
    for hook in hooks():
        assert hook["language"] == "python"
        assert hook["entry"].split()[0] == "callboard"


def test_the_hook_passes_good_descriptors_and_sees_no_other_file(repository):
    (repository / "catalog-info.yaml").write_text(GOOD)
    (repository / "other.yaml").write_text("[")
    code, said = run(repository, "callboard-lint")
    assert code == 0, said
    assert "No problems found." in said


def test_the_hook_refuses_what_is_wrong_and_says_where(repository):
    (repository / "deep").mkdir()
    (repository / "deep" / "catalog-info.yaml").write_text(GOOD.replace("name: shop", "name: my shop"))
    code, said = run(repository, "callboard-lint")
    assert code == 1
    assert "deep/catalog-info.yaml:4:9: error ENT006" in said


def test_the_hook_that_mends_changes_the_file(repository):
    file = repository / "catalog-info.yaml"
    file.write_text(GOOD.replace("name: shop", "name: shop\n  tags: [Java]"))
    code, said = run(repository, "callboard-lint-fix")
    assert code == 1, said  # pre-commit fails a hook that changes files, so that the change is looked at
    assert "tags: [java]" in file.read_text()
    assert run(repository, "callboard-lint-fix")[0] == 0
