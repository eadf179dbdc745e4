"""An option or a variable → the time of a build; phases of a run → wall time, processor time and memory."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from callboard.model.data_classes import dataclass
from callboard.model.errors import CallboardError

EPOCH_VARIABLE = "SOURCE_DATE_EPOCH"
"""Seconds since 1970, as reproducible-builds.org defines it."""
KIB_IN_MIB = 1024


def _clock() -> datetime:
    return datetime.now(UTC)


def now(option: str | None, environ: Mapping[str, str], clock: Callable[[], datetime] = _clock) -> datetime:
    """The time of this build in UTC, to the second: ``option``, else ``SOURCE_DATE_EPOCH``, else the clock.

    ``option`` is ISO 8601, in UTC where it names no zone. Raises ``CallboardError`` for any other string.
    """
    if option:
        return _iso(option)
    epoch = environ.get(EPOCH_VARIABLE, "").strip()
    return _seconds(epoch) if epoch else clock().astimezone(UTC).replace(microsecond=0)


def _iso(text: str) -> datetime:
    try:
        parsed = datetime.fromisoformat(text.strip())
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        raise CallboardError(f'--now is "{text}", which is not a time.', "Write it as in 2024-05-17T02:00:00Z.") from None


def _seconds(text: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        raise CallboardError(
            f'{EPOCH_VARIABLE} is "{text}", which is not a time.', "It must hold an integer, seconds since 1970, such as 1715904000."
        ) from None


@dataclass(frozen=True, slots=True)
class Phase:
    """One finished phase."""

    name: str
    seconds: float
    cpu: float
    """Seconds of processor time of this process and, on POSIX systems, of the children that ended during the phase."""


class Meter:
    """Collects the phases and counts of one run; ``announce`` is called with the name of each phase when it begins."""

    def __init__(self, announce: Callable[[str], None] = lambda _: None) -> None:
        self.phases: list[Phase] = []
        self.counts: dict[str, int] = {}
        self._announce = announce

    @contextlib.contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure the statements inside."""
        self._announce(name)
        wall, cpu = time.perf_counter(), _cpu()
        try:
            yield
        finally:
            self.phases.append(Phase(name, time.perf_counter() - wall, _cpu() - cpu))


def peak_memory() -> dict[str, float]:
    """MiB of the largest resident size so far: of this process (``main``) and of its largest ended child (``children``).

    Empty where the system does not measure it (Windows).
    """
    try:
        import resource  # noqa: PLC0415 - Windows has none, and commands that need no build run there
    except ImportError:
        return {}
    divisor = KIB_IN_MIB * KIB_IN_MIB if sys.platform == "darwin" else KIB_IN_MIB
    who = {"main": resource.RUSAGE_SELF, "children": resource.RUSAGE_CHILDREN}
    return {name: round(resource.getrusage(number).ru_maxrss / divisor, 1) for name, number in who.items()}


def _cpu() -> float:
    try:
        import resource  # noqa: PLC0415
    except ImportError:
        return time.process_time()
    usages = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(u.ru_utime + u.ru_stime for u in usages)
