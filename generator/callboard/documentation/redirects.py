"""The redirects of a set → where each leads in the end, and what is wrong with them."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import unquote

from callboard.documentation.cleaning import own_id
from callboard.documentation.model import DocumentPage

_LONGEST_CHAIN = 10
_WEB = ("https://", "http://")


def final_target(written: str, redirects: Mapping[str, str], has_page: Callable[[str], bool]) -> str:
    """The page, with an anchor, or the web address that a redirect to ``written`` leads to, over others if need be; empty for nowhere.

    ``redirects`` are those of the set: former paths with new ones. ``has_page`` tells whether the set has a page with a path.
    """
    target, seen = written, set[str]()
    while "://" not in target:
        path, _, anchor = target.partition("#")
        path = posixpath.normpath(path)
        if has_page(path):
            return target
        if path in seen or path not in redirects or len(seen) >= _LONGEST_CHAIN:
            return ""
        seen.add(path)
        following = redirects[path]
        target = f"{following}#{anchor}" if anchor and "#" not in following else following
    return target if target.lower().startswith(_WEB) else ""


def wrong_redirects(redirects: Mapping[str, str], has_page: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Former paths of redirects that have no effect, each with the reason."""
    for old, new in redirects.items():
        if has_page(posixpath.normpath(old)):
            yield old, "there is a page with this path"
        elif not final_target(new, redirects, has_page):
            yield old, f"`{new[:200]}` is no page of the set, no web address, and leads to none"


def has_anchor(page: DocumentPage, anchor: str) -> bool:
    """Whether a page has the anchor of a redirect."""
    return own_id(unquote(anchor)) in page.details.anchors


def lost_anchors(redirects: Mapping[str, str], find: Callable[[str], DocumentPage | None]) -> Iterator[tuple[str, str]]:
    """Former paths of redirects that lead to a page without the heading that they name, each with the target.

    ``find`` gives the page with a path.
    """
    for old, new in redirects.items():
        target = final_target(new, redirects, lambda path: find(path) is not None)
        path, _, anchor = target.partition("#")
        page = find(posixpath.normpath(path)) if anchor and "://" not in target else None
        if page is not None and not has_anchor(page, anchor):
            yield old, target
