"""Errors in ``sources.yaml`` and in kind files: findings with positions, and the exception that lists them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from callboard.model.counting import counted
from callboard.model.errors import SettingsError
from callboard.model.problem import Span
from callboard.model.suggestions import nearest

_ABBREVIATION = 3
"""Letters of the shortest word that may abbreviate a known one."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One error, with its position; sorts by position."""

    line: int
    """From 1; 0 for the file as a whole."""
    column: int
    """From 1."""
    message: str
    """What is wrong and, where it can be inferred, what was meant."""

    @classmethod
    def at(cls, span: Span, message: str) -> Finding:
        """Return a finding at the start of a range."""
        return cls(span.line, span.column, message)

    def text(self, file: Path) -> str:
        """``sources.yaml:4:3: unknown key …``, which editors and terminals turn into a link."""
        location = f"{file}:{self.line}:{self.column}" if self.line else str(file)
        return f"{location}: {self.message}"


class InvalidSettingsError(SettingsError):
    """``sources.yaml`` or a kind file has errors; ``findings`` are sorted by position."""

    def __init__(self, file: Path, findings: Iterable[Finding]) -> None:
        self.file = file
        self.findings = tuple(sorted(set(findings)))
        head = f"{file} cannot be used: {counted(len(self.findings), 'error')}."
        super().__init__("\n".join([head, *(f"  {f.text(file)}" for f in self.findings)]))


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """``; did you mean "path"?``, or an empty string if no choice is similar and none alone begins with the word (``lang``)."""
    known = list(choices)
    longer = [choice for choice in known if len(word) >= _ABBREVIATION and choice.lower().startswith(word.lower())]
    choice = nearest(word, known) or (longer[0] if len(longer) == 1 else "")
    return f'; did you mean "{choice}"?' if choice else ""
