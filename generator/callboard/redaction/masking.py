"""Texts of descriptors without what must not be shown: secrets, and people's addresses on a public portal."""

from __future__ import annotations

import re
from typing import NamedTuple

from callboard.redaction.secrets import find_secrets, mask

_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")


class Masked(NamedTuple):
    """A text that can be shown."""

    text: str
    secrets: int
    """How many were masked."""


def masked(text: str, *, is_public: bool) -> Masked:
    """The text with secrets masked; without mail addresses on a public portal."""
    secrets = sum(1 for _ in find_secrets(text))
    clean = mask(text) if secrets else text
    return Masked(_MAIL.sub("•••@•••", clean) if is_public else clean, secrets)
