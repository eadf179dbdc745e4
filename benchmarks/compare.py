"""`make bench BASE=REV`: what builds cost at a commit (A) and in the working tree (B), measured alternately. Prints a table and writes JSON.

python benchmarks/compare.py --base main --size 1000 --pairs 5
python benchmarks/compare.py --clean

Both sides run through the `callboard` command of an environment of their own, with the synthetic organisation of the working tree.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import bench
import environments
from environments import ComparisonError, Installation
from measuring import Rest, tree_size
from synthetic import organisation, tool_facts

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = ("cold", "nothing changed", "1 % changed")
ALL_FACTS = "all facts moved"
"""The scenario that follows with facts: every fact has other values, and nothing else has changed."""
FIGURES = {"cpu": "CPU, s", "wall": "wall, s", "peak_mb": "memory, MB", "size": "site, bytes", "files": "site, files"}
"""Fields of `Run` that are compared, with their headings."""


@dataclass(frozen=True, slots=True)
class Run:
    """One build of one side."""

    cpu: float
    """Seconds of processor, user and system, of the command and all of its child processes."""
    wall: float
    """Seconds on the clock."""
    peak_mb: float
    """Largest resident size of any single process, in MiB."""
    process: str
    """Which process that was, by the build's own report: "main process", "child process", or "not reported"."""
    size: int
    """Bytes of the site's files."""
    files: int
    """Number of the site's files."""


Pair = dict[str, Run]
"""The runs of both sides, "A" and "B", on identical copies of the organisation."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure over all pairs of a scenario."""

    a: float
    """Median of A."""
    b: float
    """Median of B."""
    ratio: float
    """Median of B / A over the pairs."""
    low: float
    """Smallest of these ratios."""
    high: float
    """Largest of these ratios."""


def order(pair: int, scenario: int) -> tuple[str, str]:
    """Which side runs first: it alternates from scenario to scenario and, for each scenario, from pair to pair."""
    return ("A", "B") if (pair + scenario) % 2 == 0 else ("B", "A")


def compared(values: Sequence[tuple[float, float]]) -> Comparison:
    """Medians and ratios of the pairs (A, B); two zeros are equal."""
    ratios = [b / a if a else (float("inf") if b else 1.0) for a, b in values]
    first, second = zip(*values, strict=True)
    return Comparison(statistics.median(first), statistics.median(second), statistics.median(ratios), min(ratios), max(ratios))


def comparisons(pairs: Sequence[Pair]) -> dict[str, Comparison]:
    """All figures of one scenario, by their names in `FIGURES`."""
    return {figure: compared([(getattr(pair["A"], figure), getattr(pair["B"], figure)) for pair in pairs]) for figure in FIGURES}


def largest_process(pairs: Sequence[Pair], side: str) -> str:
    """Which process needed most memory in most of a side's runs."""
    return Counter(pair[side].process for pair in pairs).most_common(1)[0][0]


def table(results: dict[str, list[Pair]]) -> str:
    """The results for people: a row for each figure of each scenario."""
    lines = [f"{'':16}{'A':>14}{'B':>14}{'B/A':>9}   min-max"]
    for scenario, pairs in results.items():
        lines.append(scenario)
        for figure, row in comparisons(pairs).items():
            a, b = (f"{value:,.0f}" if figure in {"size", "files"} else f"{value:,.2f}" for value in (row.a, row.b))
            processes = f"   A: {largest_process(pairs, 'A')}, B: {largest_process(pairs, 'B')}" if figure == "peak_mb" else ""
            lines.append(f"  {FIGURES[figure]:14}{a:>14}{b:>14}{row.ratio:>9.3f}   {row.low:.3f}-{row.high:.3f}{processes}")
    return "\n".join(lines)


def prepare(folder: Path, size: int, *, facts: bool) -> None:
    """Write the organisation that all runs get a copy of and, beside it, the facts after each change."""
    organisation.write(folder / "organisation", size)
    if facts:
        known = bench.with_facts(folder / "organisation")
        known.next_day(tool_facts.FIRST, 0.01)
        known.write(folder / "facts-changed", tool_facts.FIRST)
        known.move_all()
        known.write(folder / "facts-moved", tool_facts.FIRST)


def change(folder: Path, prepared: Path) -> None:
    """Change the description in one of a hundred descriptors, and the facts of as many components."""
    bench.touch_descriptors(folder, 0.01)
    replace_facts(folder, prepared / "facts-changed")


def replace_facts(folder: Path, facts: Path) -> None:
    """Put these files in the place of those of before, if there are any."""
    if facts.is_dir():
        shutil.copytree(facts, folder / "facts", copy_function=shutil.copy, dirs_exist_ok=True)


def build(installation: Installation, folder: Path) -> Run:
    """One build through the installed command; ends the program if it fails."""
    os.sync()  # what an earlier run has left to be written must not be paid for by this one
    measured, report = bench.measured_build([str(installation.command), "build"], folder, folder / "log.txt")
    peaks = report.get("peak_memory_mb", {})
    main, children = peaks.get("main"), peaks.get("children")
    known = main is not None and children is not None
    process = ("main process" if main >= children else "child process") if known else "not reported"
    files, size = tree_size(folder / "site")
    return Run(measured.cpu, measured.wall, measured.peak_mb, process, size, files)


def scenarios(prepared: Path) -> tuple[str, ...]:
    """Those that are measured with the prepared organisation."""
    return (*SCENARIOS, *([ALL_FACTS] if (prepared / "facts-moved").is_dir() else []))


def measure_pair(sides: dict[str, Installation], prepared: Path, folder: Path, number: int) -> dict[str, Pair]:
    """Build all scenarios on both sides, each on a copy of the organisation."""
    for side in sides:
        shutil.copytree(prepared / "organisation", folder / side)
    results: dict[str, Pair] = {}
    for position, scenario in enumerate(scenarios(prepared)):
        for side in sides:
            if scenario == "1 % changed":
                change(folder / side, prepared)
            elif scenario == ALL_FACTS:
                replace_facts(folder / side, prepared / "facts-moved")
        progress(f"pair {number + 1}: {scenario}")
        results[scenario] = {side: build(sides[side], folder / side) for side in order(number, position)}
    return results


def measure(sides: dict[str, Installation], scratch: Path, options: argparse.Namespace) -> dict[str, list[Pair]]:
    """All pairs, by scenario. Folders stay until the end: ext4 is slow for a minute after many files were removed."""
    progress("warming up")
    prepare(scratch / "small", 30, facts=options.facts)
    prepare(scratch / "prepared", options.size, facts=options.facts)
    measure_pair(sides, scratch / "small", scratch / "warm-up", -1)
    Rest.seconds = options.rest
    pairs = [measure_pair(sides, scratch / "prepared", scratch / f"pair-{number}", number) for number in range(options.pairs)]
    return {scenario: [pair[scenario] for pair in pairs] for scenario in scenarios(scratch / "prepared")}


def compare(root: Path, options: argparse.Namespace) -> None:
    """Install both sides, measure, print the table and write all figures."""
    progress("installing")
    sides = {"A": environments.installed_commit(root, options.base), "B": environments.installed_working_tree(root)}
    for side, installation in sides.items():
        print(f"{side}: {installation.label}")
    print("\n".join(environments.differences(sides["A"], sides["B"]) or ["both environments have the same packages"]))
    scratch = options.keep or Path(tempfile.mkdtemp(prefix="callboard-bench-"))
    try:
        results = measure(sides, scratch, options)
    finally:
        if options.keep is None:
            shutil.rmtree(scratch, ignore_errors=True)
    load = f"load over the last 5 minutes {os.getloadavg()[1]:.1f} on {os.cpu_count()} processors"
    print(f"{options.size:,} entities{' with facts' * options.facts}, medians of {options.pairs} pairs, {load}\n\n{table(results)}")
    figures = {scenario: [{side: asdict(run) for side, run in pair.items()} for pair in pairs] for scenario, pairs in results.items()}
    about = {"size": options.size, "facts": options.facts, "machine": platform.platform(), "python": platform.python_version()}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(about | {side: one.label for side, one in sides.items()} | {"results": figures}, indent=2))
    print(f"\nall figures: {options.json}")


def progress(text: str) -> None:
    """Tell a terminal what is going on."""
    if sys.stderr.isatty():
        print(f"{text} …", file=sys.stderr)


def positive(text: str) -> int:
    """An integer from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not an integer from 1")
    return int(text)


def unused_folder(text: str) -> Path:
    """A folder that is empty or does not exist."""
    folder = Path(text).resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise argparse.ArgumentTypeError(f"{text!r} is not an empty folder")
    return folder


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line; ends the program with 2 if it is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--base", metavar="REV", help="commit, branch or tag that the working tree is compared with")
    what.add_argument("--clean", action="store_true", help=f"remove {environments.CACHE}/ with its worktrees and environments")
    parser.add_argument("--size", type=positive, default=1000, help="number of entities (default: 1000)")
    parser.add_argument("--pairs", type=positive, default=5, help="number of pairs of runs (default: 5)")
    parser.add_argument("--facts", action="store_true", help="integrations have data about every component")
    parser.add_argument("--rest", type=float, default=0, help="seconds to wait before each run; 65 for wall times that are to be kept")
    parser.add_argument("--json", type=Path, default=ROOT / "benchmarks/results/compare.json")
    parser.add_argument("--keep", type=unused_folder, metavar="FOLDER", help="work in this empty folder and keep it, with all sites")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code 0 if both sides were measured, 2 if not."""
    options = arguments(argv)
    for name in [name for name in os.environ if name.startswith(("PYTHON", "CALLBOARD_"))]:
        del os.environ[name]  # they would change what the commands do
    try:
        revision = None if options.clean else environments.resolve(ROOT, options.base)
        with environments.exclusive(ROOT):
            environments.clean(ROOT) if revision is None else compare(ROOT, options)
    except ComparisonError as error:
        print(f"compare: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
