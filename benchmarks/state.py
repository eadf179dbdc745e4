"""What the state costs: bytes, CPU seconds to write and to read it, and files by month that accumulate.

python benchmarks/state.py --size 10000              # a synthetic organisation with tools
python benchmarks/state.py --state FOLDER/.callboard # one that exists, of this format or the one before; it is not changed
python benchmarks/state.py --events 10000            # 90 days of 10,000 components with half a deployment a day
"""

import argparse
import gc
import resource
import shutil
import tempfile
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha1
from pathlib import Path
from typing import TypeVar

from callboard.history.build_state import with_facts
from callboard.io.store import Store
from callboard.model.facts.deployment import Deployment
from callboard.model.facts.enumerations import RunState
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.ref import EntityRef
from callboard.state import files as state_files
from callboard.state.accumulation import Recording, record
from callboard.state.change_log import read_changes
from callboard.state.event_names import read_recorded
from callboard.state.events import read_events
from callboard.state.facts import CollectedFacts
from callboard.state.values import CollectionTime, State
from daily_builds import FIRST, daily_build
from synthetic.organisation import write
from synthetic.tool_facts import INTEGRATIONS, ToolFacts

DAYS = 90
FIRST_DAY = datetime(2026, 9, 1, 2, tzinfo=UTC)
ROUNDS = 3
T = TypeVar("T")


def cpu(work: Callable[[], T]) -> tuple[float, T]:
    """CPU seconds, the least of some rounds, and the result."""
    best, result = float("inf"), None
    for _ in range(ROUNDS):
        begun = time.process_time()
        result = work()
        best = min(best, time.process_time() - begun)
    return best, result


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def organisation(folder: Path, size: int) -> Store:
    """Two builds, without pages, of an organisation whose tools have facts."""
    write(folder / "organisation", size)
    (folder / "sources.yaml").write_text(
        f"version: 1\nsources:\n  - {{name: all, type: files, path: organisation, repositories: '*'}}\n{INTEGRATIONS}"
    )
    facts = ToolFacts(folder / "organisation", FIRST)
    for number in range(2):
        facts.write(folder / "facts", FIRST + timedelta(days=number))
        daily_build(folder, FIRST + timedelta(days=number))
    return Store.beside(folder)


def measure_state(store: Store, scratch: Path) -> None:
    """The state as it is on disk, and the same state written and read in today's format."""
    copy = Store(scratch / "copy")
    read, state = cpu(lambda: state_files.read(store))
    assert state is not None
    print(f"{len(state.entities):,} entities, {len(state.facts):,} facts, {len(state.measurements):,} measurements")
    print(f"as it is:     {size_of(store.state) / 1e6:6.1f} MB, read in {read:.2f} s CPU")
    written, _ = cpu(lambda: state_files.save(copy, state))
    again, _ = cpu(lambda: state_files.read(copy))
    print(f"today's:      {size_of(copy.state) / 1e6:6.1f} MB, read in {again:.2f} s CPU, written in {written:.2f} s CPU")
    months, changes = cpu(lambda: read_changes(store.state, 24))
    print(f"its history:  {len(changes.changes):,} changes, read in {months:.3f} s CPU")
    for path in sorted(copy.state.glob("*.jsonl"), key=lambda path: -path.stat().st_size)[:5]:
        print(f"  {path.name.rsplit('.', 2)[0]}: {path.stat().st_size / 1e6:.1f} MB")


def deployments(day: int, components: int) -> list[Fact]:
    """The deployments of one day: every second component has one."""
    at = FIRST_DAY + timedelta(days=day)
    return [
        Fact(EntityRef("component", "default", f"component-{number}"), "deployment", str(1_900_000_000 + day * components + number),
             Deployment(f"1.{day}.{number % 7}", at + timedelta(seconds=number), RunState.FAILED if number % 20 == day % 20 else RunState.SUCCEEDED,
                        f"person-{number % 300}", sha1(f"{day} {number}".encode()).hexdigest()),
             "github", "production", f"https://github.com/acme/component-{number}/deployments")
        for number in range(day % 2, components, 2)
    ]  # fmt: skip


def measure_events(scratch: Path, components: int) -> None:
    """A build a day whose tool returns the deployments of the last two days, an unchanged build, and a step that reads all deployments."""
    store, state, windows = Store(scratch / "events"), None, deque[list[Fact]](maxlen=2)
    measured = [(EntityRef("component", "default", f"component-{number}"), "deployment", "github") for number in range(components)]
    recorded, saved = [], []
    for day in range(DAYS):
        windows.append(deployments(day, components))
        now = FIRST_DAY + timedelta(days=day + 1)
        since = now - timedelta(days=2)
        facts = CollectedFacts(
            tuple(fact for window in windows for fact in window),
            tuple(Measurement(*key, since=since) for key in measured),
            (CollectionTime("github", "deployment", now, now),),
        )
        recording = Recording(now, partial(read_recorded, store.state), has_files=day > 0)
        facts, seconds = with_seconds(partial(recorded_facts, state, facts, recording))
        recorded.append(seconds)
        state = with_facts(State(now, "1"), facts)
        _, seconds = with_seconds(partial(state_files.save, store, state, recorded=facts.recorded))
        saved.append(seconds)
    size, parts = (
        size_of(store.state / "events"),
        sorted(store.state.glob("*events*.jsonl")) + sorted(store.state.glob("*histories*.jsonl")),
    )
    print(
        f"{components:,} components, half a deployment a day, {DAYS} days: {size / 1e6:.1f} MB in {len([*store.state.rglob('*-*.jsonl')])} files"
    )
    for path in parts:
        print(f"  part {path.name.rsplit('.', 2)[0]}: {path.stat().st_size / 1e6:.1f} MB")
    middle = DAYS // 2
    print(f"record a day of {components // 2:,}: {sorted(recorded)[middle]:.2f} s CPU; save the state: {sorted(saved)[middle]:.2f} s CPU")
    _, seconds = with_seconds(partial(recorded_facts, state, facts, recording))
    print(f"record nothing new: {seconds:.2f} s CPU")
    seconds, _ = cpu(lambda: state_files.read(store))
    print(f"read the state, as each build does: {seconds:.2f} s CPU")
    del state, facts, windows
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found, seconds = with_seconds(partial(read_events, store.state, "deployment"))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(
        f"read all {len(found.events):,}: {seconds:.2f} s CPU, {grown:,.0f} MB more memory at most; {size / len(found.events):.0f} bytes each"
    )


def recorded_facts(state: State | None, facts: CollectedFacts, recording: Recording) -> CollectedFacts:
    return replace(facts, recorded=record(state, facts, recording))


def with_seconds(work: Callable[[], T]) -> tuple[T, float]:
    """The result, and CPU seconds."""
    begun = time.process_time()
    result = work()
    return result, time.process_time() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=0, help="entities of a synthetic organisation")
    parser.add_argument("--state", type=Path, help="a folder .callboard")
    parser.add_argument("--events", type=int, default=0, help="components whose deployments of 90 days are recorded")
    given = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="state-"))
    gc.disable()  # as in a build
    try:
        if given.state or given.size:
            measure_state(Store(given.state) if given.state else organisation(scratch / "portal", given.size), scratch)
        if given.events:
            measure_events(scratch, given.events)
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
