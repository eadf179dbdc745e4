"""Markdown of the commonest kind → its HTML without a parser: paragraphs of words, ``code``, **bold** and links to web pages.

Most descriptions in API definitions are such texts. What is not certainly one of them is left to the parser, which gives the same HTML.
"""

from __future__ import annotations

import re

_NEVER = r"\x00-\x1f\x7f-\xa0\ud800-\udfff`<>&\\"
_WORD = rf"[^{_NEVER}*_\[\]~|:!\s]|(?<=[^\W_])_(?=[^\W_])|:(?!//)| (?! )|!(?!\[)"
_CODE = rf"(?<!`)`(?!\s)[^{_NEVER}]++(?<!\s)`(?!`)"
_BOLD = rf"(?<!\S)\*\*[A-Za-z0-9](?:{_WORD})*+(?<=[A-Za-z0-9.:])\*\*(?!\S)"
_LINK = rf"\[[A-Za-z0-9](?:{_WORD})*+\]\(https?://[a-z0-9]++(?:[.-][a-z0-9]++)*+(?:/[A-Za-z0-9./_-]*+)?(?:\?[A-Za-z0-9=_-]*+)?(?:#[A-Za-z0-9_-]*+)?\)"
_PIECE = re.compile(rf"(?P<code>{_CODE})|(?P<bold>{_BOLD})|(?P<link>{_LINK})")
_LINE = re.compile(rf"(?=[A-Za-z\"'(`\[]|\*\*[A-Za-z0-9])(?:{_WORD}|{_CODE}|{_BOLD}|{_LINK})++(?<! )")
"""A line that begins a paragraph or continues one, and nothing else: no list, quotation, heading, table or fence."""
_MARKED = re.compile(r"[`\[*]")
MAX_SIMPLE = 2_000
"""Characters; longer texts have lists and tables, and longer links are not allowed."""


def simple_html(text: str) -> str:
    """The HTML of a text without spaces around it; empty if the text is not certainly of this kind."""
    if len(text) > MAX_SIMPLE:
        return ""
    html = []
    for paragraph in text.split("\n\n"):
        if not all(_LINE.fullmatch(line) for line in paragraph.split("\n")):
            return ""
        html.append(f"<p>{_PIECE.sub(_piece, paragraph) if _MARKED.search(paragraph) else paragraph}</p>\n")
    return "".join(html)


def _piece(match: re.Match[str]) -> str:
    words = match[0]
    if match["code"]:
        return f"<code>{words[1:-1]}</code>"
    if match["bold"]:
        return f"<strong>{words[2:-2]}</strong>"
    label, _, address = words[1:-1].partition("](")
    return f'<a href="{address}" rel="noopener">{label}</a>'
