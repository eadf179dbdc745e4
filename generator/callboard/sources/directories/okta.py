"""The ``okta`` source: Okta's Management API v1 → descriptors of its groups and users.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Group/ and tag/User/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.plugins.sources import (
    Client,
    Collected,
    Credential,
    Params,
    SourceContext,
    SourceSettings,
    client_for,
    header,
    json_resource,
)
from callboard.sources.directories.directory_source import (
    DirectoryContents,
    DirectoryGroup,
    DirectorySource,
    DirectoryUser,
    attribute_of,
    members_by_group,
)
from callboard.sources.generated import MAX_NAME, text_of

PAGE = 200
DISABLED = frozenset({"STAGED", "DEPROVISIONED", "SUSPENDED"})
"""Statuses of users who cannot sign in: not yet, no longer, or not now."""
TYPES = ("OKTA_GROUP", "APP_GROUP")
"""Types of groups that are teams. BUILT_IN is the group Everyone, and those of administrators."""


class OktaSource(DirectorySource):
    """Groups and users of an Okta organization."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/sources/okta.json")
    annotation = "okta.com/"

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        super().__init__(settings, context, str(settings.options["url"]))

    def collect(self) -> Collected:
        """All groups and users, or none of them. Raises ``HttpError``."""
        client = client_for(self._context, f"{self._url}/api/v1", self._credential())
        nodes = [node for node in self._listed_groups(client) if self._is_team(node)]
        groups = [_group(node) for node in nodes]
        with_members = [group.id for group in groups if not _is_empty(group.values)]
        listed = members_by_group(with_members, lambda group: map(_user, _listed(client, f"/groups/{quote(group, safe='')}/users")))
        users = {user.id: user for members in listed.values() for user in members}
        if not self.only_members:
            users |= {user.id: user for user in map(_user, self._listed_users(client))}
        members = {group: {user.id for user in found} for group, found in listed.items()}
        return self._collected(DirectoryContents(groups, [*users.values()], self._with_nested(groups, members)), client)

    def _credential(self) -> Credential:
        """An API token, or a token of the service application that the options name. Raises ``SourceError``."""
        if token := str(self._options.get("token", "")):
            return header("Authorization", token, "SSWS ")
        return self._oauth(f"{self._url}/oauth2/v1/token", "okta.users.read okta.groups.read")

    def _listed_groups(self, client: Client) -> Iterator[Mapping[str, Any]]:
        """All groups with the number of their users, so that the members of an empty one need not be requested."""
        yield from _listed(client, "/groups", {"expand": "stats", **_search(self._groups)})

    def _listed_users(self, client: Client) -> Iterator[Mapping[str, Any]]:
        """All users; deprovisioned ones only where the option ``filter`` is set, for Okta leaves them out else."""
        yield from _listed(client, "/users", _search(self._users))

    def _is_team(self, node: Mapping[str, Any]) -> bool:
        return text_of(node.get("type")) in self._groups.get("types", TYPES) and self.selects(attribute_of(node, "profile.name"))

    def _with_nested(self, groups: Sequence[DirectoryGroup], members: Mapping[str, set[str]]) -> Mapping[str, set[str]]:
        """The members, and the groups that name a group as their parent: Okta nests no groups, so an attribute of the profile says it."""
        attribute = str(self._groups.get("parent", ""))
        by_name = {group.name.lower(): group.id for group in reversed(groups)} if attribute else {}
        nested = {group: {*found} for group, found in members.items()}
        for group in groups if attribute else ():
            if parent := by_name.get(attribute_of(group.values, attribute).lower()):
                nested.setdefault(parent, set()).add(group.id)
        return nested


def _listed(client: Client, path: str, query: Params | None = None) -> Iterator[Mapping[str, Any]]:
    """The objects on all pages, which the header Link leads to."""
    for page in client.pages(path, {"limit": PAGE, **(query or {})}):
        for item in page.array():
            if not isinstance(item, dict) or not text_of(item.get("id")):
                raise page.invalid("a list of objects with an id", [item])
            yield item


def _search(options: Mapping[str, Any]) -> Mapping[str, str]:
    """The option ``filter``: an expression of Okta's parameter ``search``."""
    return {"search": str(options["filter"])} if options.get("filter") else {}


def _is_empty(values: Mapping[str, Any]) -> bool:
    """Whether the statistics of a group say that it has no user; False where there are none."""
    stats = values.get("_embedded.stats")
    return isinstance(stats, dict) and stats.get("usersCount") == 0


def _group(node: Mapping[str, Any]) -> DirectoryGroup:
    embedded = node.get("_embedded")
    stats = embedded.get("stats") if isinstance(embedded, dict) else None
    return DirectoryGroup(
        text_of(node.get("id"), MAX_NAME), attribute_of(node, "profile.name"), {**_profile(node), "_embedded.stats": stats},
        description=text_of(_profile(node).get("description")),
    )  # fmt: skip


def _user(node: Mapping[str, Any]) -> DirectoryUser:
    """A user; the login is an address in most organizations, and need not be one."""
    names = (attribute_of(node, "profile.firstName"), attribute_of(node, "profile.lastName"))
    return DirectoryUser(
        text_of(node.get("id"), MAX_NAME), attribute_of(node, "profile.login"), _profile(node),
        title=attribute_of(node, "profile.displayName") or " ".join(filter(None, names)),
        email=attribute_of(node, "profile.email"),
        job=attribute_of(node, "profile.title"),
        is_disabled=text_of(node.get("status")) in DISABLED,
    )  # fmt: skip


def _profile(node: Mapping[str, Any]) -> Mapping[str, Any]:
    profile = node.get("profile")
    return profile if isinstance(profile, dict) else {}
