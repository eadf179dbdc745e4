"""The workflows that build every night: checked by their linters, and their scripts run on real repositories."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from actions_in_use import TABLE, texts, uses

import yaml
from callboard.scaffold.new_portal import ScaffoldOptions, example_files, portal_files, write_new
from callboard.scaffold.workflows import WORKFLOWS, Steps, workflow
from support import shared_caches

pytestmark = pytest.mark.long

OURS = Path(__file__).parents[2] / ".github/workflows/portal.yml"
SERVICES = tuple(WORKFLOWS)
TEXTS = {
    service: portal_files(ScaffoldOptions("Acme", source="gitlab", location="acme", service=service))[path]
    for service, path in WORKFLOWS.items()
}
GITHUB, GITLAB = TEXTS["github"], TEXTS["gitlab"]
QUARTER_HOURLY = '    - cron: "*/15 * * * *"'
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


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The workflows as files, by service; that of GitHub also with the schedule of every 15 minutes."""
    folder = tmp_path_factory.mktemp("workflows") / ".github/workflows"
    folder.mkdir(parents=True)
    more = {"quarter-hourly": GITHUB.replace(QUARTER_HOURLY.replace("- cron", "# - cron"), QUARTER_HOURLY)}
    assert more["quarter-hourly"] != GITHUB
    for name, text in (TEXTS | more).items():
        (folder / f"{name}.yml").write_text(text)
    return folder


def test_the_github_workflows_have_no_finding_of_zizmor(written):
    # On an own runner, "self-hosted" is what is asked for.
    config = written / "zizmor.yaml"
    config.write_text("rules: {self-hosted-runner: {disable: true}}\n")
    files = [str(written / f"{name}.yml") for name in ("github", "github-server", "quarter-hourly")]
    checked([tool("zizmor"), "--offline", "--no-progress", "--persona", "pedantic", "--config", str(config), *files])


@pytest.mark.parametrize("name", [*SERVICES, "quarter-hourly"])
def test_the_workflows_are_as_their_schema_says(written, name):
    schema = "vendor.gitlab-ci" if name == "gitlab" else "vendor.github-workflows"
    checked([tool("check-jsonschema"), "--builtin-schema", schema, str(written / f"{name}.yml")])


ACTIONS = json.loads(TABLE.read_text("utf-8"))
PINNED = re.compile(r"[\w.-]+(?:/[\w.-]+)+@[0-9a-f]{40}")
NOT_READ = {"pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33"}
"""Of the workflow that releases Callboard: its repository was not at hand when the table was made."""


@pytest.mark.parametrize("name", texts())
def test_every_action_is_pinned_by_its_full_digest_also_those_that_an_action_uses_and_names_its_version(name):
    used = uses(texts()[name])
    assert used
    assert all(re.fullmatch(r"v\d+\.\d+\.\d+", use.version) for use in used)
    waiting = [use.action for use in used if use.action not in NOT_READ]
    while waiting:
        action = waiting.pop()
        assert PINNED.fullmatch(action), action
        assert action in ACTIONS["actions"], f"{action}: run tests/publish/actions_in_use.py"
        waiting += ACTIONS["actions"][action]["uses"]


def test_the_table_of_actions_has_no_other_and_says_what_was_not_read():
    used = {use.action for text in texts().values() for use in uses(text)}
    nested = {action for entry in ACTIONS["actions"].values() for action in entry["uses"]}
    assert set(ACTIONS["actions"]) | set(ACTIONS["unread"]) == used | nested
    assert set(ACTIONS["unread"]) == NOT_READ


@pytest.mark.parametrize("name", texts())
def test_every_input_of_an_action_exists_at_its_commit(name):
    for use in uses(texts()[name]):
        assert use.action in NOT_READ or use.inputs <= set(ACTIONS["actions"][use.action]["inputs"]), use


def test_the_workflow_for_a_server_uses_no_artifacts_and_no_program_that_runners_may_lack():
    """GitHub Enterprise Server refuses artifacts of version 4 and later, and has no `gh` on its runners."""
    used = {use.action.partition("@")[0] for use in uses(TEXTS["github-server"])}
    assert used == {"actions/checkout", "actions/cache/restore", "actions/cache/save"}
    assert {ACTIONS["actions"][use.action]["using"] for use in uses(TEXTS["github-server"])} == {"node20"}
    assert {ACTIONS["actions"][use.action]["using"] for use in uses(GITHUB)} == {"node24", "composite"}
    assert "gh api" not in TEXTS["github-server"]


def test_each_job_has_the_rights_that_it_needs_and_no_other():
    jobs = yaml.safe_load(GITHUB)
    assert jobs["permissions"] == {}
    rights = {name: job["permissions"] for name, job in jobs["jobs"].items()}
    assert rights == {
        "build": {"contents": "read", "pages": "read"},
        "deploy": {"pages": "write", "id-token": "write"},
        "save-state": {"contents": "write"},
    }
    (server,) = yaml.safe_load(TEXTS["github-server"])["jobs"].values()
    assert server["permissions"] == {"contents": "write"}
    with_token = [step["name"] for step in server["steps"] if "TOKEN" in step.get("env", {})]
    assert [name.partition(" ")[0] for name in with_token] == ["Check", "Restore", "Push", "Push"]


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
    (tmp_path / "curl").write_text(f'#!/bin/sh\necho \'{{"private": true, "visibility": "{visibility}"}}\'\n')
    (tmp_path / "curl").chmod(0o755)
    (server,) = yaml.safe_load(TEXTS["github-server"])["jobs"].values()
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", server["steps"][0]["run"]], env={**env, "GITHUB_API_URL": "", "TOKEN": ""}, check=False
    )
    assert (done.returncode == 0) == (visibility != "public")
    check = yaml.safe_load(GITLAB)["pages"]["script"][0]
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", check], env={"CI_PROJECT_VISIBILITY": visibility}, check=False, capture_output=True
    )
    assert (done.returncode == 0) == (visibility != "public")


def test_the_workflow_of_a_public_portal_stores_only_caches_without_data():
    for service, name in WORKFLOWS.items():
        text = portal_files(ScaffoldOptions("Acme", service=service, audience="public"))[name]
        cached = set(re.findall(r"\.callboard/cache\S*?(?=[\s\"])", text))
        assert cached == {".callboard/cache/frames", ".callboard/cache/layouts", ".callboard/cache/templates-*"}
        assert "Check" not in text


def named_steps(service):
    """The scripts of all jobs by name; those of GitLab by what they do."""
    made = yaml.safe_load(TEXTS[service])
    if service != "gitlab":
        return {step["name"]: step["run"] for job in made["jobs"].values() for step in job["steps"] if step.get("run")}
    (restore,) = [script for script in made["pages"]["script"] if "git clone" in script]
    (pack,) = [script for script in made["pages"]["script"] if "tar -cf" in script]
    return {"Restore the state of the last build": restore, "Pack the state": pack, "Push the state": made["save-state"]["script"][0]}


def scripts(service):
    """The scripts that bring, pack and keep the state."""
    named = named_steps(service)
    return named["Restore the state of the last build"], named.get("Pack the state", ""), named["Push the state"]


@pytest.fixture(params=SERVICES)
def night(tmp_path, request):
    return Night(tmp_path, *scripts(request.param))


class Night:
    """A runner: new folders each night, one repository that stays."""

    def __init__(self, tmp_path, restore, pack, keep):
        self.folder, self.restore_script, self.pack_script, self.keep_script, self.number = tmp_path, restore, pack, keep, 0
        self.remote = tmp_path / "remote.git"
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(self.remote)], check=True, env=PLAIN)

    def run(self, script, folder, **more):
        environ = PLAIN | {"REMOTE": f"file://{self.remote}", "STATE_BRANCH": "callboard-state", "PAGES_BRANCH": "gh-pages"} | more
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(command, check=False, cwd=folder, env=environ, capture_output=True, text=True)

    def restore(self):
        self.number += 1
        folder = self.folder / f"night{self.number}"
        folder.mkdir()
        done = self.run(self.restore_script, folder)
        return folder, done

    def keep(self, state, number=None):
        """Pack the state of a build, and save it in a job of its own where there is one."""
        folder = self.folder / f"night{number or self.number}"
        for name in ("state", "blobs"):
            shutil.rmtree(folder / ".callboard" / name, ignore_errors=True)
            (folder / ".callboard" / name).mkdir(parents=True)
        for name, text in state.items():
            (folder / ".callboard" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / ".callboard" / name).write_text(text)
        for site in ("site", "public"):
            (folder / site).mkdir(exist_ok=True)
            (folder / site / ".callboard-site").write_text("files")
        if self.pack_script:
            done = self.run(self.pack_script, folder)
            assert done.returncode == 0, done.stderr
        return self.run(self.keep_script, folder)

    def commits(self):
        counted = subprocess.run(
            ["git", "rev-list", "--count", "callboard-state"], check=False, cwd=self.remote, env=PLAIN, capture_output=True, text=True
        )
        return int(counted.stdout or 0)


def files(folder):
    kept = (p for p in folder.rglob("*") if p.is_file() and p.name not in {".keep", "base", "published"})
    return {p.relative_to(folder).as_posix(): p.read_text() for p in kept}


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
    assert night.keep({"state/current.json": "2"}).returncode != 0
    assert night.restore()[1].returncode != 0


def test_of_two_pipelines_that_overlap_the_second_keeps_the_state_of_the_first(night):
    """GitLab may run the first job of a pipeline between the two jobs of another one."""
    night.restore()
    night.keep({"state/current.json": "0"})
    first, _ = night.restore()
    night.restore()  # the second pipeline begins before the first has saved
    assert night.keep({"state/current.json": "1"}, number=int(first.name.removeprefix("night"))).returncode == 0
    done = night.keep({"state/current.json": "2"})
    assert done.returncode == 75
    assert "Another build saved its state" in done.stdout
    assert files(night.restore()[0] / ".callboard") == {"state/current.json": "1"}
    gitlab = yaml.safe_load(GITLAB)
    assert gitlab["save-state"]["allow_failure"] == {"exit_codes": [75]}


def test_two_first_pipelines_that_overlap_do_not_overwrite_each_other(night):
    night.restore()
    night.restore()
    assert night.keep({"state/current.json": "1"}, number=1).returncode == 0
    assert night.keep({"state/current.json": "2"}).returncode == 75


def steps(service):
    """What the job that builds runs, but for the installation and the look at who can read the site."""
    if service != "gitlab":
        named = named_steps(service)
        return [script for name, script in named.items() if name != "Install" and not name.startswith(("Check", "Push the state"))]
    lines = yaml.safe_load(GITLAB)["pages"]["script"]
    return ["\n".join(line for line in lines if not line.startswith("pip install") and "VISIBILITY" not in line)]  # one shell runs them all


def build_on_a_clean_machine(night, service, lifecycle, cached=(), **more):
    """Run the job that builds in a new folder, with the folders of a cache; gives the folder and the first step that failed, or None."""
    night.number += 1
    folder = night.folder / f"night{night.number}"
    options = ScaffoldOptions("Acme", service=service, has_scorecards=service == "github")
    write_new(folder, {**portal_files(options), **example_files(options, folder)})
    file = folder / "repositories/example/catalog-info.yaml"
    file.write_text(file.read_text().replace("experimental", lifecycle))
    for path in cached:
        shutil.copytree(night.folder / f"night{night.number - 1}" / path, folder / path, dirs_exist_ok=True)
    environ = {"GITHUB_STEP_SUMMARY": "summary.md", "GITHUB_OUTPUT": "output.txt", "SCHEDULE": "", "GITHUB_PATH": "/dev/null", **more}
    with shared_caches.lent(folder):
        for script in steps(service):
            done = night.run(script, folder, **environ)
            if done.returncode:
                return folder, done
    return folder, None


@pytest.mark.parametrize("service", SERVICES)
def test_nights_on_clean_machines_remember_what_changed_and_a_look_in_between_publishes_only_changes(tmp_path, service):
    night = Night(tmp_path, *scripts(service))
    site = "public" if service == "gitlab" else "site"
    for lifecycle in ("experimental", "deprecated"):
        folder, failed = build_on_a_clean_machine(night, service, lifecycle)
        assert failed is None, failed.stdout + failed.stderr
        done = night.run(night.keep_script, folder)
        assert done.returncode == 0, done.stderr
    assert night.commits() == 2
    page = (folder / site / "catalog/default/component/example/index.html").read_text()
    assert "experimental" in page  # in its history
    assert "deprecated" in page
    if service != "gitlab":
        assert (folder / "output.txt").read_text() == "publish=true\n"
        assert "2 entities from 1 repository" in (folder / "summary.md").read_text()
    if service == "github-server":
        command = ["git", "ls-tree", "--name-only", "gh-pages"]
        listed = subprocess.run(command, cwd=night.remote, env=PLAIN, check=True, capture_output=True, text=True)
        assert {".nojekyll", "index.html", "catalog"} <= set(listed.stdout.split())
    looks_only_for_changes(night, service, (".callboard/cache", site))


def looks_only_for_changes(night, service, cached):
    """Pipelines of the schedule of every 15 minutes, with the cache of the last night, or of the look before."""
    look = {"SCHEDULE": "*/15 * * * *", "ONLY_CHANGES": "true"}
    assert is_published(*build_on_a_clean_machine(night, service, "deprecated", cached, **look)) is False
    if service == "github":
        shutil.rmtree(night.folder / f"night{night.number}")  # nothing was published, so that the cache stays that of the last night
        night.number -= 1
        assert is_published(*build_on_a_clean_machine(night, service, "production", cached, **look)) is True
        # Its deployment fails: the cache has its site, and the branch the state of the last night. The next look publishes it.
        assert is_published(*build_on_a_clean_machine(night, service, "production", cached, **look)) is True


def is_published(folder, failed):
    if failed is not None:
        assert (failed.returncode, failed.stdout.strip()[-43:]) == (64, "Nothing changed: the published site stays.")
        return False
    output = folder / "output.txt"
    return not output.exists() or output.read_text() == "publish=true\n"


def test_the_job_summary_names_what_could_not_be_read_also_when_the_build_stops(tmp_path):
    night = Night(tmp_path, *scripts("github"))
    write_new(tmp_path / "p", portal_files(ScaffoldOptions("Acme", tools={"pagerduty": {}}, has_scorecards=False)))
    (tmp_path / "p/repositories").mkdir()
    build = named_steps("github")["Build"]
    environ = {"GITHUB_STEP_SUMMARY": "summary.md", "GITHUB_OUTPUT": "output.txt", "SCHEDULE": "", "PAGERDUTY_TOKEN": ""}
    with shared_caches.lent(tmp_path / "p"):
        assert night.run(build, tmp_path / "p", **environ).returncode == 0
        summary = (tmp_path / "p/summary.md").read_text()
        assert "#### Could not be read" in summary
        assert "The integration 'pagerduty' could not be read" in summary
        assert "is not set" in summary
        (tmp_path / "p/repositories").rmdir()
        assert night.run(build, tmp_path / "p", **environ).returncode == 2
    assert "The build stopped. The previous site is unchanged." in (tmp_path / "p/summary.md").read_text()[len(summary) :]
