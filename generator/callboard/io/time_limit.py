"""A block of code and seconds → an error in the block once it has used so much processor time."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class TimeLimitError(BaseException):
    """The block has used more processor time than it may. No ``Exception``, so that foreign code cannot catch it with them."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise ``TimeLimitError`` in the block after so many seconds of processor time of this process.

    Only for the main thread, on systems with such a timer, and outside of another limit: elsewhere nothing is raised. The search for
    a regular expression is interrupted; other calls into C are not until they return, and ``io.bounded`` ends these.
    """
    if not _has_timer() or signal.getitimer(signal.ITIMER_VIRTUAL)[0]:
        yield
        return
    previous = signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1.0)  # again each second, in case foreign code catches everything
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, previous)


def _has_timer() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def _stop(*_: Any) -> None:
    raise TimeLimitError
