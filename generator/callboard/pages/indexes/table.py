"""Catalog → pages of its list, which need no scripts; ``table.js`` makes the first one a table of all entities, which opens on one kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlencode

from callboard.catalog import organization, presentation, structure
from callboard.catalog.columns import by_title
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.problem import Severity
from callboard.model.ref import EntityRef
from callboard.pages.indexes.context import KINDS, IndexContext
from callboard.pages.safe_text import text_of
from callboard.pages.severity import PROBLEM_STYLES
from callboard.pages.shared_views import CountView, EntityLink, StateView, lifecycle_of

ROWS = 100
"""Rows of a page."""
VISIBLE = 30
"""Rows of the first page that a screen can show. The script replaces them; the rest is for browsers without scripts."""
CHOICES = 6
"""Choices of a filter that are shown at first; as in ``facets.js``."""
NONE = "~none"
"""Value of a filter for entities without a value; as in ``facet-columns.js``."""


@dataclass(frozen=True, slots=True)
class CatalogRow:
    """One entity in the list."""

    link: EntityLink
    kind: str
    """The kind's name."""
    name: str
    """The name if the title differs; empty otherwise."""
    sentence: str
    type: str
    owner: EntityLink | None
    owner_state: str
    """``fine``, ``none`` (needed and not declared), ``missing`` (not in the catalog) or ``wrong`` (neither Group nor User)."""
    lifecycle: StateView | None
    system: EntityLink | None
    problems: int
    tone: str
    """Tone of the worst problem; empty without problems."""
    icon: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a filter."""

    value: str
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter with its most frequent choices."""

    key: str
    title: str
    choices: tuple[Choice, ...]
    more: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class SavedView:
    """A link to the table with filters that many ask for."""

    text: str
    icon: str
    query: str
    """The URL's parameters."""


@dataclass(frozen=True, slots=True)
class CatalogView:
    """One page of the list."""

    total: int
    """Number of all entities."""
    opened: int
    """Number of entities of the kind that the table opens on."""
    number: int
    """Of this page, from 1."""
    pages: int
    rows: tuple[CatalogRow, ...]
    kinds: tuple[CountView, ...]
    """Number of entities of each kind."""
    kind_keys: tuple[str, ...]
    """The canonical kinds, in the same order; the table opens on the first one, which the rows begin with."""
    facets: tuple[Facet, ...]
    """Filters, on the first page only."""
    has_health: bool
    """Whether the table has the column Health, which its script fills: no page holds what changes from day to day."""
    views: tuple[SavedView, ...]

    @property
    def tables(self) -> tuple[tuple[CatalogRow, ...], ...]:
        """The rows by table; the second table of the first page is for browsers without scripts, others do not lay it out."""
        parts = (self.rows[:VISIBLE], self.rows[VISIBLE:]) if self.number == 1 else (self.rows,)
        return tuple(part for part in parts if part) or ((),)


def in_order(context: IndexContext) -> tuple[EntityRef, ...]:
    """All entities by kind, then by title: the table opens on the first kind, and ``table.js`` sorts it the same, so that rows stay."""
    return tuple(sorted(by_title(context.catalog), key=lambda ref: (_place(ref.kind), ref.kind)))


def _place(kind: str) -> int:
    return KINDS.index(kind) if kind in KINDS else len(KINDS)


KindCounts = tuple[tuple[CountView, ...], tuple[str, ...]]


def count_kinds(context: IndexContext, order: Sequence[EntityRef]) -> KindCounts:
    """The number of each kind, and the canonical kinds in the same order; equal for all pages of the list."""
    present = {ref.kind for ref in order}
    return context.counts(order), (*(kind for kind in KINDS if kind in present), *sorted(present - set(KINDS)))


def catalog_view(
    context: IndexContext, order: Sequence[EntityRef], number: int, kind_counts: Callable[[], KindCounts] | None = None
) -> CatalogView:
    """The view of the page with that number; ``kind_counts`` gives the result of ``count_kinds``."""
    refs = order[(number - 1) * ROWS : number * ROWS]
    counts, keys = kind_counts() if kind_counts else count_kinds(context, order)
    return CatalogView(
        total=len(order),
        opened=counts[0].number if counts else 0,
        number=number,
        pages=max(-(-len(order) // ROWS), 1),
        rows=tuple(_row(context, ref) for ref in refs),
        kinds=counts,
        kind_keys=keys,
        facets=_facets(context, keys[0]) if number == 1 and keys else (),
        has_health=context.has_health and number == 1,
        views=_saved_views(context) if number == 1 else (),
    )


def _saved_views(context: IndexContext) -> tuple[SavedView, ...]:
    """What is in trouble, what has no valid owner, and what is deprecated and used all the same."""
    labels, states = context.labels, (lifecycle_of(entity) for entity in context.catalog.entities.values())
    deprecated = sorted({state.text for state in states if state and state.icon == "deprecated"})
    used = urlencode([*(("lifecycle", text) for text in deprecated), ("dependents", "some")])
    return (
        SavedView(labels["view_trouble"], "health", "health=trouble" if context.has_health else "problems=error"),
        SavedView(labels["view_unowned"], "no-owner", f"owner={NONE}"),
        *((SavedView(labels["view_deprecated"], "deprecated", used),) if deprecated else ()),
    )


def _row(context: IndexContext, ref: EntityRef) -> CatalogRow:
    entity, worst = context.catalog.entities[ref], context.worst(ref)
    link, name, system = context.links.to(ref), presentation.name(entity), structure.system_of(context.catalog, ref)
    style = PROBLEM_STYLES[worst] if worst else None
    return CatalogRow(
        link=link,
        kind=context.kind_name(ref.kind, 1),
        name=name if _normalized(link.name) != _normalized(name) else "",
        sentence=context.sentence(entity),
        type=text_of(presentation.type_of(entity), 60),
        owner=context.owner_of(ref),
        owner_state=_owner_state(context, ref),
        lifecycle=lifecycle_of(entity),
        system=context.links.to(system) if system else None,
        problems=context.problem_count(ref),
        tone=style.tone if style else "",
        icon=style.icon if style else "",
    )


def _normalized(text: str) -> str:
    """Letters and digits in lower case."""
    return "".join(c for c in text.lower() if c.isalnum())


def _owner_state(context: IndexContext, ref: EntityRef) -> str:
    owner = organization.owner(context.catalog, ref)
    if owner is None:
        return "none" if organization.needs_owner(context.catalog, ref) else "fine"
    if not context.catalog.exists(owner):
        return "missing"
    return "fine" if owner.kind in {"group", "user"} else "wrong"


Values = Callable[[IndexContext, Entity], Iterable[str]]


def _types(_context: IndexContext, entity: Entity) -> Iterable[str]:
    return (text_of(presentation.type_of(entity), 60),)


def _lifecycles(_context: IndexContext, entity: Entity) -> Iterable[str]:
    return (text_of(presentation.lifecycle_of(entity), 80),)


def _owners(context: IndexContext, entity: Entity) -> Iterable[str]:
    owner = organization.owner(context.catalog, entity.ref)
    names = (context.links.to(owner).name,) if owner else ()
    return names if _owner_state(context, entity.ref) == "fine" else (*names, "")


def _worst(context: IndexContext, entity: Entity) -> Iterable[str]:
    worst = context.worst(entity.ref)
    return (context.labels[f"problems_{worst.value if worst else 'none'}"],)


_FACETS: tuple[tuple[str, Values, bool], ...] = (
    ("type", _types, True),
    ("lifecycle", _lifecycles, True),
    ("owner", _owners, True),
    ("problems", _worst, True),
)


def _facets(context: IndexContext, kind: str) -> tuple[Facet, ...]:
    """The filters, with the counts among the entities of a kind."""
    entities = tuple(context.catalog.of_kind(kind))
    facets = (_facet(context, entities, key, values, is_open=is_open) for key, values, is_open in _FACETS)
    return tuple(facet for facet in facets if len(facet.choices) > 1)


def _facet(context: IndexContext, entities: Iterable[Entity], key: str, values: Values, *, is_open: bool) -> Facet:
    numbers: dict[str, int] = {}
    for entity in entities:
        for value in values(context, entity):
            numbers[value] = numbers.get(value, 0) + 1
    severities = {context.labels[f"problems_{name}"]: place for place, name in enumerate((*Severity, "none"))}
    order = sorted(numbers, key=lambda value: (severities.get(value, len(severities)), not value, -numbers[value], value.lower()))
    choices = tuple(Choice(value or NONE, value or context.labels[f"without_{key}"], numbers[value]) for value in order[:CHOICES])
    return Facet(key, context.labels[key], choices, max(len(order) - CHOICES, 0), is_open)
