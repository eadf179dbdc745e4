"""Ctrl-C and a full disk: the exit code, what the terminal shows, and that nothing goes on."""

import contextlib
import errno
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from callboard.cli.main import INTERRUPTED, described
from callboard.io.process import Running
from callboard.website.mkdocs_project import finish_mkdocs
from support.portal import callboard, write

pytestmark = pytest.mark.long

SOURCES = """\
version: 1
portal: {{name: Small, organization: Small}}
sources:
  - {{name: here, type: files, path: repositories, repositories: "*"}}
  - {{name: there, type: http, urls: ["http://127.0.0.1:{port}/catalog-info.yaml"]}}
publish:
  - {{type: git, url: "http://127.0.0.1:{port}/x.git", branch: pages}}
"""


@pytest.fixture
def silent():
    """The port of a server that takes connections and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        server.settimeout(30)
        yield server


@pytest.fixture
def portal(tmp_path, silent):
    """A portal of which one source and the publisher wait for that server."""
    write(tmp_path)
    assert callboard(tmp_path, "build").returncode == 0
    (tmp_path / "sources.yaml").write_text(SOURCES.format(port=silent.getsockname()[1]))
    return tmp_path


def _interrupted(portal, *arguments, wait):
    """Start the command, wait, and interrupt all its processes as a terminal does; gives how it ended, and the programs that are left."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(portal)}
    command = [sys.executable, "-m", "callboard", *arguments]
    started = subprocess.Popen(command, cwd=portal, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    wait()
    os.killpg(started.pid, signal.SIGINT)
    began = time.monotonic()
    _, stderr = started.communicate(timeout=60)
    return started.returncode, stderr.decode(), time.monotonic() - began, _left(portal)


def _left(home):
    """Command lines of all programs with this home folder, which Callboard passes on to those that it starts."""
    left = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (
                f"HOME={home}\0".encode() in (folder / "environ").read_bytes()
                and "Z" not in (folder / "stat").read_text().rpartition(")")[2][:3]
            ):
                left.append((folder / "cmdline").read_bytes().decode().split("\0"))
        except OSError:
            continue
    return left


@pytest.mark.parametrize(
    "arguments",
    [
        ("build",), ("build", "--allow-missing-sources"), ("lint",),
        ("collect", "--only", "there"), ("publish",), ("serve", "--port", "0"),
    ],
    ids=lambda arguments: arguments[0],
)  # fmt: skip
def test_ctrl_c_ends_every_command_with_130_and_one_line_and_leaves_no_program(portal, silent, arguments):
    with contextlib.ExitStack() as held:
        wait = lambda: held.enter_context(silent.accept()[0])  # noqa: E731 - one line
        code, stderr, seconds, left = _interrupted(portal, *arguments, wait=wait)
    assert (code, left) == (INTERRUPTED, [])
    assert "Traceback" not in stderr
    assert stderr.splitlines()[-1] == "Stopped."
    assert seconds < 10


@pytest.mark.parametrize("after", [0.1, 0.15, 0.2, 0.3, 0.7, 1.1, 1.6, 2.2])
def test_ctrl_c_at_any_moment_of_a_build_leaves_no_traceback_and_no_program(tmp_path, after):
    write(
        tmp_path, many="---\n".join(f"apiVersion: v1\nkind: Component\nmetadata: {{name: c{n}}}\nspec: {{type: x}}\n" for n in range(200))
    )
    code, stderr, _, left = _interrupted(tmp_path, "build", wait=lambda: time.sleep(after))
    assert code in {INTERRUPTED, 0, 1, -signal.SIGINT}
    assert left == []
    assert after < 0.1 or "Traceback" not in stderr  # before that, Python itself is starting


def test_a_full_disk_is_said_in_plain_words():
    message, hint = described(OSError(errno.ENOSPC, "No space left on device", "site/index.html"))
    assert message == "site/index.html: the disk is full."
    assert hint.startswith("Free some space")
    assert described(OSError(errno.EACCES, "Permission denied"))[0] == "Permission denied."


def test_a_full_disk_is_said_in_plain_words_where_a_folder_is_copied_and_where_mkdocs_writes(tmp_path, monkeypatch):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/x").write_text("x")

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device", "x")

    with pytest.raises(shutil.Error) as found:
        shutil.copytree(tmp_path / "a", tmp_path / "b", copy_function=full)
    assert described(found.value)[0] == f"{tmp_path}/b/x: the disk is full."
    assert described(shutil.Error([("a", "b", "special file")]))[0] == "b: special file."
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=4096))
    with pytest.raises(OSError, match="No space left"):
        finish_mkdocs(Running(["false"], environ={"PATH": os.environ["PATH"]}), tmp_path)


def test_the_end_of_the_input_where_an_answer_is_needed_is_an_error_of_usage(tmp_path):
    command = [sys.executable, "-m", "callboard", "init", "here"]
    done = subprocess.run(command, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode in {0, 2}
    assert "Aborted" not in done.stderr
