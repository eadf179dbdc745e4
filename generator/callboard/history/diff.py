"""The difference of two catalogs in people's words: not which bytes changed, but what that means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from callboard.history.fact_events import FactsSnapshot, happened
from callboard.model.ref import EntityRef
from callboard.state.serialization import ref_of
from callboard.state.values import Change, EntitySummary, ProblemSummary, State

_TEXTS = (
    ("owner", "owner", "spec.owner"), ("lifecycle", "lifecycle", "spec.lifecycle"), ("type", "type", "spec.type"),
    ("system", "system", "spec.system"),
)  # fmt: skip
_LISTS = (
    ("provides", "provides", "spec.providesApis"), ("consumes", "consumes", "spec.consumesApis"),
    ("depends", "depends", "spec.dependsOn"), ("tag", "tags", "metadata.tags"),
)  # fmt: skip
"""Kind of the change, attribute of the portrait, field of the descriptor."""
_WHOLES = {"system": "spec.domain", "group": "spec.parent"}


COLLECTED_ONLY = ""
"""The version of a state that no build has made yet, but only a collecting."""


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Who is who in the two catalogs."""

    added: tuple[EntitySummary, ...]
    removed: tuple[EntitySummary, ...]
    same: tuple[tuple[EntitySummary, EntitySummary], ...]
    """Before and after; under another name where it was renamed."""
    renamed: Mapping[str, str]
    """References before, references after."""


def difference(
    before: State | None,
    portraits: Sequence[EntitySummary],
    concerns: Sequence[ProblemSummary],
    at: datetime,
    version: str,
    world: FactsSnapshot | None = None,
) -> tuple[Change, ...]:
    """What is different from the last build; for the first build one ``baseline`` instead of "everything was added".

    ``world``: what integrations know now.
    Where the two builds were made by different versions of Callboard, problems are not compared: new rules are no news about descriptors.
    """
    if before is None or before.version == COLLECTED_ONLY:
        return (Change(at, "baseline", None, after=str(len(portraits))),)
    same_rules = before.version == version
    worlds = (before, world) if world else None
    return compared(before.portraits, portraits, before.concerns if same_rules else (), concerns if same_rules else (), at, worlds)


def compared(
    old: Sequence[EntitySummary],
    new: Sequence[EntitySummary],
    old_concerns: Sequence[ProblemSummary],
    new_concerns: Sequence[ProblemSummary],
    at: datetime,
    worlds: tuple[FactsSnapshot, FactsSnapshot] | None = None,
) -> tuple[Change, ...]:
    """All changes, sorted by reference and kind; ``worlds``: what integrations knew before and after."""
    pairs = _pairs({p.ref: p for p in old}, {p.ref: p for p in new})
    found = [
        *(Change(at, "added", p.ref, origin=p.where, owner=_ref(p.owner)) for p in pairs.added),
        *(Change(at, "removed", p.ref, origin=p.where, owner=_ref(p.owner)) for p in pairs.removed),
        *(change for before, after in pairs.same for change in _changed(before, after, pairs.renamed, at)),
        *_problems(old_concerns, new_concerns, pairs, {p.ref: p for p in (*old, *new)}, at),
    ]
    if worlds:
        found += happened(*worlds, _refs(pairs), {p.ref: _ref(p.owner) for p in new}, at)
    return tuple(sorted(found, key=lambda c: (c.ref or (), c.kind, c.field, c.about, c.before, c.after, c.code, c.number, c.origin or ())))


def _refs(pairs: _Pairs) -> Mapping[EntityRef, EntityRef]:
    """Names before and after, of what was renamed."""
    return {ref_of(before): ref_of(after) for before, after in pairs.renamed.items()}


def _pairs(old: Mapping[EntityRef, EntitySummary], new: Mapping[EntityRef, EntitySummary]) -> _Pairs:
    removed = {ref: p for ref, p in old.items() if ref not in new}
    added = {ref: p for ref, p in new.items() if ref not in old}
    renamed: list[tuple[EntitySummary, EntitySummary]] = []
    for likeness in (_by_essence, _by_file):
        for before, after in _matches(removed.values(), added.values(), likeness):
            renamed.append((before, after))
            del removed[before.ref], added[after.ref]
    same = [(p, new[ref]) for ref, p in old.items() if ref in new]
    names = {str(before.ref): str(after.ref) for before, after in renamed}
    return _Pairs(tuple(added.values()), tuple(removed.values()), (*same, *renamed), names)


def _by_essence(portrait: EntitySummary) -> tuple[str, ...]:
    """It says the same of itself under another name."""
    return portrait.ref.kind, portrait.essence


def _by_file(portrait: EntitySummary) -> tuple[str, ...]:
    """The only one of its kind that left this file, or came into it."""
    return portrait.ref.kind, *portrait.where


def _matches(
    removed: Iterable[EntitySummary], added: Iterable[EntitySummary], likeness: Callable[[EntitySummary], tuple[str, ...]]
) -> list[tuple[EntitySummary, EntitySummary]]:
    """Pairs that are alike and like no other: a guess between several would tell a wrong story."""
    gone, come = list(removed), list(added)
    count_gone, count_come = Counter(map(likeness, gone)), Counter(map(likeness, come))
    by_likeness = {likeness(p): p for p in come}
    return [
        (p, by_likeness[key]) for p in gone if count_gone[key := likeness(p)] == 1 and count_come[key] == 1
    ]  # fmt: skip


def _changed(before: EntitySummary, after: EntitySummary, renamed: Mapping[str, str], at: datetime) -> Iterator[Change]:
    if before == after:
        return
    base = Change(at, "", after.ref, origin=after.where, owner=_ref(after.owner))
    if before.ref != after.ref:
        yield base._replace(kind="renamed", field="metadata.name", before=str(before.ref), after=str(after.ref))
    if before.where != after.where:
        yield base._replace(kind="moved", before=_place(before), after=_place(after))
    for kind, attribute, field in _TEXTS:
        old, new = _now(getattr(before, attribute), renamed), getattr(after, attribute)
        if old != new:
            yield base._replace(kind=kind, field=_WHOLES.get(after.ref.kind, field) if kind == "system" else field, before=old, after=new)
    for kind, attribute, field in _LISTS:
        old_items, new_items = {_now(item, renamed) for item in getattr(before, attribute)}, set(getattr(after, attribute))
        yield from (base._replace(kind=kind, field=field, before=item) for item in sorted(old_items - new_items))
        yield from (base._replace(kind=kind, field=field, after=item) for item in sorted(new_items - old_items))
    if before.definition != after.definition:
        yield base._replace(kind="definition", field="spec.definition", before=before.definition, after=after.definition)


def _now(text: str, renamed: Mapping[str, str]) -> str:
    """A reference under its newer name: that a neighbour was renamed is told of the neighbour alone."""
    return renamed.get(text, text)


def _place(portrait: EntitySummary) -> str:
    return f"{portrait.where.tree}: {portrait.where.path}"


def _problems(
    old: Sequence[ProblemSummary], new: Sequence[ProblemSummary], pairs: _Pairs, portraits: Mapping[EntityRef, EntitySummary], at: datetime
) -> Iterator[Change]:
    """Opened and closed ones. The problems of an entity that is gone went with it: that is no news of their own."""
    gone = {p.ref for p in pairs.removed}
    names = _refs(pairs)
    before = {_identity(c): c for c in (_renamed(c, names) for c in old if c.subject not in gone)}
    after = {_identity(c): c for c in new}
    for kind, found, others in (("problem-closed", before, after), ("problem-opened", after, before)):
        for key, concern in found.items():
            if key not in others:
                portrait = portraits.get(concern.subject) if concern.subject else None
                owner = _ref(portrait.owner) if portrait else None
                closed, opened = (concern.message, "") if kind == "problem-closed" else ("", concern.message)
                yield Change(at, kind, concern.subject, concern.field, closed, opened, concern.where, owner, concern.code)


def _renamed(concern: ProblemSummary, names: Mapping[EntityRef, EntityRef]) -> ProblemSummary:
    return concern._replace(subject=names.get(concern.subject, concern.subject)) if concern.subject else concern


def _identity(concern: ProblemSummary) -> tuple[str, ...]:
    """The same problem although its file moved or its entity was renamed."""
    return (concern.code, str(concern.subject), concern.field) if concern.subject else (concern.code, concern.fingerprint)


def _ref(text: str) -> EntityRef | None:
    return ref_of(text) if text else None
