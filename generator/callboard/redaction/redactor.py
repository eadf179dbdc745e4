"""Configured secrets never reach a log, an error or a page: every text is redacted before it is shown.

Redact before a text is cut: a part of a secret is not recognized.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile
from operator import eq
from urllib.parse import quote

MARK = "***"
SHORTEST = 4
"""Shorter values are left alone: replacing ``1`` or ``on`` would garble every text and protect nothing."""
LONGEST = 2_000
"""Characters of a text that is shown."""
_END = 500
"""Of them, how many are the end of the text: there stands how it went."""
URL_CREDENTIALS = re.compile(r"""(?:(?<=://)(?<!ssh://)[^\s/'"<>]+|(?<=ssh://)[^\s/:'"<>]*:[^\s/'"<>]*)@""")
"""``user:token@`` or ``token@`` in a URL, wherever it came from; the user of ``ssh://git@host`` is no secret."""


@dataclass(frozen=True, slots=True)
class Redactor:
    """Knows the secrets and replaces them; its ``repr`` does not tell them."""

    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Longest first, so that a secret inside a longer one leaves no rest."""

    @classmethod
    def of(cls, values: Iterable[str]) -> Redactor:
        """A redactor of these values, each also in the spelling that it has in a URL."""
        stripped = (v.strip() for v in values)
        forms = {form for v in stripped if len(v) >= SHORTEST for form in (v, quote(v, safe=""), quote(v))}
        lines = {line for form in forms for line in form.splitlines() if len(line) >= SHORTEST}
        return cls(tuple(sorted(forms | lines, key=lambda s: (-len(s), s))))

    def with_also(self, values: Iterable[str]) -> Redactor:
        """The same, knowing more."""
        return Redactor.of((*self.secrets, *values))

    def redact(self, text: str) -> str:
        """The text with each secret, and any user and password in a URL, replaced by ``***``; then cut in the middle if it is very long."""
        for secret in self.secrets:
            text = text.replace(secret, MARK)
        text = URL_CREDENTIALS.sub(f"{MARK}@", text)
        return text if len(text) <= LONGEST else f"{text[: LONGEST - _END]} … {text[-_END:]}"


BEGINNING = 12
"""Characters by which the beginning of a secret is known: texts of hosts are cut to a length, wherever that falls."""


def hidden(text: str, secret: str) -> str:
    """The text with ``***`` for each occurrence of the secret, whole or cut."""
    if len(secret) < SHORTEST:
        return text
    text = text.replace(secret, MARK)
    beginning = secret[:BEGINNING]
    while len(secret) > BEGINNING and (start := text.find(beginning)) >= 0:
        told = sum(takewhile(bool, map(eq, text[start:], secret)))
        text = text[:start] + MARK + text[start + told :]
    return text
