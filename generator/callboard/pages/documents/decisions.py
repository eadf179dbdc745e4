"""An entity → the section with its architecture decision records: state, date, and what replaced what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from callboard.documentation.decisions import DecisionRecord, DecisionState
from callboard.documentation.model import DocumentationSet
from callboard.incremental.fingerprint import content_digest
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.urls import docs_path
from callboard.pages.documents.context import DocumentsContext
from callboard.pages.safe_text import text_of
from callboard.pages.section import Section
from callboard.pages.shared_views import StateView

_MOST = 50
"""Records that are listed, the newest ones; the rest is in the documentation."""
_ICONS = {"good": "good", "warn": "info"}


class DecisionLink(NamedTuple):
    """Another record."""

    name: str
    """Its number, else its title."""
    path: str
    """Below the site's root."""


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One decision."""

    number: str
    title: str
    path: str
    """Below the site's root."""
    state: StateView | None
    """None where the record has none."""
    day: str
    """``2026-01-31``; empty if it is not known."""
    supersedes: tuple[DecisionLink, ...]
    superseded_by: tuple[DecisionLink, ...]


@dataclass(frozen=True, slots=True)
class DecisionsView:
    """The decisions of an entity, the newest first."""

    rows: tuple[DecisionRow, ...]
    more: int
    path: str
    """Of the documentation, whose navigation has all of them."""


@dataclass(frozen=True, slots=True)
class DecisionsSection:
    """Makes the section of each entity; its fingerprint is that of the records."""

    context: DocumentsContext

    @property
    def base(self) -> str:
        """All that is shared is part of the contexts of pages."""
        return ""

    def fingerprint(self, entity: Entity) -> str:
        """Fingerprint of the records; empty for none."""
        view = self._view(entity)
        return content_digest(view) if view else ""

    def __call__(self, entity: Entity) -> Section | None:
        """The section; None for an entity without decision records."""
        view = self._view(entity)
        if view is None:
            return None
        return Section("decisions", self.context.labels["decisions"], "decisions", view, f"{len(view.rows) + view.more:,}")

    def _view(self, entity: Entity) -> DecisionsView | None:
        made = self.context.documentation.sets.get(entity.ref)
        if made is None or not made.decisions:
            return None
        by_path = {record.path: record for record in made.decisions}
        shown = [record for record in reversed(made.decisions) if record.path in made.pages]
        rows = tuple(_row(self.context, made, record, by_path) for record in shown[:_MOST])
        return DecisionsView(rows, max(0, len(shown) - _MOST), docs_path(made.ref)) if rows else None


def decision_of(context: DocumentsContext, made: DocumentationSet, path: str) -> DecisionRow | None:
    """The decision that a page of a set records; None for other pages."""
    record = next((each for each in made.decisions if each.path == path), None)
    by_path = {each.path: each for each in made.decisions} if record else {}
    return _row(context, made, record, by_path) if record else None


def _row(context: DocumentsContext, made: DocumentationSet, record: DecisionRecord, by_path: Mapping[str, DecisionRecord]) -> DecisionRow:
    word = record.word or (context.labels[f"decision_{record.state}"] if record.state is not DecisionState.UNKNOWN else "")
    state = StateView(text_of(word, 40), record.state.tone, _ICONS.get(record.state.tone, "")) if word else None

    def links(paths: tuple[str, ...]) -> tuple[DecisionLink, ...]:
        return tuple(DecisionLink(_name(by_path[path]), _path(made, path)) for path in paths if path in made.pages)

    return DecisionRow(
        "" if record.number is None else str(record.number), text_of(record.title, 160), _path(made, record.path), state,
        record.day.isoformat() if record.day else "", links(record.supersedes), links(record.superseded_by),
    )  # fmt: skip


def _name(record: DecisionRecord) -> str:
    return text_of(record.title, 60) if record.number is None else str(record.number)


def _path(made: DocumentationSet, path: str) -> str:
    return docs_path(made.ref) + made.pages[path].url
