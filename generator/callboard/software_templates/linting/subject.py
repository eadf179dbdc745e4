"""A Template entity → what its checks need: its steps, and problems at places in its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callboard.descriptors.document import field_span
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.fields import FieldPath, dotted
from callboard.model.problem import Problem, Rule, Severity, Span
from callboard.redaction.secrets import mask

SHOWN = 120
"""Characters of a text that a message quotes."""


@dataclass(frozen=True, slots=True)
class LintedTemplate:
    """One template."""

    entity: Entity

    @property
    def steps(self) -> Sequence[Any]:
        """The steps as written."""
        steps = self.entity.spec.get("steps")
        return steps if isinstance(steps, list) else []

    def problem(self, rule: Rule, message: str, path: FieldPath, hint: str, *, severity: Severity | None = None, text: str = "") -> Problem:
        """A problem at a field; ``text``: the part of its value that is meant."""
        return rule.problem(
            mask(message), severity=severity, origin=self.entity.origin, span=self._span(path, text), subject=self.entity.ref,
            field=mask(dotted(path)), hint=mask(hint),
        )  # fmt: skip

    def _span(self, path: FieldPath, text: str) -> Span | None:
        """The range of the text in the value; that of the whole value if the text is not written in one line of it."""
        span = field_span(self.entity, dotted(path))
        first = text.split("\n", 1)[0]
        if span is None or not first:
            return span
        lines, start = self.entity.text.splitlines(), span.line - self.entity.origin.line
        for number, line in enumerate(lines[start:]):  # a block of text begins below its key
            column = line.find(first, span.column - 1 if number == 0 else 0)
            if column >= 0:
                return Span(span.line + number, column + 1, span.line + number, column + 1 + len(first))
        return span


def shown(text: str) -> str:
    """A text on one line, shortened, for messages."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"


def as_mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def did_you_mean(near: str) -> str:
    """A hint that names the value that is probably meant; empty for none."""
    return f"Did you mean `{near}`?" if near else ""
