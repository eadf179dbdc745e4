"""Requests to the REST API of Bitbucket Data Center → repositories, files, commits, groups and users.

https://developer.atlassian.com/server/bitbucket/rest/, sections Project, Repository and Permission Management.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import quote

from callboard.plugins.sources import Answer, Client, Cursor, HttpError, MemoryTree, Params
from callboard.sources.generated import MAX_NAME, in_all_zones, text_of
from callboard.sources.hosts import file_content
from callboard.sources.people import Members, PeopleOptions, Person, Team, members_of_teams, people_files

PAGE = 1_000
"""Larger pages are cut to this size without a word."""
MILLISECONDS = 1_000
WITHOUT = frozenset({204, 404})
"""Statuses for a repository without a branch."""


class NextPageStart:
    """``nextPageStart``, which is not the sum of ``start`` and ``limit`` where permissions hide items; null on the last page."""

    def next(self, answer: Answer, query: Params) -> Params | None:
        """The query of the next page; None after the last one."""
        following = Cursor(("nextPageStart",), "start").next(answer, query)
        is_last = answer.object().get("isLastPage") is True
        return following if isinstance(following, Mapping) and not is_last else None


class DatacenterBranch(NamedTuple):
    """A branch, and its newest commit."""

    name: str
    commit: str


class DatacenterApi:
    """Requests to one server."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def listed(self, path: str, params: Params | None = None, *, immutable: bool = False) -> Iterator[Any]:
        """The items on all pages of a listing. Raises ``HttpError``."""
        query = {"start": 0, "limit": PAGE, **(params or {})}
        for page in self.client.pages(path, query, by=NextPageStart(), immutable=immutable):
            values = page.object().get("values")
            if not isinstance(values, list):
                raise page.invalid("a list", values)
            yield from values

    def objects(self, path: str, params: Params | None = None) -> Iterator[Mapping[str, Any]]:
        """The objects on all pages of a listing. Raises ``HttpError``."""
        for item in self.listed(path, params):
            if not isinstance(item, dict):
                raise HttpError("wrong-type", f"Bitbucket returned no list of objects for {path}")
            yield item

    def repositories(self, project: str) -> Iterator[Mapping[str, Any]]:
        """The repositories of a project, or of all projects for an empty key, with archived ones."""
        if project:
            yield from self.objects(f"/projects/{quote(project, safe='~')}/repos")
        else:
            yield from self.objects("/repos", {"archived": "ALL"})

    def default_branch(self, place: str) -> DatacenterBranch | None:
        """The default branch with its newest commit; None for a repository without a commit."""
        try:
            answer = self.client.get(f"{place}/branches/default")
        except HttpError as error:
            if error.status in WITHOUT:
                return None
            raise
        return None if answer.status in WITHOUT or not answer.body else _branch(answer.object())

    def commit(self, place: str, branch: str) -> str:
        """Id of the newest commit of a branch; empty where there is none."""
        branches = (_branch(node) for node in self.objects(f"{place}/branches", {"filterText": branch, "limit": 100}))
        return next((found.commit for found in branches if found and found.name == branch), "")

    def root(self, place: str, commit: str) -> Sequence[str] | None:
        """Names of the files at the root of a commit; None if there are more than one answer lists."""
        children = self.client.get(f"{place}/browse", {"at": commit}, immutable=True).object().get("children")
        values = children.get("values") if isinstance(children, dict) else None
        if not isinstance(children, dict) or not isinstance(values, list) or children.get("isLastPage") is not True:
            return None
        paths = (node.get("path") for node in values if isinstance(node, dict) and node.get("type") == "FILE")
        return [text_of(path.get("toString")) for path in paths if isinstance(path, dict)]

    def listing(self, place: str, commit: str) -> Sequence[str]:
        """Sorted paths of all files of a commit."""
        return sorted(path for path in self.listed(f"{place}/files", {"at": commit}, immutable=True) if isinstance(path, str))

    def content(self, place: str, commit: str, path: str, limit: int) -> bytes:
        """A file at a commit. Raises ``HttpError``, with status 404 where there is none."""
        answer = self.client.get(f"{place}/raw/{quote(path)}", {"at": commit}, accept="*/*", immutable=True, limit=limit)
        return file_content(answer, path)

    def commits(self, place: str, ref: str, path: str = "", *, immutable: bool = False) -> Sequence[Mapping[str, Any]]:
        """The newest commit of a ref, to ``path`` where it is given; a list of at most one."""
        query: dict[str, str | int] = {"until": ref, "limit": 1, **({"path": path} if path else {})}
        values = self.client.get(f"{place}/commits", query, immutable=immutable).object().get("values")
        return [item for item in values if isinstance(item, dict)][:1] if isinstance(values, list) else []

    def commits_between(self, place: str, before: str, after: str) -> Sequence[datetime] | None:
        """Times of the commits, without merges, that ``after`` has and ``before`` has not; None for more than a page."""
        query: dict[str, str | int] = {"since": before, "until": after, "merges": "exclude", "limit": PAGE}
        answer = self.client.get(f"{place}/commits", query, immutable=True).object()
        values = answer.get("values")
        if not isinstance(values, list) or answer.get("isLastPage") is not True:
            return None
        times = (item.get("committerTimestamp") for item in values if isinstance(item, dict))
        return [time for value in times if isinstance(value, int) and not isinstance(value, bool) and (time := _time(value))]

    def changed(self, place: str, commit: str, path: str) -> datetime | None:
        """Time of the last commit to a file, up to a commit; the host counts milliseconds."""
        for found in self.commits(place, commit, path, immutable=True):
            value = found.get("committerTimestamp")
            if isinstance(value, int) and not isinstance(value, bool):
                return _time(value)
        return None

    def groups(self) -> Iterator[Mapping[str, Any]]:
        """The groups of the server."""
        yield from self.objects("/admin/groups")

    def group_members(self, group: str) -> Iterator[Mapping[str, Any]]:
        """The users in a group, also in those that are nested in it."""
        yield from self.objects("/admin/groups/more-members", {"context": group})


def people_tree(api: DatacenterApi, host: str, options: PeopleOptions) -> MemoryTree:
    """A tree of Groups and Users; users who may not sign in are left out. Raises ``HttpError``."""
    names = [name for node in api.groups() if (name := text_of(node.get("name"), MAX_NAME))]
    teams = [Team(name, name, title=name, annotations={f"{_name(host)}/team-slug": name}) for name in names]
    members = Members()
    for team, node in members_of_teams(teams, api.group_members):
        if node.get("active") is not False and text_of(node.get("type"), MAX_NAME) != "SERVICE":
            members.add(text_of(node.get("name"), MAX_NAME), node, team)
    people = members.people(lambda login, node, of: _person(host, options.user_name, login, node, of))
    return MemoryTree.of(people_id(host), f"{_name(host)} (groups and users)", people_files(teams, people, options))


def people_id(host: str) -> str:
    """Id of the tree: where people look at them."""
    return f"{host}/admin/groups"


def _person(host: str, entity: str, login: str, node: Mapping[str, Any], teams: Sequence[str]) -> Person:
    title, email = text_of(node.get("displayName"), MAX_NAME), text_of(node.get("emailAddress"), MAX_NAME)
    slug = text_of(node.get("slug"), MAX_NAME)
    names = {"slug": slug, "display_name": title, "email": email.partition("@")[0]}
    return Person(
        login, names.get(entity) or login,
        title=title or login,
        email=email,
        url=f"{host}/users/{quote(slug, safe='')}" if slug else "",
        teams=tuple(teams),
        annotations={f"{_name(host)}/user-login": login},
    )  # fmt: skip


def _name(host: str) -> str:
    return host.partition("://")[2].partition("/")[0].partition(":")[0]


def _branch(node: Mapping[str, Any]) -> DatacenterBranch | None:
    name, commit = text_of(node.get("displayId")), text_of(node.get("latestCommit"))
    return DatacenterBranch(name, commit) if name and commit else None


def _time(milliseconds: int) -> datetime | None:
    try:
        return in_all_zones(datetime.fromtimestamp(milliseconds / MILLISECONDS, UTC))
    except (ValueError, OverflowError, OSError):
        return None
