"""Texts without secrets, and without the beginnings of secrets that were cut off."""

from __future__ import annotations

from itertools import takewhile
from operator import eq

MARK = "***"
SHORTEST = 4
"""Replacing a shorter one would garble every text and protect nothing."""
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
