"""Groups and users of a directory → descriptors of Groups and Users: selection, names and accounts, alike for all directories."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from urllib.parse import urlsplit

from callboard.plugins.sources import (
    DEFAULT_NAMESPACE,
    Client,
    Collected,
    Credential,
    DescriptorFile,
    MemoryTree,
    OAuthClient,
    SourceContext,
    SourceError,
    SourceSettings,
    SourceTraffic,
    client_credentials,
    compiled_globs,
)
from callboard.sources.generated import MAX_NAME, text_of
from callboard.sources.people import PeopleOptions, Person, Team, people_files

BACKSTAGE = "backstage"
"""Value of the option ``name``: names as Backstage's providers make them, for portals that come from there."""
NOT_IN_BACKSTAGE = re.compile(r"[^a-zA-Z0-9_.-]")
MOST_TEXTS = 100
"""Values of one attribute that are read."""
Member = TypeVar("Member")


@dataclass(frozen=True, slots=True)
class DirectoryGroup:
    """A group of a directory."""

    id: str
    name: str
    """The default for the name of its entity."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """The attributes as the directory has them, of which options may name one."""
    description: str = ""
    email: str = ""
    type: str = "team"


@dataclass(frozen=True, slots=True)
class DirectoryUser:
    """A user of a directory."""

    id: str
    login: str
    """The default for the name of its entity; the part before ``@`` of an address."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """The attributes as the directory has them, of which options may name one."""
    title: str = ""
    email: str = ""
    job: str = ""
    is_disabled: bool = False
    is_guest: bool = False


@dataclass(frozen=True, slots=True)
class DirectoryContents:
    """What a directory has: all of it, or the source fails."""

    groups: Sequence[DirectoryGroup]
    users: Sequence[DirectoryUser]
    members: Mapping[str, Collection[str]]
    """Ids of groups with the ids of their direct members, which are users and groups."""


class DirectorySource:
    """The base class of sources that read groups and users over the API of a directory."""

    annotation = "/"
    """Domain and slash of the annotations with the ids of users and groups."""

    def __init__(self, settings: SourceSettings, context: SourceContext, url: str) -> None:
        self._name = settings.name
        self._options = settings.options
        self._context = context
        self._url = url.rstrip("/")
        self._groups: Mapping[str, Any] = settings.options.get("groups", {})
        self._users: Mapping[str, Any] = settings.options.get("users", {})

    def _collected(self, contents: DirectoryContents, client: Client | None) -> Collected:
        """A file for each group and each user; ``client`` is None if nothing was requested.

        Raises ``SourceError`` where there is no user, which is a missing permission.
        """
        if not contents.users:
            raise SourceError(
                f"the directory {self._shown()} returned no user",
                "Check which users the credential may list, and the options below users.",
            )
        options = PeopleOptions(
            str(self._groups.get("namespace", DEFAULT_NAMESPACE)), str(self._users.get("namespace", DEFAULT_NAMESPACE))
        )  # fmt: skip
        tree = MemoryTree.of(f"{self._url}/", self._shown(), people_files(self._teams(contents), self._people(contents), options))
        files = tuple(DescriptorFile(self._name, tree, path) for path in tree.files)
        return Collected((tree,), files, traffic=(SourceTraffic(self._name, client.traffic),) if client else ())

    def _oauth(self, token_url: str, scope: str = "") -> Credential:
        """The credential of the options ``client_id`` and ``client_secret`` or ``private_key``. Raises ``SourceError`` without them."""
        text = {name: str(self._options.get(name, "")) for name in ("client_id", "client_secret", "private_key", "certificate", "key_id")}
        if not text["client_id"] or not (text["client_secret"] or text["private_key"]):
            raise SourceError(
                f"the source {self._name} has no credential for {self._shown()}",
                "Set client_id and client_secret, as ${NAME} of an environment variable, or token.",
            )
        client = OAuthClient(token_url, text["client_id"], text["client_secret"], text["private_key"], scope=scope)
        return client_credentials(self._context, replace(client, certificate=text["certificate"], key_id=text["key_id"]))

    def selects(self, name: str) -> bool:
        """Whether the options select the group with this name."""
        included, excluded = self._groups.get("include", ()), self._groups.get("exclude", ())
        return (not included or _matches(included, name)) and not _matches(excluded, name)

    @property
    def only_members(self) -> bool:
        """Whether users without a selected group are left out: the option, or whether the options select groups."""
        is_selecting = any(self._groups.get(key) for key in ("include", "exclude", "filter", "root"))
        return bool(self._users.get("only_members", is_selecting))

    def _teams(self, contents: DirectoryContents) -> Sequence[Team]:
        """A group that is a member of several groups gets the first of them by name as its parent: an entity has one parent."""
        parents: dict[str, str] = {}
        for group in sorted(contents.groups, key=lambda group: (group.name, group.id)):
            for member in contents.members.get(group.id, ()):
                if member != group.id:
                    parents.setdefault(member, group.id)
        return [
            Team(
                group.id, self._name_of(self._groups, group.id, group.values, group.name, _nickname(group)),
                title=group.name,
                description=group.description,
                parent=parents.get(group.id, ""),
                type=group.type,
                email=group.email,
                annotations=self._annotations(self._groups, "group-id", "team-slug", group.id, group.values),
            )
            for group in contents.groups
        ]  # fmt: skip

    def _people(self, contents: DirectoryContents) -> Sequence[Person]:
        teams: dict[str, list[str]] = defaultdict(list)
        for group in contents.groups:
            for member in contents.members.get(group.id, ()):
                teams[member].append(group.id)
        return [
            Person(
                user.id, self._name_of(self._users, user.id, user.values, user.login.partition("@")[0], user.email or user.login),
                title=user.title or user.login,
                email=user.email,
                description=user.job,
                teams=tuple(teams[user.id]),
                skills=texts_of(user.values, str(self._users.get("skills", ""))),
                annotations=self._annotations(self._users, "user-id", "user-login", user.id, user.values),
            )
            for user in contents.users
            if self._keeps(user) and (not self.only_members or teams[user.id])
        ]  # fmt: skip

    def _keeps(self, user: DirectoryUser) -> bool:
        """Disabled accounts and guests are left out unless the options include them."""
        is_kept = not user.is_disabled or self._users.get("disabled", False) is True
        return is_kept and (not user.is_guest or self._users.get("guests", False) is True)

    def _name_of(self, options: Mapping[str, Any], id_: str, values: Mapping[str, Any], default: str, address: str) -> str:
        """What the name of an entity is made of. An address is cut at ``@``: names of people are logins."""
        attribute = str(options.get("name", ""))
        if attribute == BACKSTAGE:
            return NOT_IN_BACKSTAGE.sub("_", address.lower())
        if attribute == "id":
            return id_
        return attribute_of(values, attribute).partition("@")[0] or default

    def _annotations(
        self, options: Mapping[str, Any], id_name: str, account_name: str, id_: str, values: Mapping[str, Any]
    ) -> Mapping[str, str]:
        """The id in the directory, and the accounts on hosts that the option ``accounts`` reads from attributes."""
        accounts = options.get("accounts", {}).items()
        found = {f"{host}/{account_name}": attribute_of(values, str(attribute)).removeprefix("@") for host, attribute in accounts}
        return {f"{self.annotation}{id_name}": id_, **{key: value for key, value in found.items() if value}}

    def _shown(self) -> str:
        parts = urlsplit(self._url)
        return f"{parts.hostname or ''}{parts.path}"


def _nickname(group: DirectoryGroup) -> str:
    """What Backstage's provider for Microsoft Graph names a group after."""
    return attribute_of(group.values, "mailNickname") or group.name


def named_attributes(options: Mapping[str, Any]) -> Sequence[str]:
    """The attributes that the options of groups or users name, in addition to those that are always read."""
    named = [options.get("name", ""), options.get("skills", ""), *options.get("accounts", {}).values()]
    return sorted({str(name) for name in named if name and name not in {BACKSTAGE, "id"}})


def _matches(globs: Sequence[str], name: str) -> bool:
    """Whether a glob matches; ``*`` matches a slash in the name of a group, too."""
    pattern = compiled_globs(tuple(globs))
    return bool(pattern.fullmatch(name) or pattern.fullmatch(name.replace("/", "-")))


def members_by_group(groups: Sequence[str], listed: Callable[[str], Iterable[Member]], at_once: int = 8) -> Mapping[str, Sequence[Member]]:
    """Ids of groups with their members, several groups at the same time. Raises what ``listed`` raises, also for a single group."""
    with ThreadPoolExecutor(at_once) as pool:
        return dict(zip(groups, pool.map(lambda group: [*listed(group)], groups), strict=True))


def attribute_of(values: Mapping[str, Any], path: str) -> str:
    """The text of an attribute, nested ones with dots; of a list its first text. Empty where there is none."""
    found = _value(values, path)
    first = next(iter(found), None) if isinstance(found, list) else found
    return text_of(first, MAX_NAME).strip()


def texts_of(values: Mapping[str, Any], path: str) -> Sequence[str]:
    """The texts of an attribute with a list, each once; of one that is a text, the parts between commas."""
    found = _value(values, path)
    listed = found if isinstance(found, list) else text_of(found).split(",")
    return [*dict.fromkeys(filter(None, (text_of(item, MAX_NAME).strip() for item in listed[:MOST_TEXTS])))]


def _value(values: Mapping[str, Any], path: str) -> Any:
    """The value at a path. A key may have dots itself, as that of an extension of SCIM: the longest one that exists counts."""
    whole = next((key for key in sorted(values, key=len, reverse=True) if path == key or path.startswith(f"{key}.")), "")
    value: Any = values.get(whole)
    for key in path.removeprefix(whole).removeprefix(".").split(".") if path != whole else ():
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if path else None
