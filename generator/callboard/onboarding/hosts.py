"""The sources of a portal, and names or addresses of repositories → the host that has each, with the token of its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from callboard.io.git.remote import Remote, host_software, parse_remote
from callboard.io.github import GITHUB_URL
from callboard.model.data_classes import dataclass
from callboard.model.errors import SourceError
from callboard.onboarding.change_host import ChangeHost
from callboard.onboarding.gitea_changes import GiteaChanges
from callboard.onboarding.github_changes import GitHubChanges
from callboard.onboarding.gitlab_changes import GitLabChanges
from callboard.plugins.sources import SourceContext
from callboard.settings.settings import SourceSettings
from callboard.sources.gitlab.source import PUBLIC

HOSTS: Mapping[str, tuple[Callable[[Mapping[str, Any], str, SourceContext], ChangeHost], str, str]] = {
    "github": (GitHubChanges, "organization", GITHUB_URL),
    "gitlab": (GitLabChanges, "group", PUBLIC),
    "gitea": (GiteaChanges, "organization", ""),
}
"""By type of source: the host, the option that names the owner of repositories, and the default of the option ``url``."""


WITHOUT_REQUESTS: Mapping[str, tuple[str, str, str]] = {
    "bitbucket-cloud": ("Bitbucket Cloud", "workspace", "https://bitbucket.org"),
    "bitbucket-datacenter": ("Bitbucket Data Center", "project", ""),
    "azure-devops": ("Azure DevOps", "organization", "https://dev.azure.com"),
}
"""By type of source: title, the option that names the owner, and the address, of hosts that this command cannot ask for pull requests."""
_SOFTWARE = {"bitbucket": "Bitbucket", "azure": "Azure DevOps"}


@dataclass(frozen=True, slots=True)
class HostOfRepository:
    """Where a repository is."""

    source: str
    """Name of the source in ``sources.yaml``."""
    host: ChangeHost
    name: str
    """``acme/payments``."""


@dataclass(slots=True)
class PortalHosts:
    """The hosts of the sources; each is connected once."""

    sources: Sequence[SourceSettings]
    context: SourceContext
    token: str = ""
    """Used in place of the token of each source; empty: the source's own."""
    _hosts: dict[str, ChangeHost] = field(default_factory=dict)

    def find(self, repository: str) -> HostOfRepository:
        """The host of a repository, which is named by its address or by ``owner/name``. Raises ``SourceError``."""
        remote = parse_remote(repository)
        address = f"{remote.url}/" if remote and remote.host else ""
        for source in self.sources:
            if source.type not in HOSTS:
                continue
            _, option, default = HOSTS[source.type]
            url, owner = str(source.options.get("url", default)).rstrip("/"), str(source.options.get(option, "")).strip("/")
            place = f"{url}/{owner}/".lower().replace("://www.", "://") if address else f"{owner}/".lower()
            if (address or f"{repository.strip('/')}/").lower().startswith(place):
                name = address.removesuffix("/")[len(url) + 1 :] if address else repository.strip("/")
                return HostOfRepository(source.name, self._host(source, url), name)
        if title := self._title_without_requests(remote, repository):
            raise SourceError(
                f"{repository[:200]} is on {title}, where this command cannot open pull requests; GitHub, GitLab and Gitea are supported",
                "Clone it, give the folder and --write (with --apply: --repository FOLDER), and open the pull request from the clone.",
            )
        known = ", ".join(f"{s.options.get(HOSTS[s.type][1])} ({s.name})" for s in self.sources if s.type in HOSTS)
        raise SourceError(
            f"no source has the repository {repository[:200]}",
            f"Name one of a github, gitlab or gitea source in sources.yaml{f': {known}' if known else ''}, or an existing folder.",
        )

    def _title_without_requests(self, remote: Remote | None, repository: str) -> str:
        """The title of a host that takes no pull requests from this command; empty if the repository is not known to be on one."""
        for source in self.sources:
            title, option, default = WITHOUT_REQUESTS.get(source.type, ("", "", ""))
            places = [parse_remote(address) for address in (default, str(source.options.get("url", "")))]
            owner = str(source.options.get(option, "")).strip("/").lower()
            is_here = (
                any(place and place.host == remote.host for place in places) if remote
                else owner and repository.lower().startswith(f"{owner}/")
            )  # fmt: skip
            if title and is_here:
                return title
        return _SOFTWARE.get(host_software(remote), "") if remote else ""

    def _host(self, source: SourceSettings, url: str) -> ChangeHost:
        if source.failure and not self.token:
            raise SourceError(f"the source {source.name} cannot be used: {source.failure}", "Set the variable and run the command again.")
        if source.name not in self._hosts:
            options = {key: value for key, value in source.options.items() if key not in ("token", "app")} if self.token else source.options
            redacted = replace(self.context, redactor=self.context.redactor.with_also([self.token] if self.token else []))
            self._hosts[source.name] = HOSTS[source.type][0]({**options, **({"token": self.token} if self.token else {})}, url, redacted)
        return self._hosts[source.name]
