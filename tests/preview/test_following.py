"""The command as a process: pages at once, changes after a save, the whole site when it is quiet, and nothing left at the end."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest
from test_live import SOURCES, shop

from support import shared_caches

pytestmark = pytest.mark.long

PAGE = "catalog/default/component/shop/"


@pytest.fixture
def portal(tmp_path):
    (tmp_path / "repositories/shop").mkdir(parents=True)
    (tmp_path / "sources.yaml").write_text(SOURCES.replace("portal.example/", "portal.example/deep/portal/"))
    (tmp_path / "repositories/shop/catalog-info.yaml").write_text(shop("First."))
    with shared_caches.lent(tmp_path):
        yield tmp_path


class Running:
    """A preview, and what it has said."""

    def __init__(self, folder):
        self.log = folder / "log.txt"
        command = [sys.executable, "-m", "callboard", "serve", "--port", "0"]
        with self.log.open("wb") as sink:
            self.process = subprocess.Popen(command, cwd=folder, stderr=sink, env=os.environ)
        self.address = self.wait(lambda: re.search(r"Serving (\S+);", self.said()))[1]

    def said(self):
        return self.log.read_text()

    def wait(self, condition):
        for _ in range(1200):
            if found := condition():
                return found
            assert self.process.poll() is None, self.said()
            time.sleep(0.05)
        raise AssertionError(self.said())

    def get(self, path):
        parts = urlsplit(self.address)
        connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=60)
        connection.request("GET", f"{parts.path}{path}", headers={"Host": f"localhost:{parts.port}"})
        response = connection.getresponse()
        answered = response.status, response.read()
        connection.close()
        return answered


@pytest.fixture
def running(portal):
    made = Running(portal)
    yield made
    made.process.kill()
    made.process.wait()


def test_a_portal_is_followed_from_the_first_page_to_the_end(running, portal):
    assert running.address.endswith("/deep/portal/")
    assert "1 entity read, 2 problems" in running.said()
    assert b"First." in running.get(PAGE)[1]
    file = portal / "repositories/shop/catalog-info.yaml"
    file.write_text(shop("Second."))
    running.wait(lambda: b"Second." in running.get(PAGE)[1])
    assert re.search(
        r"repositories/shop/catalog-info\.yaml:\d+:\d+: warning REF001", running.wait(lambda: "REF001" in running.said() and running.said())
    )
    (portal / "sources.yaml").write_text("version: 1\nportal: {nam: x}\n")
    running.wait(lambda: "Could not render this change; the last good version of the site is still served.\n" in running.said())
    assert re.search(r"sources\.yaml:2:\d+", running.said())
    time.sleep(0.8)  # the log is a file of the portal's folder: a message about a change is no change
    assert running.said().count("Could not render this change") == 1
    assert b"Second." in running.get(PAGE)[1]
    (portal / "sources.yaml").write_text(SOURCES)
    running.address = running.address.replace("/deep/portal/", "/")
    running.wait(lambda: b"Second." in running.get(PAGE)[1])
    running.wait(lambda: running.get("search/index.json")[0] == 200)
    assert b"Second." in (portal / "site" / PAGE / "index.html").read_bytes()
    assert not list((portal / ".callboard/state").iterdir())
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(30) == 0
    assert "Stopped." in running.said()
    assert "Traceback" not in running.said()
