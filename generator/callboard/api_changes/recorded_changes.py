"""A comparison of an API → the changes that history keeps: a row for each cause, and one for each consumer that is affected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from callboard.api_changes.findings import ApiComparison, ApiFinding, Level
from callboard.api_changes.rules import RULES
from callboard.api_changes.texts import shown
from callboard.history.api_news import CONSUMED, EXCEPTED, KIND_OF_LEVEL, VERSION_KEPT
from callboard.model.data_classes import dataclass
from callboard.model.ref import EntityRef
from callboard.state.values import Change

MOST = 40
"""Rows of one level; one more says how many there are besides."""
MOST_CONSUMERS = 1_000
_DEPRECATIONS = frozenset({"operation-deprecated", "property-deprecated", "field-deprecated"})
_EACH: tuple[Level, ...] = ("breaking", "may break", "planned")
"""Levels whose findings have a row each; of additions only the number is kept."""
_WORST: tuple[Level, ...] = ("breaking", "may break")
"""Levels that consumers hear of."""


@dataclass(frozen=True, slots=True)
class ComparedApi:
    """An API with what changed in it."""

    change: Change
    """The change of the definition, which has time, place and owner."""
    comparison: ApiComparison
    """Findings that count."""
    excepted: Mapping[str, tuple[ApiFinding, ...]]
    """Findings that do not, by the reason."""
    is_public: bool


def rows(api: ComparedApi, consumers: Mapping[EntityRef, EntityRef | None]) -> Iterator[Change]:
    """All rows. ``consumers``: those of the API, with their owners."""
    base = api.change._replace(kind="", field="", before=_version(api, "before"), after=_version(api, "after"))
    found = api.comparison
    for level in _EACH:
        yield from _of_level(base, KIND_OF_LEVEL[level], found.of(level), is_public=api.is_public)
    deprecated = [each for each in found.findings if each.rule in _DEPRECATIONS]
    yield from _of_level(base, "api-deprecated", deprecated, is_public=api.is_public)
    if additions := found.of("addition"):
        yield base._replace(kind="api-added", number=len(additions), about=_places(additions, is_public=api.is_public))
    if found.is_version_unchanged:
        yield base._replace(kind=VERSION_KEPT, after=base.after)
    for reason, excepted in api.excepted.items():
        yield base._replace(kind=EXCEPTED, number=len(excepted), about=shown(reason, is_public=api.is_public))
    yield from _of_consumers(base, found, consumers)


def _version(api: ComparedApi, side: str) -> str:
    return shown(getattr(api.comparison, side), is_public=api.is_public, limit=60)


def _of_level(base: Change, kind: str, findings: Iterable[ApiFinding], *, is_public: bool) -> Iterator[Change]:
    listed = list(findings)
    for each in listed[:MOST]:
        words = RULES[each.rule].words
        about = shown(f"{words}: {each.detail}" if each.detail else words, is_public=is_public)
        place = shown(" ".join(filter(None, (each.place, each.part.strip()))), is_public=is_public)
        number = len(each.operations) if each.is_type else 0
        yield base._replace(kind=kind, field=place, code=each.rule, about=about, number=number)
    if len(listed) > MOST:
        yield base._replace(kind=kind, about=f"and {len(listed) - MOST:,} more", number=0)


def _places(findings: tuple[ApiFinding, ...], *, is_public: bool) -> str:
    """The first operations that were added."""
    named = [each.place for each in findings if each.rule == "operation-added"][:3]
    return shown(", ".join(named), is_public=is_public)


def _of_consumers(base: Change, found: ApiComparison, consumers: Mapping[EntityRef, EntityRef | None]) -> Iterator[Change]:
    for level in _WORST:
        if number := len(found.of(level)):
            kind = CONSUMED[level]
            for ref, owner in list(consumers.items())[:MOST_CONSUMERS]:
                yield base._replace(kind=kind, ref=ref, owner=owner, origin=None, about=str(base.ref), number=number)
            return
