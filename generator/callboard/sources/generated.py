"""Descriptors that a source writes itself, from what a host or a directory answered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from itertools import count
from typing import Any

import yaml
from callboard.model.errors import MissingFileError, TooLargeError
from callboard.plugins.sources import Repository, Undescribed
from callboard.sources.api_tree import ApiTree
from callboard.sources.codeowners import MOST_BYTES, PLACES, owner_for
from callboard.sources.paths import matching, normal, shown


@dataclass(frozen=True, slots=True)
class MemoryFile:
    """One file."""

    path: str
    text: str
    url: str = ""
    """Where people see on the web what it tells."""
    edit_url: str = ""
    """Where people change it on the web."""
    changed: datetime | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MemoryTree:
    """Files in memory."""

    id: str
    repository: str
    """What people call it."""
    files: Mapping[str, MemoryFile] = field(repr=False)
    """By path, sorted."""
    revision: str = ""
    addresses: Sequence[str] = ()

    @classmethod
    def of(cls, id_: str, repository: str, files: Iterable[MemoryFile]) -> MemoryTree:
        """A tree of these files; the first of several with one path counts."""
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
        """Nothing to do: everything is here."""

    def last_change(self, path: str) -> datetime | None:
        """As the host said."""
        file = self.files.get(path)
        return file.changed if file else None

    def view_url(self, path: str, line: int | None = None) -> str:  # noqa: ARG002 - a page of the host has no lines
        """The host's page about it."""
        file = self.files.get(path)
        return file.url if file else ""

    def edit_url(self, path: str) -> str:
        """The host's page on which it is changed."""
        file = self.files.get(path)
        return file.edit_url if file else ""


PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./@-]*(?: [A-Za-z0-9_./@-]+)*")
"""What needs no quotes in any version of YAML, unless it is one of ``RESERVED``."""
RESERVED = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "inf", "nan"})
NAME_LENGTH = 63
TEXT_LENGTH = 2_000
API_VERSION = "backstage.io/v1alpha1"
UNFIT = re.compile(r"[^a-z0-9._-]+")
RUNS = re.compile(r"[._-]{2,}")


class _Dumper(yaml.SafeDumper):
    """Quotes every text that some version of YAML could take for something else."""

    def ignore_aliases(self, data: Any) -> bool:
        """Nothing is written by reference."""
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
    """The text of a descriptor; what is empty is left out of ``metadata``, texts are bounded."""
    about = {"name": name, **{key: value for key, value in metadata.items() if value}}
    return document({"apiVersion": API_VERSION, "kind": kind, "metadata": _bounded(about), "spec": _bounded(spec)})


def entity_name(text: str) -> str:
    """The nearest valid name of an entity (Backstage: letters, digits and ``-_.`` between them, at most 63); may be empty."""
    name = RUNS.sub(lambda m: m.group()[0], UNFIT.sub("-", text.strip().lower()))
    return name.strip("-_.")[:NAME_LENGTH].strip("-_.")


def text_of(value: Any, length: int = TEXT_LENGTH) -> str:
    """The text itself, bounded; an empty one for whatever is no text."""
    return value[:length] if isinstance(value, str) else ""


def moment(value: Any) -> datetime | None:
    """A time with its zone from ISO 8601, or None."""
    try:
        time = datetime.fromisoformat(text_of(value))
    except ValueError:
        return None
    return in_every_zone(time) if time.tzinfo else None


def in_every_zone(time: datetime) -> datetime | None:
    """The time in UTC; None in the first and in the last year that there is, whose ends have no date in some time zones."""
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


@dataclass(frozen=True, slots=True)
class Team:
    """A group of people on a host."""

    id: str
    """What the host calls it; unique there."""
    name: str
    """The wished name of the entity; another one is made where it is taken or not valid."""
    title: str = ""
    description: str = ""
    url: str = ""
    parent: str = ""
    """Id of the group that it belongs to."""
    type: str = "team"
    email: str = ""
    picture: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on a host."""

    id: str
    name: str
    """The wished name of the entity."""
    title: str = ""
    email: str = ""
    url: str = ""
    picture: str = ""
    description: str = ""
    teams: Sequence[str] = ()
    """Ids of teams."""
    annotations: Mapping[str, str] = field(default_factory=dict)


def people_files(teams: Iterable[Team], people: Iterable[Person]) -> Iterator[MemoryFile]:
    """A file for each team and each person, in the order of their names."""
    by_id = {team.id: team for team in teams}
    names = _names((team.id, team.name) for team in by_id.values())
    for team in sorted(by_id.values(), key=lambda t: names[t.id]):
        yield MemoryFile(f"groups/{names[team.id]}.yaml", _group(team, names), team.url)
    persons = {person.id: person for person in people}
    logins = _names((person.id, person.name) for person in persons.values())
    for person in sorted(persons.values(), key=lambda p: logins[p.id]):
        yield MemoryFile(f"users/{logins[person.id]}.yaml", _user(person, logins[person.id], names), person.url)


def _group(team: Team, names: Mapping[str, str]) -> str:
    profile = {"displayName": team.title, "email": team.email, "picture": team.picture}
    parent = {"parent": names[team.parent]} if team.parent in names and team.parent != team.id else {}
    spec = {"type": team.type, "profile": {k: v for k, v in profile.items() if v}, **parent, "children": []}
    metadata = {"title": team.title, "description": team.description, "annotations": dict(team.annotations), "links": _links(team.url)}
    return descriptor("Group", names[team.id], metadata, spec)


def _user(person: Person, name: str, names: Mapping[str, str]) -> str:
    profile = {"displayName": person.title, "email": person.email, "picture": person.picture}
    groups = sorted({names[team] for team in person.teams if team in names})
    spec = {"profile": {k: v for k, v in profile.items() if v}, "memberOf": groups}
    metadata = {
        "title": person.title, "description": person.description, "annotations": dict(person.annotations), "links": _links(person.url),
    }  # fmt: skip
    return descriptor("User", name, metadata, spec)


def _links(url: str) -> list[dict[str, str]]:
    return [{"url": url, "title": "Profile"}] if url.startswith(("https://", "http://")) else []


def _names(wished: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Ids to valid names, each once; who comes first by id keeps the plain one."""
    taken: set[str] = set()
    found: dict[str, str] = {}
    for id_, wish in sorted(wished):
        plain = entity_name(wish) or entity_name(id_) or "unnamed"
        name = next(n for n in _variants(plain) if n not in taken)
        taken.add(name)
        found[id_] = name
    return found


def _variants(name: str) -> Iterator[str]:
    yield name
    for number in count(2):
        ending = f"-{number}"
        yield name[: NAME_LENGTH - len(ending)] + ending


def suggested(repository: Repository, tree: ApiTree | None, annotation: str = "") -> Undescribed:
    """The repository with a descriptor made of what its host says; ``annotation`` is the host's key for its name, if it has one."""
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
    """Names of the groups that CODEOWNERS gives a descriptor to, as far as it came along: nothing is asked for."""
    known = [content for place in PLACES if tree and (content := tree.known.contents.get(place))]
    text = known[0].decode("utf-8", "replace") if known and len(known[0]) <= MOST_BYTES else ""
    named = [owner for owner in owner_for(text, "catalog-info.yaml") if owner.startswith("@")]
    teams = [name for owner in named if "/" in owner and (name := entity_name(owner.rpartition("/")[2]))]
    return teams or [f"user:{name}" for owner in named if (name := entity_name(owner[1:]))]
