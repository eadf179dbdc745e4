"""From the files that sources found to all entities: files are read, Locations followed, until nothing new turns up."""

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
    """What stands in all descriptor files, in the order in which they were reached."""

    entities: tuple[Entity, ...]
    problems: tuple[Problem, ...]
    files: int
    skipped: Mapping[str, int]
    """Number of documents that are no descriptors, by reason."""


def discover(
    files: Sequence[DescriptorFile], trees: Trees, kinds: Kinds, limits: Limits, read: ReadDescriptors = read_file
) -> DiscoveryResult:
    """Read ``files`` and all that their Locations lead to; each file once."""
    found = list(_walk(files, trees, kinds, limits, read))
    skipped = Counter(item.reason for result in found for item in result.skipped)
    return DiscoveryResult(
        tuple(entity for result in found for entity in result.entities),
        tuple(problem for result in found for problem in result.problems),
        len(found),
        dict(sorted(skipped.items())),
    )


def _walk(files: Sequence[DescriptorFile], trees: Trees, kinds: Kinds, limits: Limits, read: ReadDescriptors) -> Iterator[FileResult]:
    """The results of all files, and of what Locations lead to; problems of Locations come as a result of their own."""
    queue = deque(files)
    known = {file_key(file) for file in files}
    named = [(source, tree) for (source, _), tree in trees.items()]
    fetch = _fetcher(tuple(trees.values()), limits.placeholder_bytes)
    while queue:
        file = queue.popleft()
        result = read(file, kinds, limits, fetch)
        yield result
        for entity in result.entities:
            if entity.ref.kind == "location":
                way = follow(entity, file, named, known, depth=limits.locations_depth, limit=limits.descriptor_bytes)
                known.update(file_key(more) for more in way.files)
                queue.extend(way.files)
                if way.problems:
                    yield FileResult(problems=way.problems)


def _fetcher(trees: tuple[Tree, ...], limit: int) -> Fetch:
    """Gives the content of an absolute URL that one of the trees has."""

    def fetch(url: str) -> bytes | None:
        place = addresses.find(url, trees)
        return None if place is None else place[0].read(place[1], limit)

    return fetch
