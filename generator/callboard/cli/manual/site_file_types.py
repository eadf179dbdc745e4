"""The data files of a site, as types: the JSON Schemas of the manual are made from them, and a test validates those of a real site."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from callboard.cli.manual.output_types import Columns, Count, Dictionary, Digest, Named, Ref, Strict, Time


class BuildFile(Strict):
    """`/build.json`: the digests with which scripts ask for data files."""

    format: Literal[1]
    data: Annotated[dict[str, Digest], Meta(description="By name of the file below /api/catalog/: write it after ?d=.")]


class KindEntry(Strict):
    """A kind of entities."""

    kind: str
    name: str
    plural: str
    icon: str


class NamesFile(Strict):
    """`/api/catalog/names.json`: all entities in columns, in one order; numbers refer to the dictionaries."""

    format: Literal[1]
    digest: Annotated[Digest, Meta(description="Of the order of the entities: files with the same digest belong together.")]
    kinds: Annotated[list[KindEntry], Meta(description="The kinds to which numbers refer.")]
    kind: Columns
    namespaces: Dictionary
    namespace: Columns
    types: Dictionary
    type: Columns
    lifecycles: Dictionary
    lifecycle: Columns
    owners: Dictionary
    owner: Columns
    systems: Dictionary
    system: Columns
    tags: Dictionary
    tagged: Annotated[list[list[int]], Meta(description="The tags of each entity.")]
    name: Named
    title: Annotated[
        list[str | int],
        Meta(description="The title of each entity: 0 if it is the name, 1 if it is the name in words (order-api: Order Api)."),
    ]
    ownerState: Annotated[list[int], Meta(description="0 valid, 1 missing, 2 not in the catalog, 3 neither group nor user.")]  # noqa: N815 - a key
    problems: Annotated[list[int], Meta(description="The number of problems of each entity.")]
    severity: Annotated[list[int], Meta(description="The worst: 0 none, 1 info, 2 warning, 3 error.")]


class TableFile(Strict):
    """`/api/catalog/table.json`: descriptions, in the order of names.json."""

    format: Literal[1]
    digest: Digest
    description: Named


class RelationsFile(Strict):
    """`/api/catalog/relations.json`: direct dependents, in the order of names.json."""

    format: Literal[1]
    digest: Digest
    dependents: Annotated[list[list[int]], Meta(description="Rows, ascending, each as the difference to the one before.")]


class SourceTime(Strict):
    """When a source or an integration was read."""

    name: str
    collected_at: Time


class CollectionRow(Strict):
    """What was read of a source or an integration, by family. What is empty is left out."""

    source: str
    family: str
    count: Count
    as_of: Annotated[str, Meta(description="Time of the data.")] | UnsetType = UNSET
    tried_at: Annotated[str, Meta(description="Time of the last attempt.")] | UnsetType = UNSET
    errors: Annotated[list[str], Meta(description="What could not be read, with the reason.")] | UnsetType = UNSET
    requests: Count | UnsetType = UNSET
    left_out: dict[str, Count] | UnsetType = UNSET


class LastGoodCopyRow(Strict):
    """A source, or a repository of it, that could not be read."""

    source: str
    repository: str
    since: Time
    entities: Count


class CollectionsFile(Strict):
    """`/status/collections.json`: how old the data is."""

    format: Literal[1]
    as_of: Time
    sources: list[SourceTime]
    collections: list[CollectionRow]
    last_good_copies: list[LastGoodCopyRow]


class CardRuleOutput(Strict, rename={"from_": "from"}):
    """A rule of a scorecard."""

    id: str
    title: str
    level: str | None
    weight: int | float | None
    from_: Annotated[str | None, Meta(description="The day from which it counts.")]


class CardEntity(Strict):
    """The results of an entity."""

    results: Annotated[str, Meta(description="A letter for each rule: see outcomes.")]
    applies: Annotated[bool, Meta(description="Of a card with levels.")] | UnsetType = UNSET
    level: str | UnsetType | None = UNSET
    score: int | float | UnsetType | None = UNSET
    coverage: int | float | UnsetType | None = UNSET


class CardFile(Strict):
    """`/scorecards/NAME/results.json`: the results of one scorecard."""

    version: Literal[1]
    name: str
    title: str
    levels: list[str]
    next_turn: Annotated[Time | None, Meta(description="When a result changes by time alone.")]
    rules: list[CardRuleOutput]
    outcomes: dict[str, str]
    entities: dict[Ref, CardEntity]


class AllCardsFile(Strict):
    """`/api/scorecards/results.json`: the results of all scorecards."""

    version: Literal[1]
    rules: Annotated[dict[str, list[str]], Meta(description="Ids of the rules by scorecard.")]
    results: Annotated[dict[str, dict[Ref, str]], Meta(description="By scorecard and entity, a letter for each rule: p, f, s or n.")]


class ChangesTeam(Strict):
    """A team."""

    name: str
    parent: Annotated[str, Meta(description="Reference of the team above; empty for none.")]


class RecentChange(Strict):
    """A change, with its words."""

    at: Time
    kind: str
    tone: Annotated[str, Meta(description="good, bad, warn, info or none.")]
    text: str
    path: Annotated[str, Meta(description="Of the entity's page, or of the page about changes.")]
    ref: Ref | UnsetType = UNSET
    name: str | UnsetType = UNSET
    owner: Ref | UnsetType = UNSET
    anchor: str | UnsetType = UNSET


class RecentMove(Strict):
    """An entity that reached another level or score."""

    day: str
    tone: Annotated[str, Meta(description="good if it is higher, else bad.")]
    ref: Ref
    name: str
    owner: str
    text: str
    path: str


class ChangesFile(Strict):
    """`/api/changes.json`: the newest changes, which `callboard digest` reads."""

    version: Literal[1]
    url: str
    name: str
    teams: dict[Ref, ChangesTeam]
    complete_since: Annotated[Time | None, Meta(description="Of earlier times, changes are left out; null for none left out.")]
    changes: Annotated[list[RecentChange], Meta(description="The newest first, at most 2,000.")]
    moves: Annotated[list[RecentMove], Meta(description="Of the last 30 days.")]
