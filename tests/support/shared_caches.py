"""Frames and compiled templates that the portals of one test run share: MkDocs takes a second to make the frames, and so does Jinja.

Both are found by a digest of everything that they were made of, so that a portal never gets what was made of other input. What a portal
borrows are links into a folder that all processes of the run share; nothing in that folder is ever changed. A test about one of these two
caches, or about a build without any, does not borrow.
"""

import contextlib
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

KINDS = ("frames/*", "templates-*")
"""Folders of a portal's cache that are shared."""
UNFINISHED = "building-"
"""Begins the name of frames that MkDocs is still making."""
_store: list[Path] = []


def share_in(folder: Path) -> None:
    """From now on what portals have made is kept in ``folder``."""
    folder.mkdir(exist_ok=True)
    _store[:] = [folder]


@contextlib.contextmanager
def lent(root: Path):
    """The portal in the folder ``root`` borrows at the beginning, and leaves at the end what it has made itself."""
    cache = root / ".callboard/cache"
    borrow(cache)
    yield
    leave(cache)


def borrow(cache: Path, kinds: Sequence[str] = KINDS) -> None:
    """Link everything that earlier portals have left into the folder of caches."""
    for store in _store:
        for kind in kinds:
            for made in store.glob(kind):
                link = cache / made.relative_to(store)
                link.parent.mkdir(parents=True, exist_ok=True)
                if not link.exists():
                    link.symlink_to(made)


def leave(cache: Path) -> None:
    """Keep what lies in the folder of caches, and is not borrowed, for the portals that come later."""
    for store in _store:
        for kind in KINDS:
            for made in cache.glob(kind):
                if not made.is_symlink() and not made.name.startswith(UNFINISHED):
                    _keep(made, store, made.relative_to(cache))


def _keep(made: Path, store: Path, name: Path) -> None:
    """Copy the folder at once: another process finds all of it or nothing. The first one stays."""
    if (store / name).exists():
        return
    (store / name).parent.mkdir(parents=True, exist_ok=True)
    copy = store / str(uuid.uuid4())
    shutil.copytree(made, copy)
    with contextlib.suppress(OSError):  # another process was first
        copy.rename(store / name)
    shutil.rmtree(copy, ignore_errors=True)
