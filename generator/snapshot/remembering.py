"""What a build notices against the one before, and what it leaves to the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from generator.catalog.graph import Catalog
from generator.model.tree import Tree, Trees
from generator.outside.store import Store
from generator.problems import Problem
from generator.snapshot.diff import difference
from generator.snapshot.history import History, history_of, read_changes
from generator.snapshot.portraits import concerns, portray
from generator.snapshot.trees import known_tree
from generator.snapshot.values import Change, Concern, Portrait, Served, State

MONTHS = 24
"""Months of history that the site shows, unless ``history.months`` says otherwise."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """What is different, and what the next build compares with."""

    portraits: tuple[Portrait, ...]
    concerns: tuple[Concern, ...]
    changes: tuple[Change, ...]


def notice(previous: State | None, catalog: Catalog, problems: Iterable[Problem], now: datetime, version: str) -> Noticed:
    """Compare the linked catalog with the last build. ``problems``: all of them; ``version``: Callboard's own."""
    portraits, found = portray(catalog), concerns(problems)
    return Noticed(portraits, found, difference(previous, portraits, found, now, version))


def history(store: Store, previous: State | None, changes: Iterable[Change], months: int = MONTHS) -> History:
    """All that is shown of the past: the kept months, what the last build noticed, and what this one noticed."""
    last = previous.changes if previous else ()
    return history_of((*read_changes(store.state, months), *last, *changes))


def remember(served: Served, noticed: Noticed, trees: Trees, previous: State | None, now: datetime, version: str) -> State:
    """What ``state.save`` keeps. ``trees``: those that pages asked (``trees.recorded``), so that their answers are kept."""
    before = {tree.key: tree for tree in previous.trees} if previous else {}
    return State(
        now,
        version,
        served.entities,
        served.problems,
        tuple(known_tree(key[0], tree, served.read_at.get(key, now), before.get(key)) for key, tree in sorted(trees.items(), key=_key)),
        served.collections,
        served.stale,
        noticed.portraits,
        noticed.concerns,
        noticed.changes,
        served.files,
        served.skipped,
        served.repositories,
        served.undescribed,
    )


def _key(item: tuple[tuple[str, str], Tree]) -> tuple[str, str]:
    return item[0]
