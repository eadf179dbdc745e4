"""`callboard new` with real git: from a template's file or a portal to files, repositories, pull requests and updates."""

import json
import stat

import pytest

import yaml
from callboard.software_templates import engine as engines
from callboard.software_templates.definition import digest_of
from software_templates.git_hosts import GitHosts
from software_templates.test_engine import ENDLESS, WITHOUT_LIMITS

pytestmark = pytest.mark.long
PARAMETERS = {
    "title": "Service", "required": ["name"],
    "properties": {
        "name": {"title": "Name", "type": "string", "pattern": "^[a-z-]+$"},
        "port": {"title": "Port", "type": "integer", "default": 8080},
        "token": {"title": "Token", "type": "string", "ui:field": "Secret"},
    },
}  # fmt: skip
FETCH = {"id": "fetch", "action": "fetch:template", "input": {"url": "./skeleton", "values": {"name": "${{ parameters.name }}"}}}
PUBLISH = {"id": "publish", "action": "publish:github", "input": {"repoUrl": "github.com?owner=acme&repo=${{ parameters.name }}"}}


def template(*steps, **spec):
    """The text of a Template entity."""
    whole = {"owner": "team-a", "type": "service", "parameters": [PARAMETERS], "steps": [*steps], **spec}
    entity = {"apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": {"name": "svc"}, "spec": whole}
    return yaml.safe_dump(entity, sort_keys=False)


@pytest.fixture
def hosts(tmp_path):
    return GitHosts(tmp_path / "hosts")


@pytest.fixture
def write(tmp_path):
    """Writes a template with its skeleton; gives the path of its file."""

    def written(text, **skeleton):
        for path, content in {"template.yaml": text, **{f"skeleton/{path}": text for path, text in skeleton.items()}}.items():
            place = tmp_path / "template" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(tmp_path / "template/template.yaml")

    return written


@pytest.fixture
def here(tmp_path):
    return tmp_path / "here"


GITHUB = ("--host", "github.com=github")


def test_a_repository_is_pushed_with_what_the_skeleton_makes(hosts, write, here):
    hosts.empty("acme/orders")
    file = write(template(FETCH, PUBLISH), **{"README.md": "# ${{ values.name }}\n", "${{values.name}}/a.bin": b"\0${{ values.name }}"})
    done = hosts.new(here, file, "--set", "name=orders", "--publish", "git", "--yes", *GITHUB)
    assert done.returncode == 0, done.stderr
    assert hosts.published("acme/orders") == {"README.md": "# orders", "orders/a.bin": "\0${{ values.name }}"}
    assert [*here.iterdir()] == []


def test_a_dry_run_shows_files_and_differences_and_changes_nothing(hosts, write, here):
    hosts.empty("acme/orders")
    file = write(template(FETCH, PUBLISH), **{"README.md": "# ${{ values.name }}\n"})
    done = hosts.new(here, file, "--set", "name=orders", "--dry-run", *GITHUB)
    assert done.returncode == 0
    assert "  README.md\n" in done.stdout
    assert "\n+# orders\n" in done.stdout
    assert "1. Create the repository acme/orders on github.com and push 1 files" in done.stderr
    assert hosts.git(hosts.bare / "acme/orders.git", "for-each-ref") == ""
    assert [*here.iterdir()] == []


def test_a_pull_request_is_a_branch_with_the_files(hosts, write, here):
    hosts.commit("acme/infra", {"README.md": "infra", "old.txt": "x"})
    request = {"id": "pr", "action": "publish:github:pull-request", "input": {
        "repoUrl": "github.com?owner=acme&repo=infra", "branchName": "db-${{ parameters.name }}", "title": "Database",
        "targetPath": "databases", "filesToDelete": ["old.txt"]}}  # fmt: skip
    output = {"links": [{"title": "Open", "url": "${{ steps.pr.output.remoteUrl }}"}]}
    file = write(template(FETCH, request, output=output), **{"${{values.name}}.yaml": "name: ${{ values.name }}\n"})
    done = hosts.new(here, file, "--set", "name=orders", "--publish", "git", "--yes", *GITHUB)
    assert done.returncode == 0, done.stderr
    assert hosts.published("acme/infra", "db-orders") == {"README.md": "infra", "databases/orders.yaml": "name: orders"}
    assert "Open: https://github.com/acme/infra/compare/db-orders?expand=1" in done.stdout


def test_without_a_way_to_publish_the_commands_are_printed_and_the_files_written(hosts, write, here):
    file = write(template(FETCH, PUBLISH), **{"README.md": "# ${{ values.name }}\n"})
    done = hosts.new(here, file, "--set", "name=orders", "--publish", "print", *GITHUB)
    assert done.returncode == 0, done.stderr
    assert (here / "orders/README.md").read_text() == "# orders\n"
    assert "git remote add origin https://github.com/acme/orders.git" in done.stdout
    assert "gh repo create --private -- acme/orders" in done.stdout


def test_what_cannot_be_published_is_kept(hosts, write, here):
    file = write(template(FETCH, PUBLISH), **{"README.md": "# ${{ values.name }}\n"})
    done = hosts.new(here, file, "--set", "name=orders", "--publish", "git", "--yes", *GITHUB)
    assert done.returncode == 2
    assert "The files are kept in" in done.stderr
    assert [path.name for path in here.rglob("README.md")] == ["README.md"]


def test_unknown_actions_fail_by_name_and_position_before_anything_is_written(hosts, write, here):
    file = write(template(FETCH, {"name": "Sync", "action": "quay:create-repository", "input": {"a": "${{ parameters.name }}"}}), a="x")
    done = hosts.new(here, file, "--set", "name=orders")
    assert done.returncode == 2
    assert "steps[1] (Sync): quay:create-repository" in done.stderr
    assert [*here.iterdir()] == []
    done = hosts.new(here, file, "--set", "name=orders", "--skip-unknown")
    assert done.returncode == 0, done.stderr
    assert 'To do by hand: steps[1] (Sync): quay:create-repository\n{\n  "a": "orders"\n}' in done.stderr
    assert (here / "orders/a").read_text() == "x"


def test_conditions_loops_and_outputs_of_steps_are_followed(hosts, write, here):
    write_text = {"id": "w", "action": "roadiehq:utils:fs:write", "each": "${{ parameters.items }}", "if": "${{ each.value !== 'b' }}",
                  "input": {"path": "${{ each.key }}-${{ each.value }}.txt", "content": "${{ each.value }}"}}  # fmt: skip
    never = {"action": "company:only", "if": "${{ parameters.port == 1 }}"}
    last = {"action": "roadiehq:utils:fs:write", "input": {"path": "out.json", "content": "${{ steps.w.output | dump }} "}}
    file = write(template(write_text, never, last))
    done = hosts.new(here, file, "out", "--set", "name=orders", "--set-json", 'items=["a", "b", "c"]')
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (here / "out").iterdir()) == ["0-a.txt", "2-c.txt", "out.json"]
    assert json.loads((here / "out/out.json").read_text()) == {"path": ["0-a.txt", "2-c.txt"]}


def test_answers_are_checked_before_anything_runs(hosts, write, here):
    done = hosts.new(here, write(template(FETCH), a="x"), "--set", "name=Orders!", "--set-json", 'port="x"')
    assert done.returncode == 2
    assert '"name" must match the pattern ^[a-z-]+$' in done.stderr
    assert '"port" must be an integer' in done.stderr
    assert [*here.iterdir()] == []


def test_a_folder_with_files_is_never_written_to(hosts, write, here):
    here.mkdir()
    (here / "out").mkdir()
    (here / "out/mine").write_text("x")
    done = hosts.new(here, write(template(FETCH), a="x"), "out", "--set", "name=orders")
    assert done.returncode == 2
    assert "exists and is not empty" in done.stderr
    assert [path.name for path in (here / "out").iterdir()] == ["mine"]


def test_secrets_reach_the_steps_and_nothing_that_is_written_or_shown(hosts, write, here):
    echo = {"action": "debug:log", "input": {"message": "token ${{ secrets.token }} ${{ parameters.token }}"}}
    unknown = {"action": "vault:put", "input": {"value": "${{ secrets.token }}"}}
    hosts.commit("acme/templates", {"t/template.yaml": template(FETCH, echo, unknown), "t/skeleton/a": "x"})
    address = portal_of(hosts, template(FETCH, echo, unknown))
    done = hosts.new(here, address, "out", "--set", "name=orders", "--skip-unknown", CALLBOARD_SECRET_TOKEN="hunter2hunter2")
    assert done.returncode == 0, done.stderr
    assert "token *** ***" in done.stderr
    assert "hunter2" not in done.stderr + done.stdout
    assert not any("hunter2" in path.read_text() for path in (here / "out").rglob("*") if path.is_file())


def portal_of(hosts, text, **more):
    """A portal with the template of acme/templates at its newest commit."""
    spec = yaml.safe_load(text)["spec"]
    revision = hosts.git(hosts.folder / "work/acme/templates", "rev-parse", "HEAD")
    place = {"repository": "https://github.com/acme/templates.git", "revision": revision, "path": "t/template.yaml"}
    return hosts.portal("svc", {**place, "digest": digest_of(spec), **more})


def test_a_portal_says_where_the_template_is_and_what_was_made_is_recorded(hosts, here):
    text = template(FETCH, PUBLISH)
    hosts.empty("acme/orders")
    revision = hosts.commit("acme/templates", {"t/template.yaml": text, "t/skeleton/README.md": "# ${{ values.name }}\n"})
    done = hosts.new(here, portal_of(hosts, text), "--set", "name=orders", "--publish", "git", "--yes")
    assert done.returncode == 0, done.stderr
    files = hosts.published("acme/orders")
    record = yaml.safe_load(files[".callboard/template.yaml"])
    assert record["template"] == "template:default/svc"
    assert record["revision"] == revision
    assert record["answers"] == {"name": "orders", "port": 8080}


def test_a_template_that_is_not_what_the_portal_shows_is_refused(hosts, here):
    hosts.commit("acme/templates", {"t/template.yaml": template(FETCH), "t/skeleton/a": "x"})
    done = hosts.new(here, portal_of(hosts, template(PUBLISH)), "--set", "name=orders")
    assert done.returncode == 2
    assert "is not what the portal shows" in done.stderr


@pytest.mark.parametrize("url", [
    "https://evil.example/a/b/tree/main/x", "http://github.com/a/b", "file:///etc", "/etc/passwd", "ext::sh -c id", "//evil.example/x",
    "https://github.com.evil.example/a/b", "https://github.com@evil.example/a/b",
])  # fmt: skip
def test_files_of_hosts_that_are_none_of_the_portals_are_refused_before_anything_runs(hosts, write, here, url):
    done = hosts.new(here, write(template(FETCH, {"action": "fetch:plain", "input": {"url": url}}), a="x"), "--set", "name=o", *GITHUB)
    assert done.returncode == 2
    assert "which is at no host of the portal's sources" in done.stderr
    assert [*here.iterdir()] == []


def test_files_of_another_repository_are_fetched_with_git(hosts, write, here):
    hosts.commit("acme/shared", {"lib/a.txt": "shared", "other": "x"})
    step = {"action": "fetch:plain", "input": {"url": "https://github.com/acme/shared/tree/main/lib", "targetPath": "lib"}}
    done = hosts.new(here, write(template(step)), "out", "--set", "name=o", *GITHUB)
    assert done.returncode == 0, done.stderr
    assert [path.relative_to(here).as_posix() for path in here.rglob("*") if path.is_file()] == ["out/lib/a.txt"]


@pytest.mark.parametrize(("steps", "skeleton"), [
    ([FETCH], {"${{ '.git' }}/config": "[core]\n\tfsmonitor = touch EXECUTED\n"}),
    ([FETCH], {"${{ '.GIT' }}/hooks/pre-commit": "#!/bin/sh\ntouch EXECUTED\n"}),
    ([{"action": "roadiehq:utils:fs:write", "input": {"path": "../../x", "content": "x"}}], {}),
    ([{"action": "catalog:write", "input": {"filePath": ".git/config", "entity": {}}}], {}),
    ([FETCH, {"action": "fs:rename", "input": {"files": [{"from": "a", "to": ".git"}]}}], {"a/config": "x"}),
    ([{"action": "fetch:plain", "input": {"url": "../../../etc"}}], {}),
    ([{"action": "fetch:plain", "input": {"url": "./skeleton", "targetPath": "../out"}}], {"a": "x"}),
    ([FETCH, {"action": "publish:github", "input": {"repoUrl": "github.com?owner=-x&repo=a", "sourcePath": "."}}], {"a": "x"}),
    ([FETCH, {**PUBLISH, "input": {**PUBLISH["input"], "defaultBranch": "--upload-pack=touch EXECUTED"}}], {"a": "x"}),
])  # fmt: skip
def test_a_hostile_template_harms_nothing(hosts, write, here, steps, skeleton):
    hosts.empty("acme/o")
    done = hosts.new(here, write(template(*steps), **skeleton), "--set", "name=o", "--publish", "git", "--yes", *GITHUB)
    assert done.returncode == 2, done.stdout
    assert "bug in Callboard" not in done.stderr
    assert not [*here.parent.rglob("EXECUTED")]


def test_a_link_out_of_the_template_is_not_read(hosts, write, here, tmp_path):
    (tmp_path / "secret").write_text("mine")
    for step in (
        {"action": "fetch:plain:file", "input": {"url": "./link", "targetPath": "a"}},
        {"action": "fetch:plain", "input": {"url": "./f"}},
    ):
        file = write(template(step))
        for name in ("link", "f/link"):
            (tmp_path / "template" / name).parent.mkdir(exist_ok=True)
            (tmp_path / "template" / name).unlink(missing_ok=True)
            (tmp_path / "template" / name).symlink_to(tmp_path / "secret")
        done = hosts.new(here, file, "--set", "name=o")
        assert done.returncode == 2
        assert [*here.iterdir()] == []


def test_modes_are_kept_and_files_that_exist_are_not_replaced(hosts, write, here, tmp_path):
    twice = {**FETCH, "id": "again", "input": {**FETCH["input"], "copyWithoutTemplating": ["*.raw"]}}
    file = write(template(twice, FETCH), **{"run.sh": "#!/bin/sh\n", "a.raw": "${{ values.name }}", "${{ values.none }}": "skipped"})
    (tmp_path / "template/skeleton/run.sh").chmod(0o755)
    done = hosts.new(here, file, "out", "--set", "name=o")
    assert done.returncode == 0, done.stderr
    assert (here / "out/run.sh").stat().st_mode & stat.S_IXUSR
    assert (here / "out/a.raw").read_text() == "${{ values.name }}"
    assert sorted(path.name for path in (here / "out").iterdir()) == ["a.raw", "run.sh"]


FIRST = {"t/skeleton/README.md": "# ${{ values.name }}\n\none\ntwo\nthree\n", "t/skeleton/ci.yml": "v: 1\n", "t/skeleton/gone": "x"}
SECOND = {"t/skeleton/README.md": "# ${{ values.name }}\n\none\n2\nthree\n", "t/skeleton/ci.yml": "v: 2\n", "t/skeleton/gone": None,
          "t/skeleton/new.txt": "new\n"}  # fmt: skip


@pytest.fixture
def made(hosts, here):
    """A project from a template, committed."""
    text = template(FETCH)
    hosts.commit("acme/templates", {"t/template.yaml": text, **FIRST})
    done = hosts.new(here, portal_of(hosts, text), "out", "--set", "name=orders")
    assert done.returncode == 0, done.stderr
    project = here / "out"
    hosts.git(project, "init", "--quiet")
    hosts.git(project, "add", "--all")
    hosts.git(project, "commit", "--quiet", "--message", "made")
    return project


def test_an_update_merges_three_ways_and_leaves_conflicts_marked(hosts, here, made):
    (made / "README.md").write_text("# orders\n\none\ntwo, mine\nthree\n")
    hosts.git(made, "commit", "--quiet", "--all", "--message", "mine")
    new = hosts.commit("acme/templates", SECOND)
    portal_of(hosts, template(FETCH))
    done = hosts.new(here, "--update", "out")
    assert done.returncode == 1, done.stderr
    assert "conflict: README.md" in done.stdout
    text = (made / "README.md").read_text()
    assert "<<<<<<< yours\ntwo, mine\n|||||||" in text
    assert "2\n>>>>>>> template, new revision" in text
    assert (made / "ci.yml").read_text() == "v: 2\n"
    assert not (made / "gone").exists()
    assert (made / "new.txt").read_text() == "new\n"
    assert new in (made / ".callboard/template.yaml").read_text()
    assert hosts.git(made, "log", "--format=%s").splitlines() == ["mine", "made"]
    assert "changes that are not committed" in hosts.new(here, "--update", "out").stderr


def test_an_update_without_changes_of_ones_own_has_no_conflicts(hosts, here, made):
    hosts.commit("acme/templates", SECOND)
    portal_of(hosts, template(FETCH))
    done = hosts.new(here, "--update", "out")
    assert done.returncode == 0, done.stderr
    assert {line.split(":")[0] for line in done.stdout.splitlines()} == {"updated", "added", "deleted"}


def test_where_the_recorded_revision_is_gone_a_difference_is_offered(hosts, here, made):
    hosts.commit("acme/templates", SECOND)
    portal_of(hosts, template(FETCH))
    record = made / ".callboard/template.yaml"
    data = yaml.safe_load(record.read_text())
    record.write_text(yaml.safe_dump({**data, "revision": "0" * 40}))
    hosts.git(made, "commit", "--quiet", "--all", "--message", "rewritten")
    done = hosts.new(here, "--update", "out")
    assert done.returncode == 2
    assert "cannot be read" in done.stderr
    assert "--update --diff" in done.stderr
    shown = hosts.new(here, "--update", "out", "--diff")
    assert shown.returncode == 0, shown.stderr
    assert "+v: 2" in shown.stdout
    assert (made / "ci.yml").read_text() == "v: 1\n"


def test_a_template_that_never_ends_does_not_hang_the_command(monkeypatch, hosts, write, here):
    monkeypatch.setattr(engines, "PROGRAM", WITHOUT_LIMITS)
    monkeypatch.setattr(engines, "SECONDS", 0.4)
    monkeypatch.setattr(engines, "GRACE_SECONDS", 0.1)
    done = hosts.new(here, write(template(FETCH), **{"README.md": ENDLESS}), "--set", "name=orders")
    assert done.returncode == 2
    assert "The process that renders templates did not answer within" in done.stderr
    assert [*here.iterdir()] == []
