"""The scorecard files of a portal, its catalog and its facts → all results, and problems of files and exemptions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from callboard.catalog.graph import Catalog
from callboard.catalog.organization import owner
from callboard.catalog.problem_assignment import problems_by_subject
from callboard.history.audience import is_visible
from callboard.history.build_state import BuildState, ChangeSet
from callboard.model.data_classes import dataclass
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef, ref_of
from callboard.model.tree import Trees
from callboard.plugins.installed_families import value_types
from callboard.scorecards.card_files import CardSet, read_cards
from callboard.scorecards.cards import Exemption, Scorecard
from callboard.scorecards.check_condition import answers_of_checks
from callboard.scorecards.documents import InputDocuments
from callboard.scorecards.entity_subject import JudgedWorld, JudgingTime
from callboard.scorecards.judging import NOTICE, ExplainedResult, Judgement, KeptResults, explained_card, judge_all
from callboard.scorecards.recording import ResultRecording, grounds, record_results
from callboard.scorecards.results import CardResult
from callboard.scorecards.rules import ENDING_EXEMPTION
from callboard.scorecards.shapes import RowShape, shape_of
from callboard.settings.invalid import portal_origin
from callboard.settings.settings import Settings
from callboard.state.facts import CollectedFacts
from callboard.state.result_history import ResultHistory

RELATIONS = frozenset({
    "ownedBy", "ownerOf", "partOf", "hasPart", "dependsOn", "dependencyOf", "providesApi", "apiProvidedBy", "consumesApi", "apiConsumedBy",
    "memberOf", "hasMember", "parentOf", "childOf",
})  # fmt: skip
"""The relations of Backstage's kinds; schemas of other kinds declare more."""


@dataclass(frozen=True, slots=True)
class JudgedCatalog:
    """The results, with what they were judged on."""

    judgement: Judgement
    world: JudgedWorld
    zone: ZoneInfo
    problems: tuple[Problem, ...]
    """Of the files, and of exemptions."""
    record: ResultHistory = ResultHistory()
    """Numbers by day, and since when the results stand."""
    inputs: InputDocuments = field(default_factory=InputDocuments)
    """What conditions may read of each entity."""
    sources: Mapping[str, Any] = field(default_factory=dict)
    """The data of the scorecards, by name."""

    def has(self, ref: str) -> bool:
        """Whether the catalog has an entity."""
        return ref_of(ref) in self.world.catalog.entities

    def explain(self, result: CardResult) -> tuple[ExplainedResult, ...]:
        """Why each rule of a scorecard has its result for an entity."""
        entity = self.world.catalog.entities[ref_of(result.ref)]
        return explained_card(self.world.clock, self.world.subject(entity), result, self.zone)


@dataclass(frozen=True, slots=True)
class JudgedBuild:
    """What the scorecards of one build are judged on."""

    catalog: Catalog
    facts: CollectedFacts
    problems: Sequence[Problem]
    trees: Trees
    now: datetime
    before: ResultHistory = ResultHistory()
    """What is recorded up to the last build: results of entities are kept of which nothing changed that their rules may read."""
    program: str = ""
    """Digest of the program: another one judges everything anew."""


def judged_catalog(settings: Settings, build: JudgedBuild, paths: Sequence[str] | None = None) -> JudgedCatalog:
    """Judge all entities of a catalog on the portal's scorecards, or on those in other files."""
    cards = portal_cards(settings, build.catalog, paths)
    world = judged_world(settings, build, cards)
    zone = ZoneInfo(settings.portal.timezone)
    world.checks = answers_of_checks(world, cards.cards)
    inputs = InputDocuments.of(world, build.program)
    judgement = judge_all(cards.cards, world, zone, kept_results(cards.cards, build.before, inputs))
    exemptions = exemption_problems(settings.root, cards, build.catalog, build.now.astimezone(zone).date())
    return JudgedCatalog(judgement, world, zone, (*cards.problems, *exemptions), inputs=inputs, sources=cards.sources)


def kept_results(cards: Iterable[Scorecard], before: ResultHistory, inputs: InputDocuments) -> KeptResults:
    """The results of the last build on scorecards whose conditions did not change, of entities whose inputs did not."""
    trends = {trend.card: trend.digest for trend in before.trends}
    letters: dict[str, dict[str, str]] = {card.name: {} for card in cards if trends.get(card.name) == grounds(card)}
    unchanged: dict[str, datetime | None] = {}
    for standing in before.standings:
        if standing.inputs and inputs.digests.get(standing.ref) == standing.inputs:
            unchanged[standing.ref] = standing.turn
            for name, each in standing.cards.items():
                if name in letters:
                    letters[name][standing.ref] = each.letters
    return KeptResults(letters, unchanged)


def with_record(judged: JudgedCatalog, state: BuildState, changes: ChangeSet) -> JudgedCatalog:
    """The results with what is recorded of them; of a build from the state, with what the last build recorded."""
    if state.from_state:
        return replace(judged, record=state.results)
    catalog, today = judged.world.catalog, judged.world.clock.now.astimezone(judged.zone).date().toordinal()
    refs = (ref for results in judged.judgement.results.values() for ref in results)
    owners = {ref: str(owner(catalog, ref_of(ref)) or "") for ref in dict.fromkeys(refs)}
    build = ResultRecording(today, state.portal.is_public, owners, changes.renamed, judged.inputs.digests)
    return replace(judged, record=record_results(state.results, judged.judgement, build))


def portal_cards(settings: Settings, catalog: Catalog, paths: Sequence[str] | None = None) -> CardSet:
    """The scorecards of a portal; ``paths``: other files than those of its settings."""
    declared = {relation.type for relations in catalog.relations.values() for relation in relations}
    return read_cards(settings.root, settings.scorecards if paths is None else paths, family_shapes(), RELATIONS | declared)


def family_shapes() -> Mapping[str, RowShape]:
    """The fields of each family that conditions may name."""
    return {name: shape_of(kind) for name, kind in value_types().items()}


def judged_world(settings: Settings, build: JudgedBuild, cards: CardSet) -> JudgedWorld:
    """What conditions may read: of a public portal, the families that its site shows."""
    hidden = frozenset(family for family in value_types() if not is_visible(family, settings.portal))
    facts = build.facts
    collected = {(each.source, each.family): each.as_of for each in facts.collections if each.as_of is not None}
    problems = _descriptor_problems(build.problems)
    clock = JudgingTime(build.now)
    return JudgedWorld(build.catalog, facts.by_subject(), facts.measured(), collected, problems, build.trees, clock, hidden, cards.needs)


def _descriptor_problems(problems: Iterable[Problem]) -> Mapping[EntityRef, Sequence[Problem]]:
    return problems_by_subject(tuple(problems))


def exemption_problems(root: Path, cards: CardSet, catalog: Catalog, today: date) -> Iterator[Problem]:
    """Exemptions that end soon or have ended, and those of entities that do not exist."""
    for card, rule in ((each, rule) for each in cards.cards for rule in each.rules):
        origin = portal_origin(root / card.file, root)
        for each in rule.exemptions:
            where = f'The exemption from the rule "{rule.id}" of the scorecard "{card.name}" for {each.entity}'
            found = _defect(each, catalog, today)
            if found:
                message, hint = f"{where} {found[0]}.", found[1]
                yield ENDING_EXEMPTION.problem(message, origin=origin, span=each.span, field=each.entity, hint=hint)


def _defect(exemption: Exemption, catalog: Catalog, today: date) -> tuple[str, str] | None:
    """What is wrong with an exemption, and how to fix it; None if nothing is."""
    if ref_of(exemption.entity) not in catalog.entities:
        return "is for an entity that is not in the catalog", "Correct the reference, or remove the exemption."
    if exemption.until < today:
        return f"ended on {exemption.until}", "Remove it, or give it a new date and reason."
    if exemption.until - NOTICE <= today:
        return (
            f"ends on {exemption.until}",
            "The rule counts again on the day after: do what the rule asks for, or move the date with a reason.",
        )
    return None
