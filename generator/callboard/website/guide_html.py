"""HTML that was made of a guide, and texts of its front matter → the same without anything that a browser executes.

Authors of guides are trusted no more than those of descriptors. Markup of Markdown and of its extensions stays; scripts, styles, frames,
forms, event handlers and addresses other than ``http``, ``https``, ``mailto`` and ``tel`` are removed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import escape, unescape
from itertools import islice
from typing import Any

import nh3

from callboard.documentation.entity_addresses import is_entity_address
from callboard.markdown.images import without_lost_images
from callboard.website.guide_marks import link_mark, with_marks, without_signs

_TAGS = frozenset({
    "a", "abbr", "audio", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del", "details",
    "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "input", "ins", "kbd",
    "label", "li", "mark", "ol", "p", "picture", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "source", "span",
    "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u", "ul", "var", "video", "wbr",
})  # fmt: skip
_EVERYWHERE = {"class", "id", "title", "lang", "dir", "role", "aria-label", "aria-hidden"}
_ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "download", "hreflang"},
    "audio": {"src", "controls"},
    "col": {"span"}, "colgroup": {"span"},
    "del": {"datetime"}, "ins": {"datetime"}, "time": {"datetime"},
    "details": {"open"},
    "div": {"data-tabs"},
    "img": {"src", "alt", "width", "height", "align", "loading"},
    "input": {"type", "id", "name", "checked", "disabled"},
    "label": {"for"},
    "ol": {"start", "type", "reversed"}, "li": {"value"},
    "p": {"align"},
    "source": {"src", "type"},
    "td": {"align", "colspan", "rowspan", "headers"}, "th": {"align", "colspan", "rowspan", "headers", "scope"},
    "video": {"src", "controls", "width", "height", "poster"},
}  # fmt: skip
_TABBED = re.compile(r"__tabbed_\d{1,5}(_\d{1,5})?")
"""The names that the extension for tabs writes; others that begin with ``__`` are those of the theme's own controls."""
_WITH_USER = re.compile(r"(?:https?:/*|//+)[^/?#]*@", re.IGNORECASE)
_ADDRESSES = frozenset({"href", "src", "poster"})
_IGNORED = re.compile(r"[\x00-\x20]+")
"""What browsers remove from addresses, or more."""
_OWN_CLASS = re.compile(r"(?:md|cb)-")
_USABLE_CLASSES = frozenset({"md-button", "md-button--primary", "md-typeset__table"})
_DEPTH, _MOST_VALUES = 10, 2_000
"""Most nested values, and most values, of front matter."""
_LARGEST = 10**300
"""Bound of numbers."""
PAGE_VALUES = frozenset({"hide", "search", "template"})
"""Values of front matter that switch parts of a page; others are texts, and names of icons."""


def safe_html(html: str, kinds: frozenset[str] = frozenset()) -> str:
    """The HTML of a guide's text with an allow-list of elements, attributes and addresses; links to entities have marks.

    ``kinds`` are those of entities, which are schemes of links: ``component:payments``.
    """
    return with_marks(without_lost_images(_cleaner(kinds).clean(html)))


def safe_text(text: Any) -> str:
    """A title as HTML: the theme inserts titles into pages as they are."""
    return escape(without_signs(unescape(str(text))))


def safe_values(value: Any) -> Any:
    """Front matter in which every string is HTML; what is nested too deeply, or beyond the bound with its aliases expanded, is left out."""
    return _safe(value, _DEPTH, iter(range(_MOST_VALUES)))


def _safe(value: Any, depth: int, left: Iterator[int]) -> Any:
    """``left`` has an item for each further value that may be read."""
    if next(left, None) is None or (isinstance(value, dict | list | tuple) and not depth):
        return None
    if isinstance(value, dict):
        return {safe_text(key): _safe(item, depth - 1, left) for key, item in islice(value.items(), _MOST_VALUES)}
    if isinstance(value, list | tuple):
        return [_safe(item, depth - 1, left) for item in islice(value, _MOST_VALUES)]
    if isinstance(value, int) and not -_LARGEST < value < _LARGEST:
        return None  # Python cannot write it
    return value if value is None or isinstance(value, bool | int | float) else safe_text(value)


def as_plain_text(text: str) -> str:
    """The text of a guide as preformatted HTML."""
    return f"<pre><code>{escape(text)}</code></pre>"


@cache
def _cleaner(kinds: frozenset[str]) -> nh3.Cleaner:
    def attribute(tag: str, name: str, value: str) -> str | None:
        if name in _ADDRESSES and is_entity_address(address := _IGNORED.sub("", value), kinds):
            return link_mark(address) if tag == "a" else None
        return _attribute(tag, name, value)

    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags={"script", "style"},
        attributes={"*": _EVERYWHERE, **_ATTRIBUTES},
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "tel", *kinds},
        link_rel=None,
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Keep a page's own controls out of reach: their ids, names and classes are taken by the theme's scripts."""
    if name in {"id", "name", "for"}:
        return value if _TABBED.fullmatch(value) or not value.startswith("__") else None
    if name == "class":
        return " ".join(word for word in value.split() if word in _USABLE_CLASSES or not _OWN_CLASS.match(word))
    if name in {"href", "src"} and _WITH_USER.match(_IGNORED.sub("", value).replace("\\", "/")):
        return None  # it leads to another host than it seems to
    if tag == "input" and name == "type":
        return value if value in {"radio", "checkbox"} else "checkbox"
    return value
