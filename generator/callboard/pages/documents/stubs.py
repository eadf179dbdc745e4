"""The documentation of a portal → pages at addresses that have moved, and pages that say how to add documentation."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from callboard.documentation.files import MARKDOWN
from callboard.documentation.model import DocumentationSet
from callboard.model.urls import docs_path
from callboard.pages.documents.context import DocumentsContext
from callboard.pages.documents.navigation import up_of
from callboard.pages.safe_text import web_url
from callboard.pages.shared_views import EntityLink


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
    taken = {docs_path(made.ref) + unquote(page.url) for made in documentation.sets.values() for page in made.pages.values()}
    return {path: target for path, target in found.items() if path not in taken}


def moved_view(context: DocumentsContext, path: str, target: str) -> MovedView:
    """The view of a page at ``path`` that leads to ``target``."""
    address = target if "://" in target else up_of(quote(path)) + target
    return MovedView(address, context.labels["docs_moved"])


def _old_path(old: str) -> str | None:
    """The address below the set's that a former page had; None for what can be none."""
    path = posixpath.normpath(unquote(old)).strip("/")
    if path.startswith("..") or any(len(part) > 200 or not part.isprintable() for part in path.split("/")):  # noqa: PLR2004 - letters
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


def _new_target(of: DocumentationSet, new: str) -> str:
    if "://" in new:
        return web_url(new)
    path, _, anchor = new.partition("#")
    page = of.find(posixpath.normpath(path))
    return f"{docs_path(of.ref)}{page.url}{f'#{anchor}' if anchor else ''}" if page else ""
