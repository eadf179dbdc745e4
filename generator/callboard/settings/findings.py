"""Problems of ``sources.yaml``: findings with positions, and the error that lists them all."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path as FilePath

from callboard.model.counting import counted
from callboard.model.errors import SettingsError

MAX_SUGGESTED_LENGTH = 100
"""Nobody mistypes a key of this length; ``difflib`` takes quadratic time."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing to mend, with its place; sorts by place."""

    line: int
    """From 1; 0 is the file as a whole."""
    column: int
    """From 1."""
    message: str
    """What is wrong and, where we can guess it, what was meant."""

    def text(self, file: FilePath) -> str:
        """``sources.yaml:4:3: unknown key …``, which editors and terminals make a link of."""
        place = f"{file}:{self.line}:{self.column}" if self.line else str(file)
        return f"{place}: {self.message}"


class InvalidSettingsError(SettingsError):
    """``sources.yaml`` has findings; ``findings`` holds them sorted by place."""

    def __init__(self, file: FilePath, findings: Iterable[Finding]) -> None:
        self.file = file
        self.findings = tuple(sorted(set(findings)))
        count = len(self.findings)
        head = f"{file} cannot be used: {counted(count, 'thing needs', 'things need')} mending."
        super().__init__("\n".join([head, *(f"  {f.text(file)}" for f in self.findings)]))


def suggestion(word: object, choices: Iterable[str]) -> str:
    """``; did you mean "path"?`` or an empty text where nothing is near."""
    if not isinstance(word, str) or len(word) > MAX_SUGGESTED_LENGTH:
        return ""
    by_lower = {c.lower(): c for c in choices}
    near = difflib.get_close_matches(word.lower(), list(by_lower), n=1, cutoff=0.6)
    return f'; did you mean "{by_lower[near[0]]}"?' if near else ""


def listed(choices: Iterable[object]) -> str:
    """Choices for people: ``"a", "b" or "c"``."""
    words = [f'"{c}"' if isinstance(c, str) else str(c) for c in choices]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def dotted(path: Iterable[str | int]) -> str:
    """A path for people: ``sources[0].path``."""
    text = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path)
    return text.removeprefix(".")
