"""Follows the portal's folder and the folders of its sources, and tells what has changed; what we write ourselves is not watched."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import watchfiles

STEP = 30
"""Milliseconds of silence after which changes are told: a save is several changes of files."""
LONGEST = 200
"""Milliseconds after which they are told although there are more."""
_TOOLS = frozenset(watchfiles.DefaultFilter.ignore_dirs)
"""Folders that tools fill with thousands of others, which nobody wants to hear of."""


@dataclass(frozen=True, slots=True)
class Watched:
    """Folders, as few as possible: each costs the system something for every folder below it."""

    deep: frozenset[str] = frozenset()
    """With all that is below them."""
    flat: frozenset[str] = frozenset()
    """Their own entries alone: something in them must not be watched."""
    away: frozenset[str] = frozenset()
    """What nobody wants to hear of."""


def watched(folders: Sequence[Path], ignored: Sequence[Path]) -> Watched:
    """How to watch all of ``folders`` that are there and nothing of ``ignored``."""
    away = [os.path.realpath(path) for path in ignored]
    deep: set[str] = set()
    flat: set[str] = set()
    waiting = [(os.path.realpath(folder), True) for folder in folders]
    while waiting:
        folder, is_first = waiting.pop()
        if folder in away or folder in deep or folder in flat or not Path(folder).is_dir():
            continue
        if any(other.startswith(f"{folder}/") for other in away) or (is_first and any(Path(folder, name).is_dir() for name in _TOOLS)):
            flat.add(folder)
            waiting += [(child, False) for child in _folders(folder)]
        else:
            deep.add(folder)
    return Watched(frozenset(folder for folder in deep if not _is_below(folder, deep)), frozenset(flat), frozenset(away))


def _folders(folder: str) -> Iterator[str]:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        yield from (entry.path for entry in entries if entry.name not in _TOOLS and entry.is_dir(follow_symlinks=False))


def _is_below(folder: str, others: set[str]) -> bool:
    return any(str(parent) in others for parent in Path(folder).parents)


class Watcher:
    """Waits for changes. What is watched may become another set at any time.

    Args:
        choose: gives what is to be watched now.
    """

    def __init__(self, choose: Callable[[], Watched]) -> None:
        self._choose = choose
        self._now = Watched()
        self._ended = threading.Event()
        self._found: queue.Queue[frozenset[str]] = queue.Queue()

    def follow(self) -> None:
        """Watch what is to be watched now."""
        wanted, before = self._choose(), self._now
        if wanted == before:
            return
        self._ended.set()
        self._ended, self._now = threading.Event(), wanted
        for folders, is_deep in ((wanted.deep, True), (wanted.flat, False)):
            if folders:
                threading.Thread(target=self._watch, args=(folders, self._ended, is_deep), name="watcher", daemon=True).start()
        if before.deep or before.flat:
            self._found.put((wanted.deep | wanted.flat) - (before.deep | before.flat))  # whatever came before they were watched

    def changes(self, quiet: float) -> Iterator[frozenset[str]]:
        """Absolute paths that have changed, in turn; an empty set once, after ``quiet`` seconds without any."""
        is_told = True
        while not self._ended.is_set():
            try:
                found = self._found.get(timeout=1 if is_told else quiet)
            except queue.Empty:
                if not is_told:
                    is_told = True
                    yield frozenset()
                continue
            with contextlib.suppress(queue.Empty):
                while True:
                    found |= self._found.get_nowait()
            if any(path.rpartition("/")[0] in self._now.flat and path not in self._now.deep for path in found):
                self.follow()
            if found:
                is_told = False
                yield found

    def stop(self) -> None:
        """End all watching; ``changes`` ends too."""
        self._ended.set()

    def _watch(self, folders: frozenset[str], ended: threading.Event, is_deep: bool) -> None:  # noqa: FBT001 - a thread's argument
        away = self._now.away
        for found in watchfiles.watch(
            *sorted(folders), stop_event=ended, debounce=LONGEST, step=STEP, rust_timeout=500, recursive=is_deep, raise_interrupt=False
        ):
            self._found.put(frozenset(path for _, path in found if path not in away))
