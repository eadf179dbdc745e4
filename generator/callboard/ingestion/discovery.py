"""Descriptor files of sources → entities and problems: files are read and Locations followed until there are no new files."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from callboard.descriptors.kinds import Kinds
from callboard.descriptors.placeholders import Fetch
from callboard.descriptors.reading import FileResult, read_file
from callboard.ingestion.locations import file_key, follow
from callboard.model.entity import Entity
from callboard.model.problem import Problem
from callboard.model.tree import DescriptorFile, Tree, Trees
from callboard.settings.settings import Limits
from callboard.sources import addresses

ReadDescriptors = Callable[[DescriptorFile, Kinds, Limits, Fetch], FileResult]


@dataclass(frozen=True, slots=True)
class DiscoveryResult:
    """The content of all descriptor files, in the order in which they were reached."""

    entities: tuple[Entity, ...]
    problems: tuple[Problem, ...]
    files: int
    """Number of files that were read."""
    skipped: Mapping[str, int]
    """Number of documents that are no descriptors, by reason."""


def discover(
    files: Sequence[DescriptorFile], trees: Trees, kinds: Kinds, limits: Limits, read: ReadDescriptors = read_file
) -> DiscoveryResult:
    """Read ``files`` and the files that their Locations name; each file once. ``read`` may be ``EntityCache.read``."""
    results = list(_walk(files, trees, kinds, limits, read))
    skipped = Counter(item.reason for result in results for item in result.skipped)
    return DiscoveryResult(
        tuple(entity for result in results for entity in result.entities),
        tuple(problem for result in results for problem in result.problems),
        len(results),
        dict(sorted(skipped.items())),
    )


def _walk(files: Sequence[DescriptorFile], trees: Trees, kinds: Kinds, limits: Limits, read: ReadDescriptors) -> Iterator[FileResult]:
    """The results of all files, also of those that Locations name. Problems with targets of a Location are a separate result."""
    queue = deque(files)
    reached = {file_key(file) for file in files}
    named_trees = [(source, tree) for (source, _), tree in trees.items()]
    fetch = _fetcher(tuple(trees.values()), limits.placeholder_bytes)
    while queue:
        file = queue.popleft()
        result = read(file, kinds, limits, fetch)
        yield result
        for entity in result.entities:
            if entity.ref.kind == "location":
                targets = follow(entity, file, named_trees, reached, depth=limits.locations_depth, limit=limits.descriptor_bytes)
                reached.update(file_key(target) for target in targets.files)
                queue.extend(targets.files)
                if targets.problems:
                    yield FileResult(problems=targets.problems)


def _fetcher(trees: tuple[Tree, ...], limit: int) -> Fetch:
    """A function that reads an absolute URL from the tree that has it: at most ``limit`` bytes; None if no tree has it."""

    def fetch(url: str) -> bytes | None:
        place = addresses.find(url, trees)
        return None if place is None else place[0].read(place[1], limit)

    return fetch
