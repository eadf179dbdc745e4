"""The ``ldap`` source: an LDAP directory → descriptors of its groups and users."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, ClassVar

from callboard.plugins.sources import (
    DEFAULT_NAMESPACE,
    Collected,
    DescriptorFile,
    LdapDirectory,
    LdapRow,
    MemoryTree,
    SourceContext,
    SourceSettings,
    json_resource,
)
from callboard.sources.people import PeopleOptions, Person, Team, people_files

MEMBERS = ("member", "uniqueMember")
"""Attributes of a group with the distinguished names of its users and groups."""
LOGINS = "memberUid"
"""Attribute of a POSIX group with the logins of its users."""
LOGIN = "uid"
"""Attribute of a user with the login, which need not be the one that names the user."""
USERS = {
    "filter": "(objectClass=inetOrgPerson)",
    "name": "uid",
    "title": "cn",
    "email": "mail",
    "skills": "",
    "namespace": DEFAULT_NAMESPACE,
}
GROUPS = {
    "filter": "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))",
    "name": "cn", "namespace": DEFAULT_NAMESPACE,
}  # fmt: skip


class LdapSource:
    """Groups and users of an LDAP directory, with nested groups."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/sources/ldap.json")

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        self._name = settings.name
        self._url = str(settings.options["url"])
        self._directory = LdapDirectory(
            self._url,
            str(settings.options.get("user", "")),
            str(settings.options.get("password", "")),
            settings.options.get("start_tls", False) is True,
            context.environ,
        )
        self._users = {**USERS, **settings.options.get("users", {})}
        self._groups = {**GROUPS, **settings.options.get("groups", {})}

    def collect(self) -> Collected:
        """One tree with a file for each group and each user. Raises ``SourceError``, also for an incomplete result."""
        groups = self._rows(self._groups, (self._groups["name"], "description", *MEMBERS, LOGINS))
        skills = (self._users["skills"],) if self._users["skills"] else ()
        users = self._rows(self._users, (self._users["name"], self._users["title"], self._users["email"], "memberOf", LOGIN, *skills))
        options = PeopleOptions(self._groups["namespace"], self._users["namespace"])
        files = people_files(self._teams(groups), self._people(users, groups), options)
        tree = MemoryTree.of(self._url, self._url.partition("://")[2].rstrip("/"), files)
        return Collected((tree,), tuple(DescriptorFile(self._name, tree, path) for path in tree.files))

    def _rows(self, query: Mapping[str, str], attributes: Sequence[str]) -> Sequence[LdapRow]:
        return [*self._directory.search(query["base"], query["filter"], attributes)]

    def _teams(self, groups: Sequence[LdapRow]) -> Sequence[Team]:
        """A group that is a member of several groups gets the first of them by name as its parent: an entity has one parent."""
        parents: dict[str, str] = {}
        for group in sorted(groups, key=lambda row: _normal_dn(row.dn)):
            for member in _members(group):
                parents.setdefault(member, _normal_dn(group.dn))
        return [
            Team(
                _normal_dn(row.dn), row.first(self._groups["name"]),
                title=row.first(self._groups["name"]),
                description=row.first("description"),
                parent=parents.get(_normal_dn(row.dn), ""),
                annotations={"backstage.io/ldap-dn": row.dn},
            )
            for row in groups
        ]  # fmt: skip

    def _people(self, users: Sequence[LdapRow], groups: Sequence[LdapRow]) -> Sequence[Person]:
        """Users with their groups: from the groups' members, the groups' logins, and the users' attribute ``memberOf``."""
        teams: dict[str, list[str]] = defaultdict(list)
        for group in groups:
            for key in (*_members(group), *(f"login={login}" for login in group.values.get(LOGINS.lower(), ()))):
                teams[key].append(_normal_dn(group.dn))
        return [
            Person(
                _normal_dn(row.dn), row.first(self._users["name"]),
                title=row.first(self._users["title"]),
                email=row.first(self._users["email"]),
                teams=(
                    *teams[_normal_dn(row.dn)],
                    *chain.from_iterable(teams[f"login={login}"] for login in {row.first(self._users["name"]), row.first(LOGIN)}),
                    *map(_normal_dn, row.values.get("memberof", ())),
                ),
                skills=row.values.get(self._users["skills"].lower(), ()),
                annotations={"backstage.io/ldap-dn": row.dn},
            )
            for row in users
        ]  # fmt: skip


def _members(group: LdapRow) -> Sequence[str]:
    return [_normal_dn(dn) for name in MEMBERS for dn in group.values.get(name.lower(), ())]


def _normal_dn(dn: str) -> str:
    """A distinguished name in lower case, without spaces around commas, neither of which is significant."""
    return ",".join(part.strip() for part in dn.lower().split(","))
