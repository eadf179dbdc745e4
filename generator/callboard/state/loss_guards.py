"""Failures, the previous state and limits → which last good copies are used, and whether the site may be published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field
from operator import itemgetter
from typing import Any

from callboard.io.git.remote import parse_remote
from callboard.model.counting import counted
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.errors import SettingsError, with_hint
from callboard.model.problem import Problem, Severity
from callboard.model.ref import EntityRef
from callboard.model.tree import Trees
from callboard.plugins.sources import LeftOutRepository, SourceFailure
from callboard.state.values import CollectionTime, GuardResult, State, TreeKey, TreeRecord

_SHOWN = 5
"""Lost entities that a message names."""
_SHARES = {"listing_shrink": "shrink", "entity_loss": "loss", "failed_sources": "failed"}
"""Key of ``history:`` and field of ``Guards``."""
FileId = tuple[str, str, str]
"""Source, tree and path."""


@dataclass(frozen=True, slots=True)
class Guards:
    """The limits, from ``history:`` in ``sources.yaml`` and the command line."""

    shrink: float = 0.3
    """Share of a source's repositories, or of a folder's entities, that may disappear between two builds, from 0 to 1."""
    loss: float = 0.2
    """Share of all entities that may disappear, from 0 to 1."""
    failed: float = 0.5
    """Share of the sources that may fail, from 0 to 1."""
    floor: int = 5
    """Fewer than this number may always disappear, unless nothing is left: small portals change by large shares."""
    accept_loss: bool = False
    """True if every loss is accepted."""
    allow_missing: bool = False
    """True if sources that fail and have no last good copy are left out."""


def guards_of(section: Mapping[str, Any], *, accept_loss: bool = False, allow_missing: bool = False) -> Guards:
    """The guards of ``history:``, where shares are in percent. Raises ``SettingsError``."""
    shares: dict[str, Any] = {}
    for key, name in _SHARES.items():
        value = section.get(key)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:  # noqa: PLR2004 - percent
            raise SettingsError(f'"history.{key}" must be a number from 0 to 100 (percent).')
        shares[name] = value / 100
    return Guards(**shares, accept_loss=accept_loss, allow_missing=allow_missing)


def is_too_much(gone: int, before: int, share: float, floor: int) -> bool:
    """Whether the loss of ``gone`` of ``before`` items exceeds the limit."""
    return before > 0 and (gone == before or gone >= floor) and gone > share * before


def verdict(
    previous: State | None, collections: Sequence[CollectionTime], failed: Sequence[str], lost: Sequence[EntityRef], guards: Guards
) -> GuardResult:
    """Whether the build may publish. ``failed``: the sources without a usable result; ``lost``: the entities that are gone."""
    reasons = []
    never = [c for c in collections if c.source in failed and c.as_of is None and not c.count]
    if never and not guards.allow_missing:
        names = ", ".join(c.source for c in never)
        reasons.append(f"There is no last good copy of {'this source' if len(never) == 1 else 'these sources'}: {names}.")
    if previous is not None and not guards.accept_loss:
        if len(failed) > guards.failed * len(collections):
            share = f"{len(failed)} of {counted(len(collections), 'source')} failed ({', '.join(failed)})"
            reasons.append(f"{share}; at most {guards.failed:.0%} may fail.")
        count = len({entity.ref for entity in previous.entities})
        if is_too_much(len(lost), count, guards.loss, guards.floor):
            shown = ", ".join(map(str, lost[:_SHOWN])) + (" …" if len(lost) > _SHOWN else "")
            reasons.append(
                f"{len(lost):,} of {counted(count, 'entity', 'entities')} would be lost ({shown}); at most {guards.loss:.0%} may be lost."
            )
    return GuardResult(tuple(reasons))


@dataclass(frozen=True, slots=True)
class Causes:
    """Why results of sources are not used, in sentences."""

    sources: Mapping[str, str] = field(default_factory=dict)
    """Sources that failed completely: whatever is missing from their result may still exist."""
    trees: Mapping[TreeKey, str] = field(default_factory=dict)
    """Trees that failed."""
    shrunk: Mapping[TreeKey, str] = field(default_factory=dict)
    """Trees that were read, but lost more than the limit."""
    messages: tuple[tuple[str, str], ...] = ()
    """Source and sentence of every failure."""
    losses: tuple[tuple[str, str], ...] = ()
    """Those of ``messages`` about sources that were read and lost more than the limit."""

    def of(self, tree: TreeRecord, *, is_here: bool) -> str | None:
        """Why the tree's last good copy is used; None if it is not. ``is_here``: whether the tree was read now."""
        if is_here:
            return self.shrunk.get(tree.key)
        return self.trees.get(tree.key) or self.sources.get(tree.source)

    def errors(self, source: str) -> tuple[str, ...]:
        """The failures of a source."""
        return tuple(sentence for name, sentence in self.messages if name == source)

    def also(self, other: Causes) -> Causes:
        """The causes of both; for the same source or tree, those of ``self``."""
        return Causes(
            {**other.sources, **self.sources},
            {**other.trees, **self.trees},
            {**other.shrunk, **self.shrunk},
            (*self.messages, *other.messages),
            (*self.losses, *other.losses),
        )


def failing(failures: Sequence[SourceFailure], trees: Trees, previous: State | None, queried: Collection[str]) -> Causes:
    """The failures that the queried sources reported.

    A failed repository is the tree that the failure names; or it names several. If it names none, the tree is found among the saved trees
    by its URL or name; if it is not found, each tree that is missing from the source's result may be the one, so that none of them counts
    as removed.
    """
    by_source: dict[str, str] = {}
    by_tree: dict[TreeKey, str] = {}
    messages = []
    absent = [tree for tree in (previous.trees if previous else ()) if tree.key not in trees]
    for failure in failures:
        if failure.source not in queried:
            continue
        place = f"{failure.repository}: " if failure.repository else ""
        messages.append((failure.source, place + with_hint(failure.message, failure.hint)))
        if _is_of_a_file(failure, trees):
            continue
        candidates = [tree for tree in absent if tree.source == failure.source]
        failed = [tree for tree in candidates if is_of(failure, tree)]
        if not failure.repository:
            by_source.setdefault(failure.source, failure.message)
        for tree in failed if failure.tree or failure.trees else failed or candidates:
            if failed or failure.repository:
                by_tree.setdefault(tree.key, failure.message)
    return Causes(by_source, by_tree, messages=tuple(messages))


def failed_sources(causes: Causes, trees: Trees, sources: Sequence[str]) -> tuple[str, ...]:
    """The sources without a usable result: they failed completely, or in each of their repositories."""
    with_failures, read = {source for source, _ in causes.messages}, {source for source, _ in trees}
    return tuple(source for source in sources if source in causes.sources or (source in with_failures and source not in read))


def is_of(failure: SourceFailure, tree: TreeRecord) -> bool:
    """Whether a failure is about this tree."""
    if failure.trees:
        return tree.id in failure.trees
    if failure.tree or not failure.repository:
        return failure.tree == tree.id
    remote = parse_remote(failure.repository)
    return failure.repository in {tree.id, tree.repository} or (remote is not None and remote.url == tree.id)


@dataclass(frozen=True, slots=True)
class SourceListing:
    """What the sources of a build listed."""

    queried: Collection[str]
    """Names of the sources that were queried."""
    left_out: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    """Options with the number of repositories that each leaves out, by source."""


def left_out_by_source(repositories: Iterable[LeftOutRepository]) -> Mapping[str, tuple[tuple[str, int], ...]]:
    """Options with the number of repositories that each leaves out, the largest number first, by source."""
    counts: dict[str, Counter[str]] = {}
    for each in repositories:
        counts.setdefault(each.source, Counter())[each.reason] += 1
    return {source: tuple(sorted(of_source.items(), key=lambda item: (-item[1], item[0]))) for source, of_source in counts.items()}


def left_out_text(counts: Iterable[tuple[str, int]]) -> str:
    """``archived 12, topics 3``."""
    return ", ".join(f"{option} {number:,}" for option, number in counts)


def shrunk_sources(previous: State, trees: Trees, causes: Causes, listing: SourceListing, guards: Guards) -> Causes:
    """Sources that list far fewer repositories than before: their token may have lost a permission, or their options were changed."""
    before = Counter(tree.source for tree in previous.trees if tree.source in listing.queried)
    here = Counter(source for source, _ in trees)
    here += Counter(t.source for t in previous.trees if t.key not in trees and causes.of(t, is_here=False) is not None)
    sentences = {
        source: _sentence("The number of repositories", count, here[source], left_out_text(listing.left_out.get(source, ())))
        for source, count in sorted(before.items())
        if is_too_much(count - here[source], count, guards.shrink, guards.floor)
    }
    return Causes(sources=sentences, messages=tuple(sentences.items()), losses=tuple(sentences.items()))


def broken_files(problems: Iterable[Problem], failures: Iterable[SourceFailure], trees: Trees) -> Mapping[FileId, str]:
    """Files that exist but cannot be read or parsed, with the reason: their entities may still exist."""
    broken = {(f.source, f.tree, f.path): f.message for f in failures if _is_of_a_file(f, trees)}
    for problem in problems:
        origin = problem.origin
        if origin and problem.severity is Severity.ERROR and problem.subject is None:
            broken.setdefault((origin.source, origin.tree, origin.path), problem.message)
    return broken


def shrunk_trees(previous: State, entities: Iterable[Entity], trees: Trees, broken: Collection[FileId], guards: Guards) -> Causes:
    """Trees without a revision that lost more than the limit: a folder that is not mounted, a directory that was cut off.

    In a tree with a revision, a commit removed what is missing.
    """
    unversioned = {tree.key: tree for tree in previous.trees if tree.key in trees and not trees[tree.key].revision}
    unreadable = (e for e in previous.entities if (e.origin.source, e.origin.tree, e.origin.path) in broken)
    before, here = _counts(previous.entities), _counts((*entities, *unreadable))
    sentences = {
        key: _sentence(f"The number of entities in {tree.repository}", before[key], here[key])
        for key, tree in sorted(unversioned.items(), key=itemgetter(0))
        if is_too_much(before[key] - here[key], before[key], guards.shrink, guards.floor)
    }
    losses = tuple((key[0], sentence) for key, sentence in sentences.items())
    return Causes(shrunk=sentences, messages=losses, losses=losses)


def _is_of_a_file(failure: SourceFailure, trees: Trees) -> bool:
    return bool(failure.path) and (failure.source, failure.tree) in trees


def _sentence(what: str, before: int, now: int, left_out: str = "") -> str:
    exceeding = f"{what} dropped from {before:,} to {now:,}, which exceeds the configured limit."
    return f"{exceeding} Repositories that exist and that the options of the source leave out: {left_out}." if left_out else exceeding


def _counts(entities: Iterable[Entity]) -> Counter[TreeKey]:
    return Counter(key for key, _ in {((e.origin.source, e.origin.tree), e.ref) for e in entities})
