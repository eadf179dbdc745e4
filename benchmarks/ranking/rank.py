"""Queries as people type them → how often the search has what they look for first, or among the first three.

``python benchmarks/ranking/rank.py`` builds the example portal and an organization of 2,000 entities with the documentation and API definitions of
``CALLBOARD_TEST_DATA``, opens the search of each in Chromium, and prints a row for each kind of query; without that variable it has the example alone. ``--sites FOLDER`` keeps the sites there and
uses those that are there already. ``--failures`` lists the queries whose target is not among the first three.

``queries_*.tsv`` have a kind, a query, and the places that answer it: a path, with an anchor where only one section does; ``*`` stands for the rest of
a path. ``headings.tsv`` has 150 headings, drawn at random by ``headings.py``; ``queries_drawn.tsv`` has queries that ``draw.py`` drew from the same
organization with more documentation and definitions. ``--others FOLDER`` has the checkouts of that documentation (``OTHER_SETS`` of ``portal.py``);
without it those queries are left out. ``--pagefind`` asks Pagefind the same, over the full text of the same pages; it needs the package ``pagefind``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))

import portal  # noqa: E402 - the folders of the benchmarks are no packages

from host import serve  # noqa: E402

NOW = "2026-11-22T03:00:00Z"
TITLES = {
    "name": "names", "heading": "words of headings", "api": "endpoints, operations, types", "text": "words of the text only",
    "extra": "on call, CVEs", "drawn": "150 headings, drawn", "drawn-text": "words of a paragraph, drawn", "drawn-heading": "headings, drawn",
    "drawn-api": "operations, types, drawn", "drawn-slip": "names with a slip, drawn",
}  # fmt: skip
FIRST = 3
ASK, ASK_PAGEFIND = ((HERE / name).read_text(encoding="utf-8") for name in ("ask.js", "ask_pagefind.js"))
BLANK = "<!doctype html><meta charset=utf-8><title>x</title><link rel=icon href=data:,>"


@dataclass(frozen=True, slots=True)
class Query:
    """One line of a file of queries."""

    site: str
    kind: str
    text: str
    wanted: tuple[str, ...]

    def place(self, hits: list[str], *, sections: bool) -> int:
        """The place of the first hit that answers it, from 1; 0 for none. Without ``sections`` the page is enough."""
        for number, hit in enumerate(hits, 1):
            if any(_answers(hit, wanted, sections=sections) for wanted in self.wanted):
                return number
        return 0


def _answers(hit: str, wanted: str, *, sections: bool) -> bool:
    page, _, anchor = wanted.partition("#")
    hit_page, _, hit_anchor = hit.partition("#")
    return fnmatchcase(hit_page, page) and (not sections or not anchor or hit_anchor == anchor)


def queries() -> Iterator[Query]:
    """All queries of the files beside this one."""
    for site, name in (
        ("example", "queries_example"),
        ("organisation", "queries_organisation"),
        ("organisation", "headings"),
        ("drawn", "queries_drawn"),
    ):
        for line in (HERE / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
            kind, text, wanted = line.split("\t")
            yield Query(site, kind, text, tuple(wanted.split(" ")))


def build(folder: Path, name: str, others: Path | None) -> Path:
    """The site of the example, of the organization, or of the organization with more documentation."""
    site = folder / name
    if not (site / "index.html").is_file():
        config = (
            ROOT / "sources.yaml" if name == "example" else portal.write(folder / f"portal-{name}", others if name == "drawn" else None)
        )
        command = [sys.executable, "-m", "callboard", "build", "--config", str(config), "--output", str(site), "--now", NOW]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    return site


def with_pagefind(site: Path) -> Path:
    """A folder with the bundle that Pagefind makes of the articles of all pages that the index has."""
    folder = site.with_name(f"{site.name}-pagefind")
    blocks = (json.loads(file.read_text(encoding="utf-8")) for file in (site / "search/b").glob("*.json"))
    for path in {row[0].partition("#")[0] for block in blocks for row in block.values()}:
        (folder / "pages" / path).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(site / path / "index.html", folder / "pages" / path / "index.html")
    command = ["-m", "pagefind", "--site", folder / "pages", "--output-path", folder / "pagefind", "--root-selector", "article"]
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    (folder / "index.html").write_text(BLANK, encoding="utf-8")
    return folder


def answers(browser: Browser, site: Path, page: str, ask: str, texts: list[str]) -> list[list[str]]:
    """The addresses of the hits for each text, below the site, in the order of the search page."""
    server, address, _ = serve(site)
    context = browser.new_context()
    try:
        opened = context.new_page()
        opened.goto(f"{address}{page}")
        return opened.evaluate(ask, texts)
    finally:
        context.close()
        server.shutdown()


def run(folder: Path, wanted: list[Query], others: Path | None, *, pagefind: bool) -> dict[Query, list[str]]:
    """The hits of all queries."""
    found: dict[Query, list[str]] = {}
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        for name in dict.fromkeys(query.site for query in wanted):
            asked = [query for query in wanted if query.site == name]
            site = build(folder, name, others)
            how = (with_pagefind(site), "", ASK_PAGEFIND) if pagefind else (site, "search/", ASK)
            found |= dict(zip(asked, answers(browser, *how, [query.text for query in asked]), strict=True))
        browser.close()
    return found


def rates(found: dict[Query, list[str]]) -> dict[str, dict[str, float]]:
    """By kind: queries, and the shares in per cent of those with the right page, and the right section, first and in the first three."""
    rows = {}
    for kind in TITLES:
        of = {query: hits for query, hits in found.items() if query.kind == kind}
        if not of:
            continue
        row: dict[str, float] = {"queries": len(of)}
        for name, sections in (("page", False), ("section", True)):
            places = [query.place(hits, sections=sections) for query, hits in of.items()]
            row |= {f"{name} first": 100 * places.count(1) / len(of), f"{name} in 3": 100 * sum(0 < p <= FIRST for p in places) / len(of)}
        rows[kind] = row
    return rows


def show(rows: dict[str, dict[str, float]]) -> None:
    """A table for people."""
    columns = list(next(iter(rows.values())))
    print(f"{'per cent of':30}" + "".join(f"{column:>15}" for column in columns))
    for kind, row in rows.items():
        print(f"{TITLES[kind]:30}" + "".join(f"{row[column]:>15.0f}" for column in columns))


def main() -> None:
    """Print the rates, and write them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=Path, default=ROOT / ".callboard-bench" / "ranking", help="folder of the sites")
    parser.add_argument("--failures", action="store_true", help="list the queries without a right hit among the first three")
    parser.add_argument("--others", type=Path, help="folder of checkouts of more documentation")
    parser.add_argument("--pagefind", action="store_true", help="ask Pagefind instead of the index")
    parser.add_argument("--only", choices=("example", "organisation", "drawn"), help="queries of one site alone")
    parser.add_argument("--json", type=Path, default=ROOT / "benchmarks/results/ranking.json")
    options = parser.parse_args()
    sites = {"example", *(["organisation"] if "CALLBOARD_TEST_DATA" in os.environ else []), *(["drawn"] if options.others else [])}
    wanted = [query for query in queries() if query.site in ({options.only} if options.only else sites)]
    found = run(options.sites.resolve(), wanted, options.others, pagefind=options.pagefind)
    rows = rates(found)
    show(rows)
    for query, hits in found.items() if options.failures else ():
        if not 0 < (place := query.place(hits, sections=True)) <= FIRST:
            print(f"{query.kind} {query.text!r}: {place or 'not found'}; wanted {query.wanted[0]}; first {hits[:3]}")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(rows, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
