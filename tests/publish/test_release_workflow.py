"""The workflow that releases a version: checked by its linters, and its scripts run."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import yaml
from callboard import __version__

ROOT = Path(__file__).parents[2]
FILE = ROOT / ".github/workflows/release.yml"
TEXT = FILE.read_text("utf-8")
JOBS = yaml.safe_load(TEXT)["jobs"]


def run(*command, **more):
    return subprocess.run([str(part) for part in command], check=False, capture_output=True, text=True, **more)


def tool(name):
    found = shutil.which(name, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if not found:
        (pytest.fail if os.environ.get("CALLBOARD_TEST_FULL") == "1" else pytest.skip)(f"needs {name} (the extra dev has it)")
    return found


def script(job, name):
    return next(step["run"] for step in JOBS[job]["steps"] if step.get("name", "").startswith(name))


@pytest.mark.long
def test_zizmor_has_no_finding():
    done = run(tool("zizmor"), "--offline", "--no-progress", "--persona", "pedantic", FILE)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.long
def test_it_is_as_the_schema_of_workflows_says():
    done = run(tool("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", FILE)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_action_is_pinned_by_its_full_digest_and_names_its_version():
    used = re.findall(r"uses: (\S+)(.*)", TEXT)
    assert len(used) > 10
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action) and re.fullmatch(r" # v\d+\.\d+\.\d+", note) for action, note in used)
    versions = {(action.split("@")[0], action, note) for action, note in used}
    assert len(versions) == len({name for name, _, _ in versions}), "one version of each action"


def test_each_job_has_the_permissions_that_it_needs_and_no_other():
    assert yaml.safe_load(TEXT)["permissions"] == {}
    assert {name: job["permissions"] for name, job in JOBS.items()} == {
        "test": {"contents": "read"},
        "build": {"contents": "read"},
        "attest": {"id-token": "write", "attestations": "write"},
        "publish": {"id-token": "write"},
        "announce": {"contents": "write"},
    }


def test_what_may_write_runs_no_code_of_the_repository_and_only_after_the_tests():
    assert (JOBS["attest"]["needs"], JOBS["publish"]["needs"], JOBS["announce"]["needs"]) == (["test", "build"], "attest", "publish")
    for name in ("attest", "publish", "announce"):
        assert not [step for step in JOBS[name]["steps"] if "actions/checkout" in step.get("uses", "")]
    assert JOBS["publish"]["environment"] == {"name": "release"}
    assert "secrets." not in TEXT
    assert "password" not in TEXT


def test_it_runs_for_tags_of_versions_only():
    assert yaml.safe_load(TEXT)[True] == {"push": {"tags": ["v[0-9]+.[0-9]+.[0-9]+"]}}  # YAML 1.1 reads "on" as true


@pytest.mark.parametrize(
    ("tag", "changelog", "error"),
    [
        ("v{version}", "## {version} (2026-11-29)\n\nGood.\n\n### Added\n\n- X\n\n## 0.0.1 (2026-01-01)\n\nOld.\n", ""),
        ("v9.9.9", "## 9.9.9 (2026-11-29)\n\nGood.\n", "The tag is v9.9.9, but the version is {version}."),
        ("v{version}", "## Unreleased\n\nGood.\n", 'CHANGELOG.md has no section "## {version} (date)".'),
        ("v{version}", "## {version} (2026-11-29)\n\n## 0.0.1\n\nOld.\n", 'CHANGELOG.md has no section "## {version} (date)".'),
    ],
)
def test_a_tag_of_another_version_or_without_notes_is_refused(tmp_path, tag, changelog, error):
    (tmp_path / "generator/callboard").mkdir(parents=True)
    shutil.copy(ROOT / "generator/callboard/__init__.py", tmp_path / "generator/callboard/__init__.py")
    (tmp_path / "CHANGELOG.md").write_text(changelog.format(version=__version__))
    environ = {"PATH": os.environ["PATH"], "GITHUB_REF_NAME": tag.format(version=__version__)}
    done = run("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script("build", "Compare"), cwd=tmp_path, env=environ)
    assert (done.returncode != 0, done.stdout.strip()) == (bool(error), error and f"::error::{error.format(version=__version__)}")
    if not error:
        assert (tmp_path / "notes.md").read_text().strip() == "Good.\n\n### Added\n\n- X"


def test_this_version_has_a_dated_entry_in_the_changelog():
    (dated,) = re.findall(rf"^## {re.escape(__version__)} \((.*)\)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert date.fromisoformat(dated)


@pytest.mark.long
def test_the_distributions_are_built_and_have_what_belongs_in_them(tmp_path):
    done = run(
        sys.executable, "-m", "build", "--no-isolation", "--outdir", tmp_path, ROOT, env=os.environ | {"SOURCE_DATE_EPOCH": "1700000000"}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"callboard-{__version__}-py3-none-any.whl", f"callboard-{__version__}.tar.gz",
    ]  # fmt: skip
    listed = run("tar", "-tzf", tmp_path / f"callboard-{__version__}.tar.gz").stdout
    for path in ("examples/plugins/flags/pyproject.toml", "CONTRIBUTING.md", "generator/callboard/py.typed", "templates/strings/en.yaml"):
        assert f"callboard-{__version__}/{path}\n" in listed


@pytest.mark.long
def test_the_list_of_dependencies_is_made_by_the_command_of_the_workflow(tmp_path):
    command = shutil.which("cyclonedx-py", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if not command:
        pytest.skip("needs cyclonedx-py (pip install cyclonedx-bom)")
    output = tmp_path / "callboard.cdx.json"
    done = run(
        command, "environment", "--pyproject", ROOT / "pyproject.toml", "--output-reproducible", "--of", "JSON", "--output-file", output,
        sys.executable,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert {"click", "mkdocs", "httpcore"} <= {component["name"] for component in json.loads(output.read_text())["components"]}
