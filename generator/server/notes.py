"""What open pages are told after a change."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """One problem, in plain texts: whoever shows it makes no markup of them."""

    severity: str
    """``error``, ``warning`` or ``info``."""
    code: str
    place: str
    """File, line and column, as editors open it: ``repos/shop/catalog-info.yaml:7:3``; empty where there is none."""
    message: str
    hint: str
    page: str
    """The page about the code, below the site's root."""


@dataclass(frozen=True, slots=True)
class State:
    """What an open page goes by."""

    version: str
    """Another text means another site: load again."""
    error: str = ""
    """Why the last change could not be shown, or empty."""
    notes: tuple[Note, ...] = ()
    """Problems of the last change."""
    more: int = 0
    """Further ones."""
