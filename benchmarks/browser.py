"""What a portal costs in a browser: bytes, requests and times of pages, the table and the search, with a processor slowed down four times.

python benchmarks/browser.py --size 10000
python benchmarks/browser.py --site site --json browser.json --only table

Times are taken in the page: from the event to the first frame that shows its result. Bytes are counted by the host, headers included, also those
that workers ask for. The slow-down holds for the page's own thread; workers (the full text) run at full speed. The clock is worth something only on
a machine that does nothing else: beside it stands the work, processor time of the page's thread without slow-down, times four.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench import build
from host import Wire, serve
from synthetic import organisation

SLOWER = 4
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
PROBE = (Path(__file__).parent / "browser_probe.js").read_text(encoding="utf-8")
BUDGETS = {
    "filter by typing: painted": 50,
    "filter by a choice: painted": 50,
    "work, a letter in the page: handlers and layout": 50,
    "scroll table: worst frame (ms)": 50,
    "first name: KB without full text": 130,
    "first text: KB": 300,
    "names.json: KB": 120,
}
OPTION = "dialog [role=option]"
TEXT = "dialog [role=group]:nth-of-type(2) [role=option]"
LISTS = {"table": "catalog/", "a list without scripts": "catalog/page/2/"}
"""What is scrolled; the second says what the machine can do."""
READY = "[data-catalog][data-ready]"

Row = dict[str, float]
Rows = dict[str, Row]


class Visit:
    """One tab with an empty cache."""

    def __init__(self, page: Page, tools: CDPSession, wire: Wire, address: str, slower: int) -> None:
        self.page, self.tools, self.wire, self.address, self.slower = page, tools, wire, address, slower
        self.mark = 0

    def go(self, path: str) -> None:
        self.mark = len(self.wire.sent)
        self.page.goto(self.address + path, wait_until="load")

    def settle(self) -> None:
        """Wait until nothing is asked for or computed for a while."""
        self.page.wait_for_load_state("networkidle")
        self.page.evaluate("probe.quiet()")

    def bytes(self, *, but: str = "") -> tuple[int, int]:
        return self.wire.since(self.mark, but=but)

    def work(self) -> Row:
        """Milliseconds of the page's own thread since it began: on the clock, or of processor times ``SLOWER`` where it is not slowed down."""
        found = {metric["name"]: metric["value"] for metric in self.tools.send("Performance.getMetrics")["metrics"]}
        scale = 1000 * SLOWER / self.slower
        layout = found["LayoutDuration"] + found["RecalcStyleDuration"]
        return {
            "script": found["ScriptDuration"] * scale,
            "layout": layout * scale,
            "task": found["TaskDuration"] * scale,
            "nodes": found["Nodes"],
        }


@contextlib.contextmanager
def visit(browser: Browser, wire: Wire, address: str, slower: int = SLOWER) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Performance.enable", {"timeDomain": "threadTicks" if slower == 1 else "timeTicks"})
    tools.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.add_init_script(PROBE)
    try:
        yield Visit(page, tools, wire, address, slower)
    finally:
        context.close()


def load(seen: Visit, path: str) -> Row:
    """A page, first visit: bytes and requests, first paint, all scripts done, the longest task."""
    seen.go(path)
    seen.settle()
    requests, size = seen.bytes()
    times = seen.page.evaluate("probe.load()")
    html = next(sent for where, sent in seen.wire.sent[seen.mark :] if where == f"/{path}")
    return {"requests": requests, "KB": size / 1000, "HTML KB": html / 1000, **times, **seen.work()}


def take_over(seen: Visit) -> Row:
    """The catalog: its own rows, then those of the script."""
    row = load(seen, "catalog/")
    seen.page.locator(READY).wait_for()
    return row | seen.page.evaluate("probe.marks()")


def table(seen: Visit) -> Rows:
    """Everything that is done with the table, one after the other."""
    seen.go("catalog/")
    seen.page.locator(READY).wait_for()
    seen.settle()
    found = {}
    seen.page.locator("[data-q]").focus()
    for name, keys in (("filter by typing", "paym"), ("filter by a second word", " ap")):
        found[name] = worst_of([act(seen, lambda key=key: seen.page.keyboard.press(key)) for key in keys])
    found["clear the filter"] = act(seen, lambda: seen.page.keyboard.press("Escape"))
    for name, place in (
        ("filter by a choice", "[data-facet=lifecycle] input[value=experimental]"),
        ("drop a choice", "[data-facet=lifecycle] input[value=experimental]"),
        ("filter by kind", "a[data-kind=component]"),
        *((f"sort by {key}", f"th[data-key={key}] button") for key in ("owner", "system", "problems")),
    ):
        box = seen.page.locator(place).bounding_box()
        at = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        seen.page.mouse.move(*at)
        found[name] = act(seen, lambda at=at: seen.page.mouse.click(*at))
    return found


def until(seen: Visit, selector: str, key: str, *, fresh: bool = False) -> Row:
    """Press a key; milliseconds until ``selector`` is there (with ``fresh``: another one than before)."""
    seen.page.evaluate(f"probe.watch('seen', '{selector}', {json.dumps(fresh)})")
    seen.page.keyboard.press(key)
    return seen.page.evaluate("probe.shown('seen')")


def loaded(seen: Visit, path: str) -> Row:
    """The work of a page until it is quiet."""
    seen.go(path)
    seen.settle()
    return seen.work()


def work(seen: Visit) -> Rows:
    """The catalog's work: until it is all ready, then what is done with it, then a scroll."""
    seen.go("catalog/")
    seen.page.locator(READY).wait_for()
    taken = seen.work()
    seen.settle()
    found = {"take-over": taken, "all ready": seen.work()} | table(seen)
    found["a letter in the page"] = {"handlers and layout": seen.page.evaluate("probe.typed('payments')") * SLOWER}
    seen.go("catalog/")
    seen.page.locator(READY).wait_for()
    seen.settle()
    before = seen.work()
    frames = scrolled(seen, 12_000, 3_000)
    after = seen.work()
    count = frames["frames a second"] * 4
    return found | {"scroll, a frame": {key: (after[key] - before[key]) / count for key in ("script", "layout", "task")}}


def act(seen: Visit, do: Callable[[], None]) -> Row:
    """Milliseconds from the event to the frame that shows other rows; and until the scripts of the event were done."""
    seen.page.evaluate("probe.quiet()")
    seen.page.evaluate("probe.arm()")
    before = seen.work()
    do()
    times, after = seen.page.evaluate("probe.shown()"), seen.work()
    if seen.slower == 1:
        return {key: after[key] - before[key] for key in ("script", "layout", "task")}
    return times


def worst_of(rows: list[Row]) -> Row:
    """The slowest of several steps of one thing."""
    return {key: max(row[key] for row in rows) for key in rows[0]}


def scroll(seen: Visit, path: str, distance: int, speed: int) -> Row:
    """Frames while the wheel turns."""
    seen.go(path)
    if path == "catalog/":
        seen.page.locator(READY).wait_for()
    seen.settle()
    return scrolled(seen, distance, speed)


def scrolled(seen: Visit, distance: int, speed: int) -> Row:
    seen.page.evaluate("probe.frames()")
    gesture = {"x": 800, "y": 600, "yDistance": -distance, "speed": speed, "gestureSourceType": "mouse", "preventFling": True}
    seen.tools.send("Input.synthesizeScrollGesture", gesture)
    return seen.page.evaluate("probe.framed()")


def search(seen: Visit, text: str) -> Rows:
    """The dialog: opened, asked at once for a name, then for a word of a text."""
    seen.go("systems/")
    seen.settle()
    seen.mark = len(seen.wire.sent)
    opened = until(seen, "dialog[open] input", "/")
    first = until(seen, OPTION, text[0])
    first |= {"KB without full text": seen.bytes(but="/search/")[1] / 1000, "KB": seen.bytes()[1] / 1000}
    seen.settle()
    later = [until(seen, OPTION, key, fresh=True) for key in text[1:-1]]
    seen.settle()
    seen.page.evaluate(f"probe.watch('text', '{TEXT}')")
    later.append(until(seen, OPTION, text[-1], fresh=True))
    words = seen.page.evaluate("probe.shown('text')") | {"KB": seen.bytes()[1] / 1000, "requests": seen.bytes()[0]}
    return {"search opens": opened, "first name": first, "name, one more letter": worst_of(later), "first text": words}


def repeated(measure: Callable[[Visit], Rows], visits: Callable[[], contextlib.AbstractContextManager[Visit]], times: int) -> list[Rows]:
    rows = []
    for _ in range(times):
        with visits() as seen:
            rows.append(measure(seen))
    return rows


def summed(rows: list[Row]) -> Rows:
    """Best, median and worst of each figure; the best is nearest to a machine that does nothing else."""
    columns = {key: [row[key] for row in rows] for key in rows[0]}
    return {key: {"best": min(of), "median": statistics.median(of), "worst": max(of)} for key, of in columns.items()}


def pages_of(site: Path) -> dict[str, str]:
    """The pages that are looked at, by name."""
    heavy = max(site.glob("catalog/default/component/*/index.html"), key=lambda page: page.stat().st_size)
    team = max(site.glob("catalog/default/group/*/index.html"), key=lambda page: page.stat().st_size)
    fixed = {name or "home": f"{name}/" if name else "" for name in ("", "teams", "problems", "systems", "apis", "search", "changes")}
    fixed |= {"largest component": f"{heavy.parent.relative_to(site)}/", "largest team": f"{team.parent.relative_to(site)}/"}
    return {name: path for name, path in fixed.items() if (site / path / "index.html").is_file()}


def measure(site: Path, times: int, only: str) -> dict[str, Rows]:
    """All figures; each is taken ``times`` times."""
    server, address, wire = serve(site)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        try:
            visits = lambda: visit(browser, wire, address)  # noqa: E731
            with visits() as seen:  # the host compresses each file once, before anything is timed
                for path in ("", "catalog/", "systems/"):
                    seen.go(path)
                    seen.settle()
                search(seen, "pay")
            measures: dict[str, Callable[[Visit], Rows]] = {
                f"load {name}": lambda seen, path=path, name=name: {f"load {name}": load(seen, path)}
                for name, path in pages_of(site).items()
            }
            measures |= {
                "load catalog": lambda seen: {"load catalog": take_over(seen)},
                "table": table,
                "search": lambda seen: search(seen, "pay"),
            }
            measures |= {
                f"scroll {name}": lambda seen, path=path, name=name: {f"scroll {name}": scroll(seen, path, 12_000, 3_000)}
                for name, path in LISTS.items()
            }
            calm = lambda: visit(browser, wire, address, 1)  # noqa: E731
            measures |= {
                f"work, load {name}": lambda seen, path=path, name=name: {f"work, load {name}": loaded(seen, path)}
                for name, path in pages_of(site).items()
            }
            measures["work, table"] = lambda seen: {f"work, {name}": row for name, row in work(seen).items()}
            found: dict[str, Rows] = {}
            for title, wanted in ((title, many) for title, many in measures.items() if only in title):
                runs = repeated(wanted, calm if title.startswith("work") else visits, times)
                found |= {name: summed([run[name] for run in runs]) for name in runs[0]}
            return found
        finally:
            browser.close()
            server.shutdown()
            server.server_close()


def weights(site: Path) -> dict[str, Rows]:
    """What the data files weigh, compressed as the host does."""
    files = sorted((site / "api/catalog").glob("*.json")) + sorted((site / "api/catalog/table").glob("*.json"))
    found = {}
    for file in files:
        if file.stem != "entities":
            raw = file.read_bytes()
            found[file.name] = {"KB": {"median": len(gzip.compress(raw, 6)) / 1000}, "raw KB": {"median": len(raw) / 1000}}
    return found


def show(found: dict[str, Rows]) -> list[str]:
    """A line for each figure, with its budget; gives what is above it."""
    above = []
    print(f"\n  {'':58}{'best':>10}{'median':>10}{'worst':>10}{'budget':>10}")
    for name, figures in found.items():
        for key, figure in figures.items():
            title = f"{name}: {key}"
            budget = BUDGETS.get(title, "")
            late = budget != "" and figure["median"] > budget
            above += [title] if late else []
            numbers = "".join(f"{figure[which]:10.1f}" if which in figure else f"{'':10}" for which in ("best", "median", "worst"))
            print(f"  {title:58}{numbers}{budget:>10}{'  above' if late else ''}")
    return above


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=10_000, help="entities of the portal that is built")
    parser.add_argument("--site", type=Path, help="measure this folder instead of building one")
    parser.add_argument("--only", default="", help="measure only what has this in its name")
    parser.add_argument("--times", type=int, default=5, help="repeats of each measurement")
    parser.add_argument("--json", type=Path, default=Path("benchmarks/results/browser.json"))
    options = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="callboard-browser-"))
    started = time.monotonic()
    try:
        if options.site is None:
            organisation.write(scratch, options.size)
            build(scratch, scratch / "log.txt")
        site = (options.site or scratch / "site").resolve()
        found = measure(site, options.times, options.only) | weights(site)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    above = show(found)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(
        json.dumps({"machine": platform.platform(), "slower": SLOWER, "times": options.times, "figures": found}, indent=2)
    )
    print(f"\nall figures: {options.json} ({time.monotonic() - started:.0f} s)")
    sys.exit(f"above budget: {', '.join(above)}" if above else 0)


if __name__ == "__main__":
    main()
