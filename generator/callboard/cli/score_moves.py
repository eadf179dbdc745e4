"""Results before and after an edit of a descriptor or a scorecard → who moves, as text, Markdown or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.scorecards.judging import Judgement
from callboard.scorecards.results import CardResult

NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class ResultMove:
    """One entity on one scorecard, before and after an edit."""

    ref: str
    card: str
    """Title of the scorecard."""
    before: CardResult | None
    """None: the scorecard did not judge the entity."""
    after: CardResult | None

    @property
    def has_other_level(self) -> bool:
        """Whether the level or score is another one, and not only a single result."""
        return level_text(self.before) != level_text(self.after)

    def rules(self) -> Iterator[tuple[str, str, str]]:
        """The rules with another result: title, and the results before and after."""
        before, after = (
            {each.rule.id: (each.rule.title, each.outcome.value) for each in result.rules} if result else {}
            for result in (self.before, self.after)
        )
        for name in dict.fromkeys((*before, *after)):
            old, new = before.get(name), after.get(name)
            if (old and old[1]) != (new and new[1]):
                yield (new or old or ("", ""))[0], old[1] if old else NOT_JUDGED, new[1] if new else NOT_JUDGED


def moves_between(before: Judgement, after: Judgement) -> tuple[ResultMove, ...]:
    """Who has other results, the entities with another level first."""
    titles = {card.name: card.title for card in (*before.cards, *after.cards)}
    moves = []
    for name, title in titles.items():
        old, new = before.results.get(name, {}), after.results.get(name, {})
        moves += [ResultMove(ref, title, old.get(ref), new.get(ref)) for ref in dict.fromkeys((*old, *new))]
    changed = [move for move in moves if move.has_other_level or any(move.rules())]
    return tuple(sorted(changed, key=lambda move: (not move.has_other_level, move.card, move.ref)))


def level_text(result: CardResult | None) -> str:
    """The level or score in words."""
    if result is None:
        return NOT_JUDGED
    if not result.reached.applies:
        return "nothing applies"
    if result.card.is_weighted:
        return f"{result.score.percent:g} %"
    return result.card.levels[result.reached.level - 1] if result.reached.level else "no level"


def rendered_moves(moves: Sequence[ResultMove], form: str) -> str:
    """The moves in one of the formats ``text``, ``markdown`` and ``json``."""
    if form == "json":
        return json.dumps([_as_json(move) for move in moves], indent=2)
    if not moves:
        return "No result changes."
    number = sum(move.has_other_level for move in moves)
    head = f"Results that change: {len(moves)}, with another level: {number}." if number else "Results change, and no level does."
    return "\n".join((head, *(line for move in moves for line in _lines(move, is_markdown=form == "markdown"))))


def _lines(move: ResultMove, *, is_markdown: bool) -> Iterator[str]:
    before, after = level_text(move.before), level_text(move.after)
    levels = f"{before} → {after}" if before != after else after
    yield f"{'- ' if is_markdown else ''}{move.ref}: {move.card}: {levels}"
    for title, old, new in move.rules():
        yield f"  {'- ' if is_markdown else '  '}{title}: {old} → {new}"


def _as_json(move: ResultMove) -> Mapping[str, Any]:
    rules = [{"rule": title, "before": old, "after": new} for title, old, new in move.rules()]
    return {"entity": move.ref, "scorecard": move.card, "before": level_text(move.before), "after": level_text(move.after), "rules": rules}
