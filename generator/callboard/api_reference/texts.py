"""Values of a definition, of any type → short masked lines, safe HTML and masked JSON for the reference."""

from __future__ import annotations

import json
import re
from dataclasses import field
from typing import Any

import msgspec
from markupsafe import Markup

from callboard.markdown.rendering import to_html
from callboard.model.data_classes import dataclass
from callboard.redaction.masking import masked

MAX_LINE = 400
"""Characters of a name, title or summary."""
MAX_PROSE = 20_000
"""Characters of a description."""
MAX_EXAMPLE = 2_000
"""Characters of an example: examples are a fifth of the bytes of large references."""
MAX_VALUE = 200
"""Characters of a default or of one value of an enumeration."""
_NOT_IN_ANCHORS = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Texts:
    """Makes the texts of one reference; each is masked after the definition was parsed, so that masking changes no structure."""

    is_public: bool
    memo: dict[str, Markup] = field(default_factory=dict)
    lines: dict[tuple[str, int], str] = field(default_factory=dict)
    """Lines that were made: the same words stand in a definition again and again."""
    max_allowed: int = 200
    """Values of an enumeration that the reference has."""

    def line(self, value: object, limit: int = MAX_LINE) -> str:
        """A string or number on one line; empty for anything else."""
        text = value if isinstance(value, str) else str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
        if not text:
            return ""
        found = self.lines.get((text, limit))
        if found is None:
            found = self.mask(" ".join(text[: 4 * limit].split()))
            found = found if len(found) <= limit else f"{found[: limit - 1].rstrip()}…"
            self.lines[text, limit] = found
        return found

    def prose(self, value: object) -> Markup:
        """Markdown as safe HTML; empty for anything but a string. Relative links become text."""
        if not isinstance(value, str) or not value.strip():
            return Markup()
        if value not in self.memo:
            self.memo[value] = to_html(self.mask(value[:MAX_PROSE]))
        return self.memo[value]

    def value(self, value: Any, limit: int = MAX_VALUE) -> str:
        """A value as JSON on one line; a string without its quotes."""
        text = value if isinstance(value, str) else dumped(value, None)
        return self.line(text, limit)

    def example(self, value: Any) -> str:
        """A value as indented JSON, a string as it is; cut at the end of a line."""
        text = self.mask(value if isinstance(value, str) else dumped(value, 2))
        if len(text) <= MAX_EXAMPLE:
            return text
        return text[:MAX_EXAMPLE].rpartition("\n")[0] + "\n…" if "\n" in text[:MAX_EXAMPLE] else text[:MAX_EXAMPLE] + "…"

    def mask(self, text: str) -> str:
        """The text without secrets and, on a public portal, addresses."""
        return masked(text, is_public=self.is_public).text


def dumped(value: Any, indent: int | None) -> str:
    """A value as JSON; what JSON cannot hold as its text."""
    try:
        return msgspec.json.format(msgspec.json.encode(value), indent=indent or 0).decode()
    except (TypeError, ValueError, RecursionError, OverflowError):
        pass
    try:
        return json.dumps(value, indent=indent, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return ""


@dataclass(frozen=True, slots=True)
class ReferenceAnchors:
    """Gives ids that are unique in one reference; the same definition always gets the same ones."""

    used: dict[str, int] = field(default_factory=dict)
    """The next number to try, by each anchor in small letters: thousands of names may give the same anchor."""

    def of(self, prefix: str, name: str) -> str:
        """``prefix-name`` without characters that addresses escape; with a number behind it if it is taken."""
        base = f"{prefix}-{slug(name)}"
        found, number = base, self.used.get(base.lower(), 2)
        while found.lower() in self.used:
            found, number = f"{base}-{number}", number + 1
        self.used[base.lower()] = number
        self.used.setdefault(found.lower(), 2)
        return found


def slug(name: str) -> str:
    """A name with only letters, digits, ``_``, ``.`` and ``-``."""
    return _NOT_IN_ANCHORS.sub("-", name[:200]).strip("-.") or "x"


def mapping(value: object) -> dict[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []
