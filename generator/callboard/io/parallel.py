"""Work shared out among processes that begin as copies of this one: what is in memory needs no sending, only results are sent back."""

from __future__ import annotations

import contextlib
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
_work: list[tuple[Callable[[Any], Any], Sequence[Any]]] = []
"""What the copies are to do; found by them in their own memory."""


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def can_fork() -> bool:
    """Whether copies of this process can be made safely: by ``fork``, from its only thread, outside of macOS' system libraries."""
    alone = threading.active_count() == 1
    return alone and processors() > 1 and sys.platform == "linux" and "fork" in multiprocessing.get_all_start_methods()


@contextlib.contextmanager
def gc_disabled() -> Iterator[None]:
    """Without the collector of circles: a build makes millions of values that stay, and looking through them takes a third of its time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was:
            gc.enable()


def map_forked(work: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
    """The results of ``work`` for each item, in their order, made by one process for each processor where that can be done safely.

    What ``work`` changes in memory is lost with its process; results and errors have to be picklable. The processes end with this one,
    however it ends.

    Raises:
        CallboardError: a process was ended from outside, most often for lack of memory.
    """
    _work.append((work, items))
    gc.freeze()  # else the collector would touch, and so copy, all that the processes share
    enabled = gc.isenabled()
    gc.enable()
    try:
        if not can_fork():
            yield from map(work, items)
            return
        count, way = min(processors(), len(items)), multiprocessing.get_context("fork")
        with ProcessPoolExecutor(count, way, initializer=_end_with, initargs=(os.getpid(),)) as pool:
            try:
                yield from pool.map(_do, range(len(items)))
            except BrokenProcessPool as error:
                hint = "Most often memory ran out: give the build more."
                raise CallboardError("A process that made pages was ended from outside.", hint) from error
            finally:
                pool.shutdown(cancel_futures=True)
    finally:
        if not enabled:
            gc.disable()
        _work.pop()


def _end_with(parent: int) -> None:
    """Let the kernel end this process when its parent ends: killed, it could not say so itself.

    An orphan would wait for work for ever, and with it the portal's lock, which it shares, would be held for ever.
    """
    ctypes.CDLL(None).prctl(_SIGNAL_AT_PARENTS_END, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the kernel was told
        os._exit(1)


def _do(index: int) -> Any:
    work, items = _work[-1]
    return work(items[index])
