"""Web addresses of an entity's files: source, descriptor, docs, and where to report an issue."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import quote

from callboard.model import fields
from callboard.model.entity import Entity
from callboard.model.tree import tree_of
from callboard.pages.entities.context import EntityContext
from callboard.pages.safe_text import web_url
from callboard.pages.shared_views import edit_url, line_url

_GITHUB_SLUG = re.compile(r"[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}")


_HOSTS = (
    (re.compile(r"(https?://[^/?#]+/[^?#]+?)/-/(?:blob|tree|raw|edit)/.*"), "{}/-/issues/new?issue[title]={}"),
    (re.compile(r"(https?://[^/?#]+/[^/?#]+/[^/?#]+)/(?:blob|tree|edit|src)/.*"), "{}/issues/new?title={}"),
)
"""GitLab; then GitHub, Gitea and Bitbucket: what a page of a file looks like, and where a new issue begins."""


def annotation(entity: Entity, name: str) -> str:
    """An annotation's text; empty where it is missing or no text."""
    return fields.annotations(entity).get(name, "")


def edit_address(context: EntityContext, entity: Entity) -> str:
    """Where to change the descriptor."""
    return web_url(annotation(entity, "backstage.io/edit-url")) or edit_url(entity.origin, context.trees)


def view_address(context: EntityContext, entity: Entity, line: int | None = None) -> str:
    """Where to read the descriptor, at its first line."""
    return line_url(entity.origin, line, context.trees)


def source_address(context: EntityContext, entity: Entity) -> str:
    """Where the code is: the annotation, the slug at GitHub, else the descriptor's folder."""
    location = annotation(entity, "backstage.io/source-location")
    if location.startswith("url:"):
        return web_url(location.removeprefix("url:"))
    slug = annotation(entity, "github.com/project-slug")
    if _GITHUB_SLUG.fullmatch(slug):
        return web_url(f"https://github.com/{slug}")
    return _folder_address(context, entity, ".")


def docs_address(context: EntityContext, entity: Entity) -> str:
    """Where the documentation lies: the folder of ``backstage.io/techdocs-ref`` at its host."""
    kind, _, target = annotation(entity, "backstage.io/techdocs-ref").partition(":")
    if kind == "url":
        return web_url(target)
    return _folder_address(context, entity, target) if kind == "dir" else ""


def _folder_address(context: EntityContext, entity: Entity, folder: str) -> str:
    tree = tree_of(context.trees, entity.origin)
    path = posixpath.normpath(posixpath.join(posixpath.dirname(entity.origin.path), folder))
    if tree is None or path.startswith(("..", "/")):
        return ""
    return web_url(tree.view_url("" if path == "." else path, None))


def report_address(context: EntityContext, entity: Entity) -> str:
    """A new issue about the entity at the host of its descriptor; empty where we do not know how that host says it."""
    page = view_address(context, entity)
    for pattern, address in _HOSTS:
        found = pattern.fullmatch(page)
        if found:
            return web_url(address.format(found[1], quote(f"{entity.ref}: ", safe="")))
    return ""
