"""Tools of others that run on loopback for a test."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

SECONDS = 60


def needed(*names):
    """Paths of programs; skips where one is not installed, and fails instead where tests are to be complete."""
    found = [shutil.which(name) for name in names]
    missing = [name for name, path in zip(names, found, strict=True) if path is None]
    if missing and os.environ.get("CALLBOARD_TEST_FULL") == "1":
        pytest.fail(f"not installed: {', '.join(missing)}")
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(command, url, folder):
    """A process until the block ends; the block begins when ``url``, which says that it is ready, answers well."""
    log = folder / "log.txt"
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=folder) as process:
        try:
            _wait(process, url, log)
            yield
        finally:
            process.terminate()
            process.wait(SECONDS)


def _wait(process, url, log):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError, urllib.error.URLError), opener.open(url, timeout=5):
            return
        time.sleep(0.05)
    pytest.fail(f"{url} is not ready: {log.read_text(errors='replace')[-2_000:]}")


def posted(url, body):
    """What a service answers to JSON."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, data=body.encode(), headers={"Content-Type": "application/json"})
    with opener.open(request, timeout=30) as answer:
        return answer.read()
