"""A reference → its pages: one, or one for each tag and part of the types, cut where a page would become too heavy.

The address of a page is the anchor of the first thing on it, so that a page keeps its address when others grow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from hashlib import blake2b

from callboard.api_reference.kept import KeptByText
from callboard.api_reference.model import Entry, EntryGroup, NamedType, Reference, ValueShape
from callboard.api_reference.reading import KEPT_CHARACTERS, RENDERER, has_reference, read_outline, read_reference
from callboard.api_reference.weight import Weights, shown_inside
from callboard.model.data_classes import dataclass

MAX_PAGE = 330_000
"""Estimated bytes of a page's reference: with its frame 400 KB, which is about 25,000 nodes."""
SMALL = 60_000
"""A definition of at most so many characters has one page, so that planning a site does not read it."""

MAX_USES = 40
"""Operations and types that are listed as users of a type."""

Uses = dict[str, tuple[Entry | NamedType, ...]]
"""By key of a type: the operations and types that refer to it."""
PagePlan = tuple[tuple[str, str], ...]
"""Key and title of each page."""
ONE_PAGE: PagePlan = (("", ""),)
PLANS: dict[str, PagePlan] = {}
"""Plans of large definitions by digest, which a build keeps, so that planning a site reads only those that have changed."""


@dataclass(frozen=True, slots=True)
class ReferencePart:
    """What one page shows."""

    key: str
    """Last part of its address; empty for the first page."""
    title: str
    groups: tuple[EntryGroup, ...] = ()
    types: tuple[NamedType, ...] = ()
    inlines: bool = True
    """Whether payloads show the fields of the named types that they refer to."""


@dataclass(frozen=True, slots=True)
class PagedReference:
    """A reference and its pages."""

    reference: Reference
    parts: tuple[ReferencePart, ...]
    """The first one has the head of the reference."""
    part_of: Mapping[str, str]
    """The key of the page by anchor."""
    digest: str = ""
    """Digest of the definition and of the version of what is read of it."""
    memo: Uses = field(default_factory=dict, compare=False, repr=False)

    shared: dict[str, object] = field(default_factory=dict, compare=False, repr=False)
    """What pages of the reference make once for all of them."""

    def anchors_by_page(self) -> dict[str, list[str]]:
        """The anchors of each page but the first one, by the key of the page."""
        found: dict[str, list[str]] = {part.key: [named.anchor for named in part.types] for part in self.parts if part.key}
        for part in self.parts:
            for group in part.groups if part.key else ():
                found[part.key] += [group.anchor] if self.part_of[group.anchor] == part.key else []
                pending = [*group.entries]
                while pending:
                    entry = pending.pop()
                    pending += entry.callbacks
                    found[part.key] += [each for each in (entry.anchor, entry.second_anchor) if each]
        return found

    def uses(self) -> Uses:
        """By key of a type: the operations and types that refer to it; found once."""
        if not self.memo:
            self.memo.update(_uses(self.reference))
        return self.memo


def _uses(reference: Reference) -> Uses:
    found: dict[str, dict[str, Entry | NamedType]] = {}
    for entry in reference.entries:
        for key in targets_of_entry(entry):
            found.setdefault(key, {})[entry.anchor] = entry
    for named in reference.types.values():
        for key in _targets(named.shape):
            if key != named.key:
                found.setdefault(key, {})[named.anchor] = named
    return {key: tuple(each.values()) for key, each in found.items()}


def paged_reference(text: str, api_type: str, *, is_public: bool) -> PagedReference | None:
    """The reference of a definition in pages; None for a format without one. The last ones are kept, each is shown on several pages."""
    return _PAGED(text, api_type, is_public)


def page_plan(text: str, api_type: str, *, is_public: bool) -> PagePlan:
    """The pages of a definition's reference; none for a format without one. Reads a large definition unless its plan is kept."""
    if len(text) <= SMALL:
        return ONE_PAGE if has_reference(text, api_type) else ()
    digest = plan_digest(text, api_type, is_public=is_public)
    if digest not in PLANS:
        found = paged_reference(text, api_type, is_public=is_public)
        PLANS[digest] = tuple((part.key, part.title) for part in found.parts) if found else ()
    return PLANS[digest]


def plan_digest(text: str, api_type: str, *, is_public: bool) -> str:
    """Digest of all that the plan of a definition depends on."""
    return blake2b(f"{RENDERER}\0{api_type}\0{is_public}\0{text}".encode("utf-8", "replace"), digest_size=16).hexdigest()


def _paged(text: str, api_type: str, is_public: bool) -> PagedReference | None:  # noqa: FBT001  # as in the key
    reference = read_reference(text, api_type, is_public=is_public)
    if reference is None:
        return None
    uses: Uses = {}
    parts = _single(reference) if len(text) <= SMALL else _parts(reference, uses)
    part_of = {named.anchor: part.key for part in parts for named in part.types}
    for part in parts:
        for group in part.groups:
            part_of.setdefault(group.anchor, part.key)
            for entry in group.entries:
                part_of[entry.anchor] = part.key
    digest = blake2b(f"{RENDERER}\0{text}".encode("utf-8", "replace"), digest_size=16).hexdigest()
    return PagedReference(reference, parts, part_of, digest, uses)


_PAGED = KeptByText(_paged, KEPT_CHARACTERS)


def outlined_reference(text: str, api_type: str, *, is_public: bool) -> PagedReference | None:
    """The operations of a definition with their pages; of one page they are known without reading what is inside of them."""
    if len(text) > SMALL:
        return paged_reference(text, api_type, is_public=is_public)
    reference = read_outline(text, api_type, is_public=is_public)
    return PagedReference(reference, (), {each.anchor: "" for each in reference.entries}) if reference else None


def _single(reference: Reference) -> tuple[ReferencePart, ...]:
    weights = Weights(reference.types)
    weight = sum(map(weights.of_entry, reference.entries))
    return (ReferencePart("", "", reference.groups, tuple(reference.types.values()), inlines=weight <= MAX_PAGE),)


def _parts(reference: Reference, uses: Uses) -> tuple[ReferencePart, ...]:
    """The pages; what uses the types is added to ``uses``, since it is a part of what they weigh."""
    weights = Weights(reference.types)
    uses.update(_uses(reference))
    heavy = {key: weights.of_type(named, uses.get(key, ())[:MAX_USES]) for key, named in reference.types.items()}
    if sum(map(weights.of_entry, reference.entries)) + sum(heavy.values()) <= MAX_PAGE:
        return _single(reference)
    return (ReferencePart("", ""), *_of_groups(reference, weights), *_of_types(reference, heavy))


def _of_groups(reference: Reference, weights: Weights) -> Iterator[ReferencePart]:
    for group in reference.groups:
        entries: list[Entry] = []
        weight = 0
        for entry in group.entries:
            heavier = weights.of_entry(entry)
            if entries and weight + heavier > MAX_PAGE:
                yield _part(group, entries)
                entries, weight = [], 0
            entries.append(entry)
            weight += heavier
        if entries:
            yield _part(group, entries)


def _part(group: EntryGroup, entries: list[Entry]) -> ReferencePart:
    return ReferencePart(entries[0].anchor.lower(), group.name, (replace(group, entries=tuple(entries)),))


def _of_types(reference: Reference, heavy: Mapping[str, int]) -> Iterator[ReferencePart]:
    types: list[NamedType] = []
    weight = 0
    for named in reference.types.values():
        heavier = heavy[named.key]
        if types and weight + heavier > MAX_PAGE:
            yield ReferencePart(types[0].anchor.lower(), f"{types[0].name} – {types[-1].name}", (), tuple(types))
            types, weight = [], 0
        types.append(named)
        weight += heavier
    if types:
        yield ReferencePart(types[0].anchor.lower(), f"{types[0].name} – {types[-1].name}", (), tuple(types))


def targets_of_entry(entry: Entry) -> set[str]:
    """Keys of the types that an operation refers to."""
    found: set[str] = set()
    payloads = (*entry.inputs, *(payload for each in entry.outputs for payload in each.payloads))
    for payload in payloads:
        found |= _targets(payload.shape)
    for _, fields in entry.parameters:
        for each in fields:
            found |= _targets(each.shape)
    for callback in entry.callbacks:
        found |= targets_of_entry(callback)
    return found


def inlined_of(part: ReferencePart, types: Mapping[str, NamedType]) -> dict[str, NamedType]:
    """The types whose fields payloads on this page show."""
    if not part.inlines:
        return {}
    found = {}
    pending = [entry for group in part.groups for entry in group.entries]
    while pending:
        entry = pending.pop()
        pending += entry.callbacks
        for payload in (*entry.inputs, *(payload for each in entry.outputs for payload in each.payloads)):
            key = shown_inside(payload.shape)
            if key in types:
                found[key] = types[key]
    return found


def _targets(shape: ValueShape) -> set[str]:
    found = {shape.target} if shape.target else set()
    found |= {key for _, key in shape.mapping}
    for inner in (shape.items, shape.additional, *shape.variants, *(each.shape for each in shape.fields)):
        if inner is not None:
            found |= _targets(inner)
    for each in shape.fields:
        for argument in each.arguments:
            found |= _targets(argument.shape)
    return found
