"""Work that is shared out among processes: they end with the one that made them, and with them the lock that they hold."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from callboard.io.parallel import can_fork, map_forked
from callboard.io.store import file_lock
from callboard.model.errors import LockedError

PROGRAM = r"""
import os, sys, time
from pathlib import Path
from callboard.io.parallel import map_forked
from callboard.io.store import file_lock

def work(seconds):
    os.write(1, b"%d\n" % os.getpid())
    time.sleep(seconds)

with file_lock(Path(sys.argv[1]), wait=False):
    list(map_forked(work, [600, 0, 0, 0]))
"""


def is_there(process):
    """Whether a process lives; one that has ended and that nobody has asked about yet does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def eventually(asked):
    return any(asked() or time.sleep(0.02) for _ in range(1_000))


def is_free(path):
    try:
        with file_lock(path, wait=False):
            return True
    except LockedError:
        return False


@pytest.mark.skipif(not can_fork(), reason="needs Linux and two processors")
def test_processes_end_with_the_one_that_was_killed_and_leave_its_lock(tmp_path):
    """One of them is at work then, the other ones wait for more."""
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "lock")], env=environ, stdout=subprocess.PIPE, text=True
    ) as process:
        children = {int(process.stdout.readline()) for _ in range(4)}
        assert len(children) > 1
        assert process.pid not in children
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert eventually(lambda: not any(map(is_there, children)))
        assert eventually(lambda: is_free(tmp_path / "lock"))


def test_results_come_in_the_order_of_the_items():
    assert list(map_forked(abs, [-3, 2, -1])) == [3, 2, 1]
