"""Codecov: repositories in; the coverage of their default branches out.

https://docs.codecov.com/reference: the list of an owner's repositories has the totals of each. Those without totals never had an upload.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.plugins.integrations import (
    Client,
    Connector,
    Coverage,
    FactBatch,
    HttpError,
    NextLink,
    Target,
    bearer,
    count_at,
    json_resource,
    listed_objects,
    number_at,
    string_at,
    time_at,
    value_at,
)

OWN = "codecov.io/repo-slug"
WEB = {"github": "gh", "gitlab": "gl"}
"""Names of the hosts in URLs of pages."""
SLUGS = {"github": "github.com/project-slug", "gitlab": "gitlab.com/project-slug"}
FAMILY = "coverage"
PAGE = 500


class CodecovIntegration(Connector):
    """Coverage of repositories, from Codecov."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/codecov.json")
    title: ClassVar[str] = "Codecov"
    default_url: ClassVar[str] = "https://api.codecov.io"
    families = (FAMILY,)

    @property
    def annotations(self) -> tuple[str, ...]:
        """Codecov's own name of the repository, or else that at the host."""
        return (OWN, SLUGS[self._service])

    @property
    def _service(self) -> str:
        return self._option("service", "github")

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """The totals of the repositories, with one listing for each owner."""
        by_owner: dict[str, dict[str, list[Target]]] = {}
        for target in targets:
            owner, slash, name = self._slug(target).rpartition("/")
            if slash:
                by_owner.setdefault(owner, {}).setdefault(name, []).append(target)
        client = self._client(bearer(self._option("token")))
        for owner, repositories in sorted(by_owner.items()):
            connected = [target for group in repositories.values() for target in group]
            try:
                self._add_owner(client, owner, repositories)
            except HttpError as error:
                self._collector.add_failure(error, owner[:80], connected, FAMILY)
        return self._collector.batch()

    def _slug(self, target: Target) -> str:
        written = next((value for key in self.annotations if (value := target.annotations.get(key, "").strip().strip("/"))), "")
        return written.lower()

    def _add_owner(self, client: Client, owner: str, repositories: Mapping[str, Sequence[Target]]) -> None:
        """Sub-groups of GitLab are joined with colons in Codecov's paths."""
        path = f"/api/v2/{self._service}/{quote(owner.replace('/', ':'), safe=':')}/repos/"
        missing = dict(repositories)
        for page in client.pages(path, {"active": "true", "page_size": PAGE}, by=NextLink(("next",))):
            for repository in listed_objects(page, "repositories", "results"):
                name = string_at(repository, "name")
                targets = missing.pop(name.lower(), ())
                if targets and isinstance(value_at(repository, "totals"), Mapping):
                    url = f"{self._option('web', 'https://app.codecov.io').rstrip('/')}/{WEB[self._service]}/{quote(f'{owner}/{name}')}"
                    value = partial(self._coverage, repository, f"{owner}/{name}")
                    self._collector.add_fact(targets, FAMILY, f"{owner}/{name}", value, url=url)
        for name, targets in missing.items():
            named = [target for target in targets if target.annotations.get(OWN)]
            message = f"Codecov has no active repository `{owner}/{name}`."[:200]
            self._collector.add_unusable_annotation(
                named, OWN, message, "Correct the annotation, or give the token access to the repository."
            )

    def _coverage(self, repository: Mapping[str, Any], name: str) -> Coverage:
        totals = repository["totals"]
        lines, hits = count_at(totals, "lines"), count_at(totals, "hits")
        return Coverage(
            name, number_at(totals, "coverage"), None, hits, lines, time_at(repository, self._now, "updatestamp")
        )  # fmt: skip
