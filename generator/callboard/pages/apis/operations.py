"""An API entity → the section with the head of its reference and the list of its operations."""

from __future__ import annotations

from itertools import islice

from callboard.api_reference.model import ApiServer, Entry, Streaming
from callboard.api_reference.paging import PagedReference
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.pages.apis.reference import page_path, paged, reference_path
from callboard.pages.entities.context import EntityContext
from callboard.pages.section import Section

SHOWN = 30
"""Operations on the entity's page: about 2 KB compressed. The reference has all of them."""
SHOWN_SERVERS = 4


@dataclass(frozen=True, slots=True)
class OperationView:
    """One line of a list of operations."""

    verb: str
    address: str
    summary: str
    path: str
    """Of its place in the reference, below the site's root."""
    is_deprecated: bool
    streaming: Streaming = ""
    """Who sends a stream."""


@dataclass(frozen=True, slots=True)
class OperationGroupView:
    """Operations of one tag, channel or service."""

    name: str
    rows: tuple[OperationView, ...]
    more: int = 0
    """Operations that are not listed."""
    path: str = ""
    """Of the page with all of them; empty if it is this one."""


@dataclass(frozen=True, slots=True)
class OperationsView:
    """What an API offers, in short."""

    format: str
    title: str
    version: str
    servers: tuple[ApiServer, ...]
    groups: tuple[OperationGroupView, ...]
    path: str
    """Of the whole reference, below the site's root."""
    count: int
    more: int
    """Operations that are not listed."""
    types: int
    troubles: tuple[str, ...]


def operations(context: EntityContext, entity: Entity) -> Section | None:
    """Title, version, servers and operations of an API; None for a definition of a format without a reference."""
    found = paged(entity, is_public=context.is_public)
    if found is None:
        return None
    reference, labels = found.reference, context.labels
    count = len(reference.entries)
    view = OperationsView(
        format=reference.format,
        title=reference.title,
        version=reference.version,
        servers=reference.servers[:SHOWN_SERVERS],
        groups=_groups(found, entity),
        path=reference_path(entity),
        count=count,
        more=max(0, count - SHOWN),
        types=len(reference.types),
        troubles=reference.troubles[:3],
    )
    return Section("api-operations", labels["api_operations"], "operations", view, f"{count:,}")


def operation_view(found: PagedReference, entity: Entity, entry: Entry) -> OperationView:
    """One operation as a line that leads to the reference."""
    path = f"{page_path(entity, found.part_of[entry.anchor])}#{entry.anchor}"
    summary = entry.summary or _first_words(entry)
    return OperationView(entry.verb, entry.address, summary, path, bool(entry.deprecated), entry.streaming)


def _first_words(entry: Entry) -> str:
    text = " ".join(entry.description.striptags().split())
    return text if len(text) <= 120 else f"{text[:119].rstrip()}…"  # noqa: PLR2004  # one line


def _groups(found: PagedReference, entity: Entity) -> tuple[OperationGroupView, ...]:
    shown, groups = SHOWN, []
    for group in found.reference.groups:
        rows = tuple(operation_view(found, entity, entry) for entry in islice(group.entries, shown))
        shown -= len(rows)
        if rows:
            groups.append(OperationGroupView(group.name, rows))
    return tuple(groups)
