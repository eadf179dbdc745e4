"""The background build of a preview: after a while without changes, for nothing when something changes, ended with the preview."""

import os
import sys
import threading

import pytest

from callboard.preview import background_build
from callboard.preview.background_build import BackgroundBuild


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    monkeypatch.setattr(background_build, "QUIET", 0.05)


def program(folder, then=""):
    """A command that leaves a file for each time it began, and one with the priority it has."""
    code = (
        f"import os, pathlib, time, uuid; folder = pathlib.Path({str(folder)!r}); (folder / uuid.uuid4().hex).touch(); "
        f"(folder / 'nice').write_text(str(os.nice(0))); {then}"
    )
    return [sys.executable, "-c", code]


def runs(folder):
    return len([path for path in folder.iterdir() if path.name != "nice"])


def test_it_builds_once_when_it_is_quiet_with_low_priority(tmp_path):
    done = threading.Event()
    said = []
    build = BackgroundBuild(
        program(tmp_path, "time.sleep(0.3); os.nice(0)"), os.environ, lambda good, text: (said.append((good, text)), done.set())
    )
    build.start()
    for _ in range(5):
        build.schedule()
    assert done.wait(20)
    build.stop()
    assert said == [(True, "")]
    assert runs(tmp_path) == 1


def test_a_failure_is_told_with_what_was_said(tmp_path):
    done = threading.Event()
    said = []
    build = BackgroundBuild(program(tmp_path, "raise SystemExit('no space')"), os.environ, lambda *told: (said.append(told), done.set()))
    build.start()
    build.schedule()
    assert done.wait(20)
    build.stop()
    assert said == [(False, "no space\n")]


def test_a_change_ends_what_runs_and_begins_anew_and_the_end_ends_it(tmp_path):
    said = []
    build = BackgroundBuild(program(tmp_path, "time.sleep(60)"), os.environ, lambda *told: said.append(told))
    build.start()
    build.schedule()
    wait_for(lambda: runs(tmp_path) == 1)
    build.schedule()
    wait_for(lambda: runs(tmp_path) == 2)
    build.stop()
    assert said == []


def test_one_that_never_began_can_be_ended_and_a_pause_says_whether_something_was_to_be_done(tmp_path):
    build = BackgroundBuild(program(tmp_path), os.environ, lambda *_: None)
    assert not build.pause()
    build.schedule()
    assert build.pause()
    build.stop()
    assert list(tmp_path.iterdir()) == []


def wait_for(condition):
    waiting = threading.Event()
    for _ in range(400):
        if condition():
            return
        waiting.wait(0.05)
    raise AssertionError("it did not happen")
