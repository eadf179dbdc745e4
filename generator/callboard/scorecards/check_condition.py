"""A check of a plugin as a condition, and the answers of all such checks for the entities that scorecards judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any

import msgspec

from callboard.model.data_classes import dataclass
from callboard.model.errors import CallboardError
from callboard.plugins import loader
from callboard.plugins.containment.check_host import CheckedEntityMessage, CheckReply
from callboard.plugins.containment.check_process import CheckProcess
from callboard.scorecards.cards import Scorecard
from callboard.scorecards.conditions import Condition
from callboard.scorecards.entity_subject import EntitySubject, JudgedWorld
from callboard.scorecards.explanation import Explanation, Finding
from callboard.scorecards.fact_rows import value_fields
from callboard.scorecards.needs import Needs
from callboard.scorecards.subject import CheckAnswer, Subject
from callboard.scorecards.truth import Truth

GROUP = "callboard.checks"


@dataclass(frozen=True, slots=True)
class CheckCondition:
    """What the check of a plugin says of the entity."""

    name: str
    """The entry point."""
    digest: str
    """Of name and options: answers are kept by it."""
    options: Mapping[str, Any] = field(default_factory=dict)

    def judge(self, subject: Subject) -> Truth:
        """What the check said; unknown if it was not called or failed."""
        return subject.check(self.digest)[0]

    def explain(self, subject: Subject) -> Explanation:
        """With what the check found."""
        truth, found = subject.check(self.digest)
        label = Finding("finding_check", (self.name, found)) if found else Finding("finding_check_silent", (self.name,))
        return Explanation(self.text(), truth, label)

    def text(self) -> str:
        """The name of the check."""
        return f"the check {self.name} passes"

    def needs(self) -> Needs:
        """The answer."""
        return Needs(checks=frozenset({self.digest}))

    def parts(self) -> Iterator[Condition]:
        """None."""
        return iter(())


def answers_of_checks(world: JudgedWorld, cards: Iterable[Scorecard]) -> dict[str, dict[str, CheckAnswer]]:
    """What each check of the cards says of the entities that a card with it may judge, by digest and reference."""
    wanted: dict[str, tuple[CheckCondition, dict[str, EntitySubject]]] = {}
    for card in cards:
        checks = [condition for condition in card.conditions() if isinstance(condition, CheckCondition)]
        if checks:
            subjects = [world.subject(entity) for entity in world.catalog.entities.values()]
            judged = {subject.ref: subject for subject in subjects if card.filter.judge(subject) is not False}
            for check in checks:
                wanted.setdefault(check.digest, (check, {}))[1].update(judged)
    return {digest: _answers(world, check, subjects) for digest, (check, subjects) in wanted.items()}


def _answers(world: JudgedWorld, check: CheckCondition, subjects: Mapping[str, EntitySubject]) -> dict[str, CheckAnswer]:
    plugin = loader.load(GROUP).get(check.name)
    if plugin is None:
        return {}
    process = CheckProcess(plugin)
    try:
        families = frozenset(process.families()) - world.hidden
        entities = [_message(subject, families) for subject in subjects.values()]
        replies = process.judge(check.options, world.clock.now, entities)
    except CallboardError as error:
        replies = [CheckReply(None, str(error)[:200])] * len(subjects)
    finally:
        process.stop()
    return {ref: (reply.passes, _one_line(reply.found)) for ref, reply in zip(subjects, replies, strict=True)}


def _message(subject: EntitySubject, families: frozenset[str]) -> CheckedEntityMessage:
    world, entity = subject.world, subject.entity
    facts: dict[str, list[dict[str, Any]]] = {}
    for fact in world.facts.get(entity.ref, ()):
        if fact.family in families:
            row = {**value_fields(fact.value), "source": fact.source, "environment": fact.environment, "observed_at": fact.observed_at}
            facts.setdefault(fact.family, []).append(row)
    complete: dict[str, bool] = {}
    for each in world.measurements.get(entity.ref, ()):
        if each.family in families:
            complete[each.family] = complete.get(each.family, True) and each.complete
    plain: dict[str, Any] = msgspec.to_builtins(
        {"metadata": entity.metadata, "spec": entity.spec, "facts": facts}, str_keys=True, enc_hook=str
    )  # fmt: skip
    return CheckedEntityMessage(entity.ref, entity.kind, plain["metadata"], plain["spec"], plain["facts"], complete)


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
