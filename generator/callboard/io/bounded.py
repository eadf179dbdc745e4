"""A function and items → results, within bounded processor time: the kernel ends a process of its own at the bound."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from callboard.io.parallel import can_fork, end_with, processors
from callboard.model.data_classes import dataclass

T = TypeVar("T")
R = TypeVar("R")
_CHUNK = 16
"""Items that a process gets at a time."""
_WORTH_A_PROCESS = 128
"""Items for which another process is started: its first items cost more, since expressions and modules are loaded by each process."""
_PRELOADED = ["callboard.documentation.preloaded"]
"""Modules of the process from which others are forked where this one cannot be."""


class TimeUsedUpError(Exception):
    """An item took more processor time than it may, or its process was ended for another reason, such as too little memory."""


def map_bounded(work: Callable[[T], R], items: Sequence[T], seconds: int) -> Iterator[R | TimeUsedUpError]:
    """The result of ``work`` for each item, in their order; an error where the item's processor time was used up.

    A signal's handler would wait for a regular expression to finish; the kernel's limit of a process does not. The items are shared among
    processes, at most one for each processor; few items get a single one. Results must be picklable, and so must ``work`` and items for a
    program with several threads, which cannot be forked; ``work`` must not raise. On Windows, nothing is bounded.
    """
    if not items:
        return
    if sys.platform == "win32":
        yield from map(work, items)
        return
    yield from _Pool(work, items, seconds).results()


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    connection: Connection
    at: int = 0
    """Index of the item that it works on."""
    stop: int = 0
    """Index behind the last item that it has got."""


class _Pool(Generic[T, R]):
    def __init__(self, work: Callable[[T], R], items: Sequence[T], seconds: int) -> None:
        self._work, self._items, self._seconds = work, items, seconds
        self._forks = can_fork() or (sys.platform == "linux" and processors() == 1 and _is_single_threaded())
        self._ranges = deque((start, min(start + _CHUNK, len(items))) for start in range(0, len(items), _CHUNK))
        self._done: dict[int, R | TimeUsedUpError] = {}
        self._workers: list[_Worker] = []

    def results(self) -> Iterator[R | TimeUsedUpError]:
        """The results in the order of the items."""
        try:
            count = min(processors(), -(-len(self._items) // _WORTH_A_PROCESS))
            self._workers = [self._started() for _ in range(count)]
            for index in range(len(self._items)):
                while index not in self._done:
                    self._proceed()
                yield self._done.pop(index)
        finally:
            for worker in self._workers:
                _end(worker)

    def _proceed(self) -> None:
        """Give items to idle processes, and wait for results."""
        for worker in self._workers:
            if worker.at == worker.stop and self._ranges:
                worker.at, worker.stop = self._ranges.popleft()
                worker.connection.send(self._order(worker.at, worker.stop))
        by_connection: dict[Any, _Worker] = {each.connection: each for each in self._workers if each.at < each.stop}
        for connection in wait([*by_connection]):
            self._receive(by_connection[connection])

    def _receive(self, worker: _Worker) -> None:
        try:
            self._done[worker.at] = worker.connection.recv()
        except (EOFError, OSError):
            self._done[worker.at] = TimeUsedUpError(f"more than {self._seconds} s of processor time")
            if worker.at + 1 < worker.stop:
                self._ranges.appendleft((worker.at + 1, worker.stop))
            self._workers.remove(worker)
            _end(worker)
            if self._ranges:
                self._workers.append(self._started())
        else:
            worker.at += 1

    def _order(self, start: int, stop: int) -> Any:
        """What a process gets: indexes where it shares the memory of this one, else the items."""
        return (start, stop) if self._forks else self._items[start:stop]

    def _started(self) -> _Worker:
        context: Any = multiprocessing.get_context("fork" if self._forks else "forkserver")
        if not self._forks:
            context.set_forkserver_preload(_PRELOADED)
        ours, theirs = context.Pipe()
        items = self._items if self._forks else None
        process = context.Process(
            target=_work_through, args=(self._work, items, self._seconds, theirs, os.getpid() if self._forks else 0), daemon=True
        )
        process.start()
        theirs.close()
        return _Worker(process, ours)


def _is_single_threaded() -> bool:
    import threading  # noqa: PLC0415 - one processor only

    return threading.active_count() == 1


def _end(worker: _Worker) -> None:
    worker.process.kill()  # it waits for items, or its result is not wanted any more
    worker.process.join()
    worker.connection.close()


def _work_through(  # its parent is 0 where it has connections of its own, whose end it notices
    work: Callable[[T], R], items: Sequence[T] | None, seconds: int, connection: Connection, parent: int
) -> None:
    import resource  # noqa: PLC0415 - not on Windows

    if parent:
        end_with(parent)  # the processes of this program share the ends of each other's connections
    gc.freeze()  # a collection would write to all pages of memory that the processes share
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    try:
        while True:
            order = connection.recv()
            for item in order if items is None else items[slice(*order)]:
                resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds + 1, hard))
                connection.send(work(item))
    except (EOFError, OSError):
        os._exit(0)
