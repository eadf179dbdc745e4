"""Which sources failed or shrank beyond the configured limits, and whether the site may be published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from callboard.model.counting import counted
from callboard.model.entity import Entity
from callboard.model.errors import SettingsError
from callboard.model.problem import Problem, Severity
from callboard.model.ref import EntityRef
from callboard.model.tree import Trees
from callboard.plugins.sources import SourceFailure
from callboard.sources.hosts import parse
from callboard.state.values import CollectionTime, GuardResult, KnownTree, State, TreeKey

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
            raise SettingsError(f'"history.{key}" must be a number from 0 to 100 (percent).')
        found[name] = value / 100
    return Guards(**found, accept_loss=accept_loss, allow_missing=allow_missing)


def is_too_much(gone: int, before: int, share: float, floor: int) -> bool:
    """Whether so many of so many may not vanish."""
    return before > 0 and (gone == before or gone >= floor) and gone > share * before


def verdict(
    previous: State | None, collections: Sequence[CollectionTime], failed: Sequence[str], lost: Sequence[EntityRef], guards: Guards
) -> GuardResult:
    """Whether the build may publish. ``failed``: the sources that gave nothing that is believed."""
    reasons = []
    never = [c for c in collections if c.source in failed and c.as_of is None and not c.count]
    if never and not guards.allow_missing:
        said = " ".join(f"{c.source}: {'; '.join(c.errors)}." for c in never)
        reasons.append(f"Some sources could not be read and have no last good copy. {said}")
    if previous is not None and not guards.accept_loss:
        if len(failed) > guards.failed * len(collections):
            share = f"{len(failed)} of {counted(len(collections), 'source')} failed ({', '.join(failed)})"
            reasons.append(f"{share}; at most {guards.failed:.0%} may fail.")
        before = len({entity.ref for entity in previous.entities})
        if is_too_much(len(lost), before, guards.loss, guards.floor):
            shown = ", ".join(map(str, lost[:_SHOWN])) + (" …" if len(lost) > _SHOWN else "")
            reasons.append(
                f"{len(lost):,} of {counted(before, 'entity', 'entities')} would be lost ({shown}); at most {guards.loss:.0%} may be lost."
            )
    return GuardResult(tuple(reasons))


FileId = tuple[str, str, str]
"""Source, tree and path."""


@dataclass(frozen=True, slots=True)
class Causes:
    """Why answers are not believed, in sentences."""

    whole: Mapping[str, str] = field(default_factory=dict)
    """By source: it failed as a whole, so that whatever it does not give may still be there."""
    trees: Mapping[TreeKey, str] = field(default_factory=dict)
    """Trees that failed."""
    shrunk: Mapping[TreeKey, str] = field(default_factory=dict)
    """Trees that were read, but have lost more than is believed."""
    said: tuple[tuple[str, str], ...] = ()
    """Every failure as it is told: source and sentence."""

    def of(self, tree: KnownTree, *, is_here: bool) -> str | None:
        """Why the tree's last good copy serves; None where it does not."""
        if is_here:
            return self.shrunk.get(tree.key)
        return self.trees.get(tree.key) or self.whole.get(tree.source)

    def errors(self, source: str) -> tuple[str, ...]:
        """What is told about a source."""
        return tuple(sentence for name, sentence in self.said if name == source)

    def also(self, other: Causes) -> Causes:
        """Both; what was known first counts."""
        return Causes(
            {**other.whole, **self.whole}, {**other.trees, **self.trees}, {**other.shrunk, **self.shrunk}, (*self.said, *other.said)
        )


def failing(failures: Sequence[SourceFailure], trees: Trees, previous: State | None, answered: Collection[str]) -> Causes:
    """What the sources themselves say.

    A failed repository is the tree that the failure names. Where it names none, it is found among the known trees by its address or name;
    where it cannot be found, any tree that its source does not give now may be the one, so that none of them counts as gone.
    """
    whole: dict[str, str] = {}
    by_tree: dict[TreeKey, str] = {}
    said = []
    known = [tree for tree in (previous.trees if previous else ()) if tree.key not in trees]
    for failure in failures:
        if failure.source not in answered:
            continue
        said.append((failure.source, f"{failure.repository}: {failure.message}" if failure.repository else failure.message))
        if _is_of_a_file(failure, trees):
            continue
        mine = [tree for tree in known if tree.source == failure.source]
        meant = [tree for tree in mine if is_of(failure, tree)]
        if not failure.repository:
            whole.setdefault(failure.source, failure.message)
        for tree in meant if failure.tree else meant or mine:
            if meant or failure.repository:
                by_tree.setdefault(tree.key, failure.message)
    return Causes(whole, by_tree, said=tuple(said))


def failed_sources(causes: Causes, trees: Trees, sources: Sequence[str]) -> tuple[str, ...]:
    """The sources that gave nothing that is believed: they failed as a whole, or in each of their repositories."""
    failing_ones, read = {source for source, _ in causes.said}, {source for source, _ in trees}
    return tuple(source for source in sources if source in causes.whole or (source in failing_ones and source not in read))


def is_of(failure: SourceFailure, tree: KnownTree) -> bool:
    """Whether a failure is about this tree."""
    if failure.tree or not failure.repository:
        return failure.tree == tree.id
    remote = parse(failure.repository)
    return failure.repository in {tree.id, tree.repository} or (remote is not None and remote.url == tree.id)


def shrunk_sources(previous: State, trees: Trees, causes: Causes, answered: Collection[str], guards: Guards) -> Causes:
    """Sources that list far fewer repositories than before: a token may have lost its right."""
    before = Counter(tree.source for tree in previous.trees if tree.source in answered)
    here = Counter(source for source, _ in trees)
    here += Counter(t.source for t in previous.trees if t.key not in trees and causes.of(t, is_here=False) is not None)
    sentences = {
        source: _sentence("The number of repositories", count, here[source])
        for source, count in sorted(before.items())
        if is_too_much(count - here[source], count, guards.shrink, guards.floor)
    }
    return Causes(whole=sentences, said=tuple(sentences.items()))


def broken_files(problems: Iterable[Problem], failures: Iterable[SourceFailure], trees: Trees) -> Mapping[FileId, str]:
    """Files that are there but cannot be read or parsed, with the reason: what stood in them is not known to be gone."""
    broken = {(f.source, f.tree, f.path): f.message for f in failures if _is_of_a_file(f, trees)}
    for problem in problems:
        origin = problem.origin
        if origin and problem.severity is Severity.ERROR and problem.subject is None:
            broken.setdefault((origin.source, origin.tree, origin.path), problem.message)
    return broken


def shrunk_trees(previous: State, entities: Iterable[Entity], trees: Trees, broken: Collection[FileId], guards: Guards) -> Causes:
    """Trees without a revision that have lost far more than is believed: a folder that is not mounted, a directory that was cut off.

    Where there is a revision, what it lacks was taken out by a commit.
    """
    plain = {tree.key: tree for tree in previous.trees if tree.key in trees and not trees[tree.key].revision}
    unknown = (e for e in previous.entities if (e.origin.source, e.origin.tree, e.origin.path) in broken)
    before, here = _counts(previous.entities), _counts((*entities, *unknown))
    sentences = {
        key: _sentence(f"The number of entities in {tree.repository}", before[key], here[key])
        for key, tree in sorted(plain.items(), key=itemgetter(0))
        if is_too_much(before[key] - here[key], before[key], guards.shrink, guards.floor)
    }
    return Causes(shrunk=sentences, said=tuple((key[0], sentence) for key, sentence in sentences.items()))


def _is_of_a_file(failure: SourceFailure, trees: Trees) -> bool:
    return bool(failure.path) and (failure.source, failure.tree) in trees


def _sentence(what: str, before: int, now: int) -> str:
    return f"{what} dropped from {before:,} to {now:,}, which exceeds the configured limit."


def _counts(entities: Iterable[Entity]) -> Counter[TreeKey]:
    return Counter(key for key, _ in {((e.origin.source, e.origin.tree), e.ref) for e in entities})
