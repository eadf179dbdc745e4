"""Links: every address in what we generate leads somewhere. A broken one of ours stops the build; one in people's text is a problem."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

_TAG = re.compile(r'<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:[^>"\']|"[^"]*"|\'[^\']*\')*)>')
_ATTRIBUTE = re.compile(r'\s(href|src|xlink:href|poster|id|name)="([^"]*)"')
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
_PROSE = re.compile(r'\sclass="(?:[^"]*\s)?cb-prose[\s"]')
_VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "path"])


@dataclass(frozen=True, slots=True)
class PageLinks:
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
    """Links and anchors of the page at ``path``, in one pass over its tags; addresses of other hosts are left out.

    ``base`` is the path under which the site is served; an absolute address is looked for below it.
    """
    ids: dict[str, None] = {}
    found: tuple[dict[str, None], dict[str, None]] = ({}, {})
    folder, depth = path.rpartition("/")[0], 0
    for closing, tag, attributes in _TAG.findall(html):
        if depth:
            depth += -1 if closing else 0 if tag in _VOID or attributes.endswith("/") else 1
        elif not closing and "cb-prose" in attributes and _PROSE.search(attributes):
            depth = 1
        for name, value in _ATTRIBUTE.findall(attributes) if "=" in attributes else ():
            if name in {"id", "name"}:
                ids[unescape(value)] = None
            elif not _SCHEME.match(value):
                found[depth > 0][_resolved(unescape(value), path, folder, base)] = None
    return PageLinks(tuple(ids), tuple(found[0]), tuple(found[1]))


def broken_links(pages: Mapping[str, PageLinks], files: Iterable[str], extra_ids: Mapping[str, frozenset[str]]) -> Iterator[BrokenLink]:
    """All links that lead nowhere: to no file, to no anchor of a page that we know, or above the site's root.

    ``extra_ids`` has anchors that every page has (key ``*``) and those of files that are no pages.
    """
    there = set(files)
    ids = {path: frozenset(links.ids) | extra_ids.get("*", frozenset()) for path, links in pages.items()} | dict(extra_ids)
    good: set[str] = set()
    for page, links in pages.items():
        for in_prose, targets in ((False, links.ours), (True, links.prose)):
            for target in targets:
                if target in good:
                    continue
                if _leads_somewhere(target, there, ids):
                    good.add(target)
                else:
                    yield BrokenLink(page, target, in_prose)


def _leads_somewhere(target: str, there: set[str], ids: Mapping[str, frozenset[str]]) -> bool:
    path, _, fragment = target.partition("#")
    known = path in there if path and not path.endswith("/") else f"{path}index.html" in there
    if not known and path and not path.endswith("/"):  # every server sends `catalog` on to `catalog/`
        path += "/"
        known = f"{path}index.html" in there
    anchors = ids.get(path)
    return known and (not fragment or anchors is None or fragment in anchors or fragment == "top")


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
