"""Entities without an owner, CODEOWNERS files, and activity of repositories → teams that may own them, with the evidence for each.

A suggestion is no fact: nothing but the page about entities without owner shows it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from callboard.catalog import organization
from callboard.catalog.graph import Catalog
from callboard.ingestion.codeowners import Account, account_of, accounts_of, codeowners_of
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.facts.repository import CommitAuthor, RepositoryActivity
from callboard.model.ref import EntityRef
from callboard.model.tree import Trees, tree_of
from callboard.sources.codeowners import CodeOwners

FILES = 100
"""Repositories whose CODEOWNERS are read in one build."""
FEWEST = 3
"""Commits by members of a team below which they are no evidence."""
SHARE = 4
"""A team with less than one commit in so many is no suggestion."""
SUGGESTED = 3
"""Teams that are suggested for one entity."""


class EvidenceKind(StrEnum):
    """Where a suggestion comes from, the strongest first."""

    CODEOWNERS = "codeowners"
    ACCESS = "access"
    COMMITS = "commits"


@dataclass(frozen=True, slots=True)
class OwnerEvidence:
    """Why a team is suggested."""

    kind: EvidenceKind
    names: tuple[str, ...]
    """Accounts as the source writes them; of commits those of their authors."""
    number: int = 0
    """Commits by members of the team."""
    total: int = 0
    """Commits of all known authors."""


@dataclass(frozen=True, slots=True)
class OwnerSuggestion:
    """A team or person that may own an entity."""

    owner: EntityRef
    evidence: tuple[OwnerEvidence, ...]


@dataclass(frozen=True, slots=True)
class Unowned:
    """An entity without an owner that exists."""

    ref: EntityRef
    declared: EntityRef | None
    """The owner that it declares, which does not exist."""
    suggestions: tuple[OwnerSuggestion, ...]
    """The best first; none where nothing is known."""


def unowned(catalog: Catalog, trees: Trees, activity: Mapping[EntityRef, Sequence[RepositoryActivity]]) -> tuple[Unowned, ...]:
    """All entities that need an owner and have none that exists, in the order of the catalog."""
    found = [entity for entity in catalog.entities.values() if _is_unowned(catalog, entity.ref)]
    if not found:
        return ()
    accounts, files = accounts_of(catalog.entities.values()), _files(found, trees)
    return tuple(_unowned(catalog, entity, accounts, files, activity.get(entity.ref, ())) for entity in found)


def _is_unowned(catalog: Catalog, ref: EntityRef) -> bool:
    return organization.needs_owner(catalog, ref) and not catalog.exists(organization.owner(catalog, ref))


def _files(entities: Iterable[Entity], trees: Trees) -> Mapping[tuple[str, str], CodeOwners]:
    """CODEOWNERS by source and tree, of the first repositories."""
    found: dict[tuple[str, str], CodeOwners] = {}
    for entity in entities:
        key, tree = (entity.origin.source, entity.origin.tree), tree_of(trees, entity.origin)
        if tree is not None and key not in found and len(found) < FILES:
            found[key] = codeowners_of(tree)
    return found


def _unowned(
    catalog: Catalog,
    entity: Entity,
    accounts: Mapping[Account, EntityRef],
    files: Mapping[tuple[str, str], CodeOwners],
    activity: Sequence[RepositoryActivity],
) -> Unowned:
    by_owner: defaultdict[EntityRef, list[OwnerEvidence]] = defaultdict(list)
    file, tree = files.get((entity.origin.source, entity.origin.tree)), entity.origin.tree
    for name in file.owners(entity.origin.path) if file else ():
        if owner := account_of(accounts, tree, name):
            by_owner[owner].append(OwnerEvidence(EvidenceKind.CODEOWNERS, (name,)))
    for name in (name for each in activity for name in each.maintainers):
        if owner := account_of(accounts, tree, name):
            by_owner[owner].append(OwnerEvidence(EvidenceKind.ACCESS, (name,)))
    for each in activity:
        for owner, evidence in _of_commits(catalog, accounts, tree, each.authors):
            by_owner[owner].append(evidence)
    found = [OwnerSuggestion(owner, tuple(evidence)) for owner, evidence in by_owner.items() if owner in catalog.entities]
    return Unowned(entity.ref, organization.owner(catalog, entity.ref), tuple(sorted(found, key=_rank)[:SUGGESTED]))


def _of_commits(
    catalog: Catalog, accounts: Mapping[Account, EntityRef], tree: str, authors: Sequence[CommitAuthor]
) -> Iterator[tuple[EntityRef, OwnerEvidence]]:
    """The teams whose members have enough of the commits: of teams with the same commits, the one with the fewest members."""
    total, by_team = sum(author.commits for author in authors), Counter[EntityRef]()
    people: defaultdict[EntityRef, list[str]] = defaultdict(list)
    for author in authors:
        user = account_of(accounts, tree, author.account) or account_of(accounts, tree, f"@{author.account}")
        for team in organization.memberships(catalog, user) if user else ():
            by_team[team] += author.commits
            people[team].append(author.account)
    enough = [team for team, number in by_team.items() if number >= FEWEST and SHARE * number >= total]
    seen: set[tuple[str, ...]] = set()
    for team in sorted(enough, key=lambda ref: (-by_team[ref], len(organization.members_of(catalog, ref)), ref)):
        if (who := tuple(people[team])) not in seen:
            seen.add(who)
            yield team, OwnerEvidence(EvidenceKind.COMMITS, who, by_team[team], total)


def _rank(suggestion: OwnerSuggestion) -> tuple[int, int, int, bool, EntityRef]:
    """Those with the strongest evidence first, then those with most of it and most commits; groups before people."""
    kinds = [evidence.kind for evidence in suggestion.evidence]
    strongest = min(map([*EvidenceKind].index, kinds))
    return (
        strongest,
        -len({*kinds}),
        -max(evidence.number for evidence in suggestion.evidence),
        suggestion.owner.kind != "group",
        suggestion.owner,
    )
