"""What the state costs: bytes, CPU seconds to write and to read it, and files by month that accumulate.

python benchmarks/state.py --size 10000              # a synthetic organisation with tools
python benchmarks/state.py --state FOLDER/.callboard # one that exists, of this format or the one before; it is not changed
python benchmarks/state.py --events 450000           # deployments of 90 days: 10,000 components × half a deployment a day
"""

import argparse
import gc
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from callboard.io.store import Store
from callboard.model.facts.deployment import Deployment
from callboard.model.facts.enumerations import RunState
from callboard.model.facts.fact import Fact
from callboard.model.ref import EntityRef
from callboard.state import files as state_files
from callboard.state.change_log import read_changes
from callboard.state.events import Event, read_events
from callboard.state.values import State
from daily_builds import FIRST, daily_build
from synthetic.organisation import write
from synthetic.tool_facts import INTEGRATIONS, ToolFacts

DAYS = 90
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


def deployments(count: int, day: int, components: int) -> list[Event]:
    """The deployments of one day."""
    at = datetime(2026, 9, 1, 2, tzinfo=UTC) + timedelta(days=day)
    return [
        Event(
            at + timedelta(seconds=number), at + timedelta(days=1),
            Fact(EntityRef("component", "default", f"component-{(day * count + number) % components}"), "deployment", f"{day}-{number}",
                 Deployment(f"1.{day}.{number % 7}", at + timedelta(seconds=number), RunState.SUCCEEDED, "Ada", f"{number:040x}"),
                 "argo-cd", "production", f"https://deploy.example/{day}/{number}"),
        )
        for number in range(count)
    ]  # fmt: skip


def measure_events(scratch: Path, total: int) -> None:
    """A build a day that appends its deployments, and one step that reads all of them."""
    store, daily = Store(scratch / "events"), total // DAYS
    seconds = []
    for day in range(DAYS):
        events = deployments(daily, day, max(1, daily * 2))
        begun = time.process_time()
        state_files.save(store, State(events[0].seen, "1"), events=events)
        seconds.append(time.process_time() - begun)
    size = size_of(store.state / "events")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    found = read_events(store.state, "deployment")
    print(f"{len(found.events):,} deployments in {DAYS} days: {size / 1e6:.1f} MB, {size / len(found.events):.0f} bytes each")
    print(f"append a day of {daily:,}: {sorted(seconds)[DAYS // 2]:.2f} s CPU, at most {max(seconds):.2f}")
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"read all: {time.process_time() - begun:.2f} s CPU, {grown:,.0f} MB more memory")
    begun = time.process_time()
    state_files.read(store)
    print(f"read the state, as each build does: {time.process_time() - begun:.3f} s CPU")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=0, help="entities of a synthetic organisation")
    parser.add_argument("--state", type=Path, help="a folder .callboard")
    parser.add_argument("--events", type=int, default=0, help="deployments in 90 days")
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
