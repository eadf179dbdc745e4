"""Threads that Ctrl-C leaves at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Literal


class InterruptibleThreads(ThreadPoolExecutor):
    """Threads for a ``with`` block that Ctrl-C leaves at once: a request that waits for its answer is not waited for.

    Only for the main thread, which alone is interrupted; the command line then ends the process.
    """

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> Literal[False]:  # fmt: skip
        """Wait for all threads, unless the block is left by an interrupt."""
        is_interrupted = kind is not None and not issubclass(kind, Exception)
        self.shutdown(wait=not is_interrupted, cancel_futures=is_interrupted)
        return False
