"""What the search index costs for many pages, in the build and in the browser: ``python benchmarks/ranking/scale.py FOLDER --pages 10000``.

The texts are those of ``CALLBOARD_TEST_DATA/docs`` in copies with words of their own, beside as many entities as ``--entities``. Prints processor time,
memory, files and bytes of the first build and of one in which a page changed; then of queries in Chromium, slowed down four times, bytes and
requests of what the dialog and the search page show, and milliseconds of the latter: until the hits are there, how much of that the page was busy, and
once all files are loaded. ``--again`` measures the queries of a folder that is there.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import shutil
import statistics
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))

from callboard.io.site_folder.file_times import FileTimes  # noqa: E402
from callboard.io.site_folder.staging import Staging  # noqa: E402
from callboard.pages.page import SearchSection, SearchText  # noqa: E402
from callboard.search.index import SearchIndex  # noqa: E402
from callboard.settings.settings import SearchSettings  # noqa: E402
from host import serve  # noqa: E402 - the folders of the benchmarks are no packages

SETS = ("argocd", "typer", "httpx", "pymdown", "bsdemo")
PAGES_OF_A_SET = 10
OWN_WORDS = 30
QUERIES = (
    "authentication", "rotate certificates", "how to rotate certificates", "install plugin", "configuration", "proxy timeout client",
    "argocd app sync", "helm values", "order", "kubernetes secret password reset",
)  # fmt: skip
SLOWER = 4
HEADING = re.compile(r"^(#{1,6}) +(.*)$", re.MULTILINE)
PAGE = "<!doctype html><meta charset=utf-8><title>x</title><link rel=icon href=data:,>"
ASK = """async ([text, count, isPage]) => {
  const { prepare } = await import(new URL("assets/search-core.js", location.href));
  const { search } = await import(new URL("assets/search-index.js", location.href));
  const { share, take } = await import(new URL("assets/engine.js", location.href));
  if (!self.ready) {
    const entries = Array.from({ length: count }, (_, i) => ({ i, name: `entity-${i}`, title: `Entity ${i}`, kind: "component" }));
    self.ready = { names: { entries, pathOf: (e) => `catalog/default/component/${e.name}/` }, index: prepare(entries) };
  }
  const began = performance.now(), groups = await search(text, self.ready, isPage || ((titles) => titles < 5)), order = ["titles", "sections", "about", "texts"];
  const shown = await Promise.all(order.map((group) => take({ groups, text }, group, isPage ? share({ groups, order }) : 6)));
  return [performance.now() - began, shown.flat().length, groups.sections.length + groups.texts.length];
}"""


def parsed(text: str) -> tuple[str, str, tuple[SearchSection, ...]]:
    """Title, lead and sections of a page of Markdown."""
    found = [*HEADING.finditer(text)]
    ends = [match.start() for match in found[1:]] + [len(text)]
    parts = [(len(match[1]), match[2], text[match.end() : end]) for match, end in zip(found, ends, strict=False)]
    sections = tuple(SearchSection(f"s{i}", title, body, level=level) for i, (level, title, body) in enumerate(parts[1:]))
    return (parts[0][1], parts[0][2], sections) if parts else ("Page", text, ())


def texts_of(pages: int, entities: int) -> dict[str, SearchText]:
    """The texts of all pages by path, in the order of a plan."""
    folder, rng = Path(os.environ["CALLBOARD_TEST_DATA"]) / "docs", random.Random(20)
    real = [parsed(file.read_text("utf-8", "replace")) for name in SETS for file in sorted((folder / name).rglob("*.md"))]
    found = {
        f"catalog/default/component/entity-{i}/": SearchText(f"Entity {i}", f"{_words(rng, 12)}.", "component") for i in range(entities)
    }
    order = rng.sample(range(pages), pages)
    for i in range(pages):
        title, lead, sections = real[order[i] % len(real)]
        path = f"docs/default/component/entity-{i // PAGES_OF_A_SET}/page-{i}/"
        found[path] = SearchText(title, f"{lead} {_words(rng, OWN_WORDS)}", "docs", sections=sections)
    return found


def _words(rng: random.Random, count: int) -> str:
    return " ".join("".join(rng.choices("abcdefghiklmnoprstuvw", k=rng.randint(4, 9))) for _ in range(count))


def build(folder: Path, texts: Mapping[str, SearchText], changed: str = "") -> str:
    """Build the index; returns its figures."""
    cpu, staging = time.process_time(), Staging(folder / "site", times=FileTimes(folder / "site.times"))
    index = SearchIndex(folder / "cache", SearchSettings(), staging)
    index.put({path: f"{path == changed}" for path in texts}, texts.__getitem__)
    index.end()
    committed = staging.commit()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return f"{time.process_time() - cpu:6.1f} s CPU, {peak:,} MB at most, {committed.written:,} files written"


def measure(folder: Path, entities: int) -> None:
    """Print bytes and times of queries."""
    (folder / "site/index.html").write_text(PAGE, encoding="utf-8")
    shutil.copytree(ROOT / "site_overrides/assets", folder / "site/assets", dirs_exist_ok=True)
    server, address, wire = serve(folder / "site")
    print(
        f"{'query':34} {'dialog, KB':>10} {'requests':>9} {'page, KB':>9} {'requests':>9} {'ms, first':>10} {'ms, busy':>10} {'ms, again':>10} {'hits':>7}"
    )
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        rows = []
        for text in QUERIES:
            page = _opened(browser, address, entities)
            mark = len(wire.sent)
            page.evaluate(ASK, [text, entities, False])
            requests_dialog, size_dialog = wire.since(mark)
            page.context.close()
            page = _opened(browser, address, entities)
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable")
            session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            mark, busy = len(wire.sent), _busy(session)
            first, _, hits = page.evaluate(ASK, [text, entities, True])
            busy, (requests, size) = _busy(session) - busy, wire.since(mark)
            again = statistics.median(page.evaluate(ASK, [text, entities, True])[0] for _ in range(3))
            rows.append((size_dialog / 1000, size / 1000, first))
            print(
                f"{text:34} {size_dialog / 1000:10.0f} {requests_dialog:9} {size / 1000:9.0f} {requests:9} {first:10.0f} {busy:10.0f} {again:10.0f} {hits:7,}"
            )
            page.context.close()
    dialog, whole, first = (sorted(column) for column in zip(*rows, strict=True))
    print(f"largest: {dialog[-1]:.0f} KB in the dialog, {whole[-1]:.0f} KB on the search page, {first[-1]:.0f} ms")
    print(f"median: {statistics.median(dialog):.0f} KB in the dialog, {statistics.median(whole):.0f} KB on the search page")
    server.shutdown()


def _opened(browser: Browser, address: str, entities: int) -> Page:
    """A page that has the program and the overview of the index, but no file of a word."""
    page = browser.new_context().new_page()
    page.goto(address)
    page.evaluate(ASK, ["zzzzzz", entities, True])
    return page


def _busy(session: CDPSession) -> float:
    """Milliseconds that the page's thread was busy so far."""
    metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    return 1000 * float(metrics["TaskDuration"])


def main() -> None:
    """Build twice, then query."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--entities", type=int, default=10_000)
    parser.add_argument("--again", action="store_true")
    options = parser.parse_args()
    if options.again:
        measure(options.folder, options.entities)
        return
    texts = texts_of(options.pages, options.entities)
    print(f"{options.entities:,} entities and {options.pages:,} pages, {sum(1 + len(text.sections) for text in texts.values()):,} sections")
    print("first build      ", build(options.folder, texts))
    path = f"docs/default/component/entity-{options.pages // 2 // PAGES_OF_A_SET}/page-{options.pages // 2}/"
    texts[path] = SearchText(
        "A changed page", "Words of a page that has changed, and of no other one.", "docs", sections=texts[path].sections
    )
    print("one page changed ", build(options.folder, texts, path))
    files = [*(options.folder / "site/search").rglob("*.json")]
    sizes = [file.stat().st_size for file in files]
    print(f"on disk           {len(files):,} files, {sum(sizes) / 1e6:.1f} MB, the largest {max(sizes) / 1e3:.0f} KB")
    measure(options.folder, options.entities)


if __name__ == "__main__":
    main()
