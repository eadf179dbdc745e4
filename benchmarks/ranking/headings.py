"""Built site of the organization → 150 of its documents' headings, drawn at random: ``python benchmarks/ranking/headings.py SITE > headings.tsv``.

A heading is taken only if no other page or section of the documents has it. The seed is fixed, so that the same site gives the same headings.
"""

from __future__ import annotations

import random
import re
import sys
from collections import defaultdict
from html import unescape
from pathlib import Path

COUNT = 150
SETS = ("argocd", "typer", "httpx", "pymdown", "bsdemo")
HEADING = re.compile(r'<h([1-6]) id="([^"]+)"[^>]*>(.*?)</h\1>', re.DOTALL)
LINK = re.compile(r'<a class="headerlink".*?</a>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")


def headings(site: Path) -> dict[str, list[str]]:
    """The addresses of all sections of documents by their heading."""
    found = defaultdict(list)
    pages = (page for name in SETS for page in (site / "docs/default/component" / name).rglob("index.html"))
    for page in sorted(pages):
        path = page.parent.relative_to(site).as_posix()
        if "~all" in path:
            continue
        article = page.read_text(encoding="utf-8").partition("<article")[2]
        for level, anchor, html in HEADING.findall(article):
            text = " ".join(unescape(TAG.sub("", LINK.sub("", html))).replace("¶", "").split())
            found[text].append(f"{path}/" if level == "1" else f"{path}/#{anchor}")
    return found


def main() -> None:
    """Print the drawn ones."""
    once = sorted((text, places[0]) for text, places in headings(Path(sys.argv[1])).items() if len(places) == 1 and len(text) > 2)
    for text, place in sorted(random.Random(20).sample(once, COUNT)):
        print(f"drawn\t{text}\t{place}")


if __name__ == "__main__":
    main()
