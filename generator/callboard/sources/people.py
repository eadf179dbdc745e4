"""Teams and users of a host → generated descriptors of Groups and Users, whose names do not depend on each other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from callboard.plugins.sources import DEFAULT_NAMESPACE, MemoryFile, descriptor_text
from callboard.sources.guesses.names import NAME_LENGTH, entity_name

AT_ONCE = 8
"""Listings of members that are requested at the same time."""
DIGEST_LENGTH = 6
"""Characters of a digest at the end of a name."""


@dataclass(frozen=True, slots=True)
class Team:
    """A team or group of a host."""

    id: str
    """Id on the host; unique there."""
    name: str
    """Name of the entity; characters that are not allowed are replaced."""
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
    """Name of the entity; characters that are not allowed are replaced."""
    title: str = ""
    email: str = ""
    url: str = ""
    picture: str = ""
    description: str = ""
    teams: Sequence[str] = ()
    """Ids of teams."""
    skills: Sequence[str] = ()
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


@dataclass(frozen=True, slots=True)
class PeopleOptions:
    """How the Groups and Users of a source are named: the option ``people``, or ``groups`` and ``users`` of a directory."""

    group_namespace: str = DEFAULT_NAMESPACE
    user_namespace: str = DEFAULT_NAMESPACE
    group_name: str = ""
    """Which value of the host becomes the name of a Group; empty for the default."""
    user_name: str = ""
    """Which value of the host becomes the name of a User; empty for the default."""

    @classmethod
    def of(cls, option: Any) -> PeopleOptions | None:
        """The options from ``people:``, a boolean or a mapping; None if people are not imported."""
        if option is True:
            return cls()
        if not isinstance(option, Mapping):
            return None
        groups, users = option.get("groups", {}), option.get("users", {})
        namespace = str(option.get("namespace", DEFAULT_NAMESPACE))
        return cls(
            str(groups.get("namespace", namespace)), str(users.get("namespace", DEFAULT_NAMESPACE)),
            str(groups.get("name", "")), str(users.get("name", "")),
        )  # fmt: skip


def people_files(teams: Iterable[Team], people: Iterable[Person], options: PeopleOptions) -> Iterator[MemoryFile]:
    """A file for each team and each person, in the order of their names.

    A name depends on nothing but the team or person itself: another one of the same name changes nothing. Both then describe one entity,
    which gets the members or groups of both, and a problem about it names both.
    """
    by_id = {team.id: team for team in teams}
    names = {team.id: stable_name(team.name, team.id) for team in by_id.values()}
    persons = {person.id: person for person in people}
    logins = {person.id: stable_name(person.name, person.id) for person in persons.values()}
    for id_, path in _paths("groups", names):
        yield MemoryFile(path, _group(by_id[id_], names, options), by_id[id_].url)
    for id_, path in _paths("users", logins):
        yield MemoryFile(path, _user(persons[id_], logins[id_], names, options), persons[id_].url)


def stable_name(preferred: str, id_: str) -> str:
    """A valid name of an entity that depends on these strings alone.

    A name that is too long, or has no character that is allowed, ends in a digest, so that it is not that of another one.
    """
    allowed = entity_name(preferred, None) or entity_name(id_, None)
    if allowed and len(allowed) <= NAME_LENGTH:
        return allowed
    return f"{allowed[: NAME_LENGTH - DIGEST_LENGTH - 1].rstrip('-_.') or 'unnamed'}-{_digest(allowed or id_)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:DIGEST_LENGTH]


def _paths(folder: str, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Ids with the paths of their files, sorted by name and id; of several with one name, the first has the plain path."""
    taken: set[str] = set()
    for id_, name in sorted(names.items(), key=lambda item: (item[1], item[0])):
        yield id_, f"{folder}/{name}.yaml" if name not in taken else f"{folder}/{name}.{_digest(id_)}.yaml"
        taken.add(name)


def _group(team: Team, names: Mapping[str, str], options: PeopleOptions) -> str:
    name, parent_name = names[team.id], names.get(team.parent, "")
    profile = {"displayName": team.title, "email": team.email, "picture": team.picture}
    parent = {"parent": parent_name} if parent_name and parent_name != name else {}
    spec = {"type": team.type, "profile": {k: v for k, v in profile.items() if v}, **parent, "children": []}
    metadata = {
        "namespace": _written(options.group_namespace), "title": team.title, "description": team.description,
        "annotations": dict(team.annotations), "links": _links(team.url),
    }  # fmt: skip
    return descriptor_text("Group", name, metadata, spec)


def _user(person: Person, name: str, names: Mapping[str, str], options: PeopleOptions) -> str:
    profile = {"displayName": person.title, "email": person.email, "picture": person.picture}
    prefix = "" if options.group_namespace == options.user_namespace else f"{options.group_namespace}/"
    groups = sorted({f"{prefix}{names[team]}" for team in person.teams if team in names})
    skills = {"skills": [*person.skills]} if person.skills else {}
    spec = {"profile": {**{k: v for k, v in profile.items() if v}, **skills}, "memberOf": groups}
    metadata = {
        "namespace": _written(options.user_namespace), "title": person.title, "description": person.description,
        "annotations": dict(person.annotations), "links": _links(person.url),
    }  # fmt: skip
    return descriptor_text("User", name, metadata, spec)


def _written(namespace: str) -> str:
    """The namespace as descriptors have it: the default one is left out."""
    return "" if namespace == DEFAULT_NAMESPACE else namespace


def _links(url: str) -> list[dict[str, str]]:
    return [{"url": url, "title": "Profile"}] if url.startswith(("https://", "http://")) else []
