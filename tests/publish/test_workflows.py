"""The workflows that build every night: checked by their linters, and their scripts run on real repositories."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import yaml
from callboard.scaffold.new_portal import ScaffoldOptions, Steps, example_files, portal_files, workflow, write_new
from support import shared_caches

pytestmark = pytest.mark.long

OURS = Path(__file__).parents[2] / ".github/workflows/portal.yml"
GITHUB, GITLAB = (
    portal_files(ScaffoldOptions("Acme", source="git", location="https://git.acme.example/x.git", service=s)) for s in ("github", "gitlab")
)
GITHUB, GITLAB = GITHUB[".github/workflows/portal.yml"], GITLAB[".gitlab-ci.yml"]
PLAIN = {
    "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    "HOME": "/nonexistent",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
}


def tool(name):
    found = shutil.which(name, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if not found:
        (pytest.fail if os.environ.get("CALLBOARD_TEST_FULL") == "1" else pytest.skip)(f"needs {name} (the extra dev has it)")
    return found


def checked(command):
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_our_own_workflow_is_the_one_that_init_writes():
    assert OURS.read_text() == workflow("github", Steps(install="pip install --constraint constraints.txt .", audience="public"))


def test_the_github_workflow_has_no_finding_of_zizmor(tmp_path):
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/portal.yml").write_text(GITHUB)
    checked([tool("zizmor"), "--offline", "--no-progress", "--persona", "pedantic", str(tmp_path / ".github/workflows/portal.yml")])


@pytest.mark.parametrize(("name", "text"), [("vendor.github-workflows", GITHUB), ("vendor.gitlab-ci", GITLAB)])
def test_the_workflows_are_as_their_schema_says(tmp_path, name, text):
    (tmp_path / "workflow.yml").write_text(text)
    checked([tool("check-jsonschema"), "--builtin-schema", name, str(tmp_path / "workflow.yml")])


def test_every_action_is_pinned_by_its_full_digest_and_says_its_version():
    used = re.findall(r"uses: (\S+)(.*)", GITHUB)
    assert used
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action) and re.fullmatch(r" # v\d+\.\d+\.\d+", note) for action, note in used)


def test_each_job_has_the_rights_that_it_needs_and_no_other():
    jobs = yaml.safe_load(GITHUB)
    assert jobs["permissions"] == {}
    rights = {name: job["permissions"] for name, job in jobs["jobs"].items()}
    assert rights == {
        "build": {"contents": "read", "pages": "read"},
        "deploy": {"pages": "write", "id-token": "write"},
        "save-state": {"contents": "write"},
    }


def test_one_run_at_a_time_and_a_failed_build_shows_and_remembers_nothing():
    made = yaml.safe_load(GITHUB)
    assert made["concurrency"] == {"group": "portal", "cancel-in-progress": False}
    assert (made["jobs"]["deploy"]["needs"], made["jobs"]["save-state"]["needs"]) == ("build", "deploy")
    gitlab = yaml.safe_load(GITLAB)
    assert {gitlab[job]["resource_group"] for job in ("pages", "save-state")} == {"portal"}
    assert gitlab["save-state"]["stage"] == ".post"


@pytest.mark.parametrize(("visibility", "pages", "passes"), [
    ("private", "false", True), ("internal", "false", True), ("public", "false", False), ("private", "true", False), ("private", "", False),
])  # fmt: skip
def test_the_workflow_of_an_internal_portal_stops_while_everybody_could_read_it(tmp_path, visibility, pages, passes):
    (tmp_path / "gh").write_text(f'#!/bin/sh\ncase "$2" in */pages) echo "{pages}";; *) echo "{visibility}";; esac\n')
    (tmp_path / "gh").chmod(0o755)
    steps = yaml.safe_load(GITHUB)["jobs"]["build"]["steps"]
    assert steps[0]["name"].startswith("Check")
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "GITHUB_REPOSITORY": "acme/portal"}
    done = subprocess.run(["bash", "-eo", "pipefail", "-c", steps[0]["run"]], env=env, check=False, capture_output=True)
    assert (done.returncode == 0) == passes
    check = yaml.safe_load(GITLAB)["pages"]["script"][0]
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", check], env={"CI_PROJECT_VISIBILITY": visibility}, check=False, capture_output=True
    )
    assert (done.returncode == 0) == (visibility != "public")


def test_the_workflow_of_a_public_portal_stores_only_caches_without_data():
    for service, name in (("github", ".github/workflows/portal.yml"), ("gitlab", ".gitlab-ci.yml")):
        text = portal_files(ScaffoldOptions("Acme", service=service, audience="public"))[name]
        cached = set(re.findall(r"\.callboard/cache\S*?(?=[\s\"])", text))
        assert cached == {".callboard/cache/frames", ".callboard/cache/layouts", ".callboard/cache/templates-*"}
        assert "Check" not in text


def scripts(service):
    """The script that brings the state, and the one that keeps it."""
    if service == "github":
        jobs = yaml.safe_load(GITHUB)["jobs"]
        named = {step.get("name"): step.get("run") for job in jobs.values() for step in job["steps"]}
        return named["Restore the state of the last build"], named["Push the state"]
    made = yaml.safe_load(GITLAB)
    (restore,) = [script for script in made["pages"]["script"] if "git clone" in script]
    return restore, made["save-state"]["script"][0]


@pytest.fixture(params=["github", "gitlab"])
def night(tmp_path, request):
    return Night(tmp_path, *scripts(request.param))


class Night:
    """A runner: new folders each night, one repository that stays."""

    def __init__(self, tmp_path, restore, keep):
        self.folder, self.restore_script, self.keep_script, self.number = tmp_path, restore, keep, 0
        self.remote = tmp_path / "remote.git"
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(self.remote)], check=True, env=PLAIN)

    def run(self, script, folder):
        environ = PLAIN | {"REMOTE": f"file://{self.remote}", "STATE_BRANCH": "callboard-state"}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(command, check=False, cwd=folder, env=environ, capture_output=True, text=True)

    def restore(self):
        self.number += 1
        folder = self.folder / f"night{self.number}"
        folder.mkdir()
        done = self.run(self.restore_script, folder)
        return folder, done

    def keep(self, state):
        folder = self.folder / f"packed{self.number}"
        for name, text in state.items():
            (folder / "callboard" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "callboard" / name).write_text(text)
        (folder / "callboard/blobs").mkdir(exist_ok=True)
        subprocess.run(["tar", "-cf", folder / "state.tar", "-C", folder / "callboard", "state", "blobs"], check=True)
        return self.run(self.keep_script, folder)

    def commits(self):
        counted = subprocess.run(
            ["git", "rev-list", "--count", "callboard-state"], check=False, cwd=self.remote, env=PLAIN, capture_output=True, text=True
        )
        return int(counted.stdout or 0)


def files(folder):
    return {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*") if p.is_file() and p.name != ".keep"}


def test_the_state_goes_from_night_to_night(night):
    folder, done = night.restore()
    assert done.returncode == 0, done.stderr
    assert files(folder) == {}
    first = {"state/current.json": "1", "blobs/ab/abc": "x"}
    done = night.keep(first)
    assert done.returncode == 0, done.stderr
    folder, done = night.restore()
    assert done.returncode == 0, done.stderr
    assert files(folder / ".callboard") == first
    second = {"state/current.json": "2"}
    assert night.keep(second).returncode == 0
    assert files(night.restore()[0] / ".callboard") == second
    assert night.commits() == 2


def test_a_night_that_changed_nothing_makes_no_commit(night):
    night.restore()
    night.keep({"state/current.json": "1"})
    night.restore()
    assert night.keep({"state/current.json": "1"}).returncode == 0
    assert night.commits() == 1


def test_a_host_that_does_not_answer_fails_the_night_instead_of_losing_the_history(night):
    night.restore()
    night.keep({"state/current.json": "1"})
    night.remote.rename(night.folder / "away.git")
    assert night.restore()[1].returncode != 0
    assert night.keep({"state/current.json": "2"}).returncode != 0


def steps(service):
    """What the job that builds runs, but for the installation and the look at who can read the site."""
    if service == "github":
        run = {step["name"]: step["run"] for step in yaml.safe_load(GITHUB)["jobs"]["build"]["steps"] if step.get("run")}
        return [script for name, script in run.items() if name != "Install" and not name.startswith("Check")]
    return [line for line in yaml.safe_load(GITLAB)["pages"]["script"] if not line.startswith("pip install")]


@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_three_nights_on_clean_machines_remember_what_changed(tmp_path, service):
    night = Night(tmp_path, *scripts(service))
    for lifecycle in ("experimental", "production", "deprecated"):
        night.number += 1
        folder = tmp_path / f"night{night.number}"
        options = ScaffoldOptions("Acme", service=service)
        write_new(folder, {**portal_files(options), **example_files(options, folder)})
        file = folder / "repositories/example/catalog-info.yaml"
        file.write_text(file.read_text().replace("experimental", lifecycle))
        with shared_caches.lent(folder):
            for script in steps(service):
                done = night.run(script, folder)
                assert done.returncode == 0, done.stdout + done.stderr
        packed = tmp_path / f"packed{night.number}"
        packed.mkdir()
        shutil.copy(folder / "state.tar", packed)
        done = night.run(night.keep_script, packed)
        assert done.returncode == 0, done.stderr
    assert night.commits() == 3
    site = folder / ("site" if service == "github" else "public")
    page = (site / "catalog/default/component/example/index.html").read_text()
    assert "experimental" in page  # in its history, two nights ago
    assert "deprecated" in page
