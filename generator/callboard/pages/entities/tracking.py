"""The context of entity pages in a shape that notes what their views read, and a print of everything that they may read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

from callboard.catalog.graph import Catalog
from callboard.incremental.fingerprint import canonical, code_digest
from callboard.incremental.tracking import UNTRACKED, DependencyKey, DependencyTracker, fingerprint_of
from callboard.model.entity import Entity
from callboard.model.ref import EntityRef
from callboard.model.tree import Tree, tree_of
from callboard.pages.entities.context import EntityContext, Fingerprinted
from callboard.pages.shared_views import EntityLink, EntityLinks

T = TypeVar("T")
ASPECTS = ("entity", "link", "relations", "problems", "brought", "tree", "added")
_FOLLOWED = frozenset({"catalog", "problems", "trees", "links", "brought", "first", "last", "keyed"})
_WITHOUT_MEANING = frozenset({"layouts"})
"""A layout is the same for the same shape, whoever asks."""


def track(context: EntityContext, also: Mapping[DependencyKey, str] | None = None) -> tuple[EntityContext, DependencyTracker]:
    """The context whose readings are followed, and who follows them; ``also`` has prints of other things that pages are made of."""
    reading = DependencyTracker(_base(context), {**dict(_prints(context)), **(also or {})})
    catalog, seen = context.catalog, reading.dependencies
    changes = {(e.origin.source, e.origin.tree, e.origin.path) for e in catalog.entities.values()}
    followed = replace(
        context,
        catalog=_Catalog(reading.tracked("entity", catalog.entities), reading.tracked("relations", catalog.relations), catalog.kinds, seen),
        problems=reading.tracked("problems", context.problems),
        trees=reading.tracked("tree", {key: _Tree(tree, key, changes, seen) for key, tree in context.trees.items()}),
        links=_Links(catalog, context.links.made, seen),
        brought=reading.tracked("brought", context.brought),
        first=tuple(partial(_asked, added, seen) for added in context.first),
        last=tuple(partial(_asked, added, seen) for added in context.last),
        keyed=tuple(partial(_asked, added, seen) for added in context.keyed),
    )
    return followed, reading


def _asked(added: Callable[[Entity], T | None], seen: set[DependencyKey], entity: Entity) -> T | None:
    seen.add(("added", entity.ref))
    return added(entity)


def _added(context: EntityContext) -> tuple[Any, ...]:
    return *context.first, *context.last, *context.keyed


def _said(added: Callable[[Entity], object], entity: Entity) -> str:
    """What somebody says who cannot tell what it is made from."""
    said = added(entity)
    return canonical(said) if said else ""


def _base(context: EntityContext) -> str:
    """All that is not followed; a field that somebody adds to the context is part of it until it is followed."""
    rest = [getattr(context, each.name) for each in fields(context) if each.name not in _FOLLOWED | _WITHOUT_MEANING | {"settings"}]
    rest += [added.base for added in _added(context) if isinstance(added, Fingerprinted)]
    rest.append(replace(context.settings, root=Path(), file=Path()))  # a cache may be used in another folder
    return fingerprint_of([code_digest(), canonical(rest), canonical(context.catalog.kinds)])


def _prints(context: EntityContext) -> Iterator[tuple[DependencyKey, str]]:
    catalog = context.catalog
    tellers = [added.print_of if isinstance(added, Fingerprinted) else partial(_said, added) for added in _added(context)]
    for ref, entity in catalog.entities.items():
        yield ("entity", ref), _entity_print(context, entity)
        link = context.links.to(ref)
        yield ("link", ref), fingerprint_of([link.name, link.icon, link.path])
        if any(found := [told(entity) for told in tellers]):
            yield ("added", ref), fingerprint_of(found)
    for ref, relations in catalog.relations.items():
        yield ("relations", ref), fingerprint_of(relations)
    for ref, problems in context.problems.items():
        yield ("problems", ref), fingerprint_of(canonical(problems))
    for location, refs in context.brought.items():
        yield ("brought", location), fingerprint_of(refs)
    for key, tree in context.trees.items():
        words = [tree.id, tree.repository, tree.revision, list(tree.addresses), tree.view_url("x", 1), tree.edit_url("x")]
        yield ("tree", key), fingerprint_of(words)


def _entity_print(context: EntityContext, entity: Entity) -> str:
    """Its meaning, text and place. Trees are asked for the day of change here, in the process that remembers their answers."""
    origin = entity.origin
    tree = tree_of(context.trees, origin)
    changed = tree.last_change(origin.path) if tree else None
    text = blake2b(entity.text.encode("utf-8", "replace"), digest_size=16).hexdigest()
    place = [
        origin.source,
        origin.tree,
        origin.repository,
        origin.revision,
        origin.path,
        origin.document,
        origin.line,
        origin.via_locations,
    ]
    written = [entity.ref, entity.kind, entity.api_version, entity.digest, canonical(entity.derived) if entity.derived else ""]
    return fingerprint_of([written, text, place, changed.isoformat() if changed else ""])


@dataclass(frozen=True, slots=True)
class _Catalog(Catalog):
    """Remembers what was read for an answer, and notes it whenever the answer is given."""

    seen: set[DependencyKey]

    def once(self, question: Callable[[Catalog, EntityRef], T], ref: EntityRef) -> T:
        found: tuple[T, frozenset[DependencyKey]] | None = self.memo.get((question, ref))
        if found is None:
            before = frozenset(self.seen)
            self.seen.clear()
            answer = question(self, ref)
            found = self.memo[question, ref] = answer, frozenset(self.seen)
            self.seen.update(before)
        self.seen.update(found[1])
        return found[0]


@dataclass(frozen=True, slots=True)
class _Links(EntityLinks):
    """Remembers links without their readings, and notes who asked."""

    seen: set[DependencyKey] = field(default_factory=set)

    def to(self, ref: EntityRef) -> EntityLink:
        self.seen.add(("link", ref))
        return EntityLinks.to(self, ref)


class _Tree:
    """A tree that is asked for addresses. Other questions are answered too, but nobody can tell whether the answer has changed."""

    def __init__(self, tree: Tree, key: tuple[str, str], changes: set[tuple[str, str, str]], seen: set[DependencyKey]) -> None:
        self._tree = tree
        self._key = key
        self._changes = changes
        self._seen = seen
        self.id, self.repository, self.revision, self.addresses = tree.id, tree.repository, tree.revision, tree.addresses
        self.view_url, self.edit_url = tree.view_url, tree.edit_url

    def last_change(self, path: str) -> datetime | None:
        """Followed with the entity of that file."""
        if (*self._key, path) not in self._changes:
            self._seen.add(UNTRACKED)
        return self._tree.last_change(path)

    def read(self, path: str, limit: int) -> bytes:
        """The file."""
        self._seen.add(UNTRACKED)
        return self._tree.read(path, limit)

    def glob(self, pattern: str) -> Sequence[str]:
        """The paths."""
        self._seen.add(UNTRACKED)
        return self._tree.glob(pattern)

    def fetch(self, paths: Sequence[str]) -> None:
        """Nothing is read yet."""
        self._tree.fetch(paths)
