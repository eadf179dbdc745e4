"""`make bench`: what a build costs, beside the floor and beside other generators, in one run. Prints tables and writes JSON.

python benchmarks/bench.py --sizes 1000,10000 --peers
"""

from __future__ import annotations

import argparse
import gzip
import json
import platform
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import floor
import peers
from measuring import Measured, Rest, run, tree_size
from synthetic import organisation, tool_facts

CALLBOARD = [sys.executable, "-m", "callboard", "build"]
NOW = "2026-11-22T03:00:00Z"


def touch_descriptors(folder: Path, share: float) -> int:
    """Change one line in every n-th descriptor, as the edits of a day would; at least one file."""
    files = sorted((folder / "repositories").glob("*/catalog-info.yaml"))
    step = max(1, round(1 / share)) if share else len(files)
    changed = files[::step]
    for file in changed:
        text = file.read_text(encoding="utf-8")
        file.write_text(re.sub(r"description: (\w+)", r"description: Now \1", text, count=1), encoding="utf-8")
    return len(changed)


def build(folder: Path, log: Path) -> dict[str, object]:
    """One build as a process, with the figures of its own report."""
    measured, report = measured_build(CALLBOARD, folder, log)
    return measured.row() | {"report": report}


def measured_build(callboard: list[str], folder: Path, log: Path) -> tuple[Measured, dict[str, Any]]:
    """Run a build of the organization in ``folder`` with this command, and read its report; ends the program with 2 if the build fails."""
    report = folder / "report.json"
    command = [
        *callboard,
        "--config",
        str(folder / "sources.yaml"),
        "--output",
        str(folder / "site"),
        "--now",
        NOW,
        "--report",
        str(report),
    ]
    measured = run(command, folder, log)
    if measured.code:
        print(f"{' '.join(command)} failed with {measured.code}:\n{log.read_text()[-3000:]}", file=sys.stderr)
        sys.exit(2)
    return measured, json.loads(report.read_text())


def scenarios(folder: Path, log: Path, known: tool_facts.ToolFacts | None = None) -> dict[str, dict[str, object]]:
    """Four builds: cold, nothing changed, 1 % changed, one changed; with facts of tools a fifth, in which all facts change."""
    results = {"cold": build(folder, log), "nothing changed": build(folder, log)}
    touch_descriptors(folder, 0.01)
    if known:
        known.next_day(tool_facts.FIRST, 0.01)
        known.write(folder / "facts", tool_facts.FIRST)
    results["1 % changed"] = build(folder, log)
    touch_descriptors(folder, 0)
    results["one changed"] = build(folder, log)
    if known:
        known.next_day(tool_facts.FIRST)
        known.write(folder / "facts", tool_facts.FIRST)
        results["facts move on"] = build(folder, log)
    return results


def with_facts(folder: Path) -> tool_facts.ToolFacts:
    """Facts of tools about every component."""
    known = tool_facts.ToolFacts(folder / "repositories")
    known.write(folder / "facts", tool_facts.FIRST)
    with (folder / "sources.yaml").open("a", encoding="utf-8") as sources:
        sources.write(tool_facts.INTEGRATIONS)
    return known


DIAGRAM = re.compile(rb'<svg class="cb-graph.*?</svg>', re.DOTALL)
LIGHT = 15_000
"""Bytes that a page may have, compressed and without its diagram."""
LISTS = ("teams", "systems", "domains", "apis", "problems", "changes", "status", "undescribed", "search", "catalog")


def page_sizes(site: Path) -> dict[str, dict[str, object]]:
    """Bytes of pages by family: the mean as it lies on the disk, compressed, and compressed without its diagram, and the largest of these."""
    families = {
        f"entity: {folder.name}": sorted(folder.glob("*/index.html"))[:200] for folder in sorted((site / "catalog/default").iterdir())
    }
    families |= {"catalog list": sorted((site / "catalog/page").glob("*/index.html"))[:20]}
    families |= {"problem codes": sorted((site / "problems").glob("*/index.html")), "home": [site / "index.html"]}
    families |= {name: [page] for name in LISTS if (page := site / name / "index.html").is_file()}
    rows = {}
    for name, pages in families.items():
        contents = [page.read_bytes() for page in pages]
        packed = [len(gzip.compress(content)) for content in contents]
        bare = [len(gzip.compress(DIAGRAM.sub(b"", content))) for content in contents]
        if contents:
            row = {"bytes": sum(map(len, contents)), "gzip": sum(packed), "no diagram": sum(bare)}
            rows[name] = {key: value // len(contents) for key, value in row.items()} | {"largest": max(bare)}
            rows[name]["heavy"] = sum(size > LIGHT for size in bare) or ""
    for name in ("names.json", "table.json"):
        content = (site / "api/catalog" / name).read_bytes()
        rows[name] = {"bytes": len(content), "gzip": len(gzip.compress(content))}
    return rows


def counted(builds: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    """The counts of each build."""
    wanted = ("pages_rendered", "diagrams_laid_out", "files_written", "files_removed")
    rows = {}
    for name, build in builds.items():
        report = build["report"]
        rows[name] = {key.split("_")[0] if key != "files_removed" else "removed": report["counts"][key] for key in wanted}
        rows[name] |= {"main_mb": report["peak_memory_mb"]["main"], "child_mb": report["peak_memory_mb"]["children"]}
    return rows


def seconds(build: dict[str, object], phase: str) -> float:
    """Wall-clock seconds of a phase."""
    return next((p["seconds"] for p in build["report"]["phases"] if p["name"] == phase), 0.0)  # type: ignore[index]


def show(title: str, rows: dict[str, dict[str, object]], columns: list[str]) -> None:
    """A table for people."""
    print(f"\n{title}")
    print(f"  {'':26}" + "".join(f"{c:>17}" for c in columns))
    for name, row in rows.items():
        print(f"  {name:26}" + "".join(f"{row.get(c, ''):>17}" for c in columns))


def as_rows(measured: dict[str, Measured | None]) -> dict[str, dict[str, object]]:
    return {name: dict(m.row()) for name, m in measured.items() if m is not None}


def bench(size: int, scratch: Path, *, with_peers: bool, facts: bool = False) -> dict[str, object]:
    """All figures for one size."""
    log = scratch / f"log-{size}.txt"
    folder = scratch / f"organisation-{size}"
    organisation.write(folder, size)
    builds = scenarios(folder, log, with_facts(folder) if facts else None)
    site = folder / "site"
    files, size_bytes = tree_size(site)
    below = floor.measure(folder, site, scratch / f"floor-{size}", log)
    floor_wall, floor_cpu = (sum(getattr(m, part) for m in below.values()) for part in ("wall", "cpu"))
    others: dict[str, Measured | None] = {}
    if with_peers and size <= 1_000:
        others["MkDocs-Material, bare pages"] = peers.mkdocs_material(site, scratch / f"mkdocs-{size}", log)
    if with_peers:
        others["Hugo, bare pages"] = peers.hugo(site, scratch / f"hugo-{size}", log)
    columns = ["wall", "cpu", "peak_mb"]
    show(f"{size:,} entities: {files:,} files, {size_bytes / 1e6:.1f} MB", builds, columns)
    phases = {
        phase: {name: seconds(build, phase) for name, build in builds.items()}
        for phase in [phase["name"] for phase in builds["cold"]["report"]["phases"]]  # type: ignore[index]
    }
    show("what was done", counted(builds), ["pages", "diagrams", "files", "removed", "main_mb", "child_mb"])
    sizes = page_sizes(site)
    show(f"bytes by family; heavy: pages above {LIGHT:,}", sizes, ["bytes", "gzip", "no diagram", "largest", "heavy"])
    show("seconds by phase (search: the index of names, sections and texts)", phases, list(builds))
    show("floor", as_rows(below), columns)
    show("others", as_rows(others), columns)
    cold = builds["cold"]
    ratios = {"cold / floor (wall)": round(cold["wall"] / floor_wall, 2), "cold / floor (cpu)": round(cold["cpu"] / floor_cpu, 2)}  # type: ignore[operator]
    ratios |= {f"cold / {name} (wall)": round(cold["wall"] / m.wall, 3) for name, m in others.items() if m}  # type: ignore[operator]
    ratios |= {f"{name} / cold (wall)": round(row["wall"] / cold["wall"], 3) for name, row in builds.items() if name != "cold"}  # type: ignore[operator]
    light = {name: row["wall"] - seconds(row, "search") for name, row in builds.items()}  # type: ignore[operator]
    ratios["1 % changed / cold, both without full text (wall)"] = round(light["1 % changed"] / light["cold"], 3)
    print("\nratios\n" + "\n".join(f"  {name:44} {value}" for name, value in ratios.items()))
    return {
        "size": size,
        "files": files,
        "bytes": size_bytes,
        "builds": builds,
        "sizes": sizes,
        "floor": as_rows(below),
        "others": as_rows(others),
        "ratios": ratios,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000", help="numbers of entities, separated by commas")
    parser.add_argument("--facts", action="store_true", help="tools know something about every component")
    parser.add_argument("--peers", action="store_true", help="also measure plain MkDocs-Material (at 1,000) and Hugo")
    parser.add_argument("--json", type=Path, default=Path("benchmarks/results/bench.json"))
    parser.add_argument(
        "--rest", type=float, default=0, help="seconds of rest for the disk before each run; 65 for figures that are to be kept"
    )
    parser.add_argument("--keep", type=Path, help="work in this folder and keep it")
    options = parser.parse_args()
    Rest.seconds = options.rest
    scratch = options.keep or Path(tempfile.mkdtemp(prefix="callboard-bench-"))
    scratch.mkdir(parents=True, exist_ok=True)
    try:
        results = [bench(int(size), scratch, with_peers=options.peers, facts=options.facts) for size in options.sizes.split(",")]
    finally:
        if options.keep is None:
            shutil.rmtree(scratch, ignore_errors=True)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"machine": platform.platform(), "python": platform.python_version(), "results": results}, indent=2))
    print(f"\nall figures: {options.json}")


if __name__ == "__main__":
    main()
