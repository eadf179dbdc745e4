"""Groups of GitLab and their members."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from generator.sources.descriptor_text import text_of
from generator.sources.gitlab_api import GitLabApi, identity
from generator.sources.memory_tree import MemoryTree
from generator.sources.people import Person, Team, people_files

AT_ONCE = 8


def people_tree(api: GitLabApi, group: str, host: str) -> MemoryTree:
    """A tree of Groups and Users; blocked users and bots are left out. Raises ``HttpError``."""
    name = urlsplit(host).hostname or host
    teams = [_team(node, group, name) for node in api.groups(group)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        members = [*pool.map(lambda team: [*api.members(team.id)], teams)]
    found: dict[str, Mapping[str, Any]] = {}
    of: dict[str, list[str]] = defaultdict(list)
    for team, people in zip(teams, members, strict=True):
        for person in people:
            login = text_of(person.get("username"), 200)
            if login and person.get("state") == "active" and not _is_bot(login):
                found[login] = person
                of[login].append(team.id)
    persons = (_person(login, found[login], of[login], name) for login in sorted(found))
    return MemoryTree.of(people_id(host, group), f"{group} (groups and members)", people_files(teams, persons))


def people_id(host: str, group: str) -> str:
    """Id of the tree: where people look at them."""
    return f"{host}/groups/{group}/-/group_members"


def _team(node: Mapping[str, Any], root: str, host: str) -> Team:
    """Named by its path below the root group, which keeps names short and apart."""
    path = text_of(node.get("full_path"))
    inside = path.removeprefix(f"{root}/") if path != root else path.rpartition("/")[2]
    parent = node.get("parent_id")
    return Team(
        identity(node.get("id")), inside.replace("/", "-"),
        title=text_of(node.get("name"), 200),
        description=text_of(node.get("description")),
        url=text_of(node.get("web_url")),
        parent=str(parent) if isinstance(parent, int) else "",
        picture=text_of(node.get("avatar_url")),
        annotations={f"{host}/team-path": path},
    )  # fmt: skip


def _person(login: str, node: Mapping[str, Any], teams: list[str], host: str) -> Person:
    return Person(
        login, login,
        title=text_of(node.get("name"), 200),
        url=text_of(node.get("web_url")),
        picture=text_of(node.get("avatar_url")),
        email=text_of(node.get("public_email") or node.get("email"), 200),
        teams=tuple(teams),
        annotations={f"{host}/user-login": login},
    )  # fmt: skip


def _is_bot(login: str) -> bool:
    """Users that GitLab makes for access tokens of groups and projects: ``group_12_bot_ab12``."""
    return login.startswith(("group_", "project_")) and "_bot" in login
