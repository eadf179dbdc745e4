"""Killed at any moment, by nobody's wish: the next publishing leaves the whole site."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sites import built

from callboard.plugins.publishers.built_site import read_site

pytestmark = pytest.mark.long

SEED = 20261122
KILLS = 6
HERE = Path(__file__).parent
PROGRAM = """
import sys
from pathlib import Path
from sites import context
from callboard.plugins.publishers.built_site import read_site
from callboard.publish.folder import FolderPublisher
from callboard.publish.git.publisher import GitPublisher
kind, root = sys.argv[1], Path(sys.argv[2])
options = {"path": "../public"} if kind == "folder" else {"url": f"file://{root}/remote.git"}
publisher = {"folder": FolderPublisher, "git": GitPublisher}[kind]
publisher(options, context(root)).publish(read_site(root / "site"))
"""


def start(kind, root):
    environ = os.environ | {"PYTHONPATH": f"{HERE}:{HERE.parents[1]}"}
    return subprocess.Popen([sys.executable, "-c", PROGRAM, kind, str(root)], env=environ, stderr=subprocess.PIPE, start_new_session=True)


def finish(kind, root):
    process = start(kind, root)
    _, said = process.communicate()
    assert process.returncode == 0, said.decode()


def content_of(kind, root):
    if kind == "folder":
        found = {p.relative_to(root / "public").as_posix(): p.read_bytes() for p in (root / "public").rglob("*") if p.is_file()}
    else:
        command = ["git", "--git-dir", str(root / "remote.git"), "archive", "--format=tar", "gh-pages"]
        packed = subprocess.run(command, check=True, capture_output=True).stdout
        (root / "out").mkdir(exist_ok=True)
        folder = root / "out" / str(time.monotonic_ns())
        folder.mkdir()
        subprocess.run(["tar", "-x", "-C", str(folder)], check=True, input=packed)
        found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return {path: content for path, content in found.items() if path not in {".callboard-site", ".nojekyll"}}


def night(number):
    """A site of which each night changes a part, and loses and wins some files."""
    same = {f"same/{i}/index.html": b"s" * 2_000 for i in range(100)}
    other = {f"n{number}/{i}/index.html": bytes([65 + number]) * 2_000 for i in range(200)}
    return same | other | {"index.html": f"<p>{number}".encode()}


@pytest.mark.parametrize("kind", ["folder", "git"])
def test_killed_at_random_moments_the_next_run_leaves_the_whole_site(tmp_path, kind):
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "remote.git")], check=True)
    built(tmp_path / "site", night(0))
    before = time.monotonic()
    finish(kind, tmp_path)
    lasted = time.monotonic() - before
    moments = random.Random(SEED)
    for number in range(1, KILLS + 1):
        built(tmp_path / "site", night(number))
        process = start(kind, tmp_path)
        time.sleep(moments.uniform(0.3, 1.0) * lasted)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if number % 2:  # every other night goes on with yet another site
            continue
        finish(kind, tmp_path)
        assert content_of(kind, tmp_path) == night(number)
        assert set(read_site(tmp_path / "site").files) == set(night(number))
