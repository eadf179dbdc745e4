"""Ways up and down in what contains what, bounded: a circle or chain of thousands costs a page no more than a real organisation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from generator.model.ref import EntityRef

LEVELS = 30
"""Followed from one entity, up and down. Real organisations have ten; without a bound a chain of ``n`` costs ``n`` times ``n`` steps."""

Near = Callable[[EntityRef], Iterable[EntityRef]]
"""What lies directly above or below an entity."""


def upwards(start: EntityRef, above: Callable[[EntityRef], EntityRef | None], levels: int = LEVELS) -> tuple[EntityRef, ...]:
    """The way up, outermost first and without ``start``; it ends where it would meet itself, and after so many levels."""
    chain: dict[EntityRef, None] = {}
    here = above(start)
    while here is not None and here != start and here not in chain and len(chain) < levels:
        chain[here] = None
        here = above(here)
    return tuple(reversed(chain))


def downwards(start: EntityRef, below: Near, levels: int = LEVELS) -> Iterator[EntityRef]:
    """What lies below, each once, level by level, without ``start``; so many levels at most."""
    seen, level = {start}, [start]
    for _ in range(levels):
        level = list(_fresh(level, below, seen))
        if not level:
            return
        yield from level


def tops(things: Iterable[EntityRef], above: Near, below: Near) -> tuple[EntityRef, ...]:
    """Where one has to begin to meet all, sorted: things with nothing above, and the first of each circle that nobody else leads to."""
    ordered = sorted(things)
    found = [thing for thing in ordered if not any(True for _ in above(thing))]
    seen = set(found)
    _meet(found, below, seen)
    for thing in ordered:
        if thing not in seen:
            found.append(thing)
            seen.add(thing)
            _meet([thing], below, seen)
    return tuple(sorted(found))


def _meet(level: Iterable[EntityRef], below: Near, seen: set[EntityRef]) -> None:
    """Adds everything below to ``seen``, at any depth."""
    while level:
        level = list(_fresh(level, below, seen))


def _fresh(level: Iterable[EntityRef], below: Near, seen: set[EntityRef]) -> Iterator[EntityRef]:
    for here in level:
        for thing in below(here):
            if thing not in seen:
                seen.add(thing)
                yield thing
