"""The ``azure-devops`` source: an organization, or a collection of a server → trees of its repositories, descriptors, teams and members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.plugins.sources import (
    Collected,
    Credential,
    HttpError,
    OAuthClient,
    Remote,
    Repository,
    SourceContext,
    SourceSettings,
    SourceTraffic,
    basic,
    client_credentials,
    client_for,
    json_resource,
    merge_collected,
    parse_remote,
)
from callboard.sources.api_tree import ApiTree, found
from callboard.sources.azure_devops.api import AzureDevOpsApi, AzureRepository, people_id, people_tree
from callboard.sources.generated import text_of
from callboard.sources.host_source import AT_ONCE, HostSource
from callboard.sources.hosted.folders import HostedCommit
from callboard.sources.hosted.listing import FILE, FOLDER, LINK, FolderEntry
from callboard.sources.hosted.rest_folders import HISTORY, RestFolders
from callboard.sources.selection import ListedRepository

SERVICES = "https://dev.azure.com"
AUTHORITY = "https://login.microsoftonline.com"
SCOPE = "499b84ac-1321-427f-aa17-267ca6975798/.default"
"""Azure DevOps Services as an application of Microsoft Entra ID."""
GIT_USER = "callboard"
"""User that goes with a token; any name will do."""


@dataclass(frozen=True, slots=True)
class AzureFiles:
    """The files of one repository at one commit."""

    api: AzureDevOpsApi
    repository: AzureRepository
    commit: str

    def content(self, path: str, limit: int) -> bytes:
        """The content of one file."""
        return self.api.content(self.repository, self.commit, path, limit)

    def at(self, ref: str) -> AzureFiles:
        """The files at another branch, tag or commit."""
        for kind in ("branch", "tag", "commit"):
            try:
                commits = self.api.commits(self.repository, ref, kind)
            except HttpError as error:
                if error.kind != "status" or error.status not in {400, 404}:
                    raise
                continue
            if commits:
                return AzureFiles(self.api, self.repository, found(text_of(commits[0].get("commitId")), ref))
        raise HttpError("status", f"there is no {ref}", status=404)

    def listing(self) -> Sequence[str]:
        """Sorted paths of all files."""
        return self.api.listing(self.repository, self.commit, recursive=True)

    def changed(self, path: str) -> datetime | None:
        """Time of the last commit to a file."""
        return self.api.changed(self.repository, self.commit, path)

    def commits_between(self, before: str, after: str) -> Sequence[datetime] | None:
        """Times of the commits between two revisions."""
        return self.api.commits_between(self.repository, before, after)


class AzureDevOpsSource(HostSource):
    """Descriptors in all repositories of an Azure DevOps organization or collection, and its teams and members."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/sources/azure-devops.json")
    every = "**"
    annotation = "dev.azure.com/project-repo"

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        super().__init__(settings, context, str(settings.options.get("url", SERVICES)))
        self._organization = str(self._options["organization"])
        self._base = f"{self._host}/{quote(self._organization, safe='')}"

    def collect(self) -> Collected:
        """All repositories, teams and members; a repository that cannot be read is a failure of its own. Raises ``HttpError``."""
        api = AzureDevOpsApi(client_for(self._context, self._base, self._credential()))
        repositories = [each for each in api.repositories() if self._selects(each)]
        by_name = {each.full_name: each for each in repositories}
        self._read_folders(
            RestFolders(lambda of, folder: _entries(api, by_name[of.name], of, folder)),
            api.client.traffic,
            lambda: (GIT_USER, str(self._options.get("token", "")).strip()),
            HISTORY,
        )
        with ThreadPoolExecutor(AT_ONCE) as pool:
            parts = [*pool.map(lambda each: self._of(api, each), repositories)]
        people_name = f"{self._organization} (teams and members)"
        parts.append(self._people(people_name, people_id(self._base), lambda options: people_tree(api, self._base, options)))
        traffic = (SourceTraffic(self._name, api.client.traffic),)
        return merge_collected([*parts, Collected(traffic=traffic, left_out=tuple(self._left_out))])

    def _credential(self) -> Credential:
        """A personal access token as password, or a token of an application of Entra ID."""
        token, client_id = str(self._options.get("token", "")).strip(), str(self._options.get("client_id", ""))
        if token or not client_id:
            return basic("", token)
        tenant, authority = str(self._options.get("tenant", "")), str(self._options.get("authority", AUTHORITY)).rstrip("/")
        token_url = f"{authority}/{quote(tenant, safe='')}/oauth2/v2.0/token"
        return client_credentials(
            self._context, OAuthClient(token_url, client_id, str(self._options.get("client_secret", "")), scope=SCOPE)
        )  # fmt: skip

    def _selects(self, repository: AzureRepository) -> bool:
        """Disabled repositories count as archived ones: they are listed, and nothing of them can be read."""
        listed = ListedRepository(repository.full_name, repository.is_disabled, repository.is_fork)
        return self._is_selected(listed, repository.full_name)

    def _of(self, api: AzureDevOpsApi, repository: AzureRepository) -> Collected:
        return self._repository(repository.full_name, partial(self._metadata, repository), partial(self._tree, api, repository))

    def _metadata(self, repository: AzureRepository) -> Repository:
        place = f"{self._base}/{quote(repository.project, safe='')}/_git/{quote(repository.name, safe='')}"
        remote = parse_remote(place)
        if remote is None or not repository.full_name or not repository.id:
            raise HttpError("wrong-type", "Azure DevOps returned a repository without a name")
        return Repository(
            self._name, remote.url, repository.full_name, place, default_branch=repository.branch, is_archived=repository.is_disabled
        )  # fmt: skip

    def _tree(self, api: AzureDevOpsApi, repository: AzureRepository, metadata: Repository) -> ApiTree | None:
        """The tree of the branch that the options name; None for an empty or disabled repository, whose files cannot be read."""
        head = None if repository.is_disabled else self._head(metadata, partial(api.commit, repository))
        if head is None:
            return None
        files = AzureFiles(api, repository, head.commit)
        return self._tree_of_branch(metadata, "azure", head, files, lambda: api.listing(repository, head.commit, recursive=False))

    def _git_url(self, remote: Remote) -> str:
        """Azure DevOps knows no ending ``.git``."""
        return remote.url


def _entries(api: AzureDevOpsApi, repository: AzureRepository, of: HostedCommit, folder: str) -> Sequence[FolderEntry]:
    """The files and folders in one folder of a commit, with git's ids of them."""
    entries = []
    for node in api.entries(repository, of.commit, folder):
        path, id_ = text_of(node.get("path")).strip("/"), text_of(node.get("objectId"))
        if path and path != folder and id_:
            kind = FOLDER if node.get("isFolder") is True else LINK if node.get("isSymLink") is True else FILE
            entries.append(FolderEntry(path.rpartition("/")[2], kind, id_))
    return entries
