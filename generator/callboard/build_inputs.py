"""What the sources and integrations of a build returned → digests, by which the next build finds that nothing has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace

import msgspec

from callboard.incremental.fingerprint import canonical
from callboard.ingestion.watched_trees import TreeQuestions, WatchedTree, watched
from callboard.model.ref import EntityRef
from callboard.model.tree import Tree, Trees
from callboard.plugins.guarded_tree import GuardedTree
from callboard.plugins.integrations.base import FactBatch, IntegrationContext, IntegrationSettings, Target
from callboard.plugins.run_integrations import IntegrationResult, collect_each
from callboard.plugins.run_sources import collect_all
from callboard.plugins.sources import Collected, SourceContext
from callboard.settings.settings import Settings, SourceSettings
from callboard.sources.files.folder import FolderTree

_PATH, _LINE = "callboard-path", 987_654_321


class SavedTarget(msgspec.Struct, frozen=True):
    """A target of integrations, with the source and id of its tree."""

    ref: EntityRef
    annotations: Mapping[str, str]
    title: str
    owner: EntityRef | None
    repository: str
    folder: str
    tree: tuple[str, str] | None

    @classmethod
    def of(cls, target: Target) -> SavedTarget:
        """The target as it is saved."""
        tree = (target.tree.source, target.tree.id) if isinstance(target.tree, WatchedTree) else None
        return cls(target.ref, target.annotations, target.title, target.owner, target.repository, target.folder, tree)

    def target(self, trees: Trees) -> Target:
        """The target, with the tree that was read now."""
        tree = trees.get(self.tree) if self.tree else None
        return Target(self.ref, self.annotations, self.title, self.owner, self.repository, tree, self.folder)


def watched_collection(collected: Collected) -> Collected:
    """The same with trees whose answers are noted. Trees of installed plugins stay as they are."""
    wrapped: dict[int, Tree] = {
        id(tree): tree if isinstance(tree, GuardedTree) else watched(tree, source)
        for source, tree in zip(collected.tree_sources, collected.trees, strict=True)
    }
    files = tuple(replace(file, tree=wrapped.get(id(file.tree), file.tree)) for file in collected.files)
    return replace(collected, trees=tuple(wrapped[id(tree)] for tree in collected.trees), files=files)


def trees_of(collected: Collected) -> dict[tuple[str, str], Tree]:
    """The trees by source and id."""
    return {(source, tree.id): tree for source, tree in zip(collected.tree_sources, collected.trees, strict=True)}


def is_repeatable(collected: Collected) -> bool:
    """Whether all was read, by built-in sources: only then it can be compared with what a later build collects."""
    return not collected.failures and all(isinstance(tree, WatchedTree) for tree in _all_trees(collected))


def collected_digest(collected: Collected) -> str:
    """The digest of what the sources returned: trees, lists of descriptors, problems and repositories, without contents of files."""
    values = (getattr(collected, item.name) for item in fields(collected) if item.name not in {"trees", "files", "traffic"})
    digest = hashlib.sha256(canonical([*values]).encode("utf-8", "backslashreplace"))
    for tree in collected.trees:
        urls = tree.view_url(_PATH), tree.view_url(_PATH, _LINE), tree.edit_url(_PATH)
        digest.update(repr((tree.id, tree.repository, tree.revision, [*tree.addresses], urls)).encode("utf-8", "backslashreplace"))
    for file in collected.files:
        row = (file.source, file.tree.id, file.path, file.via_locations, file.record)
        digest.update(repr(row).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def questions_of(collected: Collected) -> Iterator[TreeQuestions]:
    """What was asked of the trees whose files can change although their commit stays: folders, and what has no commit."""
    for tree in dict.fromkeys(_all_trees(collected)):
        if isinstance(tree, WatchedTree) and (not tree.revision or isinstance(tree.tree, FolderTree)):
            yield tree.questions()
        elif isinstance(tree, WatchedTree) and tree.revisions:
            yield msgspec.structs.replace(tree.questions(), reads=(), globs=(), changes=())


def result_digest(result: IntegrationResult) -> str:
    """The digest of what an integration returned, without its numbers of requests."""
    values = [getattr(result.gathered, item.name) for item in fields(FactBatch) if item.name != "traffic"]
    return hashlib.sha256(canonical((result.connections, values)).encode("utf-8", "backslashreplace")).hexdigest()


def requests_of(collected: Collected, results: Iterable[IntegrationResult]) -> dict[str, int]:
    """Network requests by source and integration, of those that count them."""
    counts = {f"source {each.source}": each.traffic.counts.requests for each in collected.traffic}
    for traffic in (each for result in results for each in result.gathered.traffic):
        name = f"integration {traffic.integration}"
        counts[name] = counts.get(name, 0) + traffic.traffic.counts.requests
    return counts


def _all_trees(collected: Collected) -> Sequence[Tree]:
    return (*collected.trees, *(file.tree for file in collected.files))


class Queries:
    """Sources and integrations, each queried once: what was asked to find whether anything changed is used if something did."""

    def __init__(self) -> None:
        self._sources: tuple[SourceSettings, ...] | None = None
        self.collected = Collected()
        """What the sources returned, with trees whose answers are noted."""
        self.results: dict[str, IntegrationResult] = {}
        """What the integrations returned, by name."""
        self.targets: Sequence[Target] = ()
        """Of which the integrations were asked."""

    def collect(self, settings: Settings, context: SourceContext) -> Collected:
        """Query all sources, or return what they returned."""
        if self._sources != settings.sources:
            self.collected = watched_collection(collect_all(settings, context))
            self._sources = settings.sources
        return self.collected

    def collect_each(
        self, items: Sequence[IntegrationSettings], targets: Sequence[Target], context: IntegrationContext
    ) -> Sequence[IntegrationResult]:
        """The results of these integrations, in their order; those that were not queried are."""
        new = [item for item in items if item.name not in self.results]
        self.results |= zip((item.name for item in new), collect_each(new, targets, context), strict=True)
        self.targets = targets
        return [self.results[item.name] for item in items]
