"""Templates that try to harm: each ends with a message, quickly, and leaves nothing behind."""

import os

import pytest

import yaml
from callboard.cli.terminal_text import printable
from callboard.plugins.actions import ActionError
from callboard.plugins.testing import action_step
from callboard.software_templates import running
from callboard.software_templates.actions import fetch
from callboard.software_templates.actions.filesystem import ReplaceText
from callboard.software_templates.actions.structured_files import ParseFile
from software_templates.git_hosts import GitHosts

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
ESCAPES = "\x1b[2J\x1b]0;title\x07 \x9b31m \u202eevil"


@pytest.fixture
def step(tmp_path):
    """A step with files of the new project."""
    (tmp_path / "files").mkdir()

    def made(contents, **given):
        doing = action_step(tmp_path / "files", **given)
        for path, content in contents.items():
            doing.files.write(path, content)
        return doing

    return made


@pytest.mark.parametrize(("text", "parser"), [
    (BOMB, "yaml"), (BOMB, "multiyaml"), ("&a [*a]", "yaml"), ("&a {b: *a}", "yaml"), ("[" * 5_000 + "]" * 5_000, "json"),
    ("[" * 150 + "]" * 150, "yaml"), ("[" * 5_000, "yaml"), ("{", "json"),
    ("!!python/object/apply:os.system [id]", "yaml"),
])  # fmt: skip
def test_a_file_that_grows_when_it_is_read_is_refused(step, text, parser):
    with pytest.raises(ActionError):
        ParseFile().run(step({"f": text.encode()}, path="f", parser=parser))


def test_what_a_file_has_is_given_as_json_has_it(step):
    content = ParseFile().run(step({"f": b"a: &x [1, 2026-01-01, null]\nb: *x\n3: true\n"}, path="f", parser="yaml"))["content"]
    assert content == {"a": [1, "2026-01-01", None], "b": [1, "2026-01-01", None], "3": True}


@pytest.mark.parametrize(("find", "new"), [("a", "b" * 1_000_000), ("", "b")])
def test_a_replacement_that_would_fill_the_memory_is_refused(step, find, new):
    doing = step({"f": b"a" * 1_000_000}, files=[{"file": "f", "find": find, "replaceWith": new}])
    with pytest.raises(ActionError, match="Replacing in f"):
        ReplaceText().run(doing)
    assert doing.files.read("f") == b"a" * 1_000_000


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, "MAX_FILE_BYTES", 10)
    (tmp_path / "large").write_bytes(b"x" * 11)
    with pytest.raises(ActionError, match="large has more than 10 bytes"):
        fetch._content(tmp_path / "large")


def test_nothing_changes_what_a_terminal_shows():
    assert printable(ESCAPES) == "\ufffd[2J\ufffd]0;title\ufffd \ufffd31m \ufffdevil"
    assert printable("a\tb\n\u00e4 \u65e5") == "a\tb\n\u00e4 \u65e5"


@pytest.fixture
def run(tmp_path):
    """Runs a template with these steps; gives what was done and the folder."""
    hosts, here = GitHosts(tmp_path / "hosts"), tmp_path / "here"

    def ran(*steps, parameters=None, **skeleton):
        entity = {
            "apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": {"name": "svc", "title": ESCAPES},
            "spec": {"owner": "a", "type": "b", "steps": [*steps], "parameters": parameters or []},
        }  # fmt: skip
        for path, content in {"template.yaml": yaml.safe_dump(entity), **{f"skeleton/{p}": text for p, text in skeleton.items()}}.items():
            place = tmp_path / "template" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content)
        return hosts.new(here, str(tmp_path / "template/template.yaml"), "out"), here

    return ran


FETCH = {"action": "fetch:template", "input": {"url": "./skeleton", "values": {}}}


@pytest.mark.long
@pytest.mark.parametrize(("steps", "skeleton"), [
    ([{**FETCH, "name": ESCAPES, "input": {"url": f"./{ESCAPES}"}}], {}),
    ([{**FETCH, "input": {**FETCH["input"], "copyWithoutTemplating": ["{a,b}" * 30]}}], {"a": "x"}),
    ([{"action": "debug:log", "each": "${{ parameters.none }}", "input": {}}], {}),
    ([{"action": "roadiehq:utils:fs:append", "each": "${{ 'x' * 1000 }}", "input": {"path": "a", "content": "b"}}], {}),
    ([FETCH], {"a": "{% for i in range(0, 100000000) %}{% for j in range(0, 100000000) %}x{% endfor %}{% endfor %}"}),
    ([FETCH], {"a": "${{ 'x' | replace(r/(x+)+$/, 'xxxxxxxxxx') }}${{ '" + "x" * 40 + "!' | replace(r/^(x+)+$/, '') }}"}),
    ([FETCH], {"${{ '../' * 20 }}etc/x": "x"}),
])  # fmt: skip
def test_an_endless_or_malformed_template_ends_with_a_message(monkeypatch, run, steps, skeleton):
    monkeypatch.setattr("callboard.software_templates.engine.SECONDS", 6.0)
    done, here = run(*steps, **skeleton)
    assert done.returncode == 2, done.stderr
    assert "bug in Callboard" not in done.stderr
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & {*done.stderr, *done.stdout}
    assert [*here.iterdir()] == []


@pytest.mark.long
def test_loops_of_loops_end_after_a_time(monkeypatch, run):
    monkeypatch.setattr(running, "MAX_SECONDS", -1.0)
    done, here = run({"action": "debug:log", "each": list(range(200)), "input": {"message": "x"}})
    assert done.returncode == 2
    assert "the steps took longer than" in done.stderr
    assert [*here.iterdir()] == []


@pytest.mark.long
def test_a_skeleton_with_hooks_filters_and_modules_runs_nothing_and_pushes_no_configuration(tmp_path):
    hosts = GitHosts(tmp_path / "hosts")
    hosts.empty("acme/o")
    steps = [FETCH, {"action": "publish:github", "input": {"repoUrl": "github.com?owner=acme&repo=o"}}]
    entity = {"apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": {"name": "svc"},
              "spec": {"owner": "a", "type": "b", "steps": steps}}  # fmt: skip
    evil = f"touch {tmp_path}/EXECUTED"
    files = {
        "template.yaml": yaml.safe_dump(entity), "skeleton/.gitattributes": "* filter=evil diff=evil merge=evil\n",
        "skeleton/.gitconfig": f'[filter "evil"]\n clean = {evil}\n',
        "skeleton/.gitmodules": f'[submodule "x"]\n path=x\n url=x\n update = !{evil}\n',
        "skeleton/.husky/pre-commit": f"#!/bin/sh\n{evil}\n", "skeleton/hooks/post-update": f"#!/bin/sh\n{evil}\n",
        "skeleton/HEAD": "ref: x\n",
        "skeleton/config": f"[core]\n bare = true\n fsmonitor = {evil}\n", "skeleton/objects/x": "", "skeleton/refs/x": "",
    }  # fmt: skip
    for path, content in files.items():
        place = tmp_path / "template" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content)
        if "hooks" in path or "husky" in path:
            place.chmod(0o755)
    done = hosts.new(
        tmp_path / "here", str(tmp_path / "template/template.yaml"), "--host", "github.com=github", "--publish", "git", "--yes"
    )
    assert done.returncode == 0, done.stderr
    assert not os.path.lexists(tmp_path / "EXECUTED")
    assert ".gitmodules" in hosts.published("acme/o")
