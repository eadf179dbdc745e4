"""What is watched, and what of it is told."""

import threading
import time

import pytest

from callboard.preview.watcher import Watcher, watched_folders


@pytest.fixture
def portal(tmp_path):
    for name in ("portal/repositories/shop", "portal/out/deep", "portal/.git", "portal/guides", "elsewhere"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path / "portal"


def test_our_own_output_and_the_folders_of_tools_are_not_watched(portal):
    found = watched_folders([portal, portal / "guides", portal.parent / "elsewhere", portal / "missing"], [portal / "out/deep"])
    assert found.shallow == {str(portal), str(portal / "out")}
    assert found.recursive == {str(portal / "repositories"), str(portal / "guides"), str(portal.parent / "elsewhere")}


def test_a_folder_with_nothing_in_the_way_is_watched_as_a_whole(portal):
    found = watched_folders([portal / "repositories", portal / "repositories/shop"], [portal / "out"])
    assert (found.recursive, found.shallow) == ({str(portal / "repositories")}, set())


class Told:
    """A watcher at work, and what it has told."""

    def __init__(self, watcher):
        self.paths = set()
        self.quiet = threading.Event()
        self.thread = threading.Thread(target=self.listen, args=(watcher,), daemon=True)
        self.thread.start()

    def listen(self, watcher):
        for changed in watcher.changes(0.2):
            self.paths |= changed
            if not changed:
                self.quiet.set()

    def wait(self, path, touch):
        """Touch until it is told: a watcher needs a moment to begin."""
        for _ in range(100):
            touch()
            time.sleep(0.1)
            if str(path) in self.paths:
                return
        raise AssertionError(self.paths)


@pytest.mark.long
def test_changes_are_told_and_those_of_our_own_are_not(portal):
    watcher = Watcher(lambda: watched_folders([portal], [portal / "out"]))
    watcher.update()
    told = Told(watcher)
    descriptor, own = portal / "repositories/shop/catalog-info.yaml", portal / "out/index.html"
    told.wait(descriptor, lambda: descriptor.write_text(str(time.monotonic())))
    own.write_text("x")
    (portal / "out/deep").rmdir()
    fresh = portal / "fresh"
    told.wait(fresh, lambda: fresh.mkdir(exist_ok=True))
    inside = fresh / "more" / "file.yaml"
    told.wait(inside, lambda: (inside.parent.mkdir(exist_ok=True), inside.write_text(str(time.monotonic()))))
    assert told.quiet.wait(10)
    assert not any(path.startswith(str(portal / "out")) for path in told.paths)
    watcher.stop()
    told.thread.join(10)
    assert not told.thread.is_alive()
