"""What many rooms' tests share: one Chromium a process (Playwright runs once in a process). Makes `tests/` importable, for `faulty`."""

import os
import shutil

import hypothesis
import pytest

from support import shared_caches

hypothesis.settings.register_profile("patient", deadline=None)  # no test depends on how busy the machine is
hypothesis.settings.load_profile("patient")
FULL = os.environ.get("CALLBOARD_TEST_FULL") == "1"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
LONGEST = frozenset({"test_random_edits.py", "test_edits_of_everything.py", "test_same_as_built.py"})
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]


def pytest_collection_modifyitems(items):
    """The files that take minutes come first: at the end, one process would wait for another."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.fixture(scope="session", autouse=True)
def _shared_caches(tmp_path_factory):
    """One folder for all processes of this run."""
    base = tmp_path_factory.getbasetemp()
    shared_caches.share_in((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared-caches")


@pytest.fixture(scope="session")
def chromium():
    """A headless browser; a test without one is skipped, or fails where everything has to run."""
    if not CHROMIUM:
        (pytest.fail if FULL else pytest.skip)("needs Chromium: apt-get install chromium")
    api = __import__("playwright.sync_api").sync_api if FULL else pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
