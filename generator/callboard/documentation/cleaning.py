"""The HTML of a converted page, untrusted → the same without anything that a browser executes, placeholders visible."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

import nh3

from callboard.documentation.foreign_elements import ForeignElements
from callboard.markdown.images import without_lost_images

_TAGS = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "div",
    "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "input", "ins", "kbd", "label", "li",
    "mark", "ol", "p", "picture", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "span", "strong", "sub", "summary",
    "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u", "ul", "var", "wbr",
})  # fmt: skip
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"class", "id", "title", "lang", "dir"},
    "a": {"href", "name"}, "col": {"span"}, "colgroup": {"span"}, "details": {"open"}, "div": {"data-tabs"},
    "img": {"src", "alt", "width", "height", "align"}, "input": {"type", "id", "name", "checked", "disabled"}, "label": {"for"},
    "li": {"value"}, "ol": {"start", "type", "reversed"}, "p": {"align"}, "span": {"data-linenos"}, "table": {"align"},
    "td": {"align", "colspan", "rowspan"}, "th": {"align", "colspan", "rowspan", "scope"}, "time": {"datetime"},
}  # fmt: skip
_CONTROL = re.compile(
    r"__(?:analytics|announce|comments|config|consent|drawer|feedback|md|nav|outdated|palette|ref|search|settings|skip|source|tabs|toc)"
    r"(?:_\w*+)?"
)
"""Ids of the theme's own controls."""
_RENAMED = "doc"
"""In front of the id of a heading or another element that would be one of the theme's."""
_FRAME_IDS = frozenset({"content"})
"""Anchors of the page around the text."""
_OWN_CLASS = re.compile(r"(?:md|cb)-")
_WITH_USER = re.compile(r"(?:https?:/*|//+)[^/?#]*@", re.IGNORECASE)
_IGNORED = re.compile(r"[\x00-\x20]+")
"""What browsers remove from addresses, or more."""
_HOST = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:|[/\\]{2})", re.IGNORECASE)
_LAYOUT = frozenset({
    "address", "article", "aside", "big", "button", "center", "fieldset", "font", "footer", "form", "header", "hgroup", "legend", "main",
    "nav", "nobr", "search", "strike", "tt",
})  # fmt: skip
"""Elements of which the content is shown: the parser drops them. Without an end in the page they are names in angle brackets."""
_LAYOUT_ENDS = re.compile(rf"</({'|'.join(sorted(_LAYOUT))})\s*+>", re.IGNORECASE)
_OPENED = re.compile(r"<(?!/?(?:span|code|a|p|li|td|tr|em|strong|div)[ >])(?:(?=/?([A-Za-z][A-Za-z0-9-]*))|(?=[!?/]))")
"""The beginning of a tag, except for those of the most common elements, which are parsed anyway."""
Address = Callable[[str, str], str | None]
"""Element and address as it stands in the HTML → the address that it gets; None for none."""
_addresses: list[Address] = []
"""Of the page that is being cleaned."""
_SCHEMES = {"http", "https", "mailto", "tel"}


def safe_page(html: str, address: Address = lambda _, address: address, foreign: ForeignElements | None = None) -> str:
    """The HTML with an allow-list of elements, attributes and addresses. Of images of other hosts the text is left.

    ``address`` returns the address of an element in the portal; None if it leads nowhere. ``foreign`` gets what a page cannot have.
    """
    _addresses[:] = [address]
    return without_lost_images(_cleaner().clean(_with_visible_placeholders((foreign or ForeignElements()).without(html))))


def own_id(name: str) -> str:
    """The id of an element of a page: as written, unless the page around the text may have it.

    Names such as ``__init__`` stay: they are none of the theme's controls.
    """
    return f"{_RENAMED}{name}" if name in _FRAME_IDS or _CONTROL.fullmatch(name) else name


def _with_visible_placeholders(html: str) -> str:
    """Each ``<`` before a name that is no element as text.

    An HTML parser would drop ``<name>``, and everything after an unclosed ``<textarea>`` or comment.
    """
    parsed = _TAGS | {name.lower() for name in _LAYOUT_ENDS.findall(html)}
    return _OPENED.sub(lambda start: "<" if start[1] and start[1].lower() in parsed else "&lt;", html)


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS), attributes=_ATTRIBUTES, attribute_filter=_attribute, url_schemes=_SCHEMES, link_rel=None, clean_content_tags=set()
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name in {"id", "name", "for"}:
        return own_id(value)
    if name == "class":
        return _own_classes(value)
    if name in {"href", "src"}:
        return _address(tag, name, value)
    if tag == "input" and name == "type":
        return value if value in {"radio", "checkbox"} else "checkbox"
    return value


@lru_cache(maxsize=1_000)
def _own_classes(value: str) -> str:
    """The classes without those of the portal's own elements. Most elements of a page have the same few."""
    return " ".join(word for word in value.split() if not _OWN_CLASS.match(word))


def _address(tag: str, name: str, value: str) -> str | None:
    plain = _IGNORED.sub("", value)
    if _WITH_USER.match(plain.replace("\\", "/")):
        return None  # it leads to another host than it seems to
    if name == "src" and _HOST.match(plain):
        return None
    found = _addresses[0](tag, value)
    if tag != "a" or not found or "#" not in found or _HOST.match(plain):
        return found
    path, _, anchor = found.partition("#")
    return f"{path}#{own_id(_IGNORED.sub('', anchor))}"
