"""An API entity → the pages of its reference, planned without reading small definitions and read when a page is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import partial
from typing import NamedTuple

from markupsafe import Markup

from callboard.api_reference.model import Entry, EntryGroup, NamedType, Payload, Reference, ShapeField, ValueShape
from callboard.api_reference.paging import MAX_USES, PagedReference, inlined_of, page_plan, paged_reference
from callboard.incremental.tracking import DependencyTracker
from callboard.markdown.rendering import with_headings_from
from callboard.model import fields
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.published_json import published_json
from callboard.model.urls import entity_path
from callboard.pages.apis.definition_file import definition_file, definition_text
from callboard.pages.apis.search_sections import operation_section, plain_text, type_section
from callboard.pages.apis.shape_html import PayloadSide, ShapeHtml
from callboard.pages.entities.context import EntityContext
from callboard.pages.page import Page, SearchText, TocEntry
from callboard.pages.safe_text import display_name
from callboard.pages.shared_views import EntityLink

MAX_TOC = 150
"""Operations that the contents of a page list; with more of them, only groups are listed."""

MAX_LIST = 350_000
"""Bytes of the list of all operations on the first page of a reference that is cut, about."""
_LINE = 120

MAX_SHAPES = 600_000
"""Characters of HTML of all fields and payloads on one page. A page is cut far below it; one operation may have more by itself."""


class UseView(NamedTuple):
    """A place that refers to a type."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class ReferencePageView:
    """One page of a reference. ``digest`` stands for all that is read of the definition."""

    digest: str
    title: str
    api: EntityLink
    source: str
    """Path of the definition's file, below the site's root."""
    is_first: bool
    pages: tuple[UseView, ...]
    """The other pages, for a reference that is cut."""
    reference: Reference = field(repr=False)
    groups: tuple[EntryGroup, ...] = field(repr=False)
    types: tuple[NamedType, ...] = field(repr=False)
    href: Mapping[str, str] = field(repr=False)
    """Address of each type by key, and of each operation by anchor, as seen from this page."""
    shapes: PageShapes = field(repr=False)
    """Makes the HTML of shapes, fields and payloads."""
    uses: Mapping[str, tuple[UseView, ...]] = field(repr=False)
    uses_more: Mapping[str, int] = field(repr=False)
    is_cut: bool = False
    """True if operations and types stand on other pages."""
    lists_operations: bool = True
    """False if the first page of a cut reference lists groups only, because a line for each operation would be too much."""

    def below(self, html: Markup, heading: int) -> Markup:
        """A description that stands directly below a heading of this level."""
        return with_headings_from(html, heading + 1)


@dataclass(frozen=True, slots=True)
class PageShapes:
    """The HTML of shapes with the addresses as seen from one page."""

    html: ShapeHtml
    href: Mapping[str, str]
    inlined: Mapping[str, NamedType]
    source: str
    """Address of the definition's file, as seen from this page."""
    payloads: dict[tuple[int, PayloadSide], Markup] = field(default_factory=dict)
    """By the identity of a payload, which its reference keeps alive: operations share those of their errors."""
    size: list[int] = field(default_factory=lambda: [0])
    """Characters that the page has so far."""

    def _bounded(self, html: Markup) -> Markup:
        """The HTML; in its place a sentence and a link to the source when the page would have more than ``MAX_SHAPES`` characters of it."""
        if self.size[0] + len(html) > MAX_SHAPES:
            return self.html.left_out(self.source)
        self.size[0] += len(html)
        return html

    def words(self, shape: ValueShape) -> Markup:
        """The type in a few words."""
        return self.html.at(self.html.words(shape), self.href)

    def detail(self, shape: ValueShape) -> Markup:
        """Description, limits, values and what is inside."""
        return self._bounded(self.html.at(self.html.detail(shape), self.href))

    def fields(self, found: tuple[ShapeField, ...]) -> Markup:
        """A list of fields."""
        return self._bounded(self.html.at(self.html.fields(found), self.href))

    def payload(self, payload: Payload, side: PayloadSide) -> Markup:
        """One payload of a request or a response."""
        key = (id(payload), side)
        found = self.payloads.get(key)
        if found is None:
            found = self.payloads[key] = self.html.at(self.html.payload(payload, self.inlined, side), self.href)
        return self._bounded(found)


def definition_of(entity: Entity) -> tuple[str, str]:
    """The definition and the type of an API; empty texts for none."""
    return definition_text(entity), fields.as_text(entity.spec.get("type"))


def reference_path(entity: Entity) -> str:
    """Path of the first page of a reference."""
    return f"{entity_path(entity.ref)}reference/"


def paged(entity: Entity, *, is_public: bool) -> PagedReference | None:
    """The reference of an entity; None if it is no API or has no definition of a format with a reference."""
    text, api_type = definition_of(entity)
    return paged_reference(text, api_type, is_public=is_public) if text.strip() and entity.ref.kind == "api" else None


def page_path(entity: Entity, key: str) -> str:
    """Path of one page of the reference."""
    return f"{reference_path(entity)}{key}/" if key else reference_path(entity)


def reference_pages(context: EntityContext, entity: Entity, tracker: DependencyTracker | None = None) -> Iterator[Page]:
    """The pages of an API's reference; none for other entities and formats without one."""
    text, api_type = definition_of(entity)
    plan = page_plan(text, api_type, is_public=context.is_public) if text.strip() and entity.ref.kind == "api" else ()
    for number, (key, part) in enumerate(plan):
        title = context.labels["reference_of"].format(display_name(entity))
        yield Page(
            path=page_path(entity, key),
            template="reference.html",
            frame="entity",
            tab="apis/",
            title=f"{part} · {title}" if part else title,
            view=partial(reference_view, context, entity, number),
            toc=partial(_toc, context.labels),
            search=partial(_search_text, context, entity, number),
            files=partial(_anchors_file, context, entity) if len(plan) > 1 and not number else None,
            tracker=tracker,
            extra_keys=(("entity", entity.ref),),
        )


def _anchors_file(context: EntityContext, entity: Entity) -> Iterator[tuple[str, bytes]]:
    """All anchors by page, so that an address from before the reference was cut leads on."""
    found = paged(entity, is_public=context.is_public)
    if found is not None:
        yield f"{reference_path(entity)}anchors.json", published_json(found.anchors_by_page())


def reference_view(context: EntityContext, entity: Entity, number: int) -> ReferencePageView:
    """The view of one page of an API's reference."""
    found = paged(entity, is_public=context.is_public)
    if found is None or number >= len(found.parts):
        msg = "a page was planned for a reference that does not have it"
        raise ValueError(msg)
    part, reference = found.parts[number], found.reference
    href = ReferenceAddresses(found, part.key)
    users = found.uses() if part.types else {}
    return ReferencePageView(
        digest=found.digest,
        title=part.title or context.labels["reference_of"].format(display_name(entity)),
        api=context.links.to(entity.ref),
        source=entity_path(entity.ref) + definition_file(entity),
        is_first=number == 0,
        pages=tuple(UseView(each.title, f"{'../' if part.key else ''}{each.key}/") for each in found.parts[1:]),
        reference=reference,
        groups=part.groups,
        types=part.types,
        href=href,
        shapes=PageShapes(
            _shape_html(found, context.labels),
            href,
            inlined_of(part, reference.types),
            f"{'../' * (2 if part.key else 1)}{definition_file(entity)}",
        ),
        uses={named.key: tuple(_use(each, href) for each in users.get(named.key, ())[:MAX_USES]) for named in part.types},
        uses_more={named.key: max(0, len(users.get(named.key, ())) - MAX_USES) for named in part.types},
        is_cut=len(found.parts) > 1,
        lists_operations=sum(_LINE + len(each.address) + 2 * len(each.anchor) for each in reference.entries) <= MAX_LIST,
    )


def _shape_html(found: PagedReference, labels: Mapping[str, str]) -> ShapeHtml:
    """Shared by the pages of a reference."""
    made = found.shared.get("shapes")
    if not isinstance(made, ShapeHtml) or made.source is not labels:
        made = found.shared["shapes"] = ShapeHtml(found.reference.types, labels)
    return made


class ReferenceAddresses(dict[str, str]):
    """The address of each type by its key, and of each operation by its anchor, as seen from one page; made when it is asked for."""

    def __init__(self, found: PagedReference, key: str) -> None:
        super().__init__()
        up = "../" if key else ""
        self.found = found
        self.starts = {part.key: "#" if part.key == key else f"{up}{part.key}/#" if part.key else "../#" for part in found.parts}

    def __missing__(self, name: str) -> str:
        named = self.found.reference.types.get(name)
        anchor = named.anchor if named else name
        made = self[name] = self.starts[self.found.part_of[anchor]] + anchor
        return made


def _use(user: Entry | NamedType, href: Mapping[str, str]) -> UseView:
    if isinstance(user, Entry):
        return UseView(f"{user.verb} {user.address}", href[user.anchor])
    return UseView(user.name, href[user.key])


def _toc(labels: Mapping[str, str], view: ReferencePageView) -> tuple[TocEntry, ...]:
    shows_entries = sum(len(group.entries) for group in view.groups) <= MAX_TOC
    groups = (
        TocEntry(
            group.anchor,
            group.name,
            tuple(TocEntry(entry.anchor, _short_name(entry), is_code=True) for entry in group.entries) if shows_entries else (),
        )
        for group in view.groups
    )
    types = (TocEntry("types", labels["types_heading"]),) if view.types else ()
    return (*_toc_of_first(labels, view), *groups, *types)


def _toc_of_first(labels: Mapping[str, str], view: ReferencePageView) -> Iterator[TocEntry]:
    """What only the first page has: servers, authentication, and the list of operations if they stand on other pages."""
    if not view.is_first:
        return
    if view.reference.servers:
        yield TocEntry("servers", labels["servers"])
    if view.reference.auth:
        yield TocEntry("auth", labels["auth_schemes"])
    if view.is_cut:
        listed = [group for group in view.reference.groups if group.entries] if view.lists_operations else []
        groups = tuple(TocEntry(group.entries[0].anchor, group.name) for group in listed) if len(listed) <= MAX_TOC else ()
        yield TocEntry("api-operations", labels["api_operations"], groups)
        yield TocEntry("pages", labels["pages_of_reference"])


def _short_name(entry: Entry) -> str:
    """The operation in the contents of a page; of a procedure its own name, since the names of package and service would be cut."""
    return f"{entry.verb} {entry.address.rpartition('/')[2] if entry.verb == 'rpc' else entry.address}"


def _search_text(context: EntityContext, entity: Entity, number: int) -> SearchText:
    view = reference_view(context, entity, number)
    title = context.labels["reference_of"].format(display_name(entity)) if number == 0 else view.title
    lead = plain_text(view.reference.description) if view.is_first else ""
    operations = (operation_section(entry) for group in view.groups for entry in group.entries)
    sections = (*operations, *(type_section(named) for named in view.types))
    return SearchText(title, lead, "api", display_name(entity), (("ref", str(entity.ref)),), sections)
