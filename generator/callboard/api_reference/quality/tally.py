"""What rules look at → findings: how many of how many, and the first places."""

from __future__ import annotations

from dataclasses import field

from callboard.model.data_classes import dataclass
from callboard.model.facts.api_quality import QualityFinding, QualityPlace
from callboard.redaction.masking import masked

MAX_PLACES = 10
"""Places of a finding that are kept."""
_SHOWN = 120


@dataclass(slots=True)
class Tally:
    """Counts what rules find in one definition."""

    text: str
    """Of the definition, in which lines are found."""
    is_public: bool = False
    seen: dict[str, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    places: dict[str, list[QualityPlace]] = field(default_factory=dict)

    def look(self, rule: str, is_wrong: bool, place: tuple[str, ...] = (), detail: str = "") -> None:  # noqa: FBT001  # one fact
        """Note what a rule found at one place: its words, of which the line is that of the first ones in the text."""
        self.seen[rule] = self.seen.get(rule, 0) + 1
        if not is_wrong:
            return
        self.found[rule] = self.found.get(rule, 0) + 1
        kept = self.places.setdefault(rule, [])
        if len(kept) < MAX_PLACES and place:
            words = " ".join(each.upper() if number == 0 and len(place) > 1 else each for number, each in enumerate(place))
            shown, said = (masked(each, is_public=self.is_public).text for each in (words[:_SHOWN], detail[:400]))
            kept.append(QualityPlace(shown, self._line(place), said))

    def findings(self) -> tuple[QualityFinding, ...]:
        """Those of all rules, the most frequent first."""
        order = sorted(self.found, key=lambda rule: (-self.found[rule] / self.seen[rule], rule))
        return tuple(QualityFinding(rule, self.found[rule], self.seen[rule], tuple(self.places.get(rule, ()))) for rule in order)

    def _line(self, place: tuple[str, ...]) -> int:
        """The line of a path, and below it that of the method; 0 if they are not found as keys."""
        verb, name = (place[0], place[1]) if len(place) > 1 else ("", place[0])
        at = self._key(name, 0)
        if at >= 0 and verb:
            below = self._key(verb.lower(), at)
            at = below if below >= 0 else at
        return self.text.count("\n", 0, at) + 1 if at >= 0 else 0

    def _key(self, name: str, start: int) -> int:
        """Where a name stands as the key of a mapping."""
        at = self.text.find(name, start)
        while at >= 0:
            after = self.text[at + len(name) : at + len(name) + 3].lstrip("\"' ")
            before = self.text[max(at - 1, 0) : at]
            if after.startswith(":") and (not before or before in "\"' \n{\t,"):
                return at
            at = self.text.find(name, at + 1) if at - start < len(self.text) else -1
        return -1


def names_successor(words: str) -> bool:
    """Whether the description of something deprecated says what to use."""
    words = words.lower()
    return "instead" in words or "replace" in words or "successor" in words or "use " in words
