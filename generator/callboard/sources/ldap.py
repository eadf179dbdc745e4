"""The ``ldap`` source: groups and people of a directory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from callboard.io.ldap import Directory, LdapRow
from callboard.model.tree import DescriptorFile
from callboard.plugins.sources import Collected, SourceContext, options_schema
from callboard.settings.settings import SourceSettings
from callboard.sources.generated import MemoryTree, Person, Team, people_files

MEMBERS = ("member", "uniqueMember")
"""Attributes of a group that hold the names (DN) of people and of groups in it."""
LOGINS = "memberUid"
"""Attribute of a POSIX group that holds logins."""
USERS = {"filter": "(objectClass=inetOrgPerson)", "name": "uid", "title": "cn", "email": "mail"}
GROUPS = {"filter": "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))", "name": "cn"}


class LdapSource:
    """Groups and people of an LDAP directory, with groups inside groups."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("ldap")

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        self._name = settings.name
        self._url = str(settings.options["url"])
        self._directory = Directory(
            self._url,
            str(settings.options.get("user", "")),
            str(settings.options.get("password", "")),
            settings.options.get("start_tls", False) is True,
            context.environ,
        )
        self._users = {**USERS, **settings.options.get("users", {})}
        self._groups = {**GROUPS, **settings.options.get("groups", {})}

    def collect(self) -> Collected:
        """One tree with a file for each group and each person. Raises ``SourceError`` where the directory does not answer whole."""
        groups = self._rows(self._groups, (self._groups["name"], "description", *MEMBERS, LOGINS))
        users = self._rows(self._users, (self._users["name"], self._users["title"], self._users["email"], "memberOf"))
        files = people_files(self._teams(groups), self._people(users, groups))
        tree = MemoryTree.of(self._url, self._url.partition("://")[2].rstrip("/"), files)
        return Collected((tree,), tuple(DescriptorFile(self._name, tree, path) for path in tree.files))

    def _rows(self, part: Mapping[str, str], attributes: Sequence[str]) -> Sequence[LdapRow]:
        return [*self._directory.search(part["base"], part["filter"], attributes)]

    def _teams(self, groups: Sequence[LdapRow]) -> Sequence[Team]:
        """A group that several others hold belongs to the first of them by name: an entity has one parent."""
        parents: dict[str, str] = {}
        for group in sorted(groups, key=lambda row: _same(row.dn)):
            for member in _members(group):
                parents.setdefault(member, _same(group.dn))
        return [
            Team(
                _same(row.dn), row.first(self._groups["name"]),
                title=row.first(self._groups["name"]),
                description=row.first("description"),
                parent=parents.get(_same(row.dn), ""),
                annotations={"backstage.io/ldap-dn": row.dn},
            )
            for row in groups
        ]  # fmt: skip

    def _people(self, users: Sequence[LdapRow], groups: Sequence[LdapRow]) -> Sequence[Person]:
        """Members by the groups' lists, by logins, and by what the people's own entries say."""
        teams: dict[str, list[str]] = defaultdict(list)
        for group in groups:
            for key in (*_members(group), *(f"login={login}" for login in group.values.get(LOGINS.lower(), ()))):
                teams[key].append(_same(group.dn))
        return [
            Person(
                _same(row.dn), row.first(self._users["name"]),
                title=row.first(self._users["title"]),
                email=row.first(self._users["email"]),
                teams=(
                    *teams[_same(row.dn)], *teams[f"login={row.first(self._users['name'])}"], *map(_same, row.values.get("memberof", ())),
                ),
                annotations={"backstage.io/ldap-dn": row.dn},
            )
            for row in users
        ]  # fmt: skip


def _members(group: LdapRow) -> Sequence[str]:
    return [_same(dn) for name in MEMBERS for dn in group.values.get(name.lower(), ())]


def _same(dn: str) -> str:
    """One spelling of a distinguished name: blanks around commas and capitals mean nothing."""
    return ",".join(part.strip() for part in dn.lower().split(","))
