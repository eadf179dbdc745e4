"""An output folder → its lock: two runs, also of two portals, never write to one folder at the same time."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from callboard.model.errors import LockedError


@contextlib.contextmanager
def output_lock(output: Path) -> Iterator[None]:
    """Hold the lock of an output folder, which is created if it does not exist.

    The folder itself is locked, so that no lock file is published. The kernel releases the lock when its holder ends in any way. On a file
    system that cannot lock a folder, as some network file systems, there is no lock.

    Raises:
        LockedError: another run is writing to the folder.
        OSError: the folder cannot be created or opened.
    """
    import fcntl  # noqa: PLC0415 - Windows has none; ``file_lock`` has refused to build there

    output.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(output, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(
                f"Another run of Callboard is writing to {output}.", "Wait until it ends, or use another folder: each portal needs its own."
            ) from None
        except OSError:
            pass  # the file system has no locks for folders
        yield
    finally:
        os.close(descriptor)
