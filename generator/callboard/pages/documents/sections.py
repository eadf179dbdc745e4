"""The HTML of a page of documentation → its sections for the search: anchor, heading and plain text of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape

from callboard.documentation.open_links import without_marks
from callboard.documentation.page_details import Heading
from callboard.pages.page import SearchSection
from callboard.pages.safe_text import text_of

LONGEST = 200_000
"""Characters of a page's HTML that are searched."""
_INLINE = re.compile(r"</?(?:a|abbr|b|code|del|em|i|ins|kbd|mark|q|s|small|span|strong|sub|sup|u|var)(?=[\s>])[^<>]*+>")
_TAG = re.compile(r"<[^<>]*+>")
_PERMALINK = "¶"
_LINE_NUMBERS = '<td class="linenos">'


def page_sections(html: str, headings: Sequence[Heading]) -> tuple[str, tuple[SearchSection, ...]]:
    """The text in front of the first heading below the title, and the sections. A heading of the first level is the page's own title."""
    html = html[:LONGEST]
    starts = [*_starts(html, headings)]
    ends = [*(start for start, _, _ in starts[1:]), len(html)][: len(starts)]
    lead = _text(html[: starts[0][0]] if starts else html)
    sections: list[SearchSection] = []
    for (_, behind, heading), end in zip(starts, ends, strict=True):
        text = _text(html[behind:end])
        if heading.level == 1 and not sections:
            lead = f"{lead}\n\n{text}".strip()
        else:
            sections.append(SearchSection(heading.id, text_of(heading.text, 200), text, level=heading.level))
    return lead, tuple(sections)


def _starts(html: str, headings: Sequence[Heading]) -> Iterator[tuple[int, int, Heading]]:
    """Where each heading begins and ends, and what it is; headings that are not found are left out."""
    at = 0
    for heading in _in_order(headings):
        start = html.find(f'<h{heading.level} id="{heading.id}"', at)
        if start >= 0:
            end = html.find(f"</h{heading.level}>", start)
            at = end if end >= 0 else len(html)
            yield start, at, heading


def _in_order(headings: Sequence[Heading]) -> Iterator[Heading]:
    waiting = [*reversed(headings)]
    while waiting:
        heading = waiting.pop()
        yield heading
        waiting += reversed(heading.children)


def _text(html: str) -> str:
    """Plain text; tags inside of a line leave no space, so that ``<span>typer</span>.run`` stays one word."""
    first, *rest = html.split(_LINE_NUMBERS)
    html = first + "".join(part.partition("</td>")[2] for part in rest)
    plain = unescape(_TAG.sub(" ", _INLINE.sub("", html))).replace(_PERMALINK, "")
    return without_marks(" ".join(plain.split()))
