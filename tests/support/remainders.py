"""HTML → what it says to leave out ("12 more") without leading to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

_MORE = re.compile(r"(?:at least )?\d[\d,]* more\b(?! than)")
_LEADS = ("a", "button", "summary")
"""Elements that show the rest, or lead to it."""


class _Remainders(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.depth, self.found = 0, list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += tag in _LEADS

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag in _LEADS

    def handle_data(self, data: str) -> None:
        if not self.depth and _MORE.match(data.strip()):
            self.found.append(data.strip())


def dead_ends(html: str) -> list[str]:
    """The remainders of a page that no link, button or opened list continues."""
    parser = _Remainders()
    parser.feed(html)
    return parser.found


def dead_ends_of(site: Path) -> Iterator[tuple[str, list[str]]]:
    """The pages of a site that have any, by path. Its guides are prose, and left out."""
    for file in sorted(site.rglob("*.html")):
        path = file.relative_to(site).as_posix()
        if not path.startswith(("guides/", "docs/")) and (found := dead_ends(file.read_text(encoding="utf-8"))):
            yield path, found
