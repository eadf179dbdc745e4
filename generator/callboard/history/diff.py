"""Summaries and facts of two builds → changes: entities, their owners, relations and problems, and events of facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from callboard.history.fact_events import FactsSnapshot, fact_changes
from callboard.model.data_classes import dataclass
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef, ref_of
from callboard.state.values import Change, EntitySummary, ProblemSummary, State

_VALUES = (
    ("owner", "owner", "spec.owner"), ("lifecycle", "lifecycle", "spec.lifecycle"), ("type", "type", "spec.type"),
    ("system", "system", "spec.system"),
)  # fmt: skip
_LISTS = (
    ("provides", "provides", "spec.providesApis"), ("consumes", "consumes", "spec.consumesApis"),
    ("depends", "depends", "spec.dependsOn"), ("tag", "tags", "metadata.tags"),
)  # fmt: skip
"""Kind of the change, attribute of the summary, field of the descriptor."""
_CONTAINER_FIELDS = {"system": "spec.domain", "group": "spec.parent"}
"""Field of the attribute ``system`` in descriptors of these kinds."""
_INVENTED_PATHS = "0.1."
"""Begins the versions whose source ``backstage`` named a file that does not exist, ``kind/namespace/name.yaml``, for each entity."""
COLLECTED_ONLY = ""
"""The version in a state that only ``callboard collect`` has written, and no build."""


@dataclass(frozen=True, slots=True)
class _Pairs:
    """The entities of two catalogs, matched."""

    added: tuple[EntitySummary, ...]
    removed: tuple[EntitySummary, ...]
    same: tuple[tuple[EntitySummary, EntitySummary], ...]
    """Before and after; the names differ if the entity was renamed."""
    renamed: Mapping[str, str]
    """Reference before → reference after."""


def difference(
    previous: State | None,
    summaries: Sequence[EntitySummary],
    problems: Sequence[ProblemSummary],
    at: datetime,
    version: str,
    facts: FactsSnapshot | None = None,
    failures: list[Problem] | None = None,
) -> tuple[Change, ...]:
    """The changes since the last build; for the first build one ``baseline`` instead of an "added" for each entity.

    Problems are not compared if another version of Callboard made the last build: its rules may differ. Files that an old version
    invented are not compared either. ``failures`` gets a problem for each family of facts whose plugin raised an error.
    """
    if previous is None or previous.version == COLLECTED_ONLY:
        return (Change(at, "baseline", None, after=str(len(summaries))),)
    old_problems, new_problems = (previous.problem_summaries, problems) if previous.version == version else ((), ())
    old = _with_read_files(previous.summaries, summaries) if previous.version.startswith(_INVENTED_PATHS) else previous.summaries
    return compared(old, summaries, old_problems, new_problems, at, (previous, facts) if facts else None, failures)


def _with_read_files(old: Sequence[EntitySummary], new: Sequence[EntitySummary]) -> Sequence[EntitySummary]:
    """The old summaries, in place of invented files with those that the same source names now."""
    files = {(summary.ref, summary.where.source): summary.where for summary in new}
    return [
        replace(summary, where=files.get((summary.ref, summary.where.source), summary.where))
        if summary.where.path == "{}/{}/{}.yaml".format(*summary.ref)
        else summary
        for summary in old
    ]


def compared(
    old: Sequence[EntitySummary],
    new: Sequence[EntitySummary],
    old_problems: Sequence[ProblemSummary],
    new_problems: Sequence[ProblemSummary],
    at: datetime,
    facts: tuple[FactsSnapshot, FactsSnapshot] | None = None,
    failures: list[Problem] | None = None,
) -> tuple[Change, ...]:
    """All changes between two builds, sorted by reference and kind; ``facts``: the facts before and after."""
    pairs = _pairs({s.ref: s for s in old}, {s.ref: s for s in new})
    changes = [
        *(Change(at, "added", s.ref, origin=s.where, owner=_ref(s.owner)) for s in pairs.added),
        *(Change(at, "removed", s.ref, origin=s.where, owner=_ref(s.owner)) for s in pairs.removed),
        *(change for before, after in pairs.same for change in _changed(before, after, pairs.renamed, at)),
        *_problem_changes(old_problems, new_problems, pairs, {s.ref: s for s in (*old, *new)}, at),
    ]
    if facts:
        changes += fact_changes(*facts, _refs(pairs), {s.ref: _ref(s.owner) for s in new}, at, failures)
    return tuple(sorted(changes, key=_order))


def _order(change: Change) -> tuple[Any, ...]:
    """Sort key: reference and kind, then all other values."""
    c = change
    return c.ref or (), c.kind, c.field, c.about, c.before, c.after, c.code, c.number, c.origin or ()


def _refs(pairs: _Pairs) -> Mapping[EntityRef, EntityRef]:
    """References of renamed entities, old to new."""
    return {ref_of(before): ref_of(after) for before, after in pairs.renamed.items()}


def _pairs(old: Mapping[EntityRef, EntitySummary], new: Mapping[EntityRef, EntitySummary]) -> _Pairs:
    removed = {ref: summary for ref, summary in old.items() if ref not in new}
    added = {ref: summary for ref, summary in new.items() if ref not in old}
    renamed: list[tuple[EntitySummary, EntitySummary]] = []
    for key in (_by_essence, _by_file):
        for before, after in _unique_matches(removed.values(), added.values(), key):
            renamed.append((before, after))
            del removed[before.ref], added[after.ref]
    same = [(summary, new[ref]) for ref, summary in old.items() if ref in new]
    names = {str(before.ref): str(after.ref) for before, after in renamed}
    return _Pairs(tuple(added.values()), tuple(removed.values()), (*same, *renamed), names)


def _by_essence(summary: EntitySummary) -> tuple[str, ...]:
    """Key of entities whose descriptors differ only in the name."""
    return summary.ref.kind, summary.essence


def _by_file(summary: EntitySummary) -> tuple[str, ...]:
    """Key of entities of the same kind in the same file."""
    return summary.ref.kind, *summary.where


def _unique_matches(
    removed: Iterable[EntitySummary], added: Iterable[EntitySummary], key_of: Callable[[EntitySummary], tuple[str, ...]]
) -> list[tuple[EntitySummary, EntitySummary]]:
    """Pairs of a removed and an added entity whose key no other entity has: among several, a guess may be wrong."""
    old, new = list(removed), list(added)
    old_counts, new_counts = Counter(map(key_of, old)), Counter(map(key_of, new))
    new_by_key = {key_of(summary): summary for summary in new}
    return [(summary, new_by_key[key]) for summary in old if old_counts[key := key_of(summary)] == 1 and new_counts[key] == 1]


def _changed(before: EntitySummary, after: EntitySummary, renamed: Mapping[str, str], at: datetime) -> Iterator[Change]:
    if before == after:
        return
    base = Change(at, "", after.ref, origin=after.where, owner=_ref(after.owner))
    if before.ref != after.ref:
        yield base._replace(kind="renamed", field="metadata.name", before=str(before.ref), after=str(after.ref))
    if before.where != after.where:
        yield base._replace(kind="moved", before=_file(before), after=_file(after))
    for kind, attribute, field in _VALUES:
        old, new = _renamed_ref(getattr(before, attribute), renamed), getattr(after, attribute)
        if old != new:
            yield base._replace(
                kind=kind, field=_CONTAINER_FIELDS.get(after.ref.kind, field) if kind == "system" else field, before=old, after=new
            )
    for kind, attribute, field in _LISTS:
        old_items, new_items = {_renamed_ref(item, renamed) for item in getattr(before, attribute)}, set(getattr(after, attribute))
        yield from (base._replace(kind=kind, field=field, before=item) for item in sorted(old_items - new_items))
        yield from (base._replace(kind=kind, field=field, after=item) for item in sorted(new_items - old_items))
    if before.definition != after.definition:
        yield base._replace(kind="definition", field="spec.definition", before=before.definition, after=after.definition)


def _renamed_ref(text: str, renamed: Mapping[str, str]) -> str:
    """A reference under its later name: renaming an entity is a change of that entity alone."""
    return renamed.get(text, text)


def _file(summary: EntitySummary) -> str:
    return summary.where.label


def _problem_changes(
    old: Sequence[ProblemSummary], new: Sequence[ProblemSummary], pairs: _Pairs, summaries: Mapping[EntityRef, EntitySummary], at: datetime
) -> Iterator[Change]:
    """Opened and closed problems, without those of removed entities: their removal is a change already."""
    removed = {summary.ref for summary in pairs.removed}
    names = _refs(pairs)
    before = {_identity(p): p for p in (_renamed(p, names) for p in old if p.subject not in removed)}
    after = {_identity(p): p for p in new}
    for kind, problems, others in (("problem-closed", before, after), ("problem-opened", after, before)):
        for key, problem in problems.items():
            if key not in others:
                summary = summaries.get(problem.subject) if problem.subject else None
                owner = _ref(summary.owner) if summary else None
                closed, opened = (problem.message, "") if kind == "problem-closed" else ("", problem.message)
                yield Change(at, kind, problem.subject, problem.field, closed, opened, problem.where, owner, problem.code)


def _renamed(problem: ProblemSummary, names: Mapping[EntityRef, EntityRef]) -> ProblemSummary:
    return problem._replace(subject=names.get(problem.subject, problem.subject)) if problem.subject else problem


def _identity(problem: ProblemSummary) -> tuple[str, ...]:
    """Equal for the same problem after its file moved or its entity was renamed; by the file for a problem about no entity.

    Fingerprints are not compared: how they are made may change between two versions.
    """
    return problem.code, *((str(problem.subject),) if problem.subject else ("", *(problem.where or ()))), problem.field


def _ref(text: str) -> EntityRef | None:
    return ref_of(text) if text else None
