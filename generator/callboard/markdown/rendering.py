"""Markdown of descriptors → safe HTML or plain text.

The text is untrusted: the parser escapes raw HTML, each link is checked, and nh3 sanitizes the output by an allow-list, so
that an error in one of them is not a vulnerability.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import nh3
from markupsafe import Markup

from callboard.markdown.simple import simple_html

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

MAX_CHARACTERS = 50_000
"""Longest text; a longer one is cut at the end of a word."""
LONGEST_KEPT = 2_000
"""Characters of the longest text whose first sentence is kept."""

Resolve = Callable[[str], str | None]
"""Converts a link that is not absolute (``docs/run.md``, ``component:default/x``) to the ``href`` of the page.

The argument is percent-encoded; the result is a relative path, an absolute URL, or None.
"""

_PLAIN = re.compile(r"[^\W\d_](?:(?!://)[^\x00-\x1f\x7f-\xa0`*_\[\]<>&~\\|\ud800-\udfff])*(?<!\s)")
"""One line that begins with a letter and has no markup, as most descriptions: parsing would give ``<p>…</p>``."""
_SURROGATES = re.compile("[\ud800-\udfff]")
_HEADING = re.compile(r"(</?h)([4-6])>")
_LANGUAGE = re.compile(r"language-[A-Za-z0-9+#._-]{1,30}")
_SENTENCE = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][\")’”]))\s+(?=[^a-z\s])|(?<=[。！？])")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|dr|mr|mrs|ms|st|incl)|\b[a-zA-Z])\.$", re.IGNORECASE)
_LONGEST_ABBREVIATION = 12
"""Characters before the end of a sentence that are searched for an abbreviation, with what stands before it."""

_TAGS = {"p", "br", "hr", "h4", "h5", "h6", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "img", "span"}
_TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}
_ATTRIBUTES: dict[str, set[str]] = {"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}, "code": {"class"}, "span": {"class", "title"}}


def to_html(text: str, resolve: Resolve | None = None) -> Markup:
    """Convert a text to safe HTML: CommonMark with tables, strikethrough and bare URLs as links.

    Headings begin at ``h4``. Links with ``http``, ``https`` and ``mailto`` are kept; others are converted by ``resolve``, or
    become marked text (``span.cb-deadlink``). An image of another host becomes a link. Ids, styles and scripts are removed.
    """
    text = _bounded(text)
    if _PLAIN.fullmatch(text):
        return Markup(f"<p>{text}</p>\n")  # noqa: S704  # the expression above lets no character of markup through
    if simple := simple_html(text):
        return Markup(simple)  # noqa: S704  # made of plain words and of the few elements that it writes
    html = _parser().render(text, {"resolve": resolve})
    return Markup(_cleaner().clean(html))  # noqa: S704  # nh3 has just made it safe


@lru_cache(64)
def plain(text: str) -> str:
    """Convert a text to plain text, paragraphs separated by a blank line: for search and meta descriptions."""
    text = _bounded(text)
    if not text or _PLAIN.fullmatch(text):
        return text
    blocks = (_words(t.children) if t.children else t.content.strip() for t in _parser().parse(text, {}))
    return "\n\n".join(block for block in blocks if block)


def first_sentence(text: str, limit: int = 200) -> str:
    """Return the first sentence as plain text of at most ``limit`` characters: for lists and meta descriptions."""
    return _cut(_kept_sentence(text) if len(text) <= LONGEST_KEPT else _first_sentence(text[:MAX_CHARACTERS]), limit)


def _first_sentence(text: str) -> str:
    paragraph = " ".join(plain(text).split("\n\n", 1)[0].split())
    ends = (match.start() for match in _SENTENCE.finditer(paragraph))
    end = next((end for end in ends if not _ABBREVIATION.search(paragraph[max(end - _LONGEST_ABBREVIATION, 0) : end])), len(paragraph))
    return paragraph[:end].strip()


_kept_sentence = lru_cache(4_096)(_first_sentence)
"""Pages and lists show that of the same description at different lengths."""


def _bounded(text: str) -> str:
    text = _SURROGATES.sub("\ufffd", text[: MAX_CHARACTERS + 1]).strip()
    return _cut(text, MAX_CHARACTERS)


def _cut(text: str, limit: int) -> str:
    """At most ``limit`` characters, cut between words if possible."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    gap = max(head.rfind(" "), head.rfind("\n"))
    return f"{head[: gap if gap > limit // 2 else limit].rstrip()}…"


def _words(tokens: Sequence[Token]) -> str:
    """The text of one block; for an image its alternative text."""
    parts = (" " if t.type in {"softbreak", "hardbreak"} else _words(t.children) if t.children else t.content for t in tokens)
    return " ".join("".join(parts).split())


@cache
def _parser() -> MarkdownIt:
    """The parser, created on first use; rendering does not change it. Most texts need none, and many builds have no other."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - as above: 70 modules

    from callboard.markdown.links import check_links  # noqa: PLC0415

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.validateLink = bool  # type: ignore[method-assign, assignment]  # check_links decides, and marks broken links
    parser.core.ruler.push("lower_headings", _lower_headings)
    parser.core.ruler.push("check_links", check_links)
    return parser


def with_headings_from(html: Markup, first: int) -> Markup:
    """The HTML of ``to_html`` with headings that begin at ``h2``, ``h3`` or ``h4`` (``first``): for a text below the title of a page."""
    if "<h" not in html:
        return html
    return Markup(_HEADING.sub(lambda tag: f"{tag[1]}{int(tag[2]) - 4 + first}>", html))  # noqa: S704  # only numbers change


def _lower_headings(state: StateCore) -> None:
    """Lower the headings to ``h4`` and below: ``h1`` to ``h3`` are those of page, section and card.

    The first one is an ``h4`` whatever its author chose, and no level is left out on the way down.
    """
    above: list[int] = []
    for token in state.tokens:
        if token.type == "heading_open":
            level = int(token.tag[1:])
            while above and above[-1] >= level:
                above.pop()
            above.append(level)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(len(above) + 3, 6)}"


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener",
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Allow only the class of broken links on a span, and the language on code."""
    if name == "class":
        allowed = value == "cb-deadlink" if tag == "span" else _LANGUAGE.fullmatch(value)
        return value if allowed else None
    return value
