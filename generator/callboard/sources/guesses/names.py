"""Names at hosts → valid names of entities."""

from __future__ import annotations

import re

from callboard.plugins.sources import ascii_text

NAME_LENGTH = 63
INVALID_CHARACTERS = re.compile(r"[^a-z0-9._-]+")
RUNS = re.compile(r"[._-]{2,}")


def entity_name(text: str, limit: int | None = NAME_LENGTH) -> str:
    """The nearest valid name of an entity (Backstage: letters, digits and ``-_.`` between them, at most 63); may be empty.

    ``limit``: characters that are kept; None for all.
    """
    name = RUNS.sub(lambda m: m.group()[0], INVALID_CHARACTERS.sub("-", ascii_text(text.strip()).lower()))
    return name.strip("-_.")[:limit].strip("-_.")
