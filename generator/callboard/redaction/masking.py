"""A descriptor's text → the text without secrets and, on a public portal, without e-mail addresses."""

from __future__ import annotations

import re
from typing import NamedTuple

from callboard.redaction.secrets import find_secrets, mask

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_EMAIL_MASK = "•••@•••"


class Masked(NamedTuple):
    """A text that can be published."""

    text: str
    secrets: int
    """Number of masked secrets."""


def masked(text: str, *, is_public: bool) -> Masked:
    """Mask the secrets of a text and, on a public portal, e-mail addresses."""
    secrets = sum(1 for _ in find_secrets(text))
    without_secrets = mask(text) if secrets else text
    return Masked(_EMAIL.sub(_EMAIL_MASK, without_secrets) if is_public else without_secrets, secrets)
