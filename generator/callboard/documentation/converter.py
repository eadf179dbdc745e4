"""The Markdown of a page → HTML as MkDocs with techdocs-core makes it, with title, contents and links. Not yet safe: see ``cleaning``."""

from __future__ import annotations

import copy
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import unescape
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from markdown.extensions.toc import remove_fnrefs, render_inner_html, run_postprocessors, strip_tags
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE
from pymdownx.emoji import to_alt

import markdown
from callboard.documentation.alerts import with_admonitions
from callboard.documentation.extensions import Configured
from callboard.documentation.files import SetFile, SetFiles, relative_url
from callboard.documentation.front_matter import split_front_matter
from callboard.documentation.navigation import folder_title

REPLACEMENTS: Mapping[str, Mapping[str, Any]] = MappingProxyType({
    "pymdownx.emoji": MappingProxyType({"emoji_generator": to_alt}),
    "tables": MappingProxyType({"use_align_attribute": True}),
})  # fmt: skip
"""Where the portal differs from techdocs-core by intent: characters in place of images of another host, and no inline styles."""
_IN_EXTRA = {"markdown.extensions.tables": "tables"}
"""Names under which ``pymdownx.extra`` loads extensions that have a replacement."""


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of a page's contents."""

    id: str
    text: str
    level: int
    children: tuple[Heading, ...] = ()


@dataclass(frozen=True, slots=True)
class ConvertedPage:
    """One page as HTML, before it is made safe."""

    html: str
    title: str
    headings: tuple[Heading, ...]
    missing: tuple[str, ...]
    """Relative addresses, as written, of files that the set does not have."""


class _PageAddresses(Treeprocessor):  # type: ignore[misc]  # it has no stubs
    """Turns paths of files into addresses of pages, as MkDocs does, and finds the first heading."""

    def __init__(self, files: SetFiles, page: SetFile, parser: markdown.Markdown) -> None:
        super().__init__(parser)
        self.files, self.page, self.title = files, page, ""
        self.missing: list[str] = []

    def run(self, root: Element) -> None:
        first = next(iter(root), None)
        if first is not None and first.tag == "h1":
            self.title = _heading_text(copy.deepcopy(first), self.md)
        for element in root.iter():
            name = {"a": "href", "img": "src"}.get(element.tag)
            address = element.get(name) if name else None
            if name and address:
                element.set(name, self._resolved(address))

    def _resolved(self, address: str) -> str:
        try:
            parts = urlsplit(address)
        except ValueError:
            return address
        if parts.scheme or parts.netloc or not parts.path or address.startswith(("/", "\\")) or AMP_SUBSTITUTE in address:
            return address
        if "." not in posixpath.basename(parts.path):
            return address
        target, rest = self.files.target(address, self.page.path)
        if target is None:
            self.missing.append(address)
            return address
        return relative_url(target, self.page) + rest


def _heading_text(heading: Element, parser: markdown.Markdown) -> str:
    """The text of a heading without its permalink and marks of footnotes, as MkDocs takes it for the title."""
    copied = remove_fnrefs(heading)
    for child in [each for each in copied if each.get("class", "") == "headerlink"]:
        copied.remove(child)
    return unescape(strip_tags(run_postprocessors(render_inner_html(copied, parser), parser))).strip()


class Converter:
    """Converts the pages of sets with one configuration; creating the parser costs more than most pages."""

    def __init__(self, extensions: Iterable[Configured], replacements: Mapping[str, Mapping[str, Any]] = REPLACEMENTS) -> None:
        named = {name: {**dict(options), **replacements.get(name, {})} for name, options in extensions}
        in_extra = {name: replacements[short] for name, short in _IN_EXTRA.items() if short in replacements}
        named["pymdownx.extra"] = {**named["pymdownx.extra"], **in_extra}
        self._markdown = markdown.Markdown(extensions=list(named), extension_configs=named)

    def convert(self, text: str, page: SetFile, files: SetFiles, nav_title: str = "") -> ConvertedPage:
        """The page; ``text`` includes its front matter, and ``nav_title`` is the title that the navigation gives it."""
        values, body = split_front_matter(text.removeprefix("\ufeff"))
        body = with_admonitions(body)
        parser = self._markdown.reset()
        links = _PageAddresses(files, page, parser)
        parser.treeprocessors.register(links, "callboard_links", 0)
        html = parser.convert(body)
        tokens = getattr(parser, "toc_tokens", [])
        title = nav_title or _text(values.get("title")) or links.title or _title_from_name(page)
        return ConvertedPage(html, title, tuple(_heading(token) for token in tokens), tuple(dict.fromkeys(links.missing)))


def _heading(token: dict[str, Any]) -> Heading:
    return Heading(token["id"], token["name"], token["level"], tuple(_heading(child) for child in token["children"]))


def _title_from_name(page: SetFile) -> str:
    if not page.url:
        return "Home"
    return folder_title(posixpath.splitext(posixpath.basename(page.path))[0])


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) else ""


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
