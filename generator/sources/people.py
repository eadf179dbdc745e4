"""Groups and users of a host as descriptors, each in a file of its own, so that its page can lead to the host's page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from generator.sources.descriptor_text import NAME_LENGTH, descriptor, entity_name
from generator.sources.memory_tree import MemoryFile


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
