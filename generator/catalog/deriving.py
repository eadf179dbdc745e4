"""What a descriptor does not say and its repository does: a missing owner is the one that CODEOWNERS names."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from generator.catalog import presentation
from generator.catalog.gathering import Gathered
from generator.descriptors.reading import digest
from generator.errors import TreeError
from generator.model.entity import Derived, Entity
from generator.model.ref import DEFAULT_NAMESPACE, EntityRef
from generator.model.tree import Tree, Trees, tree_of
from generator.sources.codeowners import GITLAB_PLACES, MOST_BYTES, PLACES, owner_for

OWNED = frozenset({"api", "component", "domain", "resource", "system"})
"""The kinds that Backstage's processor fills in."""
OWNER = "spec.owner"
BY = "CODEOWNERS"


def with_derived_owners(gathered: Gathered, trees: Trees) -> Gathered:
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
    problems = tuple(p for p in gathered.problems if not (p.field == OWNER and (p.subject, p.origin) in filled))
    return replace(gathered, entities=entities, problems=problems)


def _filled(entity: Entity, owner: EntityRef) -> Entity:
    made = replace(entity, derived=(*entity.derived, Derived(OWNER, str(owner), BY)))
    return replace(made, digest=digest(made))


def _owner(entity: Entity, text: str, people: Mapping[str, EntityRef]) -> EntityRef | None:
    accounts = owner_for(text, entity.origin.path) if text else []
    known = [people[account.lower()] for account in accounts if account.lower() in people]
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


def _accounts(entities: Iterable[Entity]) -> dict[str, EntityRef]:
    """Groups and users by what CODEOWNERS may call them, in lower case: team, login, address; the first one counts."""
    found: dict[str, EntityRef] = {}
    for entity in entities:
        if entity.ref.kind not in {"group", "user"}:
            continue
        marks = presentation.annotations(entity)
        slug = marks.get("github.com/team-slug", "")
        named = [f"@{slug}" if slug else "", f"@{login}" if (login := marks.get("github.com/user-login", "")) else ""]
        profile = entity.spec.get("profile")
        mail = presentation.text_at(profile, "email") if isinstance(profile, Mapping) else ""
        for name in filter(None, (*named, mail)):
            found.setdefault(name.lower(), entity.ref)
    return found
