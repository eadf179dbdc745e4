"""Descriptor files of sources → entities and problems: files are read and Locations followed until there are no new files."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from callboard.descriptors.kinds import Kinds
from callboard.descriptors.placeholders import Fetch
from callboard.descriptors.reading import FileResult, read_file
from callboard.ingestion.access import ConnectedTrees, fetcher
from callboard.ingestion.locations import FileKey, file_key, follow
from callboard.model.entity import Entity
from callboard.model.problem import Problem
from callboard.model.tree import DescriptorFile
from callboard.settings.settings import Limits

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
    files: Sequence[DescriptorFile], connected: ConnectedTrees, kinds: Kinds, limits: Limits, read: ReadDescriptors = read_file
) -> DiscoveryResult:
    """Read ``files`` and the files that their Locations name; each file once. ``read`` may be ``EntityCache.read``."""
    results = list(_walk(files, connected, kinds, limits, read))
    skipped = Counter(item.reason for result in results for item in result.skipped)
    return DiscoveryResult(
        tuple(entity for result in results for entity in result.entities),
        tuple(problem for result in results for problem in result.problems),
        len(results),
        dict(sorted(skipped.items())),
    )


def _walk(
    files: Sequence[DescriptorFile], connected: ConnectedTrees, kinds: Kinds, limits: Limits, read: ReadDescriptors
) -> Iterator[FileResult]:
    """The results of all files, also of those that Locations name. Problems with targets of a Location are a separate result."""
    queue = deque(files)
    reached = {file_key(file) for file in files}
    foreign: set[FileKey] = set()
    fetch = fetcher(connected, limits.placeholder_bytes)
    while queue:
        file = queue.popleft()
        result = read(file, kinds, limits, fetch)
        is_foreign = file_key(file) in foreign
        yield without_quotes(result) if is_foreign else result
        for entity in result.entities:
            if entity.ref.kind == "location":
                targets = follow(entity, file, connected, reached, depth=limits.locations_depth, limit=limits.descriptor_bytes)
                reached.update(file_key(target) for target in targets.files)
                foreign.update(file_key(target) for target in targets.files if is_foreign or _is_foreign(file, target, connected))
                queue.extend(targets.files)
                if targets.problems:
                    yield FileResult(problems=targets.problems)


def _is_foreign(file: DescriptorFile, target: DescriptorFile, connected: ConnectedTrees) -> bool:
    """Whether a Location reaches a file of another repository that this repository's own source does not read as a descriptor."""
    return target.tree is not file.tree and not connected.is_descriptor(target.tree, target.path)


def without_quotes(result: FileResult) -> FileResult:
    """The result with problems that show nothing of the file's text: neither values in messages nor positions, which show lines."""
    problems = (
        replace(
            problem,
            message=f"A descriptor that a Location of another repository names has the problem {problem.code}; its text is not shown here.",
            hint="Run `callboard lint` in the repository of the file.",
            span=None,
            field=problem.field if problem.subject else "",
            related=(),
        )
        for problem in result.problems
    )
    return replace(result, problems=tuple(problems))
