"""A block of a page and the catalog → what it shows, as plain values by which is judged whether a page has to be made again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import NamedTuple

from callboard.catalog import presentation
from callboard.catalog.query import (
    EntityFilter,
    FilterFacet,
    FilterSelection,
    Term,
    folded_words,
    matching_rows,
    select,
    table_address,
    without_kind,
)
from callboard.diagrams.neighbourhood import neighbourhood
from callboard.diagrams.selection import selection_graph
from callboard.documentation.blocks import BlockError, BlockRequest, DocumentBlock, read_block
from callboard.model.data_classes import dataclass
from callboard.model.ref import EntityRef
from callboard.model.suggestions import nearest
from callboard.pages.blocks.table import BlockTables
from callboard.pages.blocks.view import BlockBar, BlockResult
from callboard.pages.context import PageContext
from callboard.pages.safe_text import text_of

_MOST_BARS = 12
"""Rows of a divided figure; the rest is summed up."""


class BlockFault(NamedTuple):
    """What is wrong in a block."""

    message: str
    """Without a full stop."""
    hint: str
    line: int
    """In the block; 0 for the block as a whole."""


def faults_of_text(block: DocumentBlock) -> Iterator[BlockFault]:
    """What is wrong in the text of a block, whatever the catalog has."""
    try:
        read_block(block)
    except BlockError as error:
        yield _fault(error)


def _fault(error: BlockError) -> BlockFault:
    return BlockFault(error.message, error.hint, error.line)


@dataclass(frozen=True, slots=True)
class BlockResults:
    """The results of all blocks of a portal; equal blocks are evaluated once.

    The context must not record what is read: a page depends on the results of its blocks, not on the whole catalog.
    """

    context: PageContext
    make_facets: Callable[[], Mapping[str, FilterFacet]]
    unjudged: frozenset[str] = frozenset()
    """Fields whose values are not known, so that no value is a fault."""
    _made: dict[tuple[str, str], BlockResult] = field(default_factory=dict, repr=False)
    _tables: list[BlockTables] = field(default_factory=list, repr=False)

    def of(self, block: DocumentBlock) -> BlockResult:
        """What a block shows."""
        key = block.kind, block.text
        if key not in self._made:
            try:
                self._made[key] = self._shown(read_block(block))
            except BlockError as error:
                message = error.message[0].upper() + error.message[1:]
                self._made[key] = BlockResult(block.kind, error=f"{message}.", hint=error.hint, line=error.line, source=block.text)
        return self._made[key]

    def faults(self, block: DocumentBlock) -> Iterator[BlockFault]:
        """What is wrong in a block: its text, or names that the catalog does not have."""
        try:
            request = read_block(block)
            if request.entity is not None:
                self._existing(request.entity)
        except BlockError as error:
            yield _fault(error)
            return
        for term in select(request.query, self.facets).unmatched:
            if term.field in self.unjudged:
                continue
            known = self.facets.get(term.field)
            close = nearest(term.value, map(without_kind, known.values)) if known else ""
            hint = f"Did you mean `{close}`?" if close else "Correct the value, or remove it from the filter."
            message = f"no entity has the {term.field} `{term.value[:60]}`" if known else f"this portal has no {term.field}"
            yield BlockFault(message, hint, request.filter_line)

    @property
    def tables(self) -> BlockTables:
        """Makes tables; with the facets of the catalog, which are made when they are needed first."""
        if not self._tables:
            self._tables.append(BlockTables(self.context, self.make_facets()))
        return self._tables[0]

    @property
    def facets(self) -> Mapping[str, FilterFacet]:
        """The choices of each field of a filter."""
        return self.tables.facets

    def _shown(self, request: BlockRequest) -> BlockResult:
        if request.entity is not None:
            return self._neighbours(request, request.entity)
        selection = select(request.query, self.facets)
        refs = self._selected(request.query, selection)
        path = table_address(request.query, selection, self.facets)
        notes = tuple(self._unmatched(term) for term in selection.unmatched)
        base = BlockResult(request.kind, text_of(request.title), notes=notes, line=request.filter_line, count=len(refs), path=path)
        if request.kind == "graph":
            graph = selection_graph(self.context.catalog, refs, request.limit, path, words=self.context.labels)
            return replace(base, graph=graph)
        if request.kind == "figure":
            return replace(base, bars=tuple(self._bars(request, selection, refs))) if request.by else base
        columns = self.tables.columns(request)
        missing = tuple(self.context.labels["block_no_column"].format(name) for name in request.columns if name not in columns)
        rows = tuple(self.tables.rows(request, refs))
        return replace(base, columns=tuple(map(self.tables.title, columns)), rows=rows, notes=(*notes, *missing))

    def _neighbours(self, request: BlockRequest, ref: EntityRef) -> BlockResult:
        self._existing(ref)
        graph = neighbourhood(self.context.catalog, ref, request.limit, words=self.context.labels)
        return BlockResult("graph", text_of(request.title), graph=graph, path=self.context.links.to(ref).path, count=len(graph.nodes))

    def _existing(self, ref: EntityRef) -> None:
        if ref not in self.context.catalog.entities:
            raise BlockError(f"the catalog has no entity `{ref}`", "Write `kind:name`, or `kind:namespace/name`, of an entity.")

    def _unmatched(self, term: Term) -> str:
        key = "block_no_field" if term.field not in self.facets else "block_no_value"
        return self.context.labels[key].format(term.field, text_of(term.value, 60))

    def _selected(self, query: EntityFilter, selection: FilterSelection) -> Sequence[EntityRef]:
        """The selected entities in the order of the catalog."""
        refs = tuple(self.context.catalog.entities)
        words = [word for word in query.text.split() if word]
        found = (refs[row] for row in matching_rows(selection, self.facets, len(refs)))
        return [ref for ref in found if all(self._has_word(ref, word) for word in words)]

    def _has_word(self, ref: EntityRef, word: str) -> bool:
        if word.lower() == str(ref):
            return True
        own = folded_words(f"{ref.name} {presentation.label(self.context.catalog, ref)}")
        return all(any(each.startswith(part) for each in own) for part in folded_words(word))

    def _bars(self, request: BlockRequest, selection: FilterSelection, refs: Sequence[EntityRef]) -> Iterator[BlockBar]:
        facet = self.facets.get(request.by)
        if facet is None:
            raise BlockError(f"this portal has no `{request.by}`", "Use another field for `by`.")
        rows = {ref: row for row, ref in enumerate(self.context.catalog.entities)}
        numbers = dict.fromkeys(facet.order, 0) if facet.order else {}
        for ref in refs:
            for at in facet.rows[rows[ref]]:
                numbers[at] = numbers.get(at, 0) + 1
        chosen = selection.chosen.get(request.by)
        filled = [(at, number) for at, number in numbers.items() if number and (chosen is None or at in chosen)]
        ordered = filled if facet.order else sorted(filled, key=lambda item: (-item[1], facet.labels[item[0]].lower()))
        most = max((number for _, number in ordered), default=1)
        for at, number in ordered[:_MOST_BARS]:
            narrowed = FilterSelection({**selection.chosen, request.by: (at,)}, selection.unmatched)
            path = table_address(request.query, narrowed, self.facets)
            yield BlockBar(text_of(facet.labels[at], 80), number, round(100 * number / most), path)
        if rest := ordered[_MOST_BARS:]:
            yield BlockBar(self.context.labels["n_more"].format(len(rest)), sum(number for _, number in rest), 0, "")
