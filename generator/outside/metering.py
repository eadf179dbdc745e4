"""How long each phase takes and how much memory it needs, as the operating system counts."""

from __future__ import annotations

import contextlib
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

KIB_IN_MIB = 1024


@dataclass(frozen=True, slots=True)
class Phase:
    """One finished phase."""

    name: str
    seconds: float
    cpu: float
    """Seconds of processor of this process and of the children that ended meanwhile."""


class Meter:
    """Collects the phases of one run; ``announce`` is told the name of each when it begins."""

    def __init__(self, announce: Callable[[str], None] = lambda _: None) -> None:
        self.phases: list[Phase] = []
        self._announce = announce

    @contextlib.contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure what happens inside."""
        self._announce(name)
        wall, cpu = time.perf_counter(), _cpu()
        try:
            yield
        finally:
            self.phases.append(Phase(name, time.perf_counter() - wall, _cpu() - cpu))


def peak_memory() -> dict[str, float]:
    """MiB of the largest resident size so far: of this process (``main``) and of its largest ended child (``children``)."""
    divisor = KIB_IN_MIB * KIB_IN_MIB if sys.platform == "darwin" else KIB_IN_MIB
    who = {"main": resource.RUSAGE_SELF, "children": resource.RUSAGE_CHILDREN}
    return {name: round(resource.getrusage(number).ru_maxrss / divisor, 1) for name, number in who.items()}


def _cpu() -> float:
    usages = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(u.ru_utime + u.ru_stime for u in usages)
