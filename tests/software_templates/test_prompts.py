"""`callboard new` on a terminal: what it asks, in which order, and what is left if nobody answers."""

import fcntl
import os
import select
import subprocess
import sys
import termios
import time

import pytest

import yaml
from software_templates.git_hosts import GitHosts
from support.portal import ROOT

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")]
SECRET = "hunter2hunter2"
TEMPLATE = {
    "apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": {"name": "svc", "title": "Service"},
    "spec": {
        "owner": "a", "type": "b",
        "parameters": [
            {"required": ["name", "token"], "properties": {
                "name": {"title": "Name", "type": "string", "pattern": "^[a-z-]+$"}, "port": {"title": "Port", "type": "integer"},
                "token": {"title": "Token", "type": "string", "ui:field": "Secret", "minLength": 8},
                "db": {"title": "Database", "type": "boolean", "default": False}},
             "dependencies": {"db": {"oneOf": [
                 {"properties": {"db": {"const": True}, "size": {"title": "Size", "enum": ["small", "large"]}}, "required": ["size"]},
                 {"properties": {"db": {"const": False}}}]}}},
        ],
        "steps": [
            {"action": "roadiehq:utils:fs:write", "input": {"path": "answers.json", "content": "${{ parameters | dump }} "}},
            {"action": "debug:log", "input": {"message": "token ${{ secrets.token }}"}},
            {"action": "publish:github", "input": {"repoUrl": "github.com?owner=acme&repo=${{ parameters.name }}"}},
        ],
    },
}  # fmt: skip


class Terminal:
    """A command on a pseudo-terminal, whose text is read until something is shown."""

    def __init__(self, folder, *arguments, **environ):
        self.master, slave = os.openpty()
        self.text, self._seen = "", 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "callboard", "new", *arguments], stdin=slave, stdout=slave, stderr=slave, cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT), "TERM": "dumb", **environ},
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - a terminal to control
        )  # fmt: skip
        os.close(slave)

    def expect(self, text, seconds=120):
        """Read until the text is shown after what was expected before."""
        until = time.monotonic() + seconds
        while text not in self.text[self._seen :]:
            assert time.monotonic() < until, f"{text!r} was not shown: {self.text[self._seen :]}"
            if not self._read():
                pytest.fail(f"the command ended before {text!r}: {self.text}")
        self._seen = self.text.index(text, self._seen) + len(text)

    def _read(self):
        try:
            if select.select([self.master], [], [], 0.2)[0]:
                data = os.read(self.master, 65_536)
                self.text += data.decode()
                return bool(data)
        except OSError:  # the other end is closed
            return False
        return self.process.poll() is None

    def answer(self, asked, typed):
        self.expect(asked)
        os.write(self.master, f"{typed}\n".encode())

    def press(self, asked, key):
        self.expect(asked)
        os.write(self.master, key)

    def end(self, key=b""):
        """Read to the end, and press a key again: Python waits on for a line where Ctrl+C comes in the moment before it waits."""
        until, again = time.monotonic() + 120, time.monotonic() + 3
        while self._read():
            if time.monotonic() > until:
                self.process.kill()
                pytest.fail(f"the command did not end: {self.text}")
            if key and time.monotonic() > again:
                os.write(self.master, key)
                again += 3
        code = self.process.wait(60)
        os.close(self.master)
        return code


@pytest.fixture
def start(tmp_path):
    """Starts the command in an empty folder, with a folder for temporary files."""
    hosts = GitHosts(tmp_path / "hosts")
    (tmp_path / "template.yaml").write_text(yaml.safe_dump(TEMPLATE, sort_keys=False))
    for name in ("here", "temporary"):
        (tmp_path / name).mkdir()

    def started(*arguments):
        more = ("--host", "github.com=github", "--publish", "git", *arguments)
        environ = {"TMPDIR": str(tmp_path / "temporary"), "GIT_CONFIG_GLOBAL": str(hosts.config)}
        return hosts, Terminal(tmp_path / "here", str(tmp_path / "template.yaml"), *more, **environ)

    return started


def test_what_is_missing_is_asked_for_and_a_wrong_answer_again_without_showing_a_secret(start, tmp_path):
    hosts, terminal = start()
    hosts.empty("acme/orders")
    terminal.answer("Name: ", "Not OK")
    terminal.expect("must match the pattern")
    terminal.answer("Name: ", "orders")
    terminal.answer("Port (may be empty)", "many")
    terminal.expect("write JSON")
    terminal.answer("Port (may be empty)", "8080")
    terminal.answer("Token: ", "short")
    terminal.answer("Token: ", SECRET)
    terminal.answer("Database [y/N]: ", "y")
    terminal.answer("Size [small, large]: ", "huge")
    terminal.answer("Size [small, large]: ", "large")
    terminal.expect("note: token ***")
    terminal.answer("Do this? [y/N]: ", "y")
    assert terminal.end() == 0, terminal.text
    assert SECRET not in terminal.text
    assert "short" not in terminal.text
    made = yaml.safe_load(hosts.published("acme/orders")["answers.json"])
    assert made == {"name": "orders", "port": 8080, "token": "***", "db": True, "size": "large"}
    assert [*(tmp_path / "temporary").iterdir()] == []


@pytest.mark.parametrize("key", [b"\x03", b"\x04"])
def test_ctrl_c_at_a_question_leaves_nothing(start, tmp_path, key):
    _, terminal = start()
    terminal.press("Name: ", key)
    assert terminal.end(key) == (130 if key == b"\x03" else 2)
    assert "Traceback" not in terminal.text
    for folder in ("here", "temporary"):
        assert [path.name for path in (tmp_path / folder).iterdir() if path.name != ".callboard"] == []


def test_ctrl_c_before_publishing_leaves_nothing(start, tmp_path):
    hosts, terminal = start("--set", "name=orders", "--set-json", "port=1", "--set-json", "db=false")
    hosts.empty("acme/orders")
    terminal.answer("Token: ", SECRET)
    terminal.press("Do this? [y/N]: ", b"\x03")
    assert terminal.end(b"\x03") == 130
    assert "Name: " not in terminal.text
    assert hosts.git(hosts.bare / "acme/orders.git", "for-each-ref") == ""
    assert [*(tmp_path / "temporary").iterdir()] == []
    assert [path.name for path in (tmp_path / "here").iterdir() if path.name != ".callboard"] == []
