"""Results of scorecards → text, Markdown, JSON or JUnit XML for terminals and pipelines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from xml.etree import ElementTree as ET

from callboard.model.counting import counted
from callboard.model.data_classes import dataclass
from callboard.model.errors import SettingsError
from callboard.model.ref import RefError, parse_ref
from callboard.model.suggestions import nearest
from callboard.scorecards.judging import ExplainedResult, Judgement
from callboard.scorecards.results import CardResult, RuleOutcome
from callboard.website.labels import builtin_labels
from callboard.website.portal_files import find_portal_files

_SIGNS = {RuleOutcome.PASS: "+", RuleOutcome.FAIL: "-", RuleOutcome.SKIPPED: " ", RuleOutcome.NOT_MEASURED: "?"}
"""Before a rule in the text."""
_OPEN = frozenset({RuleOutcome.FAIL, RuleOutcome.NOT_MEASURED})


class JudgedEntities(Protocol):
    """Results of the saved state of a portal, or of what it publishes."""

    @property
    def judgement(self) -> Judgement:
        """The results."""

    def has(self, ref: str) -> bool:
        """Whether the portal has an entity."""

    def explain(self, result: CardResult) -> tuple[ExplainedResult, ...]:
        """Why each rule has its result."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The results that were asked for."""

    judged: JudgedEntities
    results: tuple[CardResult, ...]
    is_summary: bool
    """Whether no entity was named."""

    @classmethod
    def of(cls, judged: JudgedEntities, refs: Sequence[str], names: Sequence[str]) -> Scores:
        """The results of these entities (none: of all) on these scorecards (none: on all).

        Raises ``SettingsError`` for an entity or a scorecard that does not exist.
        """
        cards = {card.name: card for card in judged.judgement.cards}
        for name in names:
            if name not in cards:
                raise SettingsError(f"There is no scorecard {name}.", _meant(name, cards))
        wanted = [reference_of(ref, judged.has) for ref in refs]
        chosen = [judged.judgement.results[name] for name in cards if not names or name in names]
        found = [results[ref] for results in chosen for ref in (wanted or results) if ref in results]
        return cls(judged, tuple(found), not wanted)

    def are_below(self, limit: str) -> bool:
        """Whether a result is below a level, or below a percentage on a weighted card. Raises ``SettingsError`` for neither."""
        return any(_is_below(result, limit) for result in self.results if result.reached.applies)


def rendered(scores: Scores, form: str, *, explain: bool) -> str:
    """The results in one of the formats ``text``, ``markdown``, ``json`` and ``junit``."""
    if form == "json":
        return json.dumps([_as_json(scores, result, explain=explain) for result in scores.results], indent=2)
    if form == "junit":
        return _junit(scores)
    lines = _summary_lines(scores) if scores.is_summary and not explain else _lines(scores, is_markdown=form == "markdown", explain=explain)
    return "\n".join(lines)


def _meant(word: str, known: Mapping[str, Any]) -> str:
    similar = nearest(word, known)
    return f"Did you mean {similar}?" if similar else f"Known: {', '.join(known)}."


def reference_of(text: str, is_known: Callable[[str], bool]) -> str:
    """The canonical reference that a text stands for. Raises ``SettingsError`` for one that the portal does not have."""
    try:
        ref = parse_ref(text, default_kind="component").canonical()
    except RefError as error:
        raise SettingsError(f"{text} is not a reference: {error}.", "Write it as component:default/orders.") from error
    if not is_known(str(ref)):
        raise SettingsError(f"The portal has no entity {ref}.", "Build the portal first, or check the name.")
    return str(ref)


def _is_below(result: CardResult, limit: str) -> bool:
    card = result.card
    if card.is_weighted:
        try:
            return (result.score.percent or 0) < float(limit.removesuffix("%"))
        except ValueError:
            return False
    if limit not in card.levels:
        return False
    return result.reached.level < card.levels.index(limit) + 1


def _reached(result: CardResult) -> str:
    if not result.reached.applies:
        return "nothing applies"
    if result.card.is_weighted:
        return f"{result.score.percent:g} % ({result.score.coverage:g} % measured)"
    return result.card.levels[result.reached.level - 1] if result.reached.level else "no level"


def _distance(result: CardResult) -> str:
    reached = result.reached
    if not reached.next:
        return ""
    missing = ((reached.to_pass, "check"), (reached.to_measure, "measurement"))
    parts = [counted(number, noun) for number, noun in missing if number]
    return f", {' and '.join(parts)} to {result.card.levels[reached.next - 1]}"


def _summary_lines(scores: Scores) -> Iterator[str]:
    for card in scores.judged.judgement.cards:
        results = [result for result in scores.results if result.card is card]
        if results:
            counts = Counter(_reached(result) for result in results)
            yield f"{card.name}: {', '.join(f'{number} {level}' for level, number in counts.most_common())}"
            failing = Counter(each.rule.id for result in results for each in result.rules if each.outcome is RuleOutcome.FAIL)
            yield from (f"  - {name} fails for {number}" for name, number in failing.most_common(3))


def _lines(scores: Scores, *, is_markdown: bool, explain: bool) -> Iterator[str]:
    for result in scores.results:
        head = f"{result.ref}: {result.card.title}: {_reached(result)}{_distance(result)}"
        yield f"### {head}\n" if is_markdown else head
        for each in scores.judged.explain(result):
            if explain or each.result.outcome in _OPEN:
                sign = "-" if is_markdown else f"  {_SIGNS[each.result.outcome]}"
                level = f" ({result.card.levels[each.result.rule.level - 1]})" if each.result.rule.level else ""
                yield f"{sign} {each.result.rule.title}{level}: {each.result.outcome.value}{_because(each)}"
                yield from (f"      {line}" for line in _details(each, explain=explain))
        yield ""


def _because(each: ExplainedResult) -> str:
    if each.result.exemption is not None:
        return f" (exempt until {each.result.exemption.until}: {each.result.exemption.reason})"
    return "" if each.result.counts or each.result.rule.starts is None else f" (counts from {each.result.rule.starts})"


def _details(each: ExplainedResult, *, explain: bool) -> Iterator[str]:
    if each.explanation is not None:
        wanted = list(dict.fromkeys(each.explanation.wanted())) if each.result.outcome in _OPEN else []
        if explain and wanted != [each.explanation.condition]:  # else what would change it is the condition
            yield f"condition: {each.explanation.condition}"
        for part in each.explanation.deciding():
            if part.found is not None:
                yield f"found: {part.found.text(_labels())}{f' ({chr(44).join(part.sources)})' if part.sources else ''}"
        if explain:
            yield from (f"would change it: {change}" for change in wanted)
    if each.turns is not None:
        yield f"changes on {each.turns} if nothing happens"
    if each.result.rule.fix and each.result.outcome in _OPEN:
        yield f"to do: {each.result.rule.fix}"


@cache
def _labels() -> Mapping[str, str]:
    """Findings in the terminal are in English, as all its messages."""
    return builtin_labels(find_portal_files(Path()).templates[-1])


def _as_json(scores: Scores, result: CardResult, *, explain: bool) -> Mapping[str, Any]:
    card, reached = result.card, result.reached
    rules = [
        {"id": each.result.rule.id, "outcome": each.result.outcome.value, "counts": each.result.counts,
         "turns": each.turns.isoformat() if each.turns else None} | ({"details": list(_details(each, explain=True))} if explain else {})
        for each in scores.judged.explain(result)
    ]  # fmt: skip
    level = card.levels[reached.level - 1] if reached.level else None
    measures = {"score": result.score.percent, "coverage": result.score.coverage} if card.is_weighted else {"level": level}
    return {"entity": result.ref, "scorecard": card.name, "applies": reached.applies, **measures, "rules": rules}


def _junit(scores: Scores) -> str:
    """A test suite for each entity and scorecard; what is not measured is an error, what does not apply is skipped."""
    root = ET.Element("testsuites")
    for result in scores.results:
        suite = ET.SubElement(root, "testsuite", name=f"{result.card.name} {result.ref}", tests=str(len(result.letters)),
                              failures=str(result.letters.count("f")), errors=str(result.letters.count("n")))  # fmt: skip
        for each in scores.judged.explain(result):
            case = ET.SubElement(suite, "testcase", name=each.result.rule.title, classname=f"{result.card.name}.{each.result.rule.id}")
            tag = {RuleOutcome.FAIL: "failure", RuleOutcome.NOT_MEASURED: "error", RuleOutcome.SKIPPED: "skipped"}.get(each.result.outcome)
            if tag:
                ET.SubElement(case, tag, message=each.result.outcome.value).text = "\n".join(_details(each, explain=True))
    return ET.tostring(root, encoding="unicode")
