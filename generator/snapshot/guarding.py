"""What may be believed and what may be lost: a build that would publish something worse than what is there does not publish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.errors import SettingsError
from generator.model.counting import counted
from generator.model.ref import EntityRef
from generator.snapshot.values import Collection, State, Verdict

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Guards:
    """The bounds, from ``history:`` in ``sources.yaml`` and the command line."""

    shrink: float = 0.3
    """Share of a listing that may vanish between two builds."""
    loss: float = 0.2
    """Share of all entities that may vanish."""
    failed: float = 0.5
    """Share of the sources that may fail."""
    floor: int = 5
    """Fewer than these may always vanish, as long as something is left: small portals change by large shares."""
    accept_loss: bool = False
    """Whoever calls has looked: every loss is believed."""
    allow_missing: bool = False
    """Sources that fail and have no last good copy may be left out."""


_SHARES = {"listing_shrink": "shrink", "entity_loss": "loss", "failed_sources": "failed"}


def guards_of(section: Mapping[str, Any], *, accept_loss: bool = False, allow_missing: bool = False) -> Guards:
    """The guards of ``history:``; shares are written in per cent. Raises ``SettingsError``."""
    found: dict[str, Any] = {}
    for key, name in _SHARES.items():
        value = section.get(key)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:  # noqa: PLR2004 - per cent
            raise SettingsError(f'"history.{key}" must be a number from 0 to 100 (per cent).')
        found[name] = value / 100
    return Guards(**found, accept_loss=accept_loss, allow_missing=allow_missing)


def is_too_much(gone: int, before: int, share: float, floor: int) -> bool:
    """Whether so many of so many may not vanish."""
    return before > 0 and (gone == before or gone >= floor) and gone > share * before


def verdict(
    previous: State | None, collections: Sequence[Collection], failed: Sequence[str], lost: Sequence[EntityRef], guards: Guards
) -> Verdict:
    """Whether the build may publish. ``failed``: the sources that gave nothing that is believed."""
    reasons = []
    never = [c for c in collections if c.source in failed and c.as_of is None and not c.count]
    if never and not guards.allow_missing:
        said = " ".join(f"{c.source}: {'; '.join(c.errors)}." for c in never)
        reasons.append(f"There is no last good copy of what could not be read. {said}")
    if previous is not None and not guards.accept_loss:
        if len(failed) > guards.failed * len(collections):
            share = f"{len(failed)} of {counted(len(collections), 'source')} failed ({', '.join(failed)})"
            reasons.append(f"{share}; at most {guards.failed:.0%} may.")
        before = len({entity.ref for entity in previous.entities})
        if is_too_much(len(lost), before, guards.loss, guards.floor):
            shown = ", ".join(map(str, lost[:_SHOWN])) + (" …" if len(lost) > _SHOWN else "")
            reasons.append(
                f"{len(lost):,} of {counted(before, 'entity', 'entities')} would be lost ({shown}); at most {guards.loss:.0%} may."
            )
    return Verdict(tuple(reasons))
