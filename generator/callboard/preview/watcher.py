"""Folders → absolute paths that change in them, without the folders that a build writes and those of tools such as git."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import watchfiles

from callboard.model.data_classes import dataclass

STEP = 30
"""Milliseconds without a change after which changes are reported: one save of an editor is several changes of files."""
DEBOUNCE = 200
"""Milliseconds after which changes are reported even while more arrive."""
_TOOLS = frozenset(watchfiles.DefaultFilter.ignore_dirs)
"""Names of folders, such as ``.git`` and ``node_modules``, in which tools create thousands of folders: not watched."""


@dataclass(frozen=True, slots=True)
class WatchedFolders:
    """Absolute paths of folders to watch; as few as possible, since the system allocates a watch for each folder below them."""

    recursive: frozenset[str] = frozenset()
    """Watched with all folders below them."""
    shallow: frozenset[str] = frozenset()
    """Watched without the folders below them, because one of those is ignored."""
    ignored: frozenset[str] = frozenset()
    """Not watched."""


def watched_folders(folders: Sequence[Path], ignored: Sequence[Path]) -> WatchedFolders:
    """Those of ``folders`` that exist, with all folders below them except ``ignored`` and folders of tools."""
    excluded = [os.path.realpath(path) for path in ignored]
    recursive: set[str] = set()
    shallow: set[str] = set()
    pending = [(os.path.realpath(folder), True) for folder in folders]
    while pending:
        folder, is_root = pending.pop()
        if folder in excluded or folder in recursive or folder in shallow or not Path(folder).is_dir():
            continue
        if any(other.startswith(f"{folder}/") for other in excluded) or (is_root and any(Path(folder, name).is_dir() for name in _TOOLS)):
            shallow.add(folder)
            pending += [(child, False) for child in _folders(folder)]
        else:
            recursive.add(folder)
    top = frozenset(folder for folder in recursive if not _is_below(folder, recursive))
    return WatchedFolders(top, frozenset(shallow), frozenset(excluded))


def _folders(folder: str) -> Iterator[str]:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        yield from (entry.path for entry in entries if entry.name not in _TOOLS and entry.is_dir(follow_symlinks=False))


def _is_below(folder: str, others: set[str]) -> bool:
    return any(str(parent) in others for parent in Path(folder).parents)


class Watcher:
    """Waits for changes. ``update`` replaces the set of watched folders at any time.

    Args:
        choose: returns the folders to watch now.
    """

    def __init__(self, choose: Callable[[], WatchedFolders]) -> None:
        self._choose = choose
        self._watched = WatchedFolders()
        self._stopped = threading.Event()
        self._changes: queue.Queue[frozenset[str]] = queue.Queue()

    def update(self) -> None:
        """Watch the folders that ``choose`` returns now."""
        watched, previous = self._choose(), self._watched
        if watched == previous:
            return
        self._stopped.set()
        self._stopped, self._watched = threading.Event(), watched
        for folders, is_recursive in ((watched.recursive, True), (watched.shallow, False)):
            if folders:
                threading.Thread(target=self._watch, args=(folders, self._stopped, is_recursive), name="watcher", daemon=True).start()
        if previous.recursive or previous.shallow:
            # Report new folders as changed: files may have been written in them before they were watched.
            self._changes.put((watched.recursive | watched.shallow) - (previous.recursive | previous.shallow))

    def changes(self, quiet: float) -> Iterator[frozenset[str]]:
        """Yields sets of absolute paths that have changed; and one empty set after ``quiet`` seconds without changes."""
        is_quiet = True
        while not self._stopped.is_set():
            try:
                paths = self._changes.get(timeout=1 if is_quiet else quiet)
            except queue.Empty:
                if not is_quiet:
                    is_quiet = True
                    yield frozenset()
                continue
            with contextlib.suppress(queue.Empty):
                while True:
                    paths |= self._changes.get_nowait()
            if any(path.rpartition("/")[0] in self._watched.shallow and path not in self._watched.recursive for path in paths):
                self.update()
            if paths:
                is_quiet = False
                yield paths

    def stop(self) -> None:
        """Stop watching; ``changes`` ends."""
        self._stopped.set()

    def _watch(self, folders: frozenset[str], stopped: threading.Event, is_recursive: bool) -> None:  # noqa: FBT001 - a thread's argument
        ignored = self._watched.ignored
        for changes in watchfiles.watch(
            *sorted(folders),
            stop_event=stopped,
            debounce=DEBOUNCE,
            step=STEP,
            rust_timeout=500,
            recursive=is_recursive,
            raise_interrupt=False,
        ):
            self._changes.put(frozenset(path for _, path in changes if path not in ignored and not _is_own_output(path)))


def _is_own_output(path: str) -> bool:
    """True for the file that standard output or standard error of this process go to: a message about a change is no change."""
    with contextlib.suppress(OSError):
        changed = Path(path).stat()
        return any(os.path.samestat(changed, os.fstat(descriptor)) for descriptor in (1, 2))
    return False
