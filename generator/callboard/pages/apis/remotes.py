"""An API of the type ``mcp-server`` → the section with the addresses at which it is reached."""

from __future__ import annotations

from callboard.model.entity import Entity
from callboard.pages.entities.context import EntityContext
from callboard.pages.entities.view import LocationTarget
from callboard.pages.safe_text import text_of, web_url
from callboard.pages.section import Section
from callboard.redaction.masking import masked

LIMIT = 50
"""Addresses that are listed."""


def remotes(context: EntityContext, entity: Entity) -> Section | None:
    """Type and address of each remote; None for none."""
    found = entity.spec.get("remotes")
    values = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    rows = []
    for each in values[:LIMIT]:
        url = masked(text_of(each.get("url"), 500), is_public=context.is_public).text
        if url:
            address = "" if "{" in url else web_url(url)  # variables of a registry's server.json are filled by its client
            rows.append(LocationTarget(url, address, text_of(each.get("type"), 60)))
    return Section("remotes", context.labels["remotes"], "targets", tuple(rows), f"{len(values):,}") if rows else None
