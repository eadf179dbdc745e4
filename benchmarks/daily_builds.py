"""A year of daily builds: the size of state and history, and the time to compare and save, without rendering pages.

    python benchmarks/daily_builds.py --size 1000 --builds 365 --facts

Before each build about one file in a hundred changes its lifecycle or a tag, and one in a thousand its name.
With ``--facts`` one component in seven is deployed each day, one in a hundred has an incident, and so on (``synthetic/tool_facts.py``).
"""

import argparse
import random
import re
import shutil
import statistics
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from callboard import __version__
from callboard.build_caches import DiskCaches
from callboard.descriptors.portal_kinds import portal_kinds
from callboard.history.build_state import load_build_state
from callboard.io.store import Store
from callboard.pipeline import Workspace, collect, enrich, ingest, resolve
from callboard.plugins.portal_settings import read_settings
from callboard.state.last_good_copy import BuildPolicy
from callboard.state.loss_guards import Guards
from synthetic.organisation import write
from synthetic.tool_facts import INTEGRATIONS, ToolFacts

FIRST = datetime(2026, 1, 1, 2, tzinfo=UTC)


def edit(files: list[Path], dice: random.Random, share: float) -> None:
    """Edit this share of the files: a lifecycle, a tag or, one time in thirty, a name."""
    for path in dice.sample(files, max(1, round(len(files) * share))):
        text = path.read_text()
        change = dice.choice(["lifecycle", "tag", "name"] if dice.random() < 0.1 else ["lifecycle", "tag"])
        if change == "lifecycle":
            text = re.sub(r"lifecycle: \S+", f"lifecycle: {dice.choice(['production', 'deprecated', 'experimental'])}", text, count=1)
        elif change == "tag":
            text = re.sub(r"tags: \[", f"tags: [t{dice.randrange(50)}, ", text, count=1)
        else:
            text = re.sub(r"(  name: \S+?)(-r\d+)?$", rf"\1-r{dice.randrange(1000)}", text, count=1, flags=re.MULTILINE)
        path.write_text(text)


def daily_build(folder: Path, now: datetime) -> tuple[float, float, Counter[str]]:
    """Collect, link, compare and save; CPU seconds in total and of the state, and the number of changes by kind."""
    settings, store = read_settings(folder / "sources.yaml", {}), Store.beside(folder)
    begun = time.process_time()
    state = load_build_state(store, now, __version__, {})
    read = time.process_time()
    work = Workspace(settings, {}, portal_kinds(settings), DiskCaches(store.cache))
    policy = BuildPolicy(work.source_names, now, Guards(), store.blob)
    collected = ingest(work, collect(work), state.previous, policy)
    resolved = resolve(work, collected)
    facts = enrich(work, resolved, state)
    linked = time.process_time()
    changes = state.diff(resolved.catalog, resolved.problems, facts)
    state.history(changes)
    state.save(collected, changes, state.recorded(resolved.trees), facts)
    ended = time.process_time()
    return ended - begun, ended - linked + read - begun, Counter(change.kind for change in changes.changes)


def size_of(folder: Path) -> str:
    return f"{sum(path.stat().st_size for path in folder.rglob('*') if path.is_file()) / 1e6:.2f} MB"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=1_000)
    parser.add_argument("--builds", type=int, default=365)
    parser.add_argument("--share", type=float, default=0.01)
    parser.add_argument("--facts", action="store_true", help="with facts of tools")
    given = parser.parse_args()
    dice, folder = random.Random(11), Path(tempfile.mkdtemp(prefix="builds-"))
    write(folder / "organisation", given.size)
    (folder / "sources.yaml").write_text(
        "version: 1\nsources:\n  - {name: all, type: files, path: organisation, repositories: '*'}\n"
        + (INTEGRATIONS if given.facts else "")
    )
    facts = ToolFacts(folder / "organisation", FIRST) if given.facts else None
    files = sorted((folder / "organisation").rglob("catalog-info.yaml"))
    builds = []
    for number in range(given.builds):
        if number:
            edit(files, dice, given.share)
        if facts:
            facts.next_day(FIRST + timedelta(days=number))
            facts.write(folder / "facts", FIRST + timedelta(days=number))
        builds.append(daily_build(folder, FIRST + timedelta(days=number)))
    store = Store.beside(folder)
    last = builds[-30:]
    changes = sum((build[2] for build in builds), Counter())
    print(f"{given.size:,} entities, {given.builds} builds, {changes.total():,} changes: {dict(changes.most_common())}")
    print(
        f"facts and measurements: {sum(path.stat().st_size for part in ('facts', 'measurements') for path in store.state.glob(f'{part}.*')) / 1e6:.2f} MB"
    )
    print(f"state {size_of(store.state)}, of which history {size_of(store.state / 'history')}; blobs {size_of(store.blobs)}")
    print(f"first build {builds[0][0]:.2f} s; last 30: {statistics.median(build[0] for build in last):.2f} s, ", end="")
    print(f"of which state {statistics.median(build[1] for build in last):.2f} s")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
