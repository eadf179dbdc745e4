"""Selected entities → the rows of a block's table, sorted and bounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from callboard.catalog import presentation, structure
from callboard.catalog.columns import by_title
from callboard.catalog.query import NONE, FilterFacet
from callboard.documentation.blocks import LEVEL, BlockRequest
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.ref import EntityRef
from callboard.pages.blocks.view import BlockCell, BlockRow
from callboard.pages.context import PageContext
from callboard.pages.safe_text import text_of
from callboard.pages.shared_views import lifecycle_of

_MOST_WORDS = 8
"""Choices of one entity that a cell names."""
_LONGEST = 160
OPTIONAL = frozenset({"health", "level"})
"""Columns that not every portal has."""
_LABELS = {"level": "scorecard_level"}
_FIELDS = {"tags": "tag"}


@dataclass(frozen=True)
class BlockTables:
    """Makes the tables of all blocks of a portal."""

    context: PageContext
    facets: Mapping[str, FilterFacet]

    def columns(self, request: BlockRequest) -> tuple[str, ...]:
        """The names of those columns that this portal has."""
        return tuple(name for name in request.columns if self._has(name))

    def title(self, column: str) -> str:
        """The title of a column."""
        if card := LEVEL.fullmatch(column):
            return self._cards[f"{card[1]}/"]
        return self.context.labels[_LABELS.get(column, column)]

    def _has(self, column: str) -> bool:
        if card := LEVEL.fullmatch(column):
            return f"{card[1]}/" in self._cards
        return column not in OPTIONAL or column in self.facets

    @cached_property
    def _cards(self) -> Mapping[str, str]:
        """Titles of scorecards by the beginning of the values of their levels."""
        facet = self.facets.get("level")
        pairs = zip(facet.values, facet.labels, strict=True) if facet else ()
        return {f"{value.partition('/')[0]}/": label.rpartition(": ")[0] for value, label in pairs}

    def rows(self, request: BlockRequest, refs: Sequence[EntityRef]) -> Iterator[BlockRow]:
        """The first rows in the order that the block asks for."""
        columns = self.columns(request)
        for ref in self._sorted(request, refs)[: request.limit]:
            yield BlockRow(self.context.links.to(ref), tuple(self._cell(name, ref) for name in columns))

    @cached_property
    def _places(self) -> Mapping[EntityRef, int]:
        return {ref: place for place, ref in enumerate(by_title(self.context.catalog))}

    @cached_property
    def _numbers(self) -> Mapping[EntityRef, int]:
        return {ref: row for row, ref in enumerate(self.context.catalog.entities)}

    def _sorted(self, request: BlockRequest, refs: Sequence[EntityRef]) -> list[EntityRef]:
        """By name, then by the column; entities without a value come last."""
        ordered = sorted(refs, key=self._places.__getitem__, reverse=request.is_descending and request.sort == "name")
        if request.sort == "name":
            return ordered
        keyed = [(self._key(request.sort, ref), ref) for ref in ordered]
        filled = sorted(((key, ref) for key, ref in keyed if key is not None), key=lambda pair: pair[0], reverse=request.is_descending)
        return [*(ref for _, ref in filled), *(ref for key, ref in keyed if key is None)]

    def _key(self, column: str, ref: EntityRef) -> tuple[Sequence[int], str] | None:
        facet = self.facets.get(_FIELDS.get(column, column))
        found = [at for at in facet.rows[self._numbers[ref]] if facet.values[at] != NONE] if facet else []
        if facet is None or not found:
            return None
        if facet.order:
            return sorted(map(facet.order.index, found)), ""
        return (), min(facet.labels[at].lower() for at in found)

    def _cell(self, column: str, ref: EntityRef) -> BlockCell:
        catalog = self.context.catalog
        entity = catalog.entities[ref]
        match column:
            case "owner":
                return BlockCell(link=self.context.owner_of(ref), is_unowned=self.context.is_unowned(ref))
            case "system":
                system = structure.system_of(catalog, ref)
                return BlockCell(link=self.context.links.to(system) if system else None)
            case "lifecycle":
                return BlockCell(state=lifecycle_of(entity))
        return BlockCell(self._text(column, entity))

    def _text(self, column: str, entity: Entity) -> str:
        ref = entity.ref
        match column:
            case "description":
                return text_of(presentation.summary(entity), _LONGEST)
            case "kind":
                return self.context.kind_name(ref.kind, 1)
            case "problems":
                return f"{len(found):,}" if (found := self.context.problems_by_subject.get(ref, ())) else ""
        if card := LEVEL.fullmatch(column):
            facet = self.facets["level"]
            own = (at for at in facet.rows[self._numbers[ref]] if facet.values[at].startswith(f"{card[1]}/"))
            return next((text_of(facet.labels[at].rpartition(": ")[2], 80) for at in own), "")
        facet = self.facets[_FIELDS.get(column, column)]
        named = [text_of(facet.labels[at], 80) for at in facet.rows[self._numbers[ref]] if facet.values[at] != NONE]
        return ", ".join(named[:_MOST_WORDS]) + (" …" if len(named) > _MOST_WORDS else "")
