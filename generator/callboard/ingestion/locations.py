"""A Location entity → the descriptor files that its targets name, inside the trees of ``sources.yaml`` only, and problems."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field, replace
from urllib.parse import urlsplit

from callboard.descriptors.document import field_span
from callboard.descriptors.placeholders import NOT_PERMITTED
from callboard.descriptors.rules.files import more_problems_of_entity
from callboard.ingestion import rules
from callboard.ingestion.access import ConnectedTrees, reader_of
from callboard.model.counting import counted
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.errors import OutsideTreeError, SourceError, TooLargeError, TreeError
from callboard.model.fields import as_text, items_of, text_at
from callboard.model.problem import Problem, Rule
from callboard.model.problem_limit import ProblemLimit
from callboard.model.tree import DescriptorFile, Tree
from callboard.plugins.sources.paths import normal_path

READ_TYPES = frozenset(
    {"", "url", "file", "dir", "github", "gitlab", "bitbucket", "azure", "github/api", "gitlab/api", "bitbucket/api", "azure/api"}
)
"""Types whose targets are files: Backstage's own and their old names. Without a type, the target is read like the Location's file."""
MOST_TARGETS = 5_000
"""Targets of one Location that are followed."""
MOST_GLOBS = 200
"""Those of them that are glob patterns: each is compared with all files of the repository."""
MOST_FILES = 5_000
"""Files that one Location may match."""
MOST_PROBLEMS = 200
"""Problems reported for one Location; more would hide those of other entities."""
LONGEST_URL = 300
"""Letters of a URL in a message."""
_SSH_ADDRESS = re.compile(r"(?:[\w.-]+@)([\w.-]+):(?!//)(.+?)(?:\.git)?/?")
_WITHOUT_SCHEME = re.compile(r"(?!.*\.ya?ml/)[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S+")
RAW_GITHUB = "raw.githubusercontent.com"
_ABSOLUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
_GLOB = re.compile(r"[*?]")
_IN_REPOSITORY = re.compile(r"/(?:-/)?(?:blob|tree|raw|src|edit|browse|blame)/")
"""The part of a URL between the repository and a file of it."""
_AZURE = re.compile(r"(.*/_git/[^/]+)")

WHY_SKIPPED = {
    "not-a-descriptor": "it has no `apiVersion` and `kind`",
    "template-skeleton": "its name is a template expression",
    "kubernetes": "it is a manifest of Kubernetes",
    "empty": "it has no content",
}
"""By reason: why a document is no descriptor."""

FileKey = tuple[str, str, str]
"""Source, tree and path."""


@dataclass(frozen=True, slots=True)
class LocationTargets:
    """The files that the targets of a Location name."""

    files: tuple[DescriptorFile, ...] = ()
    """In the order of the targets; each once, without those that were read before."""
    problems: tuple[Problem, ...] = ()
    named: tuple[tuple[str, FileKey], ...] = ()
    """Field and file of each target that names one file, without a glob pattern; also of files that were read before."""


@dataclass(frozen=True, slots=True)
class _Followed:
    """A Location whose targets are being resolved, and the problems with them so far."""

    entity: Entity
    file: DescriptorFile
    connected: ConnectedTrees
    limit: int
    """Most bytes of a descriptor."""
    problems: ProblemLimit = field(default_factory=lambda: ProblemLimit(MOST_PROBLEMS))

    def report(self, rule: Rule, field_path: str, message: str, hint: str) -> None:
        """Add a problem with the target at that field."""
        self.problems.add([rule.problem(message, origin=self.entity.origin, subject=self.entity.ref, field=field_path, hint=hint)])

    def reported(self) -> tuple[Problem, ...]:
        """The ``MOST_PROBLEMS`` most severe problems with their positions, and one that counts the rest."""
        kept, left_out = self.problems.result()
        if left_out:
            kept.append(more_problems_of_entity(left_out, kept[0]))
        return tuple(replace(problem, span=field_span(self.entity, problem.field or "spec")) for problem in kept)


def file_key(file: DescriptorFile) -> FileKey:
    """Identity of a descriptor file, whichever Locations name it."""
    return file.source, file.tree.id, file.path


def follow(
    entity: Entity,
    file: DescriptorFile,
    connected: ConnectedTrees,
    reached: AbstractSet[FileKey],
    *,
    depth: int = 10,
    limit: int = 2_000_000,
) -> LocationTargets:
    """The files that the targets of a Location name, and the problems with the targets.

    Args:
        entity: the Location.
        file: the file that the Location was read from.
        connected: the trees of all sources.
        reached: files that are read already.
        depth: number of nested Locations that are followed.
        limit: most bytes of a descriptor.
    """
    location, targets = _Followed(entity, file, connected, limit), list(_targets(entity))
    if targets and len(file.via_locations) >= depth:
        location.report(
            rules.LOCATION_BEYOND_BOUNDS,
            targets[0][0],
            f"This Location is nested below {counted(depth, 'other')}; it is not followed.",
            "Shorten the chain.",
        )
        targets = []
    bounded = _within_bounds(location, targets)
    matches = [(field_path, target, match) for field_path, target in bounded for match in _resolve(location, field_path, target)]
    files = {file_key(match): match for _, _, match in matches if file_key(match) not in reached}
    named = tuple((field_path, file_key(match)) for field_path, target, match in matches if not _GLOB.search(target))
    if len(files) > MOST_FILES:
        location.report(
            rules.LOCATION_BEYOND_BOUNDS,
            "spec",
            f"This Location matches {len(files):,} files; only the first {MOST_FILES:,} are read.",
            "Use narrower glob patterns.",
        )
    return LocationTargets(tuple(files.values())[:MOST_FILES], location.reported(), named)


def _within_bounds(location: _Followed, targets: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The first targets, with a problem at the first one that is left out."""
    globs, kept, left_out = 0, list[tuple[str, str]](), list[str]()
    for field_path, target in targets:
        globs += _GLOB.search(target) is not None
        if len(kept) < MOST_TARGETS and (globs <= MOST_GLOBS or not _GLOB.search(target)):
            kept.append((field_path, target))
        else:
            left_out.append(field_path)
    if left_out:
        location.report(
            rules.LOCATION_BEYOND_BOUNDS,
            left_out[0],
            f"This Location has {counted(len(targets), 'target')}, {globs:,} with a glob pattern; {len(left_out):,} of them, from here on,"
            " are not followed.",
            f"Divide it: at most {MOST_TARGETS:,} targets are followed, {MOST_GLOBS} of them with a glob pattern.",
        )
    return kept


def without_descriptor(entity: Entity, field_path: str, reasons: Iterable[str]) -> Problem:
    """The problem of a target that names a file without a descriptor; ``reasons``: why its documents were skipped."""
    target = next((target for path, target in _targets(entity) if path == field_path), "")
    why = " and ".join(dict.fromkeys(WHY_SKIPPED[reason] for reason in reasons))
    problem = rules.LOCATION_WITHOUT_DESCRIPTOR.problem(
        f"`{clean_url(target)}` has no descriptor: {why}.",
        origin=entity.origin,
        subject=entity.ref,
        field=field_path,
        hint="Name a file with descriptors, or remove the target.",
    )
    return replace(problem, span=field_span(entity, field_path))


def _targets(entity: Entity) -> Iterator[tuple[str, str]]:
    """Path of the field and value of each target. Values that are no strings are left out: the schema reports them."""
    named = [("spec.target", entity.spec.get("target"))]
    named += [(f"spec.targets[{index}]", item) for index, item in enumerate(items_of(entity.spec.get("targets")))]
    yield from ((path, as_text(target)) for path, target in named if isinstance(target, str) and target.strip())


def _resolve(location: _Followed, field_path: str, target: str) -> Iterable[DescriptorFile]:
    kind = text_at(location.entity.spec, "type").lower()
    if kind not in READ_TYPES:
        location.report(
            rules.LOCATION_TYPE_UNKNOWN,
            field_path,
            f"Locations of the type `{kind[:60]}` are not read.",
            "Add a source to sources.yaml that finds these descriptors itself.",
        )
        return ()
    if _ABSOLUTE.match(target):
        return _from_url(location, field_path, target)
    try:
        path = _relative(location.file.path, target)
    except OutsideTreeError:
        location.report(
            rules.LOCATION_LEAVES_TREE,
            field_path,
            f"`{target[:200]}` is outside {location.file.tree.repository}.",
            "Name a file of the same repository, relative to this one, or the full URL of a file in another configured source.",
        )
        return ()
    except TreeError as error:
        return _missing(location, field_path, target, str(error))
    return _in_tree(location, field_path, target, location.file.source, location.file.tree, path)


def _relative(base: str, target: str) -> str:
    """The path of a target relative to the file that names it. Raises ``OutsideTreeError``."""
    return normal_path(posixpath.join(posixpath.dirname(base), target))


def _from_url(location: _Followed, field_path: str, url: str) -> Iterable[DescriptorFile]:
    place = location.connected.find(url)
    if place is None and (revisions := location.connected.at_other_revisions(url)):
        tree, ref, path = revisions[0]
        if ref != "HEAD":
            return _other_revision(location, field_path, url, tree)
        place = tree, path
    if place is None:
        location.report(
            rules.LOCATION_SOURCE_UNKNOWN,
            field_path,
            f"{clean_url(url)} belongs to no source of this portal.",
            f"Add it to `sources:` in sources.yaml: `- type: git, url: {repository_of(url)}`.",
        )
        return ()
    tree, path = place
    connected, source = location.connected, location.connected.source_of(tree)
    if connected.is_readable(reader_of(location.file), tree):
        return _in_tree(location, field_path, url, source, tree, path)
    if not connected.is_descriptor(tree, _GLOB.sub("x", path)):
        is_glob = _GLOB.search(path) is not None
        _not_permitted(location, field_path, url, tree, "them" if is_glob else "it")
        if not is_glob:
            return ()
    return [file for file in _in_tree(location, field_path, url, source, tree, path) if connected.is_descriptor(tree, file.path)]


def _other_revision(location: _Followed, field_path: str, url: str, tree: Tree) -> Iterable[DescriptorFile]:
    source = location.connected.source_of(tree)
    location.report(
        rules.LOCATION_SOURCE_UNKNOWN,
        field_path,
        f"{clean_url(url)} is at another revision than the one that the source `{source}` reads of {tree.repository}.",
        "Write HEAD in place of the revision for the one that the source reads, or add a source with this one as `ref` to sources.yaml.",
    )
    return ()


def _not_permitted(location: _Followed, field_path: str, url: str, tree: Tree, files: str) -> None:
    """Report a target in another repository, before anything is read: neither an answer nor a hint shows whether the file exists."""
    connected, reader = location.connected, reader_of(location.file)
    location.report(
        rules.LOCATION_NOT_PERMITTED,
        field_path,
        f"{clean_url(url)} is not read: {tree.repository} {NOT_PERMITTED} {reader.repository}, except its descriptors.",
        f"Add {files} to `include` of the source `{connected.source_of(tree)}`, or add {connected.permission(reader, tree)}.",
    )


def _in_tree(location: _Followed, field_path: str, target: str, source: str, tree: Tree, path: str) -> Iterable[DescriptorFile]:
    try:
        paths = list(tree.glob(path)) if _GLOB.search(path) else _existing(tree, path, location.limit)
    except (TreeError, SourceError) as error:
        return _missing(location, field_path, target, str(error))
    if not paths:
        return _missing(location, field_path, target, f"no file of {tree.repository} matches")
    via = (*location.file.via_locations, str(location.entity.ref))
    return [DescriptorFile(source, tree, match, via) for match in paths]


def _existing(tree: Tree, path: str, limit: int) -> list[str]:
    """The path in a list if the file exists, also if it is too large (its reader reports that). Raises ``TreeError`` if it is missing."""
    try:
        tree.read(path, limit)
    except TooLargeError:
        return [path]
    return [path]


def _missing(location: _Followed, field_path: str, target: str, reason: str) -> Iterable[DescriptorFile]:
    if text_at(location.entity.spec, "presence").lower() != "optional":
        location.report(
            rules.LOCATION_NOT_FOUND,
            field_path,
            f"`{clean_url(target)}` cannot be read: {reason}.",
            _hint_about_path(target),
        )
    return ()


def _hint_about_path(target: str) -> str:
    """How to write a target that was read as a path and names no file."""
    if address := _SSH_ADDRESS.fullmatch(target.strip()):
        return f"Write the URL at which a browser shows the descriptor; it begins with https://{address[1]}/{address[2]}/."
    hint = "Correct the path, or write `presence: optional` if the file may be missing."
    is_url = _WITHOUT_SCHEME.fullmatch(target.strip())
    return f"Write https://{target.strip()[:LONGEST_URL]} if this is a URL. {hint}" if is_url else hint


def clean_url(url: str) -> str:
    """The URL without user and password, cut to ``LONGEST_URL`` letters."""
    head, slashes, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    shown = f"{head}://{authority.rpartition('@')[2]}{slash}{path}" if slashes else url
    return shown if len(shown) <= LONGEST_URL else shown[: LONGEST_URL - 1] + "…"


def repository_of(url: str) -> str:
    """A guess at the URL of the repository that a file's URL is in."""
    try:
        parts = urlsplit(clean_url(url))
    except ValueError:
        return clean_url(url)
    host, path = parts.netloc, parts.path
    if host == RAW_GITHUB:
        host, path = "github.com", "/".join(path.split("/")[:3])
    azure = _AZURE.match(path)
    path = azure[1] if azure else _IN_REPOSITORY.split(path, maxsplit=1)[0]
    return f"{parts.scheme}://{host}{path.rstrip('/')}"
