"""Configured secrets and a text → the text without them, for logs, errors and pages.

Redact a text before it is cut: a part of a secret is not recognized.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import field
from itertools import takewhile
from operator import eq
from urllib.parse import quote

from callboard.model.data_classes import dataclass

MASK = "***"
"""Replaces a configured secret."""
SHORTEST = 4
"""Shortest value that is replaced: replacing ``1`` or ``on`` would garble every text and protect nothing."""
LONGEST = 2_000
"""Longest redacted text, in characters; a longer one is cut in the middle."""
_END = 500
"""Characters kept from the end of a long text, where programs report the result."""
BEGINNING = 12
"""Characters by which the beginning of a truncated secret is recognized: hosts cut their messages at any point."""
URL_CREDENTIALS = re.compile(r"""(?:(?<=://)(?<!ssh://)[^\s/'"<>]+|(?<=ssh://)[^\s/:'"<>]*:[^\s/'"<>]*)@""")
"""``user:token@`` or ``token@`` in a URL, configured or not; the user of ``ssh://git@host`` is not a secret."""


@dataclass(frozen=True, slots=True)
class Redactor:
    """Replaces secrets in texts; its ``repr`` does not contain them."""

    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Longest first, so that a secret inside a longer one leaves no remainder."""

    @classmethod
    def of(cls, values: Iterable[str]) -> Redactor:
        """Create a redactor of these values, which also replaces their URL-encoded forms."""
        stripped = (v.strip() for v in values)
        forms = {form for v in stripped if len(v) >= SHORTEST for form in (v, quote(v, safe=""), quote(v))}
        lines = {line for form in forms for line in form.splitlines() if len(line) >= SHORTEST}
        return cls(tuple(sorted(forms | lines, key=lambda s: (-len(s), s))))

    def with_also(self, values: Iterable[str]) -> Redactor:
        """Return a redactor of these and further values."""
        return Redactor.of((*self.secrets, *values))

    def redact(self, text: str) -> str:
        """Replace each secret, and any user and password in a URL, by ``***``; then cut the middle of a very long text."""
        for secret in self.secrets:
            text = text.replace(secret, MASK)
        text = URL_CREDENTIALS.sub(f"{MASK}@", text)
        return text if len(text) <= LONGEST else f"{text[: LONGEST - _END]} … {text[-_END:]}"


def hidden(text: str, secret: str) -> str:
    """Replace each occurrence of the secret, complete or truncated, by ``***``."""
    if len(secret) < SHORTEST:
        return text
    text = text.replace(secret, MASK)
    beginning = secret[:BEGINNING]
    while len(secret) > BEGINNING and (start := text.find(beginning)) >= 0:
        length = sum(takewhile(bool, map(eq, text[start:], secret)))
        text = text[:start] + MASK + text[start + length :]
    return text
