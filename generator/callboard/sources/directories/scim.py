"""The ``scim`` source: a service provider of SCIM 2.0 (RFC 7643, 7644, 9865) → descriptors of its groups and users."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.plugins.sources import (
    Answer,
    Client,
    Collected,
    Credential,
    HttpError,
    Params,
    SourceContext,
    SourceSettings,
    basic,
    bearer,
    client_for,
    json_resource,
)
from callboard.sources.directories.directory_source import (
    DirectoryContents,
    DirectoryGroup,
    DirectorySource,
    DirectoryUser,
    members_by_group,
)
from callboard.sources.directories.scim_export import read_export
from callboard.sources.generated import MAX_NAME, text_of

DAY = 86_400
"""Seconds."""
PAGE = 200
MEDIA_TYPE = "application/scim+json, application/json"
WITHOUT_PAGES = frozenset({400, 501})
"""Statuses of providers that do not have pages of groups."""


class ScimSource(DirectorySource):
    """Groups and users of a service provider of SCIM 2.0, with nested groups."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/sources/scim.json")

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        super().__init__(settings, context, str(settings.options["url"]))
        self.annotation = f"{self._shown().partition('/')[0]}/"

    def collect(self) -> Collected:
        """All groups and users, or none of them. Raises ``SourceError``."""
        if self._options.get("path"):
            return self._from(*self._exported(), None)
        client = client_for(self._context, self._url, self._credential())
        return self._from(_listed(client, "/Users", _filter(self._users)), self._listed_groups(client), client)

    def _from(self, users: Iterable[Mapping[str, Any]], listed: Iterable[Mapping[str, Any]], client: Client | None) -> Collected:
        """The descriptors of users and groups as SCIM has them."""
        nodes = [*users]
        resources = [node for node in listed if self.selects(text_of(node.get("displayName"), MAX_NAME))]
        groups = [_group(node) for node in resources]
        members = {group.id: {*_ids(node.get("members"))} for group, node in zip(groups, resources, strict=True)}
        if client and groups and not any("members" in node for node in resources):
            asked = members_by_group([group.id for group in groups], lambda group: _members(client, group))
            members = {group: {*found} for group, found in asked.items()}
        unknown = {group for group, found in members.items() if not found}
        for node in nodes:
            for group in unknown.intersection(_ids(node.get("groups"))):
                members[group].add(text_of(node.get("id"), MAX_NAME))
        return self._collected(DirectoryContents(groups, [_user(node) for node in nodes], members), client)

    def _credential(self) -> Credential:
        user = str(self._options.get("user", ""))
        return basic(user, str(self._options.get("password", ""))) if user else bearer(str(self._options.get("token", "")))

    def _exported(self) -> tuple[Iterable[Mapping[str, Any]], Iterable[Mapping[str, Any]]]:
        """Users and groups in the files of the option ``path``. Raises ``SourceError``."""
        days = self._options.get("max_age_days", 0)
        found = read_export(self._context.root, str(self._options["path"]), self._context.clock.time() - days * DAY if days else 0.0)
        return found.get("user", {}).values(), found.get("group", {}).values()

    def _listed_groups(self, client: Client) -> Iterator[Mapping[str, Any]]:
        """All groups, in one answer where the provider has no pages of groups."""
        try:
            yield from _listed(client, "/Groups", _filter(self._groups))
        except HttpError as error:
            if error.status not in WITHOUT_PAGES:
                raise
            answer = client.get("/Groups", _filter(self._groups), accept=MEDIA_TYPE)
            yield from _raise_if_incomplete("/Groups", _resources(answer), _total(answer))


class ScimPages:
    """``startIndex`` from 1, moved on by what a page holds; or the cursor of RFC 9865 where the provider gives one."""

    def next(self, answer: Answer, query: Params) -> Params | None:
        """The query of the next page; None after the last one."""
        count, cursor = len(_resources(answer)), text_of(answer.object().get("nextCursor"))
        if cursor:
            return {**{name: value for name, value in query.items() if name != "startIndex"}, "cursor": cursor}
        following = int(str(query.get("startIndex", 1))) + count
        is_last = not count or "cursor" in query or following > _total(answer)
        return None if is_last else {**query, "startIndex": following}


def _listed(client: Client, path: str, query: Params) -> Iterator[Mapping[str, Any]]:
    """The resources on all pages. Raises ``HttpError``, also if there are fewer than the provider counts."""
    found: list[Mapping[str, Any]] = []
    total = 0
    for page in client.pages(path, {"startIndex": 1, "count": PAGE, **query}, by=ScimPages(), accept=MEDIA_TYPE):
        found += _resources(page)
        total = _total(page)
    return _raise_if_incomplete(path, found, total)


def _raise_if_incomplete(path: str, found: Sequence[Mapping[str, Any]], total: int) -> Iterator[Mapping[str, Any]]:
    ids = {text_of(node.get("id")) for node in found}
    if len(ids) < total:  # ids, for a provider that ignores startIndex returns its first page again and again
        raise HttpError(
            "wrong-type", f"the listing {path} is incomplete: it has {len(ids):,} of {total:,} resources",
            "Check what the credential may list, and the largest page of the provider.",
        )  # fmt: skip
    if "" in ids:
        raise HttpError("wrong-type", f"the listing {path} has a resource without an id")
    return iter(found)


def _resources(answer: Answer) -> Sequence[Mapping[str, Any]]:
    """The resources of a page; providers leave the list out where it is empty."""
    items = answer.object().get("Resources", [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise answer.invalid("a list of resources", items)
    if not items and "totalResults" not in answer.object():
        raise answer.invalid("a list of resources", None)
    return items


def _total(answer: Answer) -> int:
    total = answer.object().get("totalResults")
    return total if isinstance(total, int) and not isinstance(total, bool) else 0


def _filter(options: Mapping[str, Any]) -> Mapping[str, str]:
    return {"filter": str(options["filter"])} if options.get("filter") else {}


def _members(client: Client, group: str) -> Iterator[str]:
    """The ids of the members of one group, for providers whose listing of groups leaves them out."""
    answer = client.get(f"/Groups/{quote(group, safe='')}", {"attributes": "members"}, accept=MEDIA_TYPE)
    yield from _ids(answer.object().get("members"))


def _ids(references: Any) -> Iterator[str]:
    for item in references if isinstance(references, list) else ():
        if isinstance(item, dict) and (id_ := text_of(item.get("value"), MAX_NAME)):
            yield id_


def _group(node: Mapping[str, Any]) -> DirectoryGroup:
    return DirectoryGroup(text_of(node.get("id"), MAX_NAME), text_of(node.get("displayName"), MAX_NAME), node)


def _user(node: Mapping[str, Any]) -> DirectoryUser:
    """A user; a missing ``active`` means that the account is enabled."""
    name = node.get("name")
    formatted = text_of(name.get("formatted"), MAX_NAME) if isinstance(name, dict) else ""
    return DirectoryUser(
        text_of(node.get("id"), MAX_NAME), text_of(node.get("userName"), MAX_NAME), node,
        title=text_of(node.get("displayName"), MAX_NAME) or formatted,
        email=_primary(node.get("emails")),
        job=text_of(node.get("title"), MAX_NAME),
        is_disabled=node.get("active") is False,
        is_guest=text_of(node.get("userType")).lower() == "guest",
    )  # fmt: skip


def _primary(values: Any) -> str:
    """The primary one of several addresses, else the first."""
    found = [item for item in values if isinstance(item, dict)] if isinstance(values, list) else []
    primary = [item for item in found if item.get("primary") is True] or found
    return text_of(primary[0].get("value"), MAX_NAME) if primary else ""
