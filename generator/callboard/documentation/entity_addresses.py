"""An address in a text → whether it names an entity of the catalog or its documentation, by its kind, and the kind that was meant."""

from __future__ import annotations

import re
from collections.abc import Collection

from callboard.model.suggestions import distance

_KIND = re.compile(r"([A-Za-z][A-Za-z0-9]{0,62}):(?!/)[^\s]")
_SHORTEST = 4
"""Letters of a misspelled kind; shorter words are one letter away from schemes of programs, as ``apt:`` is from ``api:``."""


def is_entity_address(address: str, kinds: Collection[str]) -> bool:
    """Whether the address names an entity or its documentation, ``component:payments/runbook.md``, if only by a misspelled kind."""
    match = _KIND.match(address)
    return match is not None and (match[1].lower() in kinds or bool(_meant(match[1].lower(), kinds)))


def meant_address(address: str, kinds: Collection[str]) -> str:
    """The address with the kind that was probably meant: ``component:payments`` for ``compnent:payments``; empty if the kind exists."""
    match = _KIND.match(address)
    written = match[1].lower() if match else ""
    meant = "" if written in kinds else _meant(written, kinds)
    return f"{meant}{address[len(written) :]}" if meant else ""


def _meant(written: str, kinds: Collection[str]) -> str:
    """The kind that is one letter, or two swapped letters, away; empty for none."""
    return next((kind for kind in kinds if distance(written, kind, 1) == 1), "") if len(written) >= _SHORTEST else ""
