"""A function and items → results, computed by forked processes: they share this one's memory, and only results are sent back."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from callboard.model.errors import CallboardError

T = TypeVar("T")
R = TypeVar("R")

_SIGNAL_AT_PARENTS_END = 1
"""``PR_SET_PDEATHSIG`` of prctl(2)."""
_COLLECTED_AFTER = (20_000, 20, 100)
"""Thresholds of the garbage collector while pages are made, here and in forked processes: few values refer to each other, and scanning
them takes time."""
_work: list[tuple[Callable[[Any], Any], Sequence[Any]]] = []
"""Functions with their items, for the forked processes, which find them in their own memory."""


def processors() -> int:
    """Number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def can_fork() -> bool:
    """Whether this process can be forked safely: on Linux, from its only thread; the system libraries of macOS do not allow it."""
    is_single_threaded = threading.active_count() == 1
    return is_single_threaded and processors() > 1 and sys.platform == "linux" and "fork" in multiprocessing.get_all_start_methods()


def map_forked(work: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
    """The results of ``work`` for each item, in their order, computed by one process for each processor where ``can_fork``.

    What ``work`` changes in memory is lost with its process; results and errors must be picklable. The processes end with this one,
    however it ends.

    Raises:
        CallboardError: a process was killed, most often for lack of memory.
    """
    _work.append((work, items))
    gc.freeze()  # otherwise the collector would write to, and so copy, the memory that the processes share
    enabled, thresholds = gc.isenabled(), gc.get_threshold()
    gc.set_threshold(*_COLLECTED_AFTER)
    gc.enable()
    try:
        if not can_fork():
            yield from map(work, items)
            return
        count, context = min(processors(), len(items)), multiprocessing.get_context("fork")
        with ProcessPoolExecutor(count, context, initializer=end_with, initargs=(os.getpid(),)) as pool:
            try:
                yield from pool.map(_do, range(len(items)))
            except BrokenProcessPool as error:
                hint = "The most common cause is too little memory: give the build more."
                raise CallboardError("A process that rendered pages was killed.", hint) from error
            finally:
                pool.shutdown(cancel_futures=True)
    finally:
        gc.set_threshold(*thresholds)
        if not enabled:
            gc.disable()
        _work.pop()


def end_with(parent: int) -> None:
    """Let the kernel end this process when its parent ends, also when the parent is killed.

    An orphan would wait for work forever, and would hold the portal's lock, which it shares, forever.
    """
    gc.set_threshold(*_COLLECTED_AFTER)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes of a terminal; the parent ends this one
    ctypes.CDLL(None).prctl(_SIGNAL_AT_PARENTS_END, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before this call
        os._exit(1)


def _do(index: int) -> Any:
    work, items = _work[-1]
    return work(items[index])
