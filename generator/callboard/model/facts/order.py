"""Facts of one family → the same in the order in which pages list them, each once, and how the worst of them is judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from callboard.model.facts.enumerations import Tone
from callboard.model.facts.fact import Fact
from callboard.model.facts.value import FactValue

_PLAIN = (str, int, float, datetime, type(None))


def ranked(facts: Iterable[Fact]) -> list[Fact]:
    """The facts of one family as their values decide (the worst or the newest first), whatever their order before."""
    return sorted(facts, key=_key)


def _key(fact: Fact) -> tuple[Any, ...]:
    return fact.value.sort_key(fact.observed_at), fact.environment, fact.subject, fact.key


def unique(facts: Iterable[Fact]) -> list[Fact]:
    """Each fact once, with its first subject: several entities may share a service, a repository or a schedule.

    Facts with the same key and other values are different items: the keys of some files of facts are unique only for one entity.
    """
    first: dict[tuple[str, ...], FactValue] = {}
    others: defaultdict[tuple[Any, ...], list[FactValue]] = defaultdict(list)
    listed = []
    for fact in facts:
        key = fact.source, fact.family, fact.environment, fact.key
        if key not in first:
            first[key] = fact.value
            listed.append(fact)
        elif fact.value != first[key] and fact.value not in (alike := others[key, _plain_parts(fact.value)]):
            alike.append(fact.value)
            listed.append(fact)
    return listed


def _plain_parts(value: FactValue) -> tuple[Any, ...]:
    """Texts, numbers and times, which equal values share: what is hashed instead of all days and items that a value may hold."""
    kind: Any = type(value)
    return tuple([part for name in _compared_fields(kind) if isinstance(part := getattr(value, name), _PLAIN)])


@cache
def _compared_fields(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.compare)


def worst_tone(facts: Iterable[Fact]) -> Tone:
    """The worst tone of these facts; ``none`` without facts."""
    return max((fact.value.tone for fact in facts), key=lambda tone: tone.rank, default=Tone.NONE)
