"""The Markdown of a page → HTML as MkDocs with techdocs-core makes it, with title, contents and links. Not yet safe: see ``cleaning``."""

from __future__ import annotations

import copy
import posixpath
import re
from collections.abc import Iterable, Mapping
from datetime import date
from html import unescape
from types import MappingProxyType
from typing import Any
from xml.etree.ElementTree import Element

from markdown.extensions.toc import remove_fnrefs, render_inner_html, run_postprocessors, strip_tags
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pymdownx import emoji1_db
from pymdownx.emoji import to_alt

import markdown
from callboard.documentation.alerts import QuotedAlerts, with_admonitions
from callboard.documentation.cleaning import own_id
from callboard.documentation.entity_autolinks import EntityAutolinks
from callboard.documentation.extensions import Configured
from callboard.documentation.fences import drawing_options, register, with_common_fences, without_delimiters
from callboard.documentation.files import SetFile
from callboard.documentation.front_matter import split_front_matter
from callboard.documentation.highlighting import make_quick
from callboard.documentation.inline_patterns import make_selective
from callboard.documentation.insertions import Insertions
from callboard.documentation.links import LinkResolver
from callboard.documentation.navigation import folder_title
from callboard.documentation.open_links import title_mark
from callboard.documentation.page_details import Heading
from callboard.model.data_classes import dataclass


def _emoji(_: Any, __: Any) -> Mapping[str, Any]:
    """The index that ``pymdownx.emoji`` uses, without the copy of it, which takes longer than the conversion of ten pages."""
    return {"name": emoji1_db.name, "emoji": emoji1_db.emoji, "aliases": emoji1_db.aliases}


REPLACEMENTS: Mapping[str, Mapping[str, Any]] = MappingProxyType({
    "pymdownx.emoji": MappingProxyType({"emoji_generator": to_alt, "emoji_index": _emoji}),
    "tables": MappingProxyType({"use_align_attribute": True}),
})  # fmt: skip
"""Where the portal differs from techdocs-core by intent: characters in place of images of another host, and no inline styles."""
_NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_OTHER_HOST = re.compile(r"\s*(?:https?:|[/\\]{2})", re.IGNORECASE)
_DRAWIO = re.compile(r"\.(?:drawio|dio)(?:\.xml)?(?:[?#]|$)", re.IGNORECASE)
"""Files that only the editor shows; ``x.drawio.svg`` and ``x.drawio.png`` are images."""
_IN_EXTRA = {"markdown.extensions.tables": "tables"}
"""Names under which ``pymdownx.extra`` loads extensions that have a replacement."""


@dataclass(frozen=True, slots=True)
class ConvertedPage:
    """One page as HTML, before it is made safe."""

    html: str
    title: str
    headings: tuple[Heading, ...]
    insertions: Insertions
    """The diagrams and formulas whose marks are in the HTML."""


class _PageAddresses(Treeprocessor):  # type: ignore[misc]  # it has no stubs
    """Turns paths of files into addresses of pages, as MkDocs does, images of other hosts into links, and finds the first heading."""

    def __init__(self, links: LinkResolver, parser: markdown.Markdown, *, is_portal: bool) -> None:
        super().__init__(parser)
        self.links, self.title, self.is_portal = links, "", is_portal

    def run(self, root: Element) -> None:
        first = next(iter(root), None)
        if first is not None and first.tag == "h1":
            self.title = _heading_text(copy.deepcopy(first), self.md)
        waiting = [(root, False)]
        while waiting:
            element, is_in_link = waiting.pop()
            is_link = element.tag == "a"
            waiting += [(child, is_in_link or is_link) for child in reversed(element)]
            if is_link:
                self._resolve_link(element)
            elif element.tag == "img":
                self._resolve_image(element, is_in_link=is_in_link)

    def _resolve_link(self, element: Element) -> None:
        address = element.get("href")
        if address:
            element.set("href", self.links.of_markdown(address))
            is_empty = self.is_portal and not len(element) and not (element.text or "").strip()
            number = self.links.title_of(address) if is_empty else None
            if number is not None:
                element.text = title_mark(number)

    def _resolve_image(self, element: Element, *, is_in_link: bool) -> None:
        address = element.get("src")
        if not address:
            return
        if self.is_portal and _DRAWIO.search(address):
            element.tag, element.text = "a", AtomicString(f"{element.get('alt') or address} (draw.io)")
            element.attrib = {"href": self.links.of_markdown(address)}
            return
        if not (self.is_portal and _OTHER_HOST.match(address)):
            element.set("src", self.links.of_markdown(address, is_image=True))
            return
        text = element.get("alt") or ("" if is_in_link else address)
        element.tag = "span" if is_in_link else "a"
        element.attrib = {} if is_in_link else {"href": address}
        element.text = AtomicString(text)


def _heading_text(heading: Element, parser: markdown.Markdown) -> str:
    """The text of a heading without its permalink and marks of footnotes, as MkDocs takes it for the title."""
    copied = remove_fnrefs(heading)
    for child in [each for each in copied if each.get("class", "") == "headerlink"]:
        copied.remove(child)
    return unescape(strip_tags(run_postprocessors(render_inner_html(copied, parser), parser))).strip()


class Converter:
    """Converts the pages of sets with one configuration; creating the parser costs more than most pages."""

    def __init__(self, extensions: Iterable[Configured], replacements: Mapping[str, Mapping[str, Any]] = REPLACEMENTS) -> None:
        named: dict[str, Mapping[str, Any]] = {name: {**dict(options), **replacements.get(name, {})} for name, options in extensions}
        in_extra = {name: replacements[short] for name, short in _IN_EXTRA.items() if short in replacements}
        named["pymdownx.extra"] = {**named["pymdownx.extra"], **in_extra}
        self._is_portal = replacements is REPLACEMENTS
        if self._is_portal:
            named = drawing_options(named)
        self._markdown = markdown.Markdown(extensions=list(named), extension_configs=named)
        self._autolinks = EntityAutolinks.register(self._markdown)
        if self._is_portal:
            register(self._markdown)
            self._markdown.treeprocessors.register(QuotedAlerts(self._markdown), "callboard_alerts", 25)  # texts are read at 20
        make_selective(self._markdown)
        make_quick(self._markdown)

    def convert(self, text: str, page: SetFile, links: LinkResolver, nav_title: str = "", *, draws: bool = True) -> ConvertedPage:
        """The page; ``text`` includes its front matter, and ``nav_title`` is the title that the navigation gives it.

        ``draws`` is False for a page that takes too long with its diagrams.
        """
        values, body = split_front_matter(text.removeprefix("\ufeff"))
        body = with_admonitions(with_common_fences(body) if self._is_portal else body)
        parser = self._markdown.reset()
        addresses = _PageAddresses(links, parser, is_portal=self._is_portal)
        parser.treeprocessors.register(addresses, "callboard_links", 0)
        self._autolinks.is_entity = links.is_entity
        insertions = parser.callboard_insertions = Insertions(text, draws=draws)
        html = parser.convert(body)
        if self._is_portal:
            html = insertions.with_marked_html(html)
        tokens = getattr(parser, "toc_tokens", [])
        title = nav_title or _text(values.get("title")) or without_delimiters(addresses.title) or _title_from_name(page)
        return ConvertedPage(html, _in_a_line(title), tuple(_heading(token) for token in tokens), insertions)


def _heading(token: dict[str, Any]) -> Heading:
    """An entry of the contents; the parser escapes its text for HTML."""
    children = tuple(_heading(child) for child in token["children"])
    return Heading(own_id(token["id"]), without_delimiters(unescape(token["name"])), token["level"], children)


def _title_from_name(page: SetFile) -> str:
    if not page.url:
        return "Home"
    return folder_title(posixpath.splitext(posixpath.basename(page.path))[0])


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float | date) else ""


def _in_a_line(title: str) -> str:
    """A title without line breaks and other characters that are not shown."""
    return title if title.isprintable() else " ".join(_NOT_SHOWN.sub(" ", title).split())


_converters: dict[str, Converter] = {}
_MOST_CONVERTERS = 8


def converter_for(extensions: tuple[Configured, ...]) -> Converter:
    """The converter of a configuration; nearly all sets share one."""
    key = repr(extensions)
    if key not in _converters:
        if len(_converters) >= _MOST_CONVERTERS:
            _converters.clear()
        _converters[key] = Converter(extensions)
    return _converters[key]
