"""Entity → web addresses of its source, descriptor and documentation, and of a new issue."""

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
"""Address of a file's page and that of a new issue: at GitLab; at GitHub, Gitea and Bitbucket."""


def annotation(entity: Entity, name: str) -> str:
    """An annotation's value; empty if it is missing or no string."""
    return fields.annotations(entity).get(name, "")


def edit_address(context: EntityContext, entity: Entity) -> str:
    """Address for editing the descriptor; empty if unknown."""
    return web_url(annotation(entity, "backstage.io/edit-url")) or edit_url(entity.origin, context.trees)


def view_address(context: EntityContext, entity: Entity, line: int | None = None) -> str:
    """Address of the descriptor at that line, by default its first; empty if unknown."""
    return line_url(entity.origin, line, context.trees)


def source_address(context: EntityContext, entity: Entity) -> str:
    """Address of the code: from the annotation, from the slug at GitHub, else the descriptor's folder; empty if unknown."""
    location = annotation(entity, "backstage.io/source-location")
    if location.startswith("url:"):
        return web_url(location.removeprefix("url:"))
    slug = annotation(entity, "github.com/project-slug")
    if _GITHUB_SLUG.fullmatch(slug):
        return web_url(f"https://github.com/{slug}")
    return _folder_address(context, entity, ".")


def docs_address(context: EntityContext, entity: Entity) -> str:
    """Address of the documentation: the folder of ``backstage.io/techdocs-ref`` at its host; empty if unknown."""
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
    """Address of a new issue about the entity at its descriptor's host; empty for hosts with unknown addresses."""
    page = view_address(context, entity)
    for pattern, address in _HOSTS:
        match = pattern.fullmatch(page)
        if match:
            return web_url(address.format(match[1], quote(f"{entity.ref}: ", safe="")))
    return ""
