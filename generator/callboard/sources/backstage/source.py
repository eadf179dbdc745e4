"""The ``backstage`` source: the catalog API of a Backstage instance → its entities as descriptors, at the files that Backstage has read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from callboard.plugins.sources import (
    Client,
    Collected,
    Cursor,
    DescriptorFile,
    HttpError,
    SourceContext,
    SourceSettings,
    SourceTraffic,
    bearer,
    client_for,
    json_resource,
)
from callboard.sources.backstage.entity import BackstageEntity
from callboard.sources.backstage.problems import problems_of
from callboard.sources.backstage.tree import ReportedTree
from callboard.sources.file_urls import FileUrl

PAGE = 500
PATH = "/api/catalog/entities/by-query"
BY_REFS = "/api/catalog/entities/by-refs"
REFS_AT_ONCE = 200
"""References of one question about entities that the filter leaves out."""
MISSING = 404
"""Status of a path that an old version of Backstage does not have."""


class BackstageSource:
    """The entities of a Backstage instance, from its catalog API."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/sources/backstage.json")

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        self._name = settings.name
        self._options = settings.options
        self._context = context
        self._url = str(settings.options["url"]).rstrip("/").removesuffix("/api/catalog").rstrip("/")

    def collect(self) -> Collected:
        """A tree for each repository, with the entities that Backstage has read there. Raises ``HttpError``."""
        client = client_for(self._context, self._url, bearer(str(self._options.get("token", ""))))
        entities = tuple(sorted(self._entities(client), key=lambda entity: (entity.file.tree, entity.file.path, entity.names)))
        trees = _trees(entities)
        known = self._known(client, entities)
        files = tuple(
            DescriptorFile(self._name, trees[entity.file.tree], entity.file.path, record=entity.record(known))
            for entity in entities
            if not entity.is_generated_location
        )
        problems = tuple(
            problem for entity in entities for problem in problems_of(entity, self._name, trees[entity.file.tree], entity.file.path)
        )
        used = {file.tree.id for file in files} | {problem.origin.tree for problem in problems if problem.origin}
        here = tuple(tree for id_, tree in trees.items() if id_ in used)
        return Collected(here, files, problems, traffic=(SourceTraffic(self._name, client.traffic),))

    def _entities(self, client: Client) -> Iterator[BackstageEntity]:
        query = {"limit": PAGE, **({"filter": self._options["filter"]} if "filter" in self._options else {})}
        for page in client.pages(PATH, query, by=Cursor(("pageInfo", "nextCursor"), "cursor", keeps=("limit",))):
            items = page.object().get("items")
            if not isinstance(items, list):
                raise page.invalid("a list of entities", items)
            for item in items:
                if not isinstance(item, dict) or not isinstance(item.get("metadata"), dict):
                    raise page.invalid("an entity", item)
                yield BackstageEntity(item, self._url)

    def _known(self, client: Client, entities: Sequence[BackstageEntity]) -> Collection[str]:
        """References of entities that exist in Backstage although the filter leaves them out: relations to them are not broken."""
        if "filter" not in self._options:
            return ()
        read = {str(entity.ref) for entity in entities}
        left_out = sorted({target for entity in entities for _, target in entity.relations} - read)
        batches = (left_out[start : start + REFS_AT_ONCE] for start in range(0, len(left_out), REFS_AT_ONCE))
        try:
            return {ref for batch in batches for ref in _existing(client, batch)}
        except HttpError as error:
            if error.status == MISSING:
                return left_out
            raise


def _existing(client: Client, refs: Sequence[str]) -> Iterator[str]:
    """The references that Backstage has an entity for."""
    answer = client.post(BY_REFS, {"entityRefs": refs, "fields": ["kind", "metadata.name", "metadata.namespace"]})
    items = answer.object().get("items")
    if not isinstance(items, list) or len(items) != len(refs):
        raise answer.invalid("a list with an entity or null for each reference", items)
    yield from (ref for ref, item in zip(refs, items, strict=True) if item is not None)


def _trees(entities: Sequence[BackstageEntity]) -> Mapping[str, ReportedTree]:
    """A tree for each repository by its id, sorted."""
    files: dict[str, FileUrl] = {}
    views: dict[str, dict[str, str]] = {}
    edits: dict[str, dict[str, str]] = {}
    for entity in entities:
        file = entity.file
        files.setdefault(file.tree, file)
        if url := entity.view_url:
            views.setdefault(file.tree, {}).setdefault(file.path, url)
        if url := entity.edit_url:
            edits.setdefault(file.tree, {}).setdefault(file.path, url)
    return {id_: ReportedTree(id_, at.repository, at.view, views.get(id_, {}), edits.get(id_, {})) for id_, at in sorted(files.items())}
