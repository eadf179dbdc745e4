"""Location entities: from their targets to more descriptor files, inside the trees that ``sources.yaml`` names and nowhere else."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from callboard.descriptors.document import field_span
from callboard.ingestion import rules
from callboard.model.counting import counted
from callboard.model.entity import Entity
from callboard.model.errors import OutsideTreeError, SourceError, TooLargeError, TreeError
from callboard.model.fields import as_text, items_of, text_at
from callboard.model.problem import Problem, Rule
from callboard.model.tree import DescriptorFile, Tree
from callboard.sources import addresses
from callboard.sources.paths import normal

READ_TYPES = frozenset(
    {"", "url", "file", "dir", "github", "gitlab", "bitbucket", "azure", "github/api", "gitlab/api", "bitbucket/api", "azure/api"}
)
"""Types whose targets are files: Backstage's own and their old names. Without a type, it is that of the Location's own file."""
MOST_FILES = 5_000
"""Files that one Location may lead to."""
MOST_PROBLEMS = 200
"""What is told of one Location: more would drown everybody else's."""
_ABSOLUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
_GLOB = re.compile(r"[*?]")

FileKey = tuple[str, str, str]
"""Source, tree and path."""


@dataclass(frozen=True, slots=True)
class LocationTargets:
    """What a Location leads to."""

    files: tuple[DescriptorFile, ...] = ()
    """In the order of the targets; none that was known already, none twice."""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Target:
    """One Location being followed."""

    entity: Entity
    file: DescriptorFile
    trees: Sequence[tuple[str, Tree]]
    limit: int
    problems: list[Problem] = field(default_factory=list)

    def tell(self, rule: Rule, at: str, message: str, hint: str) -> None:
        """Note a problem with the target at that field; the last of too many says that there are more."""
        if len(self.problems) >= MOST_PROBLEMS:
            return
        if len(self.problems) == MOST_PROBLEMS - 1:
            rule, at, message = rules.LOCATION_BEYOND_BOUNDS, "spec", f"This Location has more than {MOST_PROBLEMS - 1} problems."
            hint = "Fix the reported ones first."
        problem = rule.problem(message, origin=self.entity.origin, subject=self.entity.ref, field=at, hint=hint)
        self.problems.append(replace(problem, span=field_span(self.entity, at)))


def file_key(file: DescriptorFile) -> FileKey:
    """What makes two descriptor files the same, whichever way they were reached."""
    return file.source, file.tree.id, file.path


def follow(
    entity: Entity,
    file: DescriptorFile,
    trees: Sequence[tuple[str, Tree]],
    known: AbstractSet[FileKey],
    *,
    depth: int = 10,
    limit: int = 2_000_000,
) -> LocationTargets:
    """The files that the targets of a Location name, and what is wrong with them.

    ``file`` is the one that the Location was read from; ``trees`` are all trees, each with the name of its source; ``known`` are the
    files that were read already. A chain of Locations is followed for ``depth`` steps; ``limit`` is the largest descriptor in bytes.
    """
    way = _Target(entity, file, trees, limit)
    targets = list(_targets(entity))
    if targets and len(file.via_locations) >= depth:
        way.tell(
            rules.LOCATION_BEYOND_BOUNDS,
            targets[0][0],
            f"This Location is nested below {counted(depth, 'other')}; it is not followed.",
            "Shorten the chain.",
        )
        targets = []
    found: dict[FileKey, DescriptorFile] = {}
    for at, target in targets:
        for reached in _resolve(way, at, target):
            if file_key(reached) not in known:
                found.setdefault(file_key(reached), reached)
    if len(found) > MOST_FILES:
        way.tell(
            rules.LOCATION_BEYOND_BOUNDS,
            "spec",
            f"This Location matches {len(found):,} files; only the first {MOST_FILES:,} are read.",
            "Use narrower glob patterns.",
        )
    return LocationTargets(tuple(found.values())[:MOST_FILES], tuple(way.problems))


def _targets(entity: Entity) -> Iterator[tuple[str, str]]:
    """Field and text of each target. What is no text is the schema's business."""
    named = [("spec.target", entity.spec.get("target"))]
    named += [(f"spec.targets[{index}]", item) for index, item in enumerate(items_of(entity.spec.get("targets")))]
    yield from ((at, as_text(target)) for at, target in named if isinstance(target, str) and target.strip())


def _resolve(way: _Target, at: str, target: str) -> Iterable[DescriptorFile]:
    kind = text_at(way.entity.spec, "type").lower()
    if kind not in READ_TYPES:
        way.tell(
            rules.LOCATION_TYPE_UNKNOWN,
            at,
            f"Locations of the type `{kind[:60]}` are not read.",
            "Add a source to sources.yaml that finds these descriptors itself.",
        )
        return ()
    if _ABSOLUTE.match(target):
        return _from_url(way, at, target)
    try:
        path = _relative(way.file.path, target)
    except OutsideTreeError:
        way.tell(
            rules.LOCATION_LEAVES_TREE,
            at,
            f"`{target[:200]}` is outside {way.file.tree.repository}.",
            "Name a file of the same repository, relative to this one, or the full URL of a file in another configured source.",
        )
        return ()
    except TreeError as error:
        return _missing(way, at, target, str(error))
    return _in_tree(way, at, target, way.file.source, way.file.tree, path)


def _relative(base: str, target: str) -> str:
    """The path of a target relative to the file that names it. Raises ``OutsideTreeError``."""
    return normal(posixpath.join(posixpath.dirname(base), target))


def _from_url(way: _Target, at: str, url: str) -> Iterable[DescriptorFile]:
    found = addresses.find(url, [tree for _, tree in way.trees])
    if found is None:
        way.tell(
            rules.LOCATION_SOURCE_UNKNOWN,
            at,
            f"{clean_url(url)} belongs to no source of this portal.",
            f"Add it to `sources:` in sources.yaml: `- type: git, url: {repository_of(url)}`.",
        )
        return ()
    tree, path = found
    source = next((name for name, other in way.trees if other is tree), way.file.source)
    return _in_tree(way, at, url, source, tree, path)


def _in_tree(way: _Target, at: str, target: str, source: str, tree: Tree, path: str) -> Iterable[DescriptorFile]:
    try:
        paths = list(tree.glob(path)) if _GLOB.search(path) else _existing(tree, path, way.limit)
    except (TreeError, SourceError) as error:
        return _missing(way, at, target, str(error))
    if not paths:
        return _missing(way, at, target, f"no file of {tree.repository} matches")
    via = (*way.file.via_locations, str(way.entity.ref))
    return [DescriptorFile(source, tree, each, via) for each in paths]


def _existing(tree: Tree, path: str, limit: int) -> list[str]:
    """The path, if there is such a file; one that is too large exists, and its reader says so. Raises ``TreeError``."""
    try:
        tree.read(path, limit)
    except TooLargeError:
        return [path]
    return [path]


def _missing(way: _Target, at: str, target: str, why: str) -> Iterable[DescriptorFile]:
    if text_at(way.entity.spec, "presence").lower() != "optional":
        way.tell(
            rules.LOCATION_NOT_FOUND,
            at,
            f"`{clean_url(target)}` cannot be read: {why}.",
            "Correct the path, or write `presence: optional` if the file may be missing.",
        )
    return ()


LONGEST_URL = 300


_INSIDE = re.compile(r"/(?:-/)?(?:blob|tree|raw|src|edit|browse|blame)/")


_AZURE = re.compile(r"(.*/_git/[^/]+)")


RAW_GITHUB = "raw.githubusercontent.com"


def clean_url(url: str) -> str:
    """The URL without a user and password, cut to a length that people read."""
    head, slashes, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    shown = f"{head}://{authority.rpartition('@')[2]}{slash}{path}" if slashes else url
    return shown if len(shown) <= LONGEST_URL else shown[: LONGEST_URL - 1] + "…"


def repository_of(url: str) -> str:
    """The address of the repository that a file's URL lies in, as well as one can tell from the URL."""
    try:
        parts = urlsplit(clean_url(url))
    except ValueError:
        return clean_url(url)
    host, path = parts.netloc, parts.path
    if host == RAW_GITHUB:
        host, path = "github.com", "/".join(path.split("/")[:3])
    azure = _AZURE.match(path)
    path = azure[1] if azure else _INSIDE.split(path, maxsplit=1)[0]
    return f"{parts.scheme}://{host}{path.rstrip('/')}"
