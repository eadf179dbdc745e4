"""The documentation of a portal → pages at addresses that have moved, and pages that say how to add documentation."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import quote, unquote

from callboard.documentation.cleaning import own_id
from callboard.documentation.files import MARKDOWN
from callboard.documentation.insertions import DRAWN
from callboard.documentation.model import DocumentationSet
from callboard.documentation.redirects import final_target, has_anchor
from callboard.model.data_classes import dataclass
from callboard.model.urls import docs_path
from callboard.pages.documents.context import DocumentsContext
from callboard.pages.documents.navigation import WHOLE_FOLDER, has_whole_page, up_of
from callboard.pages.safe_text import web_url
from callboard.pages.shared_views import EntityLink

_LONGEST = 200
"""Bytes of a name in a former address."""


@dataclass(frozen=True, slots=True)
class MissingSetView:
    """The page of an entity whose annotation leads to no documentation."""

    entity: EntityLink
    owner: EntityLink | None
    folder: str
    """Where it was looked for, in the repository; ``.`` for its own folder."""
    repository: str
    """Empty if the annotation leads to no repository of the portal."""


@dataclass(frozen=True, slots=True)
class MovedView:
    """A page that leads to another one."""

    target: str
    """Its address as seen from the page, or at another host."""
    title: str


def missing_set_view(context: DocumentsContext, of: DocumentationSet) -> MissingSetView:
    """The view of the page that says how to add documentation."""
    tree = context.tree(of)
    return MissingSetView(context.links.to(of.ref), context.owner_of(of.ref), of.place.folder or ".", tree.repository if tree else "")


def moves(context: DocumentsContext) -> Mapping[str, str]:
    """Paths of pages that lead to others, with the path or web address of each of these. Paths that a page has are not among them."""
    documentation = context.documentation
    found: dict[str, str] = {}
    for made in documentation.sets.values():
        start = made.start
        if start is not None and start.url:
            found[docs_path(made.ref)] = docs_path(made.ref) + start.url
        for old, new in made.redirects.items():
            if (path := _old_path(old)) is not None and (target := _new_target(made, new)):
                found[docs_path(made.ref) + path] = target
    for ref, shared in documentation.shared.items():
        made = documentation.sets[shared.ref]
        page = made.find(shared.path) or made.start
        if ref not in documentation.sets:
            found[docs_path(ref)] = docs_path(made.ref) + (page.url if page else "")
    taken = {place for made in documentation.sets.values() for place in _places(made)}
    return {path: target for path, target in found.items() if path not in taken and not _is_below(path, taken)}


def _places(of: DocumentationSet) -> Iterator[str]:
    """The paths of a set's pages and files."""
    folder = docs_path(of.ref)
    yield from (folder + unquote(page.url) for page in of.pages.values())
    yield from (folder + path for path in of.files)
    if has_whole_page(of):
        yield folder + WHOLE_FOLDER


def _is_below(path: str, taken: Collection[str]) -> bool:
    """Whether the page would lie in a folder that is a file."""
    parts = path.rstrip("/").split("/")
    return any("/".join(parts[:number]) in taken for number in range(1, len(parts) + 1))


def moved_view(context: DocumentsContext, path: str, target: str) -> MovedView:
    """The view of a page at ``path`` that leads to ``target``."""
    return MovedView(moved_address(path, target), context.labels["docs_moved"])


def moved_address(path: str, target: str) -> str:
    """The address of ``target``, a path or a web address, as seen from the page at ``path``."""
    return target if "://" in target else up_of(quote(path)) + target


def _old_path(old: str) -> str | None:
    """The address below the set's that a former page had; None for what can be none."""
    path = posixpath.normpath(unquote(old)).strip("/")
    if path.startswith("..") or DRAWN.search(path) or not all(map(_is_name, path.removesuffix("/index.html").split("/"))):
        return None
    stem, end = posixpath.splitext(path)
    folder, name = posixpath.split(stem if end.lower() in MARKDOWN else path.removesuffix("/index.html").removesuffix(".html"))
    return (
        f"{folder}/"
        if name in {"index", "README"} and folder
        else ""
        if name in {"index", "README", "."}
        else f"{folder}/{name}/".lstrip("/")
    )


def _is_name(part: str) -> bool:
    """Whether a folder of the site may have the name: one called ``index.html`` would be in the place of a page."""
    return len(part.encode("utf-8", "replace")) <= _LONGEST and part.isprintable() and not part.lower().startswith("index.html")


def _new_target(of: DocumentationSet, new: str) -> str:
    target = final_target(new, of.redirects, lambda path: of.find(path) is not None)
    if "://" in target:
        return web_url(target)
    path, _, anchor = target.partition("#")
    page = of.find(posixpath.normpath(path)) if path else None
    if page is None:
        return ""
    return f"{docs_path(of.ref)}{page.url}{f'#{quote(own_id(unquote(anchor)))}' if has_anchor(page, anchor) else ''}"
