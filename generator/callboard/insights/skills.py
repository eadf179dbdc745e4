"""Languages of repositories and skills of people → who knows what: components and teams by language, people by skill."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from callboard.catalog import organization
from callboard.catalog.graph import Catalog
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.facts.repository import RepositoryActivity
from callboard.model.ref import EntityRef

LEAST_PERCENT = 10
"""A language with a smaller share of a repository says little about who knows it."""
_LONGEST = 60
_MOST = 50
"""Skills of one person."""


@dataclass(frozen=True, slots=True)
class KnownLanguage:
    """A language, and the components that are written in it."""

    name: str
    components: tuple[EntityRef, ...]
    teams: tuple[tuple[EntityRef, int], ...]
    """Owners with their number of these components, the largest number first."""


@dataclass(frozen=True, slots=True)
class KnownSkill:
    """A skill, and the people whose descriptor has it."""

    name: str
    people: tuple[EntityRef, ...]
    teams: tuple[tuple[EntityRef, int], ...]
    """Their teams with the number of these people, the largest number first."""


def languages(catalog: Catalog, activity: Mapping[EntityRef, Sequence[RepositoryActivity]]) -> tuple[KnownLanguage, ...]:
    """The languages of all components, the most used first."""
    found: defaultdict[str, list[EntityRef]] = defaultdict(list)
    for ref, values in activity.items():
        if ref.kind == "component" and ref in catalog.entities:
            for name in dict.fromkeys(name for value in values for name, share in value.languages if share >= LEAST_PERCENT):
                found[name].append(ref)
    owned = ((name, refs, _ranked(organization.owner(catalog, ref) for ref in refs)) for name, refs in found.items())
    order = sorted(owned, key=lambda each: (-len(each[1]), each[0].casefold(), each[0]))
    return tuple(KnownLanguage(name, tuple(sorted(refs)), teams) for name, refs, teams in order)


def skills(catalog: Catalog) -> tuple[KnownSkill, ...]:
    """The skills of all people by name: ``spec.profile.skills`` and ``metadata.tags`` of User entities."""
    found: dict[str, tuple[str, list[EntityRef]]] = {}
    for entity in catalog.of_kind("user"):
        for folded, name in {name.casefold(): name for name in reversed([*_skills_of(entity)])}.items():
            found.setdefault(folded, (name, []))[1].append(entity.ref)
    return tuple(
        KnownSkill(name, tuple(sorted(people)), _ranked(team for person in people for team in organization.memberships(catalog, person)))
        for _, (name, people) in sorted(found.items())
    )


def _skills_of(entity: Entity) -> Iterator[str]:
    profile = entity.spec.get("profile")
    written = [profile.get("skills") if isinstance(profile, Mapping) else None, entity.metadata.get("tags")]
    texts = (each for value in written if isinstance(value, list) for each in value[:_MOST])
    return (text for each in texts if isinstance(each, str) and (text := " ".join(each.split())[:_LONGEST]))


def _ranked(teams: Iterable[EntityRef | None]) -> tuple[tuple[EntityRef, int], ...]:
    counts = Counter(team for team in teams if team is not None)
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
