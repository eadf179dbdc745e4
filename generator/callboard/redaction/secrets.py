"""A text → the secrets in it (keys, tokens, passwords), to be reported, and the text with them masked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

_KINDS = {
    "private key": r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----(?:[^-]|-(?!----END))*(?:-----END[^\n]*)?",
    "AWS access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})",
    "GitLab token": r"\bglpat-[A-Za-z0-9_-]{20,}",
    "Slack token": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
    "Slack webhook": r"https://hooks\.slack\.com/services/T[A-Za-z0-9]+/B[A-Za-z0-9]+/[A-Za-z0-9]+",
    "JSON web token": r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
    "Google API key": r"\bAIza[0-9A-Za-z_-]{35}",
    "Stripe key": r"\b[sr]k_live_[0-9A-Za-z]{16,}",
    "npm token": r"\bnpm_[A-Za-z0-9]{36}\b",
    "password in a URL": r"(?<=://)[^\s/:@\"'{}$<>]{1,100}:[^\s/:@\"'{}$<>]{3,200}(?=@[A-Za-z0-9\[])",
}
_NAMES = tuple(_KINDS)
_PATTERN = re.compile("|".join(f"({pattern})" for pattern in _KINDS.values()))
_HINT = re.compile(r"PRIVATE KEY|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox|hooks\.slack|eyJ|AIza|k_live_|npm_|://[^\s/@:]*:[^\s/@]*@")
"""A fast first check: very few descriptors match."""
_SHOWN = 4
_MASK = "****"
"""Replaces a secret after its first ``_SHOWN`` characters."""


class Secret(NamedTuple):
    """A piece of a text that looks like a secret."""

    kind: str
    """The type of secret, for messages."""
    start: int
    end: int


def find_secrets(text: str) -> Iterator[Secret]:
    """Yield every piece of the text that looks like a secret, in order."""
    if _HINT.search(text):
        for match in _PATTERN.finditer(text):
            yield Secret(_NAMES[(match.lastindex or 1) - 1], match.start(), match.end())


def mask(text: str) -> str:
    """The text with each secret cut to its first four characters and ``****``; line numbers stay the same."""
    pieces, at = [], 0
    for secret in find_secrets(text):
        value = text[secret.start : secret.end]
        pieces += [text[at : secret.start], value[:_SHOWN], _MASK, "\n" * value.count("\n")]
        at = secret.end
    return "".join([*pieces, text[at:]]) if pieces else text


def may_hold_secrets(text: str) -> bool:
    """A fast check of text or JSON: False if there is certainly no secret."""
    return _HINT.search(text) is not None


def mask_values(value: Any) -> Any:
    """The same value with the secrets in all of its strings masked, including keys of mappings."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {mask_values(key): mask_values(item) for key, item in value.items()}
    return [mask_values(item) for item in value] if isinstance(value, list) else value
