"""A function and items → results, within bounded processor time: the kernel ends a forked process at the bound."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import TypeVar

from callboard.io.parallel import can_fork

T = TypeVar("T")
R = TypeVar("R")
_SOON = 0.05


class TimeUsedUpError(Exception):
    """An item took more processor time than it may, or its process was ended for another reason, such as too little memory."""


def map_bounded(work: Callable[[T], R], items: Sequence[T], seconds: int) -> Iterator[R | TimeUsedUpError]:
    """The result of ``work`` for each item, in their order; an error where the item's processor time was used up.

    A signal's handler would wait for a regular expression to finish; the kernel's limit of a process does not. Where processes cannot be
    forked, nothing is bounded. Results must be picklable, and ``work`` must not raise.
    """
    if not can_fork():
        yield from map(work, items)
        return
    done = 0
    while done < len(items):
        for result in _in_child(work, items[done:], seconds):
            done += 1
            yield result
        if done < len(items):
            done += 1
            yield TimeUsedUpError(f"more than {seconds} s of processor time")


def _in_child(work: Callable[[T], R], items: Sequence[T], seconds: int) -> Iterator[R]:
    """The results of a new process, up to the item during which it ends."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work_through, args=(work, items, seconds, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        for _ in items:
            try:
                yield ours.recv()
            except EOFError:
                return
    finally:
        ours.close()
        process.join(_SOON)
        if process.is_alive():
            process.kill()
            process.join()


def _work_through(work: Callable[[T], R], items: Sequence[T], seconds: int, results: Connection) -> None:
    import resource  # noqa: PLC0415 - not on Windows

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes of a terminal; the parent ends this one
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    for item in items:
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds + 1, hard))
        try:
            results.send(work(item))
        except BrokenPipeError:
            break
    os._exit(0)
