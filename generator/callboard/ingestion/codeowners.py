"""Discovered entities and the CODEOWNERS files of their repositories → entities with derived owners where the descriptor has none."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from callboard.descriptors.reading import digest
from callboard.ingestion.discovery import DiscoveryResult
from callboard.model import fields
from callboard.model.entity import Derived, Entity
from callboard.model.errors import TreeError
from callboard.model.ref import DEFAULT_NAMESPACE, EntityRef
from callboard.model.tree import Tree, Trees, tree_of
from callboard.sources.codeowners import GITLAB_PLACES, MAX_BYTES, PLACES, CodeOwners

OWNED = frozenset({"api", "component", "domain", "resource", "system"})
"""The kinds whose owner Backstage's ``CodeOwnersProcessor`` fills in."""
DERIVED_OWNER = "spec.owner"
BY = "CODEOWNERS"
ACCOUNTS = frozenset({"team-slug", "team-path", "user-login"})
"""Names of the annotations of groups and users after the host and a slash: ``github.com/team-slug``."""
ANY = ""
Account = tuple[str, str]
"""Host, or ``ANY`` for every host, and the name in lower case as CODEOWNERS writes it."""


def with_derived_owners(discovered: DiscoveryResult, trees: Trees) -> DiscoveryResult:
    """The result with an owner in ``derived`` for entities whose descriptor has none and whose repository's CODEOWNERS names one.

    The problem "owner is missing" of such an entity is removed. As on GitHub, the last line that matches a path counts.
    """
    unowned = [entity for entity in discovered.entities if entity.ref.kind in OWNED and "owner" not in entity.spec]
    if not unowned:
        return discovered
    accounts, files = accounts_of(discovered.entities), _codeowners(unowned, trees)
    owners = {
        id(entity): owner for entity in unowned if (owner := _owner(entity, files[entity.origin.source, entity.origin.tree], accounts))
    }
    derived = {(entity.ref, entity.origin) for entity in unowned if id(entity) in owners}
    entities = tuple(_with_owner(entity, owners[id(entity)]) if id(entity) in owners else entity for entity in discovered.entities)
    problems = tuple(p for p in discovered.problems if not (p.field == DERIVED_OWNER and (p.subject, p.origin) in derived))
    return replace(discovered, entities=entities, problems=problems)


def _with_owner(entity: Entity, owner: EntityRef) -> Entity:
    changed = replace(entity, derived=(*entity.derived, Derived(DERIVED_OWNER, str(owner), BY)))
    return replace(changed, digest=digest(changed))


def _owner(entity: Entity, file: CodeOwners, accounts: Mapping[Account, EntityRef]) -> EntityRef | None:
    """The owner of the descriptor's path: the first group among the accounts of its line, else the first user, else a team by its name."""
    names = file.owners(entity.origin.path)
    existing = [ref for name in names if (ref := account_of(accounts, entity.origin.tree, name))]
    if existing:
        return next((ref for ref in existing if ref.kind == "group"), existing[0])
    teams = [name.rpartition("/")[2] for name in names if name.startswith("@") and "/" in name]
    # No entity has an annotation with this account. Backstage's processor then takes the team's name; a dangling one is reported.
    return EntityRef("group", DEFAULT_NAMESPACE, teams[0].lower()) if teams else None


def _codeowners(entities: Iterable[Entity], trees: Trees) -> dict[tuple[str, str], CodeOwners]:
    """CODEOWNERS by source and tree, read and parsed once for each tree; empty where there is none."""
    files: dict[tuple[str, str], CodeOwners] = {}
    for entity in entities:
        key = (entity.origin.source, entity.origin.tree)
        if key not in files:
            tree = tree_of(trees, entity.origin)
            files[key] = codeowners_of(tree) if tree else CodeOwners("")
    return files


def account_of(accounts: Mapping[Account, EntityRef], tree: str, name: str) -> EntityRef | None:
    """The group or user that is called so on the host of a tree; None if no entity is."""
    return accounts.get((_host(tree), name.lower())) or accounts.get((ANY, name.lower()))


def codeowners_of(tree: Tree) -> CodeOwners:
    """The file of a tree; an empty one if it has none."""
    return CodeOwners(_read(tree))


def _read(tree: Tree) -> str:
    for place in dict.fromkeys((*PLACES, *GITLAB_PLACES)):
        with contextlib.suppress(TreeError):
            return tree.read(place, MAX_BYTES).decode("utf-8", "replace")
    return ""


def _host(tree: str) -> str:
    """The host of a repository; empty for a folder."""
    try:
        return urlsplit(tree).hostname or ""
    except ValueError:
        return ""


def accounts_of(entities: Iterable[Entity]) -> dict[Account, EntityRef]:
    """Groups and users by the names that CODEOWNERS may use for them: team, login, e-mail address; the first entity counts.

    GitHub's annotations apply to every host; those of other hosts (``gitlab.acme.example/user-login``) apply to the host they name.
    """
    accounts: dict[Account, EntityRef] = {}
    for entity in entities:
        if entity.ref.kind not in {"group", "user"}:
            continue
        for key, value in fields.annotations(entity).items():
            host, _, kind = key.partition("/")
            if kind in ACCOUNTS:
                accounts.setdefault((ANY if host == "github.com" else host.lower(), f"@{value.lower()}"), entity.ref)
        profile = entity.spec.get("profile")
        if mail := fields.text_at(profile, "email") if isinstance(profile, Mapping) else "":
            accounts.setdefault((ANY, mail.lower()), entity.ref)
    return accounts
