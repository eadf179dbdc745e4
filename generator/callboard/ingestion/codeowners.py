"""CODEOWNERS: who owns a path, and owners derived from it for descriptors that name none."""

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
from callboard.sources.codeowners import GITLAB_PLACES, MOST_BYTES, PLACES, owner_for

OWNED = frozenset({"api", "component", "domain", "resource", "system"})
"""The kinds that Backstage's processor fills in."""
DERIVED_OWNER = "spec.owner"
BY = "CODEOWNERS"
ACCOUNTS = frozenset({"team-slug", "team-path", "user-login"})
"""What the annotations of groups and users are called, behind the host and a slash."""
ANY = ""
Account = tuple[str, str]
"""Host, or ``ANY``, and the name in lower case as CODEOWNERS writes it."""


def with_derived_owners(gathered: DiscoveryResult, trees: Trees) -> DiscoveryResult:
    """The same, with an owner in ``derived`` where a descriptor names none and its repository's CODEOWNERS does.

    Whether the owner is missing is no problem of the descriptor then. GitHub's own semantics: the last line that matches counts.
    """
    wanting = [entity for entity in gathered.entities if entity.ref.kind in OWNED and "owner" not in entity.spec]
    if not wanting:
        return gathered
    people, texts = _accounts(gathered.entities), _codeowners(wanting, trees)
    found = {id(entity): owner for entity in wanting if (owner := _owner(entity, texts[entity.origin.source, entity.origin.tree], people))}
    filled = {(entity.ref, entity.origin) for entity in wanting if id(entity) in found}
    entities = tuple(_filled(entity, found[id(entity)]) if id(entity) in found else entity for entity in gathered.entities)
    problems = tuple(p for p in gathered.problems if not (p.field == DERIVED_OWNER and (p.subject, p.origin) in filled))
    return replace(gathered, entities=entities, problems=problems)


def _filled(entity: Entity, owner: EntityRef) -> Entity:
    made = replace(entity, derived=(*entity.derived, Derived(DERIVED_OWNER, str(owner), BY)))
    return replace(made, digest=digest(made))


def _owner(entity: Entity, text: str, people: Mapping[Account, EntityRef]) -> EntityRef | None:
    accounts = owner_for(text, entity.origin.path) if text else []
    host = _host(entity.origin.tree)
    found = (people.get((host, account.lower())) or people.get((ANY, account.lower())) for account in accounts)
    known = [ref for ref in found if ref]
    if known:
        return next((ref for ref in known if ref.kind == "group"), known[0])
    teams = [account.rpartition("/")[2] for account in accounts if account.startswith("@") and "/" in account]
    # Nobody says that it is theirs: the team's name, as Backstage's processor reads it. It may dangle, and is told then.
    return EntityRef("group", DEFAULT_NAMESPACE, teams[0].lower()) if teams else None


def _codeowners(entities: Iterable[Entity], trees: Trees) -> dict[tuple[str, str], str]:
    """The text of CODEOWNERS by source and tree, read once a tree; an empty text where there is none."""
    texts: dict[tuple[str, str], str] = {}
    for entity in entities:
        key = (entity.origin.source, entity.origin.tree)
        if key not in texts:
            tree = tree_of(trees, entity.origin)
            texts[key] = _read(tree) if tree else ""
    return texts


def _read(tree: Tree) -> str:
    for place in dict.fromkeys((*PLACES, *GITLAB_PLACES)):
        with contextlib.suppress(TreeError):
            return tree.read(place, MOST_BYTES).decode("utf-8", "replace")
    return ""


def _host(tree: str) -> str:
    """The host of a repository; an empty text for a folder."""
    try:
        return urlsplit(tree).hostname or ""
    except ValueError:
        return ""


def _accounts(entities: Iterable[Entity]) -> dict[Account, EntityRef]:
    """Groups and users by what CODEOWNERS may call them: team, login, address; the first one counts.

    GitHub's annotations are the same for all of its hosts; those of other hosts (``gitlab.acme.example/user-login``) name theirs.
    """
    found: dict[Account, EntityRef] = {}
    for entity in entities:
        if entity.ref.kind not in {"group", "user"}:
            continue
        for key, value in fields.annotations(entity).items():
            host, _, kind = key.partition("/")
            if kind in ACCOUNTS:
                found.setdefault((ANY if host == "github.com" else host.lower(), f"@{value.lower()}"), entity.ref)
        profile = entity.spec.get("profile")
        if mail := fields.text_at(profile, "email") if isinstance(profile, Mapping) else "":
            found.setdefault((ANY, mail.lower()), entity.ref)
    return found
