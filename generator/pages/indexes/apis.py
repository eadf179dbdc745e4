"""All APIs by type, each with who provides it and how many call it."""

from __future__ import annotations

from dataclasses import dataclass

from generator.catalog import questions
from generator.model.ref import EntityRef
from generator.pages.indexes.context import IndexContext
from generator.pages.parts import EntityLink, StateView, catalog_path, lifecycle_of, text_of

ROWS = 80
"""Rows of the page, shared out among the types; the table of the catalog has them all."""
TYPES = 10
"""Types with rows of their own where not all can have some; the most frequent ones."""
PROVIDERS = 3


@dataclass(frozen=True, slots=True)
class ApiRow:
    """One API in a list."""

    link: EntityLink
    sentence: str
    owner: EntityLink | None
    providers: tuple[EntityLink, ...]
    providers_more: int
    consumers: int
    lifecycle: StateView | None
    problems: int


@dataclass(frozen=True, slots=True)
class ApiGroup:
    """The APIs of one type."""

    id: str
    """Anchor of the heading."""
    type: str
    """Empty for those that name none."""
    count: int
    rows: tuple[ApiRow, ...]
    path: str
    """All of them in the table."""


@dataclass(frozen=True, slots=True)
class ApisView:
    """The page about all APIs."""

    count: int
    groups: tuple[ApiGroup, ...]
    """The largest first."""


def apis_view(context: IndexContext) -> ApisView:
    """All that the page about APIs says."""
    types: dict[str, list[EntityRef]] = {}
    for entity in context.catalog.of_kind("api"):
        types.setdefault(text_of(questions.type_of(entity), 60), []).append(entity.ref)
    order = sorted(types, key=lambda name: (not name, -len(types[name]), name))
    room = ROWS if sum(map(len, types.values())) <= ROWS else ROWS // min(len(types), TYPES)
    groups = tuple(_group(context, name, types[name], at, room if at < TYPES or room == ROWS else 0) for at, name in enumerate(order))
    return ApisView(sum(group.count for group in groups), groups)


def _group(context: IndexContext, name: str, refs: list[EntityRef], at: int, room: int) -> ApiGroup:
    rows = tuple(_row(context, ref) for ref in refs[:room])
    return ApiGroup(f"t{at}", name, len(refs), rows, catalog_path(kind="api", type=name or "~none"))


def _row(context: IndexContext, ref: EntityRef) -> ApiRow:
    entity, providers = context.catalog.entities[ref], questions.providers(context.catalog, ref)
    return ApiRow(
        link=context.links.to(ref),
        sentence=context.sentence(entity),
        owner=context.owner_of(ref),
        providers=context.links.all(providers[:PROVIDERS]),
        providers_more=max(len(providers) - PROVIDERS, 0),
        consumers=len(questions.consumers(context.catalog, ref)),
        lifecycle=lifecycle_of(entity),
        problems=len(context.by_subject.get(ref, ())),
    )
