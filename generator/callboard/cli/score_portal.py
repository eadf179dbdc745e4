"""A published portal, with local descriptors in place of its own → results of entities, and who moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from callboard.lint.check import resolve_paths
from callboard.lint.portal_names import read_names
from callboard.lint.portal_reader import PortalReader
from callboard.model.data_classes import dataclass
from callboard.model.errors import SettingsError
from callboard.scorecards.card_data import cards_of
from callboard.scorecards.cards import Scorecard
from callboard.scorecards.entity_subject import JudgedWorld
from callboard.scorecards.judging import ExplainedResult, Judgement
from callboard.scorecards.published_scorecards import PublishedScorecards
from callboard.scorecards.results import CardResult
from callboard.scorecards.rules import UNREADABLE_SCORECARD
from callboard.settings.document import read_document
from callboard.settings.invalid import portal_origin


@dataclass(slots=True)
class PortalEntities:
    """Results of entities of a published portal (``JudgedEntities``)."""

    published: PublishedScorecards
    judgement: Judgement = Judgement()

    def has(self, ref: str) -> bool:
        """Whether the portal, or the local folder, has an entity."""
        return self.published.subject(ref) is not None

    def explain(self, result: CardResult) -> tuple[ExplainedResult, ...]:
        """Why each rule has its result."""
        return self.published.explain(result)

    def judge(self, refs: Iterable[str]) -> None:
        """Judge these entities."""
        self.judgement = self.published.judge(refs)


@dataclass(frozen=True, slots=True)
class PortalQuestion:
    """Of which portal, and with which local descriptors."""

    portal: str
    environ: Mapping[str, str]
    paths: tuple[Path, ...] = ()
    """Files and folders whose descriptors replace those of the portal; none: the portal as it is."""


def portal_entities(question: PortalQuestion, reader: PortalReader) -> tuple[PortalEntities, Sequence[str]]:
    """The portal's scorecards, and the references of the local entities. Raises ``CallboardError``."""
    published = PublishedScorecards.of(reader.read)
    if not published.cards:
        raise SettingsError("The portal has no scorecards.", "List their files under scorecards: in its sources.yaml.")
    local: Sequence[str] = ()
    if question.paths:
        names = read_names(question.portal, question.environ)
        resolved = resolve_paths(question.paths, question.environ, names)
        clock = published.world.clock
        world = JudgedWorld(resolved.catalog, {}, {}, {}, {}, resolved.trees, clock)
        local = published.use_local(resolved.catalog, resolved.problems, world)
    return PortalEntities(published), local


def scorecard_data(file: Path) -> Mapping[str, Any]:
    """The data of a scorecard file; empty for a file that is none: without ``rules``, or with a ``kind``.

    Raises ``SettingsError`` if it cannot be read.
    """
    try:
        text = file.read_text("utf-8-sig", "replace")
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.", "Name an edited descriptor or scorecard.") from error
    document = read_document(text, portal_origin(file, file.parent), UNREADABLE_SCORECARD)
    data = document.data
    return data if isinstance(data, Mapping) and "rules" in data and "kind" not in data else {}


def edited_cards(published: PublishedScorecards, file: Path) -> tuple[Scorecard, ...]:
    """The portal's scorecards with that of a file in place of the one with its name. Raises ``SettingsError`` for one with a mistake."""
    data = scorecard_data(file)
    items = [item for name, item in published.sources.items() if name != data.get("name")]
    try:
        return cards_of([*items, data], published.world.shapes, published.relations)
    except ValueError as error:
        raise SettingsError(f"{file}: {error}.", "Correct the scorecard.") from error
