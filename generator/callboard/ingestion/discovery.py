"""Descriptor files of sources → entities and problems: files are read and Locations followed until there are no new files."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from callboard.descriptors.kinds import Kinds
from callboard.descriptors.placeholders import Fetch
from callboard.descriptors.reading import FileResult, read_file
from callboard.descriptors.rules import files as files_rules
from callboard.ingestion.access import ConnectedTrees, fetcher
from callboard.ingestion.locations import FileKey, LocationTargets, file_key, follow, without_descriptor
from callboard.ingestion.records import with_record
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.problem import Problem
from callboard.model.skipped import SkippedFile
from callboard.model.tree import DescriptorFile
from callboard.settings.settings import Limits

MOST_SKIPPED = 5_000
"""Skipped files that are listed; their documents are counted in any case."""
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
    skipped_files: tuple[SkippedFile, ...] = ()
    """The files with those documents, at most ``MOST_SKIPPED``, sorted."""
    unidentified: tuple[Entity, ...] = ()
    """Descriptors without a valid name or namespace (``FileResult.unidentified``)."""
    documents: int = 0
    """Number of documents that were checked."""


def discover(
    files: Sequence[DescriptorFile], connected: ConnectedTrees, kinds: Kinds, limits: Limits, read: ReadDescriptors = read_file
) -> DiscoveryResult:
    """Read ``files`` and the files that their Locations name; each file once. ``read`` may be ``EntityCache.read``."""
    results, problems_of_locations = _walk(files, connected, kinds, limits, read)
    skipped = Counter(item.reason for result in results for item in result.skipped)
    return DiscoveryResult(
        tuple(entity for result in results for entity in result.entities),
        (*(problem for result in results for problem in result.problems), *problems_of_locations),
        len(results),
        dict(sorted(skipped.items())),
        _skipped_files(results),
        tuple(entity for result in results for entity in result.unidentified),
        sum(result.documents for result in results),
    )


def _skipped_files(results: Sequence[FileResult]) -> tuple[SkippedFile, ...]:
    found = Counter(
        SkippedFile(item.origin.source, item.origin.repository, item.origin.path, item.reason)
        for result in results
        for item in result.skipped
    )
    return tuple(replace(file, documents=number) for file, number in sorted(found.items())[:MOST_SKIPPED])


def _walk(
    files: Sequence[DescriptorFile], connected: ConnectedTrees, kinds: Kinds, limits: Limits, read: ReadDescriptors
) -> tuple[list[FileResult], list[Problem]]:
    """The results of all files, also of those that Locations name, and the problems with targets of Locations."""
    queue = deque(files)
    reached = {file_key(file) for file in files}
    foreign: set[FileKey] = set()
    fetch = fetcher(connected, limits.placeholder_bytes)
    results: list[FileResult] = []
    problems: list[Problem] = []
    named: list[tuple[Entity, str, FileKey]] = []
    skipped: dict[FileKey, list[str]] = {}
    while queue:
        file = queue.popleft()
        result = read(file, kinds, limits, fetch)
        if file.record is not None:
            results.append(with_record(result, file.record))
            continue
        is_foreign = file_key(file) in foreign
        results.append(without_quotes(result) if is_foreign else result)
        if not (result.entities or result.problems):
            skipped[file_key(file)] = [item.reason for item in result.skipped]
        for entity in result.entities:
            if entity.ref.kind == "location":
                targets = _guarded(follow, entity, file, connected, reached, depth=limits.locations_depth, limit=limits.descriptor_bytes)
                reached.update(file_key(target) for target in targets.files)
                foreign.update(file_key(target) for target in targets.files if is_foreign or _is_foreign(file, target, connected))
                queue.extend(targets.files)
                named += ((entity, field_path, key) for field_path, key in targets.named)
                problems += targets.problems
    problems += (without_descriptor(entity, field_path, skipped[key]) for entity, field_path, key in named if skipped.get(key))
    return results, problems


def _guarded(follow: Callable[..., LocationTargets], entity: Entity, *arguments: object, **limits: int) -> LocationTargets:
    """The targets of a Location; an unexpected exception is a problem of this Location and does not end the build."""
    try:
        return follow(entity, *arguments, **limits)
    except Exception as error:  # noqa: BLE001 - a defect at one Location must not lose the other files
        return LocationTargets(problems=(files_rules.rule_failed_problem("follow-location", error, entity.origin, entity.ref),))


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
    return replace(result, problems=tuple(problems), unidentified=())
