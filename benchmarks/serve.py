"""How long it takes from saving a file until `callboard serve` answers with it, and until a browser shows it.

python benchmarks/serve.py --sizes 1000,10000 --browser /usr/bin/chromium
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from synthetic import organisation

ROOT = Path(__file__).parents[1]
GUIDES = 10
POLL = 0.01
"""Seconds between two requests that look for the change."""
TICK = os.sysconf("SC_CLK_TCK")


class Server:
    """A running preview."""

    def __init__(self, folder: Path, log: Path) -> None:
        began = time.perf_counter()
        command = [sys.executable, "-m", "callboard", "serve", "--port", "0"]
        self.log = log
        self.process = subprocess.Popen(command, cwd=folder, stderr=log.open("wb"), env={**os.environ, "PYTHONPATH": str(ROOT)})
        self.address = ""
        while not self.address:
            found = re.search(r"Serving (\S+);", log.read_text())
            self.address = found[1] if found else ""
            if self.process.poll() is not None:
                sys.exit(f"the preview has ended:\n{log.read_text()}")
            time.sleep(POLL)
        self.get("")
        self.first = time.perf_counter() - began

    def get(self, path: str) -> bytes:
        parts = urlsplit(self.address)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        connection.request("GET", f"{parts.path}{path}")
        body = connection.getresponse().read()
        connection.close()
        return body

    def cpu(self) -> float:
        """Processor seconds of the preview and of programs that it ran to their end (MkDocs, or a whole build that it broke off)."""
        numbers = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, numbers[11:15])) / TICK

    def peak_mb(self) -> float:
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())
        return int(found[1]) / 1024 if found else 0

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(30)
        self.process.kill()


Edit = Callable[[str], None]
"""Writes a file with this word in it."""


def edits(folder: Path) -> Iterator[tuple[str, str, Edit]]:
    """Name, page that shows it, and the edit."""
    repositories = folder / "repositories"
    file = next(f for f in sorted(repositories.glob("*/catalog-info.yaml")) if "kind: Component" in f.read_text().partition("---")[0])
    text = file.read_text()
    name = re.search(r"name: (\S+)", text)
    page = f"catalog/default/component/{name[1].lower()}/" if name else ""
    yield "a description", page, lambda word: write(file, text.replace("description: ", f"description: {word} ", 1))
    yield "a relation", page, lambda word: write(file, text.replace("spec:\n", f"spec:\n  subcomponentOf: component:{word}\n", 1))
    yield "a broken document", "problems/", lambda word: write(file, f'{text}---\nkind: API\nmetadata: {{name: "{word} /"}}\n')
    head = "apiVersion: backstage.io/v1alpha1\nkind: Component\nspec: {type: service, lifecycle: production, owner: nobody}\nmetadata: "
    new = repositories / "zz-new/catalog-info.yaml"
    yield "a new repository", "catalog/default/component/zz-new/", lambda word: write(new, f"{head}{{name: zz-new, title: {word}}}\n")
    template = folder / "templates/entity.html"
    yield "a template", page, lambda word: write(template, f"{(ROOT / 'templates/entity.html').read_text()}<p>{word}</p>")
    style = folder / "site_overrides/assets/portal.css"
    plain = (ROOT / "site_overrides/assets/portal.css").read_text()
    yield "a style", "assets/portal.css", lambda word: write(style, f"{plain}\n.{word} {{ color: red }}\n")
    yield "a guide", "guides/", lambda word: write(folder / "guides/index.md", f"# Guides\n\nAbout {word}.\n")
    file.write_text(text)


def write(file: Path, text: str) -> None:
    """Save as editors do: whole, under another name first."""
    file.parent.mkdir(parents=True, exist_ok=True)
    scratch = file.with_name(f"{file.name}~")
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(file)


def prepare(folder: Path, size: int) -> None:
    if not (folder / "repositories").is_dir():
        organisation.write(folder, size)
    for number in range(GUIDES):
        write(folder / f"guides/guide-{number}.md", f"# Guide {number}\n\n" + "Some words about it. " * 200 + "\n")
    write(folder / "guides/index.md", "# Guides\n")
    write(folder / "templates/entity.html", (ROOT / "templates/entity.html").read_text())
    write(folder / "site_overrides/assets/portal.css", (ROOT / "site_overrides/assets/portal.css").read_text())
    shutil.rmtree(folder / "repositories/zz-new", ignore_errors=True)


def answered(server: Server, page: str, word: str, edit: Edit) -> tuple[float, float]:
    """Seconds on the clock, and of processor, until the page has the word."""
    server.get(page)
    before = server.cpu()
    began = time.perf_counter()
    edit(word)
    while word.encode() not in server.get(page):
        time.sleep(POLL)
        if time.perf_counter() - began > 120:
            sys.exit(f"{page} never said {word}:\n{server.log.read_text()[-3000:]}")
    return time.perf_counter() - began, server.cpu() - before


@contextlib.contextmanager
def browser(program: str) -> Iterator[Callable[[Server, str, str, Edit], float]]:
    """Seconds until an open page shows the word."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only who measures a browser needs it

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program)

        def shown(server: Server, path: str, word: str, edit: Edit) -> float:
            page = chromium.new_page()  # one that is not about to load again for an edit before
            page.goto(server.address + path)
            page.wait_for_timeout(500)
            began = time.perf_counter()
            edit(word)
            page.get_by_text(word).first.wait_for(timeout=120_000)
            seen = time.perf_counter() - began
            page.close()
            return seen

        yield shown


def bench(size: int, folder: Path, times: int, program: str) -> dict[str, object]:
    prepare(folder, size)
    server = Server(folder, folder / "serve.log")
    rows: dict[str, dict[str, float]] = {}
    words = (f"word{number}x" for number in itertools.count())
    try:
        with browser(program) if program else contextlib.nullcontext() as shown:
            for name, page, edit in edits(folder):
                time.sleep(1)
                found = [answered(server, page, next(words), edit) for _ in range(times)]
                wall, cpu = zip(*found, strict=True)
                rows[name] = {"median": statistics.median(wall), "worst": max(wall), "cpu": statistics.median(cpu)}
                if shown and not page.endswith(".css"):
                    seen = [shown(server, page, next(words), edit) for _ in range(max(3, times // 3))]
                    rows[name] |= {"seen": statistics.median(seen), "seen worst": max(seen)}
        first, peak = server.first, server.peak_mb()
    finally:
        server.stop()
    columns = ["median", "worst", "cpu", *(["seen", "seen worst"] if program else [])]
    print(f"\n{size:,} entities: the first page after {first:.1f} s; {peak:,.0f} MB")
    print(f"  {'seconds from saving …':24}" + "".join(f"{column:>12}" for column in columns))
    for name, row in rows.items():
        print(f"  {name:24}" + "".join(f"{row[column]:>12.2f}" if column in row else f"{'':>12}" for column in columns))
    return {"size": size, "first": first, "peak_mb": peak, "edits": rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000", help="numbers of entities, separated by commas")
    parser.add_argument("--times", type=int, default=9, help="how often each edit is made")
    parser.add_argument("--browser", default="", help="program of Chromium: also measure until the change can be seen")
    parser.add_argument("--json", type=Path, default=Path("benchmarks/results/serve.json"))
    parser.add_argument("--keep", type=Path, help="work in this folder and keep it")
    options = parser.parse_args()
    scratch = options.keep or Path(tempfile.mkdtemp(prefix="callboard-serve-"))
    try:
        results = [bench(int(size), scratch / f"organisation-{size}", options.times, options.browser) for size in options.sizes.split(",")]
    finally:
        if options.keep is None:
            shutil.rmtree(scratch, ignore_errors=True)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(results, indent=2))
    print(f"\nall figures: {options.json}")


if __name__ == "__main__":
    main()
