"""A text, JSON or YAML → the same without secrets and, on a public portal, without e-mail addresses; JSON and YAML stay valid."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from callboard.redaction.secrets import mask, may_hold_secrets, secrets_and_candidates
from callboard.redaction.structured import mask_document

_AT_DOMAIN = re.compile(r"@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_LOCAL_PART = re.compile(r"[A-Za-z0-9._%+-]{1,64}")
_EMAIL_MASK = "•••@•••"


class Masked(NamedTuple):
    """A text that can be published."""

    text: str
    secrets: int
    """Number of masked secrets."""


def masked(text: str, *, is_public: bool) -> Masked:
    """Mask the secrets of a text and, on a public portal, e-mail addresses."""
    may_hold = may_hold_secrets(text)
    if not may_hold and not (is_public and "@" in text):
        return Masked(text, 0)
    secrets, positions = secrets_and_candidates(text) if may_hold else ([], [])
    if is_public:
        positions = sorted([*positions, *(start for start, _ in _emails(text))])
    return Masked(mask_document(text, _mask_all if is_public else mask, positions), len(secrets))


def masked_values(value: Any, *, is_public: bool) -> Any:
    """The same mappings and lists with each string masked, also the keys."""
    if isinstance(value, str):
        return masked(value, is_public=is_public).text
    if isinstance(value, Mapping):
        return {masked_values(key, is_public=is_public): masked_values(item, is_public=is_public) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked_values(item, is_public=is_public) for item in value]
    return value


def _mask_all(text: str) -> str:
    text, pieces, at = mask(text), [], 0
    for start, end in _emails(text):
        pieces += [text[at:start], _EMAIL_MASK]
        at = end
    return "".join([*pieces, text[at:]]) if pieces else text


def _emails(text: str) -> Iterator[tuple[int, int]]:
    """Where e-mail addresses begin and end: searched from the ``@``, because most texts have few."""
    previous = 0
    for match in _AT_DOMAIN.finditer(text):
        at = match.start()
        local = _LOCAL_PART.match(text[max(previous, at - 64) : at][::-1])
        if local:
            previous = match.end()
            yield at - local.end(), previous
