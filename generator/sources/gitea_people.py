"""Teams and members of an organization on Gitea or Forgejo."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from generator.outside.http import HttpError
from generator.sources.descriptor_text import text_of
from generator.sources.gitea_api import GiteaApi
from generator.sources.memory_tree import MemoryTree
from generator.sources.people import Person, Team, people_files

AT_ONCE = 8


def people_tree(api: GiteaApi, organization: str, host: str) -> MemoryTree:
    """A tree of Groups and Users; users who may not sign in are left out. Raises ``HttpError``."""
    name = urlsplit(host).hostname or host
    teams = [_team(node, organization, host, name) for node in api.teams(organization)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        members = [*pool.map(lambda team: [*api.team_members(team.id)], teams)]
    found: dict[str, Mapping[str, Any]] = {}
    of: dict[str, list[str]] = defaultdict(list)
    for team, people in zip(["", *(team.id for team in teams)], [[*api.members(organization)], *members], strict=True):
        for person in people:
            login = text_of(person.get("login"), 200)
            if login and person.get("prohibit_login") is not True:
                found.setdefault(login, person)
                of[login].extend([team] if team else [])
    persons = (_person(login, found[login], of[login], host, name) for login in sorted(found))
    return MemoryTree.of(people_id(host, organization), f"{organization} (organization)", people_files(teams, persons))


def people_id(host: str, organization: str) -> str:
    """Id of the tree: where people look at them."""
    return f"{host}/org/{organization}/members"


def _team(node: Mapping[str, Any], organization: str, host: str, name: str) -> Team:
    number, slug = node.get("id"), text_of(node.get("name"), 200)
    if isinstance(number, bool) or not isinstance(number, int):
        raise HttpError("wrong-type", "Gitea answers a team without an id")
    return Team(
        str(number), slug,
        title=slug,
        description=text_of(node.get("description")),
        url=f"{host}/org/{organization}/teams/{slug}" if slug else "",
        annotations={f"{name}/team-slug": f"{organization}/{slug}"},
    )  # fmt: skip


def _person(login: str, node: Mapping[str, Any], teams: list[str], host: str, name: str) -> Person:
    return Person(
        login, login,
        title=text_of(node.get("full_name"), 200) or login,
        url=text_of(node.get("html_url")) or f"{host}/{login}",
        picture=text_of(node.get("avatar_url")),
        email=text_of(node.get("email"), 200),
        teams=tuple(teams),
        annotations={f"{name}/user-login": login},
    )  # fmt: skip
