"""Teams and members of a GitHub organization → a tree of generated descriptors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from callboard.plugins.sources import GITHUB_URL, MemoryTree, UnknownFieldError
from callboard.sources.generated import MAX_NAME, text_of
from callboard.sources.github.api import MEMBERS, SUSPENDED, TEAM_MEMBERS, TEAMS, GitHubApi
from callboard.sources.people import PeopleOptions, Person, Team, people_files

PAGE = 100
TEAMS_PAGE = 50


def people_tree(api: GitHubApi, organization: str, host: str, options: PeopleOptions, on_missing: Callable[[str], None]) -> MemoryTree:
    """A tree of Groups and Users. Raises ``HttpError``; ``on_missing`` gets messages about data that GitHub left out."""
    members: dict[str, list[str]] = defaultdict(list)
    teams = []
    for node in api.graphql.nodes(TEAMS, {"owner": organization}, ("organization", "teams"), TEAMS_PAGE, on_missing):
        team = _team(node, organization, options.group_name)
        teams.append(team)
        for login in _logins(api, organization, node, on_missing):
            members[login].append(team.id)
    people = [
        _person(node, members, options.user_name) for node in _members(api, organization, host, on_missing) if not node.get("suspendedAt")
    ]
    return MemoryTree.of(people_id(host, organization), f"{organization} (organization)", people_files(teams, people, options))


def _members(api: GitHubApi, organization: str, host: str, on_missing: Callable[[str], None]) -> list[Mapping[str, Any]]:
    """The members of an organization; an Enterprise server also reports since when a user is suspended, except for old versions."""
    fields = "" if host == GITHUB_URL else SUSPENDED

    def listed(more: str) -> list[Mapping[str, Any]]:
        path = ("organization", "membersWithRole")
        return [*api.graphql.nodes(MEMBERS % more, {"owner": organization}, path, PAGE, on_missing)]

    try:
        return listed(fields)
    except UnknownFieldError:
        return listed("")


def people_id(host: str, organization: str) -> str:
    """Id of the tree: where people look at them."""
    return f"{host}/orgs/{organization}/people"


def _team(node: Mapping[str, Any], organization: str, name: str) -> Team:
    slug, title, parent = text_of(node.get("slug"), MAX_NAME), text_of(node.get("name"), MAX_NAME), node.get("parentTeam")
    names = {"name": title, "combined_slug": f"{organization}-{slug}"}
    return Team(
        slug, names.get(name) or slug,
        title=title,
        description=text_of(node.get("description")),
        url=text_of(node.get("url")),
        parent=text_of(parent.get("slug")) if isinstance(parent, dict) else "",
        picture=text_of(node.get("avatarUrl")),
        annotations={} if any(map(str.isspace, slug)) else {"github.com/team-slug": f"{organization}/{slug}"},
    )  # fmt: skip


def _person(node: Mapping[str, Any], members: Mapping[str, list[str]], name: str) -> Person:
    login, title = text_of(node.get("login"), MAX_NAME), text_of(node.get("name"), MAX_NAME)
    return Person(
        login, (title if name == "name" else "") or login,
        title=title,
        url=text_of(node.get("url")),
        picture=text_of(node.get("avatarUrl")),
        teams=tuple(members.get(login, ())),
        annotations={"github.com/user-login": login},
    )  # fmt: skip


def _logins(api: GitHubApi, organization: str, node: Mapping[str, Any], on_missing: Callable[[str], None]) -> Iterator[str]:
    """Logins of a team's direct members; those beyond the first hundred are queried."""
    first = node.get("members")
    first = first if isinstance(first, dict) else {}
    nodes: list[Mapping[str, Any]] = [m for m in first.get("nodes") or () if isinstance(m, dict)]
    info = first.get("pageInfo")
    if isinstance(info, dict) and info.get("hasNextPage") is True:
        variables = {"owner": organization, "slug": text_of(node.get("slug"))}
        nodes = list(api.graphql.nodes(TEAM_MEMBERS, variables, ("organization", "team", "members"), PAGE, on_missing))
    yield from (login for member in nodes if (login := text_of(member.get("login"), MAX_NAME)))
