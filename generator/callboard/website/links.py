"""HTML of pages → their links and anchors; links and files → broken links, in generated markup or in text that people wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from html import unescape
from typing import NamedTuple, Protocol
from urllib.parse import unquote

from callboard.model.data_classes import dataclass

_TAG = re.compile(r'<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:[^>"\']|"[^"]*"|\'[^\']*\')*)>')
_LEAVES = r'((?:<([a-z0-9]++)(?: class="[^"]*+")?+>[^<]*+</\2>[^<]*+){1,500})'
"""Elements with nothing but text and a class, one after the other: most of highlighted code."""
_STEP = re.compile(_LEAVES + "|" + _TAG.pattern)
_ATTRIBUTES = {space: re.compile(rf'{space}(href|src|xlink:href|poster|id|name)="([^"]*)"') for space in " \n\t\r\f"}
"""By the white space before them: an expression that begins with one character is three times as fast as one with a choice."""
_ATTRIBUTE = re.compile(r"""(?<![^\s"'/])([^\s"'<>=/]{1,40}+)=(?:"([^"]*)"|'([^']*)')""")
"""Any attribute of a tag: one after the other, so that no value is read as the name of the next."""
_NAMES = frozenset(["href", "src", "xlink:href", "poster", "id", "name"])
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
_PROSE = re.compile(r'\sclass="(?:[^"]*\s)?cb-prose[\s"]')
_PLAIN = re.compile(r"[a-z0-9~][A-Za-z0-9_~-]*(?:[./][A-Za-z0-9_~-]+)*/?(?:#[A-Za-z0-9_-]+)?")
_ANCHOR = re.compile(r"#[A-Za-z0-9_-]+")
_REMEMBERED = 50_000
"""Addresses at one depth of folders whose targets are cached."""
_VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "path"])


class PageLinks(NamedTuple):
    """The anchors and link targets of one page."""

    ids: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    """Link targets relative to the site's root, with fragment (``catalog/#top``), in generated markup."""
    prose: tuple[str, ...] = ()
    """Link targets in text that people wrote (inside ``class="cb-prose"``)."""


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """A link whose target does not exist."""

    page: str
    target: str
    in_prose: bool


def page_links(html: str, path: str, base: str = "/") -> PageLinks:
    """Links and anchors of the page at ``path``, without links to other hosts.

    ``base`` is the path under which the site is served; absolute paths are resolved below it. In generated markup only attributes are
    searched for, because templates escape quotation marks in text; text that people wrote may contain them and is read tag by tag.
    """
    return LinkFinder(path, base)(html)


class LinkFinder:
    """Finds the links and anchors in pieces of the page at ``path``, as ``page_links`` does."""

    def __init__(self, path: str, base: str) -> None:
        self._resolve = _Resolver(path, base)

    def __call__(self, html: str) -> PageLinks:
        """Those of one piece."""
        ours, prose = _split(html) if "cb-prose" in html else (html, ())
        ids, addresses, prose_addresses = list[str](), list[str](), list[str]()
        _find_attributes(ours, ids, addresses)
        for attributes in _joined_attributes(prose) if prose else ():
            _find_attributes(attributes, ids, prose_addresses, is_inside_tags=True)
        anchors = tuple(dict.fromkeys([unescape(each) if "&" in each else each for each in ids])) if ids else ()
        return PageLinks(anchors, self._resolve.all(addresses), self._resolve.all(prose_addresses) if prose_addresses else ())


def _find_attributes(markup: str, ids: list[str], addresses: list[str], *, is_inside_tags: bool = False) -> None:
    """Append the values of these attributes; ``is_inside_tags``: the markup has nothing but attributes.

    A value that ends with ``href=`` looks like the attribute before its closing quotation mark. What is found there ends with ``=`` too,
    since it reaches to the value of the next attribute: then all attributes are read one after the other, which takes longer.
    """
    found: list[tuple[str, str]] = []
    for space, expression in _ATTRIBUTES.items():
        if space in markup:
            found += expression.findall(markup)
    if [value for _, value in found if value.endswith("=")]:
        found = [*_read_attributes(markup, is_inside_tags=is_inside_tags)]
    for name, value in found:
        (ids if name in {"id", "name"} else addresses).append(value)


def _read_attributes(markup: str, *, is_inside_tags: bool) -> Iterator[tuple[str, str]]:
    for attributes in [markup] if is_inside_tags else [tag[3] for tag in _TAG.finditer(markup) if tag[3]]:
        yield from ((name, value or single) for name, value, single in _ATTRIBUTE.findall(attributes) if name in _NAMES)


def _joined_attributes(tags: Sequence[str]) -> Iterator[str]:
    """The attributes of many tags, in few texts: where no value is in single quotation marks, each value ends within its own tag."""
    yield "".join(each for each in tags if "'" not in each)
    yield from (each for each in tags if "'" in each)


def _split(html: str) -> tuple[str, list[str]]:
    """The generated markup, and the attributes of the tags in text that people wrote."""
    ours: list[str] = []
    prose: list[str] = []
    done = 0
    while (start := html.find("cb-prose", done)) >= 0:
        opened = html.rfind("<", done, start)
        tag = _TAG.match(html, opened) if opened >= 0 else None
        if tag is None or tag.end() < start or not _PROSE.search(tag[3]):
            ours.append(html[done : start + 8])
            done = start + 8
            continue
        ours.append(html[done : tag.end()])
        done = _end_of_prose(html, tag.end(), prose)
    return "".join((*ours, html[done:])), prose


def _end_of_prose(html: str, start: int, found: list[str]) -> int:
    """The end of the element that was opened before ``start``; the attributes of the tags in it are appended to ``found``."""
    depth = 1
    for step in _STEP.finditer(html, start):
        leaves, _, closing, name, attributes = step.groups()
        if leaves:
            continue
        if closing:
            depth -= 1
            if depth == 0:
                return step.end()
            continue
        if attributes:
            found.append(attributes)
        if name not in _VOID and not attributes.endswith("/"):
            depth += 1
    return len(html)


class _Resolver:
    """Resolves the links of one page to paths relative to the site's root."""

    def __init__(self, path: str, base: str) -> None:
        self._path = path
        self._base = base
        self._folder = path.rpartition("/")[0]
        self._usual = _usual_targets("../" * path.count("/"))

    def all(self, addresses: Iterable[str]) -> tuple[str, ...]:
        """Each target once, in order, without those on other hosts."""
        distinct = dict.fromkeys(addresses)
        targets = dict.fromkeys(map(self._usual.__getitem__, distinct))
        if None in targets:
            targets = dict.fromkeys(map(self._target, distinct))
        return tuple([target for target in targets if target is not None])

    def _target(self, address: str) -> str | None:
        """The target of one address; None if it is on another host."""
        target = self._usual[address]
        if target is not None:
            return target
        if _ANCHOR.fullmatch(address):
            return self._path + address
        return None if _SCHEME.match(address) else _resolved(unescape(address), self._path, self._folder, self._base)


class _UsualTargets(dict[str, str | None]):
    """By address, the target of one in the usual form of templates: up to the root, then down. None for any other address.

    The same ones are on many pages, and a look-up costs less than a call of a function.
    """

    def __init__(self, up: str) -> None:
        super().__init__()
        self._up = up

    def __missing__(self, address: str) -> str | None:
        if len(self) >= _REMEMBERED:
            self.clear()
        target = self[address] = self._found(address)
        return target

    def _found(self, address: str) -> str | None:
        rest = address.removeprefix(self._up)
        if not self._up or len(rest) == len(address):
            return None
        path = rest.partition("?")[0] if "#" not in rest else rest  # `catalog/?kind=api`
        return path if _PLAIN.fullmatch(path) else None


_usual_targets = lru_cache(16)(_UsualTargets)
"""By the relative path to the root, which has one value for each depth of folders."""


def resolve_link(address: str, path: str, base: str) -> str:
    """The target of a link on the page at ``path``, relative to the site's root; ``base`` is the path under which the site is served."""
    return _resolved(address, path, path.rpartition("/")[0], base)


def guide_links(html: str, path: str, base: str = "/") -> PageLinks:
    """The links of a guide's page: those in its text (``prose``), and those that the theme adds around it."""
    start, end = html.find("<article"), html.rfind("</article>")
    if start < 0 or end < start:
        return page_links(html, path, base)
    # Text that people wrote may contain quotation marks: `<a href="x">` in code is no link.
    text, around = "".join(tag[0] for tag in _TAG.finditer(html, start, end)), html[:start] + html[end:]
    inside, outside = page_links(text, path, base), page_links(around, path, base)
    return PageLinks((*outside.ids, *inside.ids), outside.ours, (*inside.ours, *inside.prose))


class Anchors(Protocol):
    """The anchors of pages and files."""

    def get(self, path: str, /) -> frozenset[str] | None:
        """The anchors of a page or file; None if they are unknown."""


def broken_links(pages: Iterable[tuple[str, PageLinks]], files: AbstractSet[str], anchors: Anchors) -> Iterator[BrokenLink]:
    """All broken links of these pages: to a missing file, to a missing anchor of a known page, or above the site's root.

    ``pages`` are read one by one, so that the links of all need not be in memory.
    """
    good: set[str] = set()
    for page, links in pages:
        for in_prose, targets in ((False, links.ours), (True, links.prose)):
            for target in targets:
                if target in good:
                    continue
                if target_exists(target, files, anchors):
                    if "#" not in target:  # most anchors are linked by one page
                        good.add(target)
                else:
                    yield BrokenLink(page, target, in_prose)


def target_exists(target: str, files: AbstractSet[str], anchors: Anchors) -> bool:
    """True if the file exists, and the anchor, too, if the anchors of that page are known."""
    path, _, fragment = target.partition("#")
    exists = path in files if path and not path.endswith("/") else f"{path}index.html" in files
    if not exists and path and not path.endswith("/"):  # every server redirects `catalog` to `catalog/`
        path += "/"
        exists = f"{path}index.html" in files
    if not exists or not fragment or fragment == "top":
        return exists
    ids = anchors.get(path)
    return ids is None or fragment in ids


def _resolved(address: str, page: str, folder: str, base: str) -> str:
    address, _, fragment = address.strip().partition("#")
    address = unquote(address.partition("?")[0])
    if not address:
        path = page
    elif address.startswith("/"):
        path = address[len(base) :] if address.startswith(base) else f"..{address}"
    else:
        path = _joined(folder, address)
    return f"{path}#{unquote(fragment)}" if fragment else path


def _joined(folder: str, address: str) -> str:
    """The path relative to the root; one above the root begins with ``..``."""
    parts = folder.split("/") if folder else []
    for part in address.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    path = "/".join(parts)
    return f"{path}/" if path and address.rpartition("/")[2] in {"", ".", ".."} else path
