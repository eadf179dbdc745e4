"""A catalog → for each entity the impact of its failure: its direct and indirect dependents, by owning team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b

from callboard.catalog import organization
from callboard.catalog.dependencies import dependents
from callboard.catalog.graph import Catalog
from callboard.model.data_classes import dataclass
from callboard.model.ref import EntityRef

MAX_STEPS = 5
"""Dependencies that are followed from the entity that fails."""
MAX_ENTITIES = 500
"""Affected entities that are counted."""


@dataclass(frozen=True, slots=True)
class Affected:
    """An entity that is affected by the failure of another one."""

    ref: EntityRef
    steps: int
    """Number of dependencies between the two, from 1: the shortest way."""


@dataclass(frozen=True, slots=True)
class ImpactByTeam:
    """The affected entities of one team."""

    team: EntityRef | None
    """The owner; None for entities without an owner."""
    refs: tuple[EntityRef, ...]
    """The entities, nearest first, then by reference."""
    steps: tuple[int, ...]
    """Number of dependencies to each of them."""

    @property
    def entities(self) -> tuple[Affected, ...]:
        """The entities with their distance."""
        return tuple(map(Affected, self.refs, self.steps))

    @property
    def nearest(self) -> int:
        """Number of dependencies to the nearest of the entities."""
        return self.steps[0]

    @property
    def farthest(self) -> int:
        """Number of dependencies to the farthest of the entities."""
        return self.steps[-1]


@dataclass(frozen=True, slots=True)
class Impact:
    """The entities that would be affected if an entity failed."""

    total: int
    """Number of direct and indirect dependents that were found."""
    teams: tuple[ImpactByTeam, ...]
    """Nearest team first, then by number of entities; at most ``Impacts.max_teams``."""
    truncated: bool
    """True if there are more dependents beyond the limits."""
    owners: int
    """Number of all teams, with entities without an owner as one of them."""
    named: int
    """Number of all teams, without those entities."""
    farthest: int
    """Number of dependencies to the farthest entity; 0 without any."""


@dataclass(frozen=True, slots=True)
class Impacts(Mapping[EntityRef, Impact]):
    """The impact of every entity of a catalog, found when it is asked for. Entities are numbers in the order of their references."""

    refs: tuple[EntityRef, ...]
    """By number."""
    numbers: Mapping[EntityRef, int]
    """The inverse of ``refs``."""
    dependents: tuple[tuple[int, ...], ...]
    """Direct dependents of each entity, ascending."""
    teams: tuple[EntityRef | None, ...]
    """All owners, sorted, by their number; None, for entities without an owner, comes last."""
    owners: tuple[int, ...]
    """Number of each entity's owner in ``teams``."""
    max_steps: int = MAX_STEPS
    max_entities: int = MAX_ENTITIES
    max_teams: int | None = None
    """Teams of an impact whose entities are listed; None for all."""

    @classmethod
    def of(cls, catalog: Catalog) -> Impacts:
        """The impacts of a catalog's entities, found once."""
        return catalog.once(Impacts, cls._found, catalog)

    @classmethod
    def _found(cls, catalog: Catalog) -> Impacts:
        refs = tuple(catalog.entities)
        numbers = {ref: number for number, ref in enumerate(refs)}
        direct = (dependents(catalog, ref) for ref in refs)
        of_entities = [organization.owner(catalog, ref) for ref in refs]
        owners = {owner: number for number, owner in enumerate(sorted({*of_entities}, key=lambda owner: (owner is None, owner or ())))}
        return cls(
            refs,
            numbers,
            tuple(tuple(sorted(numbers[each.ref] for each in found if each.ref in numbers)) for found in direct),
            tuple(owners),
            tuple(map(owners.__getitem__, of_entities)),
        )

    def limited(self, max_steps: int = MAX_STEPS, max_entities: int = MAX_ENTITIES, max_teams: int | None = None) -> Impacts:
        """The same with other limits."""
        return replace(self, max_steps=max_steps, max_entities=max_entities, max_teams=max_teams)

    def __getitem__(self, ref: EntityRef) -> Impact:
        start = self.numbers[ref]
        steps = self._steps(start)
        is_truncated = len(steps) > self.max_entities or self._goes_on(start, steps)
        affected = [*steps][: self.max_entities]
        teams = self._by_team(affected)
        listed = tuple(self._team(number, teams[number], steps) for number in self._in_order(teams, steps))
        farthest = steps[affected[-1]] if affected else 0
        named = len(teams) - (len(self.teams) - 1 in teams and self.teams[-1] is None)
        return Impact(len(affected), listed, is_truncated, len(teams), named, farthest)

    def __iter__(self) -> Iterator[EntityRef]:
        return iter(self.refs)

    def __len__(self) -> int:
        return len(self.refs)

    def _steps(self, start: int) -> dict[int, int]:
        """Steps by number of the affected entity, in order of steps and number: at most one entity more than ``max_entities``."""
        steps, frontier = {start: 0}, [start]
        for step in range(1, self.max_steps + 1):
            reached = set().union(*map(self.dependents.__getitem__, frontier))
            frontier = sorted(reached.difference(steps))[: self.max_entities + 2 - len(steps)]
            steps.update(dict.fromkeys(frontier, step))
            if not frontier or len(steps) > self.max_entities + 1:
                break
        del steps[start]
        return steps

    def _goes_on(self, start: int, steps: Mapping[int, int]) -> bool:
        """Whether the farthest entities have dependents that were not reached."""
        last = (number for number, step in steps.items() if step == self.max_steps)
        return any(number != start and number not in steps for here in last for number in self.dependents[here])

    def _by_team(self, affected: Iterable[int]) -> dict[int, list[int]]:
        """The affected entities by the number of their owner; they are in order of steps: the first entity of a team is its nearest."""
        teams = defaultdict[int, list[int]](list)
        owners = self.owners
        for number in affected:
            teams[owners[number]].append(number)
        return teams

    def _in_order(self, teams: Mapping[int, Sequence[int]], steps: Mapping[int, int]) -> list[int]:
        """The numbers of the teams that are listed: nearest first, then by number of entities. ``teams`` of ``Impacts`` are sorted."""
        order = sorted((steps[entities[0]], -len(entities), number) for number, entities in teams.items())
        return [number for _, _, number in order[: self.max_teams]]

    def _team(self, number: int, entities: Sequence[int], steps: Mapping[int, int]) -> ImpactByTeam:
        return ImpactByTeam(self.teams[number], tuple(map(self.refs.__getitem__, entities)), tuple(map(steps.__getitem__, entities)))

    def digests(self) -> dict[EntityRef, str]:
        """For each entity a digest of everything that its impact is made of: if the digest is the same in two catalogs, so is the impact.

        The impact is a function of the tree that begins at the entity, has the direct dependents of a node below it in order, ends one
        step beyond ``max_steps`` (which tells whether there are more), and names each node and its owner. The digest of such a tree of
        ``n`` steps is that of the node with the digests of its dependents' trees of ``n - 1`` steps: all of them take one pass over the
        dependencies a step, and the tree itself, which can be exponentially large, is never made.
        """
        owners = [self.teams[number] or "" for number in self.owners]
        nodes = [_digest(f"{ref}\0{owner}".encode()) for ref, owner in zip(self.refs, owners, strict=True)]
        trees = nodes
        for _ in range(self.max_steps + 1):
            trees = [
                _digest(node + b"".join([trees[number] for number in below])) if below else node
                for node, below in zip(nodes, self.dependents, strict=True)
            ]
        return {ref: tree.hex() for ref, tree in zip(self.refs, trees, strict=True)}


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=9).digest()
