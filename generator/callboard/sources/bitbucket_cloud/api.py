"""Requests to the REST API 2.0 of Bitbucket Cloud → repositories, files, commits and members of a workspace.

https://developer.atlassian.com/cloud/bitbucket/rest/, sections Repositories, Refs, Source and Workspaces.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote

from callboard.plugins.sources import Client, HttpError, MemoryTree, NextLink, Params
from callboard.sources.generated import MAX_NAME, commit_times, moment, text_of
from callboard.sources.hosts import file_content
from callboard.sources.people import PeopleOptions, Person, people_files

PAGE = 100
DEEPEST = 10
"""Levels of folders in one listing of files."""
NEXT = NextLink(("next",))
REPOSITORY = (
    "full_name", "uuid", "slug", "description", "is_private", "mainbranch.name", "updated_on", "language", "parent.full_name",
)  # fmt: skip
NOT_FOUND = 404


class BranchCommit(NamedTuple):
    """The newest commit of a branch."""

    id: str
    time: str
    """ISO 8601, as the host writes it."""


class BitbucketApi:
    """Requests to Bitbucket Cloud about one workspace."""

    def __init__(self, client: Client, workspace: str) -> None:
        self.client = client
        self._workspace = quote(workspace, safe="")

    def listed(self, path: str, params: Params | None = None, *, immutable: bool = False) -> Iterator[Mapping[str, Any]]:
        """The objects on all pages of a listing, which links in the answers lead to. Raises ``HttpError``."""
        for page in self.client.pages(path, {"pagelen": PAGE, **(params or {})}, by=NEXT, immutable=immutable):
            values = page.object().get("values")
            if not isinstance(values, list) or not all(isinstance(item, dict) for item in values):
                raise page.invalid("a list of objects", values)
            yield from values

    def repositories(self) -> Iterator[Mapping[str, Any]]:
        """The repositories of the workspace that the token may see."""
        fields = ",".join(["next", *(f"values.{name}" for name in REPOSITORY)])
        yield from self.listed(f"/repositories/{self._workspace}", {"sort": "full_name", "fields": fields})

    def commit(self, slug: str, branch: str) -> BranchCommit | None:
        """The newest commit of a branch; None where there is none. A filter, since a branch with a slash cannot stand in a path."""
        query = {"q": f'name = "{_escaped(branch)}"', "fields": "next,values.name,values.target.hash,values.target.date"}
        for node in self.listed(f"{self._place(slug)}/refs/branches", query):
            target = node.get("target")
            if node.get("name") == branch and isinstance(target, dict) and text_of(target.get("hash")):
                return BranchCommit(text_of(target.get("hash")), text_of(target.get("date")))
        return None

    def listing(self, slug: str, commit: str, *, recursive: bool) -> Sequence[str]:
        """Sorted paths of the files of a commit: at the root, or all of them."""
        query: dict[str, str | int] = {"fields": "next,values.path,values.type"} | ({"max_depth": DEEPEST} if recursive else {})
        found, folders = [], [""]
        while folders:
            folder = folders.pop()
            for node in self.listed(f"{self._place(slug)}/src/{quote(commit)}/{quote(folder)}", query, immutable=True):
                path = text_of(node.get("path"))
                if node.get("type") == "commit_file":
                    found.append(path)
                elif recursive and path.count("/") - folder.count("/") >= DEEPEST and path != folder.rstrip("/"):
                    folders.append(f"{path}/")
        return sorted(set(found))

    def content(self, slug: str, commit: str, path: str, limit: int) -> bytes:
        """A file at a commit. Raises ``HttpError``, with status 404 where there is none."""
        place = f"{self._place(slug)}/src/{quote(commit)}/{quote(path)}"
        return file_content(self.client.get(place, accept="*/*", immutable=True, limit=limit), path)

    def commit_of(self, slug: str, ref: str) -> str:
        """Id of the newest commit of a branch or tag, or of the commit with this id; empty for none."""
        branch = self.commit(slug, ref)
        if branch is not None:
            return branch.id
        query = {"q": f'name = "{_escaped(ref)}"', "fields": "next,values.name,values.target.hash"}
        for node in self.listed(f"{self._place(slug)}/refs/tags", query):
            target = node.get("target")
            if node.get("name") == ref and isinstance(target, dict):
                return text_of(target.get("hash"))
        return self._known_commit(slug, ref) if "/" not in ref else ""

    def commits_between(self, slug: str, before: str, after: str) -> Sequence[datetime] | None:
        """Times of the commits, without merges, that ``after`` has and ``before`` has not; None for more than a page. Raises ``HttpError``.

        A revision with a slash cannot stand in a path: None.
        """
        if "/" in after:
            return None
        query: dict[str, str | int] = {"exclude": before, "pagelen": PAGE, "fields": "next,values.date,values.parents.hash"}
        answer = self.client.get(f"{self._place(slug)}/commits/{quote(after, safe='')}", query, immutable=True).object()
        values = answer.get("values")
        return commit_times(values, (), "date") if isinstance(values, list) and not answer.get("next") else None

    def changed(self, slug: str, commit: str, path: str) -> datetime | None:
        """Time of the commit that changed a file last, up to a commit."""
        place = f"{self._place(slug)}/src/{quote(commit)}/{quote(path)}"
        answer = self.client.get(place, {"format": "meta", "fields": "commit.date"}, immutable=True).object()
        about = answer.get("commit")
        return moment(about.get("date")) if isinstance(about, dict) else None

    def members(self) -> Iterator[Mapping[str, Any]]:
        """The members of the workspace; Bitbucket tells neither their e-mail addresses nor the members of groups."""
        fields = "next,values.user.display_name,values.user.account_id,values.user.nickname,values.user.uuid"
        for node in self.listed(f"/workspaces/{self._workspace}/members", {"fields": fields}):
            user = node.get("user")
            if isinstance(user, dict):
                yield user

    def _known_commit(self, slug: str, commit: str) -> str:
        try:
            answer = self.client.get(f"{self._place(slug)}/commit/{quote(commit)}", {"fields": "hash"})
        except HttpError as error:
            if error.status == NOT_FOUND:
                return ""
            raise
        return text_of(answer.object().get("hash"))

    def _place(self, slug: str) -> str:
        return f"/repositories/{self._workspace}/{quote(slug, safe='')}"


def people_tree(api: BitbucketApi, workspace: str, options: PeopleOptions) -> MemoryTree:
    """A tree of Users. Raises ``HttpError``."""
    nodes = {text_of(node.get("account_id") or node.get("uuid"), MAX_NAME): node for node in api.members()}
    people = [_person(id_, node, options.user_name) for id_, node in sorted(nodes.items()) if id_]
    return MemoryTree.of(people_id(workspace), f"{workspace} (workspace members)", people_files((), people, options))


def people_id(workspace: str) -> str:
    """Id of the tree: where people look at them."""
    return f"https://bitbucket.org/{workspace}/workspace/members"


def _person(id_: str, node: Mapping[str, Any], entity: str) -> Person:
    """A user. The nickname may change, the account id does not."""
    nickname, title = text_of(node.get("nickname"), MAX_NAME), text_of(node.get("display_name"), MAX_NAME)
    names = {"account_id": id_, "display_name": title}
    return Person(id_, names.get(entity) or nickname or title, title=title, annotations={"bitbucket.org/user-id": id_})


def _escaped(text: str) -> str:
    """The text in a string of Bitbucket's query language."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
