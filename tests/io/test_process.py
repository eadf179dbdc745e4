"""Other programs: list arguments, bounds, an environment of our choice."""

import os
import sys

import pytest

from callboard.io.process import allowed, run

ENVIRON = {"PATH": os.environ["PATH"]}


def python(code, **options):
    return run([sys.executable, "-c", code], environ=ENVIRON, **options)


def test_output_talk_and_code_come_back():
    got = python("import sys; sys.stdout.write('out'); sys.stderr.write('err'); sys.exit(3)")
    assert (got.code, got.stdout, got.stderr, got.good) == (3, b"out", "err", False)


def test_input_is_fed_however_large():
    data = os.urandom(2_000_000)
    got = python("import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())", stdin=data)
    assert got.good
    assert got.stdout == data


def test_a_program_that_does_not_read_its_input_is_fine():
    assert python("pass", stdin=b"x" * 1_000_000).good


def test_a_program_that_takes_too_long_is_stopped_with_its_children():
    code = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); import time; time.sleep(60)"
    got = python(code, timeout=1)
    assert got.timed_out
    assert not got.good


def test_a_child_that_outlives_its_parent_holds_nobody_up():
    got = python(
        "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); print('done')", timeout=30
    )
    assert got.stdout == b"done\n"
    assert not got.timed_out


def test_endless_output_is_cut_at_the_limit():
    got = python("import sys\nwhile True: sys.stdout.write('x' * 10000)", limit=100_000)
    assert got.truncated
    assert not got.good
    assert len(got.stdout) == 100_000


def test_endless_talk_is_bounded():
    assert len(python("import sys\nfor _ in range(100): sys.stderr.write('x' * 10000)").stderr) == 65_536


def test_nothing_is_given_to_a_shell():
    assert run(["echo", "$HOME; `id` *"], environ=ENVIRON).stdout == b"$HOME; `id` *\n"


def test_a_program_sees_only_what_it_may():
    got = run(["env"], environ=allowed({"PATH": os.environ["PATH"], "TOKEN": "x", "SSH_AUTH_SOCK": "/s"}, extra=["SSH_AUTH_SOCK"]))
    assert {line.split("=")[0] for line in got.stdout.decode().splitlines()} == {"PATH", "SSH_AUTH_SOCK", "LC_ALL"}


def test_a_missing_program_is_an_error_of_the_caller():
    with pytest.raises(FileNotFoundError):
        run(["no-such-program-anywhere"], environ=ENVIRON)
