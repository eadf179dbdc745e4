"""Entity → web addresses of its source, descriptor and documentation, and of a new issue."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import quote, urlsplit

from callboard.descriptors.annotation_forms import form_of
from callboard.io.git.remote import Remote, host_software
from callboard.model import fields
from callboard.model.entity import Entity
from callboard.model.ref import RefError, parse_ref
from callboard.model.tree import tree_of
from callboard.pages.entities.context import EntityContext
from callboard.pages.safe_text import web_url
from callboard.pages.shared_views import edit_url, line_url

_TECHDOCS = "backstage.io/techdocs-ref"
_SOURCE_LOCATION = "backstage.io/source-location"
_GITHUB_SLUG = re.compile(r"[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}")
_HOSTS = (
    (re.compile(r"(https?://[^/?#]+/[^?#]+?)/-/(?:blob|tree|raw|edit)/.*"), "{}/-/issues/new?issue[title]={}", "issue[description]"),
    (re.compile(r"(https?://[^/?#]+/[^/?#]+/[^/?#]+)/(?:blob|tree|edit|src)/.*"), "{}/issues/new?title={}", "body"),
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
    location = annotation(entity, _SOURCE_LOCATION)
    if location.startswith("url:"):
        return web_url(location.removeprefix("url:"))
    slug = annotation(entity, "github.com/project-slug")
    if _GITHUB_SLUG.fullmatch(slug):
        return web_url(f"https://github.com/{slug}")
    return _folder_address(context, entity, ".")


def docs_address(context: EntityContext, entity: Entity) -> str:
    """Address of the documentation at its host: that of the entity that ``techdocs-entity`` names, else its own; empty if unknown."""
    other = _documented_elsewhere(context, entity)
    return (_own_docs_address(context, other) if other else "") or _own_docs_address(context, entity)


def has_docs(context: EntityContext, entity: Entity) -> bool:
    """Whether the entity has documentation, also where its address is unknown: a valid reference to its own or to another entity's."""
    form = form_of(_TECHDOCS)
    own = annotation(entity, _TECHDOCS)
    return _documented_elsewhere(context, entity) is not None or (form is not None and form.is_valid(own))


def _documented_elsewhere(context: EntityContext, entity: Entity) -> Entity | None:
    """The entity whose documentation is also this one's; None if there is none, or if it has none itself."""
    named = annotation(entity, "backstage.io/techdocs-entity")
    if not named:
        return None
    try:
        ref = parse_ref(named, default_namespace=entity.ref.namespace).canonical()
    except RefError:
        return None
    other = context.catalog.get(ref)
    return other if other is not None and annotation(other, _TECHDOCS) else None


def _own_docs_address(context: EntityContext, entity: Entity) -> str:
    """The folder of ``techdocs-ref``: relative to ``source-location`` where the entity has one, else to its descriptor."""
    kind, _, target = annotation(entity, _TECHDOCS).partition(":")
    if kind == "url":
        return web_url(target)
    if kind != "dir":
        return ""
    location = annotation(entity, _SOURCE_LOCATION)
    if location.startswith("url:"):
        return _below(location.removeprefix("url:"), target)
    return _folder_address(context, entity, target) or _below(annotation(entity, "backstage.io/view-url").rpartition("/")[0], target)


def _below(base: str, folder: str) -> str:
    """The address of a folder relative to that of another one; empty if it is in another repository."""
    if not web_url(base):
        return ""
    parts = urlsplit(base)
    here = parts.path.rstrip("/")
    path = posixpath.normpath(posixpath.join(f"{here}/", folder.lstrip("/")))
    repository = "/".join(here.split("/")[:3])
    if path != repository and not path.startswith(f"{repository}/"):
        return ""
    if here == repository and path != here:
        path = f"{here}/{_FOLDERS.get(host_software(Remote('https', parts.netloc, '')), '')}{path[len(here) + 1 :]}"
    return web_url(parts._replace(path=path, query="", fragment="").geturl())


_FOLDERS = {"github": "tree/HEAD/", "gitlab": "-/tree/HEAD/", "bitbucket": "src/HEAD/"}
"""By software: between the address of a repository and the path of a folder in its default branch."""


def _folder_address(context: EntityContext, entity: Entity, folder: str) -> str:
    tree = tree_of(context.trees, entity.origin)
    path = posixpath.normpath(posixpath.join(posixpath.dirname(entity.origin.path), folder))
    if tree is None or path.startswith(("..", "/")):
        return ""
    return web_url(_FILE.sub(r"\1/\2tree/", tree.view_url("" if path == "." else path, None), count=1))


_FILE = re.compile(r"^(https?://[^/?#]+(?:/[^/?#]+)+?)/(-/)?blob/")
"""The address of a file at GitHub and GitLab; that of a folder has ``tree`` in place of ``blob``."""


def report_address(context: EntityContext, entity: Entity) -> str:
    """Address of a new issue about the entity at its descriptor's host; empty for hosts with unknown addresses."""
    return issue_address(view_address(context, entity), f"{entity.ref}: ")


def issue_address(page: str, title: str, text: str = "") -> str:
    """Address of a new issue at the host of a file's page, with title and text filled in; empty for hosts with unknown addresses."""
    for pattern, address, body in _HOSTS:
        match = pattern.fullmatch(page)
        if match:
            added = f"&{body}={quote(text, safe='')}" if text else ""
            return web_url(address.format(match[1], quote(title, safe="")) + added)
    return ""
