"""The ``keycloak`` source: the Admin REST API of Keycloak and Red Hat build of Keycloak → descriptors of a realm's groups and users.

https://www.keycloak.org/docs-api/latest/rest-api/index.html, sections Groups and Users.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.plugins.sources import (
    Client,
    Collected,
    Credential,
    HttpError,
    Offset,
    Params,
    SourceContext,
    SourceSettings,
    bearer,
    client_for,
    json_resource,
)
from callboard.sources.directories.directory_source import (
    DirectoryContents,
    DirectoryGroup,
    DirectorySource,
    DirectoryUser,
    attribute_of,
    members_by_group,
    named_attributes,
)
from callboard.sources.generated import MAX_NAME, text_of

GROUPS = 100
"""Groups of a page."""
USERS = 500
"""Users of a page."""
AT_ONCE = 3
"""Listings at the same time: the server computes the permissions of each object of a listing."""
DEEPEST = 30
"""Levels of groups."""
SERVICE_ACCOUNT = "service-account-"
"""Begins the names of users that Keycloak makes for clients."""
WITHOUT_CALL = frozenset({404, 405})
"""Statuses of a server that does not have a call."""


class KeycloakSource(DirectorySource):
    """Groups and users of a Keycloak realm, with nested groups."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/sources/keycloak.json")
    annotation = "keycloak.org/"

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        super().__init__(settings, context, str(settings.options["url"]))
        self._realm = quote(str(settings.options["realm"]), safe="")

    def collect(self) -> Collected:
        """All groups and users, or none of them. Raises ``HttpError``."""
        client = client_for(self._context, f"{self._url}/admin/realms/{self._realm}", self._credential())
        tree = GroupTree(client)
        groups = [group for group in map(_group, tree.nodes()) if self.selects(group.name) or self.selects(_path(group))]
        listed = members_by_group([group.id for group in groups], lambda group: _members(client, group), AT_ONCE)
        members = {group: {*found} for group, found in listed.items()}
        for group, parent in tree.parents.items():
            members.setdefault(parent, set()).add(group)
        users = [user for user in map(_user, self._listed_users(client)) if not user.login.startswith(SERVICE_ACCOUNT)]
        return self._collected(DirectoryContents(groups, users, members), client)

    def _credential(self) -> Credential:
        """A token that the options give, or one of the client's service account. Raises ``SourceError``."""
        if token := str(self._options.get("token", "")):
            return bearer(token)
        return self._oauth(f"{self._url}/realms/{self._realm}/protocol/openid-connect/token")

    def _listed_users(self, client: Client) -> Iterator[Mapping[str, Any]]:
        """All users. Their own attributes are requested only where an option names one."""
        brief = "false" if any(name.startswith("attributes.") for name in named_attributes(self._users)) else "true"
        search = {"q": str(self._users["filter"])} if self._users.get("filter") else {}
        yield from _listed(client, "/users", USERS, {"briefRepresentation": brief, **search})


class GroupTree:
    """The groups of a realm, level by level."""

    def __init__(self, client: Client) -> None:
        self.parents: dict[str, str] = {}
        """Ids of groups with the ids of the groups that they are in."""
        self._client = client
        self._seen: set[str] = set()
        self._has_children_call = True

    def nodes(self) -> Iterator[Mapping[str, Any]]:
        """All groups. Raises ``HttpError``."""
        yield from self._below(_listed(self._client, "/groups", GROUPS, {"briefRepresentation": "false"}))

    def _below(self, nodes: Iterable[Mapping[str, Any]], depth: int = 1) -> Iterator[Mapping[str, Any]]:
        if depth > DEEPEST:
            raise HttpError("wrong-type", f"Keycloak returned groups that are nested in more than {DEEPEST} levels")
        for node in nodes:
            id_ = text_of(node.get("id"))
            if id_ in self._seen:
                continue
            self._seen.add(id_)
            yield node
            children = [*self._children(node, id_)]
            self.parents.update((text_of(child.get("id")), id_) for child in children)
            yield from self._below(children, depth + 1)

    def _children(self, node: Mapping[str, Any], id_: str) -> Iterator[Mapping[str, Any]]:
        """The groups in a group: in the answer itself before Keycloak 23. Later versions tell their number, or leave it out (unknown)."""
        inside = node.get("subGroups")
        if isinstance(inside, list) and inside:
            yield from (child for child in inside if isinstance(child, dict) and text_of(child.get("id")))
        elif self._has_children_call and node.get("subGroupCount") != 0:
            try:
                yield from _listed(self._client, f"/groups/{quote(id_, safe='')}/children", GROUPS, {"briefRepresentation": "false"})
            except HttpError as error:
                if error.status not in WITHOUT_CALL or node.get("subGroupCount") is not None:
                    raise
                self._has_children_call = False


def _listed(client: Client, path: str, size: int, query: Params | None = None) -> Iterator[Mapping[str, Any]]:
    """The objects on all pages. ``max`` is always sent: without it some listings end after 10 objects and do not say so."""
    for page in client.pages(path, {"first": 0, "max": size, **(query or {})}, by=Offset("", size, "first")):
        for item in page.array():
            if not isinstance(item, dict) or not text_of(item.get("id")):
                raise page.invalid("a list of objects with an id", [item])
            yield item


def _members(client: Client, group: str) -> Iterator[str]:
    """The ids of the direct members of a group."""
    for node in _listed(client, f"/groups/{quote(group, safe='')}/members", USERS, {"briefRepresentation": "true"}):
        yield text_of(node.get("id"))


def _group(node: Mapping[str, Any]) -> DirectoryGroup:
    """A group; its name is unique in its parent, its path in the realm."""
    return DirectoryGroup(
        text_of(node.get("id"), MAX_NAME), text_of(node.get("name"), MAX_NAME), node,
        description=text_of(node.get("description")) or attribute_of(node, "attributes.description"),
        email=attribute_of(node, "attributes.email"),
    )  # fmt: skip


def _path(group: DirectoryGroup) -> str:
    return attribute_of(group.values, "path").strip("/")


def _user(node: Mapping[str, Any]) -> DirectoryUser:
    names = (text_of(node.get("firstName"), MAX_NAME), text_of(node.get("lastName"), MAX_NAME))
    return DirectoryUser(
        text_of(node.get("id"), MAX_NAME), text_of(node.get("username"), MAX_NAME), node,
        title=" ".join(filter(None, names)),
        email=text_of(node.get("email"), MAX_NAME),
        is_disabled=node.get("enabled") is False,
    )  # fmt: skip
