"""A program that is asked and answers: neither waits for the other to read, and nothing of it stays behind."""

import os
import time

import pytest

from callboard.io.process import ProgramError, ServiceProcess


def talk(script, **bounds):
    return ServiceProcess(["/bin/sh", "-c", script], environ={"PATH": os.environ["PATH"]}, end=b"\n", **bounds)


def is_alive(process):
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_many_questions_before_the_first_answer_is_read():
    echo = talk("cat")
    try:
        for number in range(20_000):  # far more than a pipe holds, both ways
            echo.send(b"%d" % number * 10)
        assert [echo.answer() for _ in range(20_000)] == [b"%d" % number * 10 for number in range(20_000)]
    finally:
        echo.stop()


def test_an_answer_that_comes_in_pieces_is_one():
    slow = talk("read x; printf one; sleep .05; printf ' two\\nthree\\n'; cat")
    try:
        slow.send(b"?")
        assert (slow.answer(), slow.answer()) == (b"one two", b"three")
    finally:
        slow.stop()


def test_a_program_that_has_ended_is_told_with_its_talk():
    dead = talk("echo last words >&2; exit 4")
    try:
        with pytest.raises(ProgramError, match="exit code 4: last words"):
            dead.answer()
        with pytest.raises(ProgramError, match="exit code 4: last words"):
            dead.send(b"?")
    finally:
        dead.stop()


def test_what_was_answered_before_the_end_is_heard():
    brief = talk("echo yes")
    try:
        assert brief.answer() == b"yes"
        with pytest.raises(ProgramError, match="exit code 0"):
            brief.answer()
    finally:
        brief.stop()


def test_one_that_listens_to_nothing_or_says_nothing_is_left_after_its_time():
    for act in (lambda deaf: deaf.answer(), lambda deaf: deaf.send(b"x" * 1_000_000)):
        deaf = talk("sleep 60", timeout=0.1)
        try:
            started = time.monotonic()
            with pytest.raises(ProgramError, match="too long"):
                act(deaf)
            assert time.monotonic() - started < 30
        finally:
            deaf.stop()
        assert not is_alive(deaf._process)


def test_one_that_never_stops_talking_is_bounded():
    endless = talk("while :; do echo ha; done", limit=1_000)
    try:
        with pytest.raises(ProgramError, match="exceed 1,000 bytes"):
            list(iter(endless.answer, None))
    finally:
        endless.stop()
        endless.stop()


def test_no_such_program():
    with pytest.raises(OSError, match="nowhere"):
        ServiceProcess(["/nowhere/program"], environ={}, end=b"\n")
