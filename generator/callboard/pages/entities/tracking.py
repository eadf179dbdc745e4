"""Context of entity pages → the same context, recording what views read, and a fingerprint of all that they may read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, fields, replace
from datetime import datetime
from functools import partial
from hashlib import blake2b
from itertools import chain, count
from pathlib import Path
from typing import Any, TypeVar

from callboard.catalog.graph import Catalog
from callboard.incremental.fingerprint import canonical, code_digest, content_digest
from callboard.incremental.key_digests import ALL, SEPARATOR, DependencyKey, id_below, id_of
from callboard.incremental.tracking import DependencyTracker, Reads, TrackedMapping, fingerprint_of
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.ref import EntityRef
from callboard.model.tree import Tree, tree_of
from callboard.pages.entities.context import EntityContext, Fingerprinted
from callboard.pages.shared_views import EntityLink, EntityLinks

T = TypeVar("T")
ASPECTS = ("entity", "outline", "link", "relations", "impact", "problems", "brought", "tree", "documented", "added")
_TRACKED = frozenset({
    "catalog", "entities", "impacts", "impact_digests", "problems_by_subject", "trees", "links", "by_location", "first_sections",
    "last_sections", "last_fields", "status", "documented",
})  # fmt: skip
"""Fields of the context whose values are tracked key by key."""
_WITHOUT_EFFECT = frozenset({"layouts"})
"""Fields that never change a page: the layout of a graph is a function of the graph."""


def track(context: EntityContext, more: Mapping[DependencyKey, str] | None = None) -> tuple[EntityContext, DependencyTracker]:
    """The context in a form that records what is read of it, and the recorder.

    Args:
        context: of all entity pages.
        more: fingerprints of other things that pages depend on.
    """
    tracker = DependencyTracker(_base(context), chain(_fingerprints(context), (more or {}).items()))
    catalog, links, relations, untracked = context.catalog, tracker.reads("link"), tracker.reads("relations"), tracker.reads("")
    files = {(e.origin.source, e.origin.tree, e.origin.path) for e in context.entities.values()}
    tracked = replace(
        context,
        catalog=_Catalog(
            tracker.tracked("outline", catalog.entities),
            TrackedMapping(relations, catalog.relations),
            catalog.kinds,
            catalog.elsewhere,
            catalog.known_targets,
            asked_for=links,
            read_relations=relations,
            tracker=tracker,
        ),
        impacts=tracker.tracked("impact", context.impacts),
        problems_by_subject=tracker.tracked("problems", context.problems_by_subject),
        trees=tracker.tracked("tree", {key: _Tree(tree, key, files, untracked) for key, tree in context.trees.items()}),
        links=_Links(catalog, context.links.memo, reads=links),
        by_location=tracker.tracked("brought", context.by_location),
        documented=tracker.tracked("documented", context.documented),
        **_tracked_providers(context, tracker.reads("added")),
    )
    return tracked, tracker


_PROVIDERS = ("first_sections", "last_sections", "last_fields", "status")


def _tracked_providers(context: EntityContext, reads: Reads) -> dict[str, Any]:
    numbers = count()
    every = range(len(_providers(context)))

    def tracked(provider: Any) -> Callable[[Entity], Any]:
        number = next(numbers)
        read = every if getattr(provider, "reads_input_of_others", False) else (number,)
        return partial(_called, provider, [id_of(("added", f"{each}{SEPARATOR}")) for each in read], reads)

    return {name: tuple(map(tracked, getattr(context, name))) for name in _PROVIDERS}


def _called(provider: Callable[[Entity], T | None], starts: Iterable[int], reads: Reads, entity: Entity) -> T | None:
    """The ids of ``_of_provider`` are made from their beginnings: a page reads one of each provider, and no other page does."""
    for start in starts:
        reads.seen.add(id_below(start, entity.ref))
    return provider(entity)


def _of_provider(number: int, ref: EntityRef) -> tuple[str, ...]:
    """Each provider has a key of its own, so that what one of them adds to a page does not depend on the input of another."""
    return str(number), *ref


def _providers(context: EntityContext) -> tuple[Any, ...]:
    return tuple(provider for name in _PROVIDERS for provider in getattr(context, name))


def _fingerprint_of_result(provider: Callable[[Entity], object], entity: Entity) -> str:
    """For a provider without fingerprints of its input: its result in canonical form; empty for none."""
    result = provider(entity)
    return canonical(result) if result else ""


def _base(context: EntityContext) -> str:
    """Fingerprint of all that is not tracked; a field that is added to the context belongs to it until it is tracked."""
    names = [each.name for each in fields(context) if each.name not in _TRACKED | _WITHOUT_EFFECT | {"settings"}]
    rest = [getattr(context, name) for name in names]
    rest += [provider.base for provider in _providers(context) if isinstance(provider, Fingerprinted)]
    rest.append(replace(context.settings, root=Path(), file=Path()))  # a cache may be used in another folder
    return fingerprint_of([code_digest(), canonical(rest), canonical(context.catalog.kinds)])


def _fingerprints(context: EntityContext) -> Iterator[tuple[DependencyKey, str]]:
    catalog = context.catalog
    for ref, entity in context.entities.items():
        yield ("entity", ref), _fingerprint_of_entity(context, entity)
        yield ("outline", ref), _fingerprint_of_outline(catalog.entities[ref])
        link = context.links.to(ref)
        yield ("link", ref), fingerprint_of([link.name, link.icon, link.path])
    yield from _fingerprints_of_providers(context)
    yield from ((("link", ref), "elsewhere") for ref in catalog.elsewhere)
    for ref, relations in catalog.relations.items():
        yield ("relations", ref), fingerprint_of(relations)
    for ref, digest in context.impact_digests.items():
        yield ("impact", ref), digest
    for ref, problems in context.problems_by_subject.items():
        yield ("problems", ref), content_digest(problems)
    for location, refs in context.by_location.items():
        yield ("brought", location), fingerprint_of(refs)
    yield from ((("documented", ref), path) for ref, path in context.documented.items())
    for key, tree in context.trees.items():
        addresses = [tree.id, tree.repository, tree.revision, list(tree.addresses), tree.view_url("x", 1), tree.edit_url("x")]
        yield ("tree", key), fingerprint_of(addresses)


def _fingerprints_of_providers(context: EntityContext) -> Iterator[tuple[DependencyKey, str]]:
    for number, provider in enumerate(_providers(context)):
        fingerprint = provider.fingerprint if isinstance(provider, Fingerprinted) else partial(_fingerprint_of_result, provider)
        for ref, entity in context.entities.items():
            if added := fingerprint(entity):
                yield ("added", _of_provider(number, ref)), fingerprint_of(added)


def _fingerprint_of_entity(context: EntityContext, entity: Entity) -> str:
    """Fingerprint of content, text and place. Trees are asked for the last change here, in the process that keeps their answers."""
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
    content = [entity.ref, entity.kind, entity.api_version, entity.digest, canonical(entity.derived) if entity.derived else ""]
    return fingerprint_of([content, text, place, changed.isoformat() if changed else ""])


def _fingerprint_of_outline(outline: Entity) -> str:
    place = outline.origin
    content = [outline.kind, outline.metadata, outline.spec, place.source, place.tree, place.repository, place.path, place.document]
    return content_digest(content)


@dataclass(frozen=True, slots=True)
class _Catalog(Catalog):
    """A catalog that records which missing entities a page asks for, and the relations that it reads."""

    asked_for: Reads = field(kw_only=True)
    read_relations: Reads = field(kw_only=True)
    tracker: DependencyTracker = field(kw_only=True)

    def exists(self, ref: EntityRef | None) -> bool:
        if ref is not None:
            self.asked_for.add(ref)
        return Catalog.exists(self, ref)

    def targets(self, source: EntityRef, *types: str) -> tuple[EntityRef, ...]:
        reads = self.read_relations
        reads.seen.add(reads.ids[source])
        known = self.known_targets.get(types)
        targets = known.get(source) if known else None
        return Catalog.targets(self, source, *types) if targets is None else targets

    def once(self, key: Any, make: Callable[..., T], *arguments: Any) -> T:
        """Each page that asks depends on what was read to make the value."""
        made = self.memo.get(key)
        if made is None:
            made = self.keep(key, self.tracker.recorded(make, *arguments))
        self.asked_for.seen.update(made[1])
        value: T = made[0]
        return value


@dataclass(frozen=True, slots=True)
class _Links(EntityLinks):
    """Links that are made from the catalog itself, and recorded each time they are given."""

    reads: Reads = field(kw_only=True)

    def to(self, ref: EntityRef) -> EntityLink:
        self.reads.seen.add(self.reads.ids[ref])
        return self.memo.get(ref) or EntityLinks.to(self, ref)


class _Tree:
    """A tree whose addresses are tracked. Its files can be read too, but their changes are not tracked."""

    def __init__(self, tree: Tree, key: tuple[str, str], files: set[tuple[str, str, str]], untracked: Reads) -> None:
        self._tree = tree
        self._key = key
        self._files = files
        self._untracked = untracked
        self.id, self.repository, self.revision, self.addresses = tree.id, tree.repository, tree.revision, tree.addresses
        self.view_url, self.edit_url = tree.view_url, tree.edit_url

    def last_change(self, path: str) -> datetime | None:
        """Time of the last change, which the fingerprint of the file's entity contains."""
        if (*self._key, path) not in self._files:
            self._untracked.add(ALL)
        return self._tree.last_change(path)

    def read(self, path: str, limit: int) -> bytes:
        """The file's content; makes the page untracked."""
        self._untracked.add(ALL)
        return self._tree.read(path, limit)

    def glob(self, pattern: str) -> Sequence[str]:
        """The matching paths; makes the page untracked."""
        self._untracked.add(ALL)
        return self._tree.glob(pattern)

    def fetch(self, paths: Sequence[str]) -> None:
        """Prefetch files; nothing is read by the page yet."""
        self._tree.fetch(paths)
