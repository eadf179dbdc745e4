"""Links: every address in what we generate leads somewhere. A broken one of ours stops the build; one in people's text is a problem."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from html import unescape
from typing import NamedTuple, Protocol
from urllib.parse import unquote

_TAG = re.compile(r'<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:[^>"\']|"[^"]*"|\'[^\']*\')*)>')
_ATTRIBUTE = re.compile(r'\s(href|src|xlink:href|poster|id|name)="([^"]*)"')
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
_PROSE = re.compile(r'\sclass="(?:[^"]*\s)?cb-prose[\s"]')
_PLAIN = re.compile(r"[a-z0-9~][A-Za-z0-9_~-]*(?:[./][A-Za-z0-9_~-]+)*/?(?:#[A-Za-z0-9_-]+)?")
_VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "path"])


class PageLinks(NamedTuple):
    """The addresses and anchors of one page."""

    ids: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    """Addresses below the site's root with their fragment (``catalog/#top``), in markup that we make."""
    prose: tuple[str, ...] = ()
    """The same in text that people wrote (inside ``class="cb-prose"``)."""


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """An address that leads nowhere."""

    page: str
    target: str
    in_prose: bool


def page_links(html: str, path: str, base: str = "/") -> PageLinks:
    """Links and anchors of the page at ``path``; addresses of other hosts are left out.

    ``base`` is the path under which the site is served; an absolute address is looked for below it. Our own markup is read by
    its attributes alone, for templates escape quotation marks in text; in people's text they may stand as they are, so that
    it is read tag by tag.
    """
    ours, prose = _split(html)
    anchors, addresses = _attributes(ours)
    ids, prose_addresses = list(anchors), []
    for attributes in prose:
        more, found = _attributes(attributes)
        ids += more
        prose_addresses += found
    resolve = _Resolver(path, base)
    return PageLinks(tuple(dict.fromkeys(map(unescape, ids))), resolve.all(addresses), resolve.all(prose_addresses))


def _attributes(markup: str) -> tuple[list[str], list[str]]:
    found = _ATTRIBUTE.findall(markup)
    return [value for name, value in found if name in {"id", "name"}], [value for name, value in found if name not in {"id", "name"}]


def _split(html: str) -> tuple[str, list[str]]:
    """Our markup, and the attributes of the tags inside of people's text."""
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
    """Where the element ends that was opened before ``start``; the attributes of what is inside are added to ``found``."""
    depth = 1
    for tag in _TAG.finditer(html, start):
        closing, name, attributes = tag.groups()
        depth += -1 if closing else 0 if name in _VOID or attributes.endswith("/") else 1
        if depth == 0:
            return tag.end()
        found.append(attributes)
    return len(html)


class _Resolver:
    """Addresses of one page as paths below the site's root."""

    def __init__(self, path: str, base: str) -> None:
        self._path = path
        self._base = base
        self._folder = path.rpartition("/")[0]
        self._up = "../" * path.count("/")

    def all(self, addresses: Iterable[str]) -> tuple[str, ...]:
        """Each target once, in order; those of other hosts left out."""
        unique = dict.fromkeys(addresses)
        return tuple(dict.fromkeys(self._one(address) for address in unique if not _SCHEME.match(address)))

    def _one(self, address: str) -> str:
        rest = address[len(self._up) :]
        if self._up and address.startswith(self._up) and rest and _PLAIN.fullmatch(rest):
            return rest  # what templates write: up to the root, and down again
        return _resolved(unescape(address), self._path, self._folder, self._base)


class Anchors(Protocol):
    """The anchors of every page and file that has any."""

    def get(self, path: str, /) -> frozenset[str] | None:
        """Those of one; None where they are not known."""


def broken_links(pages: Mapping[str, PageLinks], files: AbstractSet[str], others: Anchors) -> Iterator[BrokenLink]:
    """All links of these pages that lead nowhere: to no file, to no anchor of a page that we know, or above the site's root.

    ``others`` has the anchors of what is not among the pages.
    """
    ids = _AllAnchors({path: frozenset(links.ids) for path, links in pages.items()}, others)
    good: set[str] = set()
    for page, links in pages.items():
        for in_prose, targets in ((False, links.ours), (True, links.prose)):
            for target in targets:
                if target in good:
                    continue
                if leads_somewhere(target, files, ids):
                    good.add(target)
                else:
                    yield BrokenLink(page, target, in_prose)


@dataclass(frozen=True, slots=True)
class _AllAnchors:
    pages: Mapping[str, frozenset[str]]
    others: Anchors

    def get(self, path: str, /) -> frozenset[str] | None:
        return self.pages[path] if path in self.pages else self.others.get(path)


def leads_somewhere(target: str, there: AbstractSet[str], anchors: Anchors) -> bool:
    """Whether there is such a file, and such an anchor if the anchors of that page are known."""
    path, _, fragment = target.partition("#")
    known = path in there if path and not path.endswith("/") else f"{path}index.html" in there
    if not known and path and not path.endswith("/"):  # every server sends `catalog` on to `catalog/`
        path += "/"
        known = f"{path}index.html" in there
    if not known or not fragment or fragment == "top":
        return known
    found = anchors.get(path)
    return found is None or fragment in found


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
    """The path below the root; one that leads above it begins with ``..``."""
    parts = folder.split("/") if folder else []
    for part in address.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    path = "/".join(parts)
    return f"{path}/" if path and address.rpartition("/")[2] in {"", ".", ".."} else path
