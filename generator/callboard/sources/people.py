"""Teams and users of a host → generated descriptors of Groups and Users, with valid names that are unique."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from callboard.plugins.sources import MemoryFile, descriptor_text
from callboard.sources.generated import NAME_LENGTH, entity_name

AT_ONCE = 8
"""Listings of members that are requested at the same time."""


@dataclass(frozen=True, slots=True)
class Team:
    """A team or group of a host."""

    id: str
    """Id on the host; unique there."""
    name: str
    """Preferred name of the entity; it gets another one where that is taken or invalid."""
    title: str = ""
    description: str = ""
    url: str = ""
    parent: str = ""
    """Id of the parent team."""
    type: str = "team"
    email: str = ""
    picture: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """A user of a host."""

    id: str
    name: str
    """Preferred name of the entity."""
    title: str = ""
    email: str = ""
    url: str = ""
    picture: str = ""
    description: str = ""
    teams: Sequence[str] = ()
    """Ids of teams."""
    annotations: Mapping[str, str] = field(default_factory=dict)


class Members:
    """Users of a host with their teams, collected team by team."""

    def __init__(self) -> None:
        self._nodes: dict[str, Mapping[str, Any]] = {}
        self._teams: dict[str, list[str]] = {}

    def add(self, login: str, node: Mapping[str, Any], team: str = "") -> None:
        """Add a user by login, with the host's data about it and the id of a team; one without a login is ignored."""
        if login:
            self._nodes.setdefault(login, node)
            self._teams.setdefault(login, []).extend([team] if team else [])

    def people(self, person: Callable[[str, Mapping[str, Any], Sequence[str]], Person]) -> Iterator[Person]:
        """The users by login; ``person`` gets the login, the host's data and the ids of the teams."""
        return (person(login, self._nodes[login], self._teams[login]) for login in sorted(self._nodes))


def members_of_teams(
    teams: Sequence[Team], list_members: Callable[[str], Iterable[Mapping[str, Any]]]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Ids of teams with the data of each of their members; the listings, by id of a team, are requested in parallel."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        listings = [*pool.map(lambda team: [*list_members(team.id)], teams)]
    return ((team.id, node) for team, nodes in zip(teams, listings, strict=True) for node in nodes)


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
    return descriptor_text("Group", names[team.id], metadata, spec)


def _user(person: Person, name: str, names: Mapping[str, str]) -> str:
    profile = {"displayName": person.title, "email": person.email, "picture": person.picture}
    groups = sorted({names[team] for team in person.teams if team in names})
    spec = {"profile": {k: v for k, v in profile.items() if v}, "memberOf": groups}
    metadata = {
        "title": person.title, "description": person.description, "annotations": dict(person.annotations), "links": _links(person.url),
    }  # fmt: skip
    return descriptor_text("User", name, metadata, spec)


def _links(url: str) -> list[dict[str, str]]:
    return [{"url": url, "title": "Profile"}] if url.startswith(("https://", "http://")) else []


def _names(preferred: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Valid names by id, each name once; the first by id gets the preferred name."""
    taken: set[str] = set()
    names: dict[str, str] = {}
    for id_, preferred_name in sorted(preferred):
        valid = entity_name(preferred_name) or entity_name(id_) or "unnamed"
        names[id_] = next(name for name in _variants(valid) if name not in taken)
        taken.add(names[id_])
    return names


def _variants(name: str) -> Iterator[str]:
    yield name
    for number in count(2):
        ending = f"-{number}"
        yield name[: NAME_LENGTH - len(ending)] + ending
