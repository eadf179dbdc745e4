"""Requests to the REST API of Gitea and Forgejo → repositories, files and commits, and a tree of teams and members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any
from urllib.parse import quote, urlsplit

from callboard.plugins.sources import Client, HttpError, MemoryTree
from callboard.sources.generated import MAX_NAME, commit_times, moment, text_of
from callboard.sources.hosts import file_content
from callboard.sources.people import Members, PeopleOptions, Person, Team, members_of_teams, people_files

PAGE = 50
"""Maximum that a host allows unless its ``MAX_RESPONSE_ITEMS`` is different."""
TREE_PAGE = 1_000
MAX_TREE_PAGES = 100


@dataclass(frozen=True, slots=True)
class GiteaCommit:
    """The newest commit of a branch."""

    id: str
    time: datetime | None


class GiteaApi:
    """Requests to one host."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def listed(self, path: str) -> Iterator[Mapping[str, Any]]:
        """The objects on all pages of a listing. Raises ``HttpError``, also where the host's count shows that some are missing."""
        count, total = 0, ""
        for page in self.client.pages(path, {"limit": PAGE}):
            total = page.headers.get("x-total-count", total)
            for item in page.array():
                if not isinstance(item, dict):
                    raise page.invalid("a list of objects", [item])
                count += 1
                yield item
        if total.isdecimal() and count < int(total):
            raise HttpError(
                "wrong-type", f"the listing {path} is incomplete: it has {count:,} of {total} items", "Let proxies pass on the header Link."
            )

    def repositories(self, organization: str) -> Iterator[Mapping[str, Any]]:
        """Repositories of an organization that the token may see."""
        yield from self.listed(f"/orgs/{quote(organization)}/repos")

    def teams(self, organization: str) -> Iterator[Mapping[str, Any]]:
        """The teams of an organization."""
        yield from self.listed(f"/orgs/{quote(organization)}/teams")

    def members(self, organization: str) -> Iterator[Mapping[str, Any]]:
        """Members of an organization."""
        yield from self.listed(f"/orgs/{quote(organization)}/members")

    def team_members(self, team: str) -> Iterator[Mapping[str, Any]]:
        """Members of a team, by its id."""
        yield from self.listed(f"/teams/{quote(team)}/members")

    def commit(self, repository: str, branch: str) -> GiteaCommit | None:
        """The newest commit of a branch; None where there is none."""
        try:
            answer = self.client.get(f"/repos/{quote(repository)}/branches/{quote(branch, safe='')}")
        except HttpError as error:
            if error.status == 404:  # noqa: PLR2004 - a repository without a commit
                return None
            raise
        commit = answer.object().get("commit")
        if not isinstance(commit, dict) or not text_of(commit.get("id")):
            raise answer.invalid("a commit", commit)
        return GiteaCommit(text_of(commit.get("id")), moment(commit.get("timestamp")))

    def listing(self, repository: str, commit: str, *, recursive: bool) -> Sequence[str]:
        """Sorted paths of the files of a commit: at the root, or all of them."""
        found = self.entries(repository, commit, recursive=recursive)
        return sorted(path for path, entry in found.items() if entry.get("type") == "blob")

    def entries(self, repository: str, tree: str, *, recursive: bool = False) -> Mapping[str, Mapping[str, Any]]:
        """The entries of a commit, or of a folder by its id: by path."""
        place = f"/repos/{quote(repository)}/git/trees/{quote(tree)}"
        paths: dict[str, Mapping[str, Any]] = {}
        for number in range(1, MAX_TREE_PAGES + 1):
            query: dict[str, str | int] = {"recursive": "true" if recursive else "false", "page": number, "per_page": TREE_PAGE}
            answer = self.client.get(place, query, immutable=True)
            entries = answer.object().get("tree")
            if not isinstance(entries, list):
                raise answer.invalid("a tree", entries)
            previous = len(paths)
            paths.update((path, e) for e in entries if isinstance(e, dict) and (path := text_of(e.get("path"))))
            if answer.object().get("truncated") is not True:
                return paths
            if len(paths) == previous:
                break
        raise HttpError(
            "too-large", f"{repository} has too many files for a listing", "Name the descriptors without globs, or use a git source."
        )

    def content(self, repository: str, commit: str, path: str, limit: int) -> bytes:
        """A file at a commit. Raises ``HttpError``, with status 404 where there is none."""
        place = f"/repos/{quote(repository)}/raw/{quote(path)}"
        return file_content(self.client.get(place, {"ref": commit}, accept="*/*", immutable=True, limit=limit), path)

    def commit_of(self, repository: str, ref: str) -> str:
        """Id of the newest commit of a branch, tag or commit; an empty string for none. Raises ``HttpError``."""
        query: dict[str, str | int] = {"sha": ref, "limit": 1, "stat": "false", "verification": "false", "files": "false"}
        for item in self.client.get(f"/repos/{quote(repository)}/commits", query).array()[:1]:
            return text_of(item.get("sha")) if isinstance(item, dict) else ""
        return ""

    def commits_between(self, repository: str, before: str, after: str) -> Sequence[datetime] | None:
        """Times of the commits, without merges, between two revisions; None for more than the answer lists. Raises ``HttpError``."""
        place = f"/repos/{quote(repository)}/compare/{quote(before, safe='')}...{quote(after, safe='')}"
        found = self.client.get(place, immutable=True).object()
        commits, total = found.get("commits"), found.get("total_commits")
        if not isinstance(commits, list) or not isinstance(total, int) or total > len(commits):
            return None
        return commit_times(commits, ("commit", "committer"), "date")

    def changed(self, repository: str, commit: str, path: str) -> datetime | None:
        """Time of the last commit to a file, up to a commit."""
        plain = {"stat": "false", "verification": "false", "files": "false"}
        query: dict[str, str | int] = {"sha": commit, "path": path, "limit": 1, **plain}
        for item in self.client.get(f"/repos/{quote(repository)}/commits", query, immutable=True).array()[:1]:
            inner = item.get("commit") if isinstance(item, dict) else None
            by = inner.get("committer") if isinstance(inner, dict) else None
            return moment(by.get("date")) if isinstance(by, dict) else None
        return None


def people_tree(api: GiteaApi, organization: str, host: str, options: PeopleOptions) -> MemoryTree:
    """A tree of Groups and Users; users who may not sign in are left out. Raises ``HttpError``."""
    name = urlsplit(host).hostname or host
    teams = [_team(node, organization, host, name, options.group_name) for node in api.teams(organization)]
    members = Members()
    for team, node in chain((("", node) for node in api.members(organization)), members_of_teams(teams, api.team_members)):
        if node.get("prohibit_login") is not True:
            members.add(text_of(node.get("login"), MAX_NAME), node, team)
    people = members.people(partial(_person, host, name, options.user_name))
    return MemoryTree.of(people_id(host, organization), f"{organization} (organization)", people_files(teams, people, options))


def people_id(host: str, organization: str) -> str:
    """Id of the tree: where people look at them."""
    return f"{host}/org/{organization}/members"


def _team(node: Mapping[str, Any], organization: str, host: str, name: str, entity: str) -> Team:
    """A team; ``entity`` is the option for the name of its entity."""
    number, slug = node.get("id"), text_of(node.get("name"), MAX_NAME)
    if isinstance(number, bool) or not isinstance(number, int):
        raise HttpError("wrong-type", "Gitea returned a team without an id")
    return Team(
        str(number), f"{organization}-{slug}" if entity == "full_name" else slug,
        title=slug,
        description=text_of(node.get("description")),
        url=f"{host}/org/{organization}/teams/{slug}" if slug else "",
        annotations={f"{name}/team-slug": f"{organization}/{slug}"},
    )  # fmt: skip


def _person(host: str, name: str, entity: str, login: str, node: Mapping[str, Any], teams: Sequence[str]) -> Person:
    """A user; ``entity`` is the option for the name of its entity."""
    full_name, email = text_of(node.get("full_name"), MAX_NAME), text_of(node.get("email"), MAX_NAME)
    names = {"full_name": full_name, "email": email.partition("@")[0]}
    return Person(
        login, names.get(entity) or login,
        title=full_name or login,
        url=text_of(node.get("html_url")) or f"{host}/{login}",
        picture=text_of(node.get("avatar_url")),
        email=email,
        teams=tuple(teams),
        annotations={f"{name}/user-login": login},
    )  # fmt: skip
