"""The ``entra`` source: Microsoft Entra ID, over Microsoft Graph v1.0 → descriptors of its groups and users.

https://learn.microsoft.com/graph/api/user-list, group-list, group-list-members, group-list-transitivemembers, and graph/json-batching.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.plugins.sources import (
    Client,
    Collected,
    Credential,
    HttpError,
    NextLink,
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
    named_attributes,
)
from callboard.sources.generated import MAX_NAME, text_of

GRAPH = "https://graph.microsoft.com"
AUTHORITY = "https://login.microsoftonline.com"
PAGE = 999
"""Items of a page; Graph refuses more."""
BATCH = 20
"""Requests of one batch; Graph refuses more."""
BATCH_TRIES = 6
"""How often throttled requests of a batch are sent."""
LONGEST_WAIT = 300.0
"""Seconds to wait before the throttled requests of a batch are sent again."""
USER = ("id", "displayName", "mail", "userPrincipalName", "mailNickname", "accountEnabled", "userType", "jobTitle")
GROUP = ("id", "displayName", "description", "mail", "mailNickname", "securityEnabled", "groupTypes", "visibility")
NEXT = NextLink(("@odata.nextLink",))
GUEST = "#ext#"
"""Part of the ``userPrincipalName`` of a guest, whose address stands mangled in it."""
OK = 200
THROTTLED = 429


class EntraSource(DirectorySource):
    """Groups and users of Microsoft Entra ID, with nested groups."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/sources/entra.json")
    annotation = "graph.microsoft.com/"

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        super().__init__(settings, context, str(settings.options.get("url", GRAPH)))

    def collect(self) -> Collected:
        """All groups and users, or none of them. Raises ``HttpError``."""
        client = client_for(self._context, f"{self._url}/v1.0", self._credential(), {"ConsistencyLevel": "eventual"})
        groups = [self._group(node) for node in self._listed_groups(client)]
        groups = [group for group in groups if group.id and self.selects(group.name)]
        members = self._members(client, [group.id for group in groups])
        users = [self._user(node) for node in self._listed_users(client)]
        return self._collected(DirectoryContents(groups, [user for user in users if user.id], members), client)

    def _credential(self) -> Credential:
        """A token that the options give, or one of the application. Raises ``SourceError``."""
        if token := str(self._options.get("token", "")):
            return bearer(token)
        authority = str(self._options.get("authority", AUTHORITY)).rstrip("/")
        return self._oauth(f"{authority}/{quote(str(self._options['tenant']))}/oauth2/v2.0/token", f"{self._url}/.default")

    def _listed_groups(self, client: Client) -> Iterator[Mapping[str, Any]]:
        """All groups, or the group ``root`` and those that are nested in it at any depth."""
        select, root = _select(GROUP, self._groups), str(self._groups.get("root", ""))
        if root:
            yield client.get(f"/groups/{quote(root, safe='')}", {"$select": select}).object()
            yield from _listed(client, f"/groups/{quote(root, safe='')}/transitiveMembers/microsoft.graph.group", select, self._groups)
        else:
            yield from _listed(client, "/groups", select, self._groups)

    def _listed_users(self, client: Client) -> Iterator[Mapping[str, Any]]:
        """All users, or those that are in the group ``root`` or in one that is nested in it."""
        select, root = _select(USER, self._users), str(self._groups.get("root", ""))
        below_root = f"/groups/{quote(root, safe='')}/transitiveMembers/microsoft.graph.user"
        yield from _listed(client, below_root if root and self.only_members else "/users", select, self._users)

    def _members(self, client: Client, groups: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Ids of groups with the ids of their direct members, users and groups: 20 listings a request.

        Only the ids are read: Graph leaves all other properties of a member null that the application may not read.
        """
        members: dict[str, list[str]] = {}
        for start in range(0, len(groups), BATCH):
            for group, body in self._batch(client, groups[start : start + BATCH]):
                members[group] = [text_of(node.get("id")) for page in _following(client, body) for node in page]
        return members

    def _batch(self, client: Client, groups: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Ids of groups with the first page of their members. Throttled listings are requested again. Raises ``HttpError``."""
        for _ in range(BATCH_TRIES):
            answers = _answers(client, groups)
            throttled = [group for group in groups if _status(answers.get(group)) == THROTTLED]
            for group in (group for group in groups if group not in throttled):
                yield group, _body(group, answers.get(group))
            if not throttled:
                return
            self._context.clock.sleep(min(max(_wait(answers[group]) for group in throttled), LONGEST_WAIT))
            groups = throttled
        raise HttpError("rate-limited", f"{self._url} received too many requests from this build (status 429 in a batch)")

    def _group(self, node: Mapping[str, Any]) -> DirectoryGroup:
        types, name = node.get("groupTypes"), text_of(node.get("displayName"), MAX_NAME)
        is_unified = isinstance(types, list) and "Unified" in types
        return DirectoryGroup(
            text_of(node.get("id"), MAX_NAME), name, node,
            description=text_of(node.get("description")),
            email=text_of(node.get("mail"), MAX_NAME) if is_unified else "",
        )  # fmt: skip

    def _user(self, node: Mapping[str, Any]) -> DirectoryUser:
        """A user; without a mailbox, the address is the ``userPrincipalName``. ``accountEnabled`` is null if it may not be read."""
        login, mail = text_of(node.get("userPrincipalName"), MAX_NAME), text_of(node.get("mail"), MAX_NAME)
        is_guest = text_of(node.get("userType")).lower() == "guest" or GUEST in login.lower()
        return DirectoryUser(
            text_of(node.get("id"), MAX_NAME), mail if is_guest and mail else login, node,
            title=text_of(node.get("displayName"), MAX_NAME),
            email=mail or ("" if is_guest or "@" not in login else login),
            job=text_of(node.get("jobTitle"), MAX_NAME),
            is_disabled=node.get("accountEnabled") is False,
            is_guest=is_guest,
        )  # fmt: skip


def _select(properties: Sequence[str], options: Mapping[str, Any]) -> str:
    """The properties to read, with those of the attributes that the options name: ``a`` for ``a.b``."""
    return ",".join(dict.fromkeys((*properties, *(name.partition(".")[0] for name in named_attributes(options)))))


def _listed(client: Client, path: str, select: str, options: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The objects on all pages; a page may be short or empty, and only the link tells whether there is another."""
    query: dict[str, str | int] = {"$select": select, "$top": PAGE}
    if given := str(options.get("filter", "")):
        query |= {"$filter": given, "$count": "true"}  # most filters of directory objects need the count, and ConsistencyLevel
    for answer in client.pages(path, query, by=NEXT):
        yield from _objects(answer.object(), path)


def _objects(body: Mapping[str, Any], path: str) -> Sequence[Mapping[str, Any]]:
    items = body.get("value")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise HttpError("wrong-type", f"Microsoft Graph returned no list of objects for {path}")
    return items


def _answers(client: Client, groups: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """The answers of a batch, by the id of the group: they come in any order."""
    requests = [
        {"id": str(number), "method": "GET", "url": f"/groups/{quote(group, safe='')}/members?$select=id&$top={PAGE}"}
        for number, group in enumerate(groups)
    ]
    answer = client.post("/$batch", {"requests": requests})
    found = answer.object().get("responses")
    if not isinstance(found, list):
        raise answer.invalid("a list of responses", found)
    by_number = {text_of(item.get("id")): item for item in found if isinstance(item, dict)}
    return {group: by_number[str(number)] for number, group in enumerate(groups) if str(number) in by_number}


def _following(client: Client, body: Mapping[str, Any]) -> Iterator[Sequence[Mapping[str, Any]]]:
    """The objects of a page that a batch returned, and those of the pages after it. Raises ``HttpError`` for a link to another host."""
    yield _objects(body, "the members of a group")
    link = body.get("@odata.nextLink")
    if isinstance(link, str) and link:
        base = client.base_url.rstrip("/")
        if not link.startswith(f"{base}/"):
            raise HttpError("other-host", f"{base} gives the next page of members on another host; nothing was sent there")
        for answer in client.pages(link.removeprefix(base), by=NEXT):
            yield _objects(answer.object(), "the members of a group")


def _status(answer: Mapping[str, Any] | None) -> int:
    status = answer.get("status") if answer else None
    return status if isinstance(status, int) else 0


def _body(group: str, answer: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The body of one answer of a batch. Raises ``HttpError``: groups without members would be worse than those of yesterday."""
    status, body = _status(answer), answer.get("body") if answer else None
    if status == OK and isinstance(body, dict):
        return body
    message = f"the members of the group {group} cannot be read (status {status or 'missing'} in a batch)"
    raise HttpError("status", message, "Grant GroupMember.Read.All, and Member.Read.Hidden for hidden memberships.", status=status)


def _wait(answer: Mapping[str, Any]) -> float:
    """Seconds of ``Retry-After`` of one answer of a batch; 10 where there is none, the length of Graph's window."""
    headers = answer.get("headers")
    values = {str(name).lower(): value for name, value in headers.items()} if isinstance(headers, dict) else {}
    try:
        return max(1.0, float(str(values.get("retry-after", ""))))
    except ValueError:
        return 10.0
