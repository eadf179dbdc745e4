"""Times a command as a whole process, from the operating system's own accounting."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """One run of a command."""

    wall: float
    """Seconds on the clock."""
    cpu: float
    """Seconds of processor, user and system, children included."""
    peak_mb: float
    """Largest resident size of the process or of any one child, in MiB."""
    code: int

    def row(self) -> dict[str, float]:
        return {key: round(value, 2) for key, value in asdict(self).items()}


class Rest:
    """What the disk gets before each run.

    ext4 goes round inodes that were freed in the last minute, one by one, so that a build right after the end of another one pays
    seconds that the next build does not.
    """

    seconds: float = 0

    @classmethod
    def take(cls) -> None:
        """Bring everything to the disk, and wait."""
        if cls.seconds:
            os.sync()
            time.sleep(cls.seconds)


def run(command: list[str], folder: Path, log: Path) -> Measured:
    """Run it in ``folder`` with its output in ``log``."""
    Rest.take()
    with log.open("ab") as sink:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=sink, stderr=sink, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - started
    return Measured(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode)


def python(code: str, *arguments: str) -> list[str]:
    """The command that runs this code in a fresh interpreter."""
    return [sys.executable, "-c", code, *arguments]


def tree_size(folder: Path) -> tuple[int, int]:
    """Files and bytes below a folder."""
    sizes = [file.stat().st_size for file in folder.rglob("*") if file.is_file()]
    return len(sizes), sum(sizes)
