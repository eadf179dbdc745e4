"""Metadata of entities and repositories → the YAML text of generated descriptors, as files of a tree in memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Any

import yaml
from callboard.model.errors import MissingFileError, TooLargeError
from callboard.plugins.sources import Repository, Undescribed
from callboard.sources.api_tree import ApiTree
from callboard.sources.codeowners import MAX_BYTES, PLACES, owner_for
from callboard.sources.paths import matching, normal, shown

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./@-]*(?: [A-Za-z0-9_./@-]+)*")
"""A string that needs no quotes in any version of YAML, unless it is one of ``RESERVED``."""
RESERVED = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "inf", "nan"})
NAME_LENGTH = 63
MAX_NAME = 200
"""Characters of names, logins and addresses that a host reports."""
TEXT_LENGTH = 2_000
API_VERSION = "backstage.io/v1alpha1"
INVALID_CHARACTERS = re.compile(r"[^a-z0-9._-]+")
RUNS = re.compile(r"[._-]{2,}")


@dataclass(frozen=True, slots=True)
class MemoryFile:
    """One generated file."""

    path: str
    text: str
    url: str = ""
    """Address of the page with the same information."""
    edit_url: str = ""
    """Address of the page where the information is edited."""
    changed: datetime | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MemoryTree:
    """A tree of files in memory."""

    id: str
    repository: str
    """Name for people."""
    files: Mapping[str, MemoryFile] = field(repr=False)
    """By path, sorted."""
    revision: str = ""
    addresses: Sequence[str] = ()

    @classmethod
    def of(cls, id_: str, repository: str, files: Iterable[MemoryFile]) -> MemoryTree:
        """A tree of these files; of several with one path, the first."""
        by_path: dict[str, MemoryFile] = {}
        for file in files:
            by_path.setdefault(file.path, file)
        return cls(id_, repository, dict(sorted(by_path.items())))

    def read(self, path: str, limit: int) -> bytes:
        """The content of a file."""
        file = self.files.get(normal(path))
        if file is None:
            raise MissingFileError(f"there is no file {shown(path)} in {self.repository}")
        content = file.text.encode("utf-8", "replace")
        if len(content) > limit:
            raise TooLargeError(f"{shown(path)} in {self.repository} has {len(content):,} bytes; at most {limit:,} are read")
        return content

    def glob(self, pattern: str) -> Sequence[str]:
        """Sorted paths that match."""
        return matching(pattern, self.files)

    def fetch(self, paths: Sequence[str]) -> None:
        """Do nothing: all contents are in memory."""

    def last_change(self, path: str) -> datetime | None:
        """Time of the change that the host reported."""
        file = self.files.get(path)
        return file.changed if file else None

    def view_url(self, path: str, line: int | None = None) -> str:  # noqa: ARG002 - a page of the host has no lines
        """Address of the host's page with the same information."""
        file = self.files.get(path)
        return file.url if file else ""

    def edit_url(self, path: str) -> str:
        """Address of the host's page where it is edited."""
        file = self.files.get(path)
        return file.edit_url if file else ""


class _Dumper(yaml.SafeDumper):
    """Quotes every string that some version of YAML could read as another type."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write no anchors and aliases."""
        del data
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    plain = PLAIN.fullmatch(value) and value.lower() not in RESERVED
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if plain else '"')


_Dumper.add_representer(str, _text)


def document(value: Mapping[str, Any]) -> str:
    """A YAML document with the keys in the given order."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def descriptor(kind: str, name: str, metadata: Mapping[str, Any], spec: Mapping[str, Any]) -> str:
    """The YAML text of a descriptor; empty values are left out of ``metadata``, strings are cut to ``TEXT_LENGTH``."""
    fields = {"name": name, **{key: value for key, value in metadata.items() if value}}
    return document({"apiVersion": API_VERSION, "kind": kind, "metadata": _bounded(fields), "spec": _bounded(spec)})


def entity_name(text: str) -> str:
    """The nearest valid name of an entity (Backstage: letters, digits and ``-_.`` between them, at most 63); may be empty."""
    name = RUNS.sub(lambda m: m.group()[0], INVALID_CHARACTERS.sub("-", text.strip().lower()))
    return name.strip("-_.")[:NAME_LENGTH].strip("-_.")


def text_of(value: Any, length: int = TEXT_LENGTH) -> str:
    """The string, cut to ``length``; an empty string for any other type."""
    return value[:length] if isinstance(value, str) else ""


def moment(value: Any) -> datetime | None:
    """A time in UTC from ISO 8601 with a zone; None for any other value."""
    try:
        time = datetime.fromisoformat(text_of(value))
    except ValueError:
        return None
    return in_all_zones(time) if time.tzinfo else None


def in_all_zones(time: datetime) -> datetime | None:
    """The time in UTC; None in the first and the last year of ``datetime``, whose ends have no date in some time zones."""
    try:
        utc = time.astimezone(UTC)
    except OverflowError:
        return None
    return utc if MINYEAR < utc.year < MAXYEAR else None


def _bounded(value: Any) -> Any:
    if isinstance(value, str):
        return value[:TEXT_LENGTH]
    if isinstance(value, Mapping):
        return {key: _bounded(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_bounded(item) for item in value]
    return value


def suggested(repository: Repository, tree: ApiTree | None, annotation: str = "") -> Undescribed:
    """A repository with a starter descriptor from the host's metadata; ``annotation`` is the host's key for the name, if there is one."""
    owners = _owners(tree)
    metadata = {
        "description": repository.description,
        "annotations": {annotation: repository.name} if annotation else {},
        "tags": [tag for topic in repository.topics if (tag := entity_name(topic))],
    }
    name = entity_name(repository.name.rpartition("/")[2]) or "unnamed"
    spec = {"type": "service", "lifecycle": "production", "owner": owners[0] if owners else "unknown"}
    return Undescribed(repository.source, repository.name, repository.url, descriptor("Component", name, metadata, spec))


def _owners(tree: ApiTree | None) -> list[str]:
    """Names of the groups that own a descriptor by CODEOWNERS, where its content is known already: nothing is requested."""
    contents = [content for place in PLACES if tree and (content := tree.known.contents.get(place))]
    text = contents[0].decode("utf-8", "replace") if contents and len(contents[0]) <= MAX_BYTES else ""
    named = [owner for owner in owner_for(text, "catalog-info.yaml") if owner.startswith("@")]
    teams = [name for owner in named if "/" in owner and (name := entity_name(owner.rpartition("/")[2]))]
    return teams or [f"user:{name}" for owner in named if (name := entity_name(owner[1:]))]
