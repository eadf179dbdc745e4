"""The catalog as files beside the pages: Backstage's shapes, the names index, definitions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from generator.catalog.export import entity_json, names_index, table_index
from generator.catalog.graph import Catalog
from generator.model.entity import Entity, Origin
from generator.model.tree import Tree, Trees, tree_of
from generator.model.urls import api_path, entity_json_path, entity_path
from generator.pages.entities.interfaces import definition_file, definition_text
from generator.pages.entities.masking import masked
from generator.problems import Problem
from generator.website.data_files import Later, json_bytes

FORMAT = 1


def entity_files(catalog: Catalog, trees: Trees, entity: Entity, *, is_public: bool) -> Iterator[tuple[str, bytes]]:
    """The entity as data: at Backstage's address, beside its page, and its definition; secrets masked, on a public portal addresses too."""
    whole = _Export(catalog, trees, is_public=is_public).entity(entity)
    yield api_path(entity.ref), whole
    yield entity_json_path(entity.ref), whole
    if name := definition_file(entity):
        yield entity_path(entity.ref) + name, masked(definition_text(entity), is_public=is_public).text.encode("utf-8", "replace")


def list_files(catalog: Catalog, problems: Sequence[Problem], trees: Trees, key: str, *, is_public: bool) -> Iterator[Later]:
    """Files about all entities; ``key`` is the digest of all that they are made of. The entities' own files have to be there."""
    export = _Export(catalog, trees, is_public=is_public)
    yield Later("api/catalog/names.json", key, lambda _: export.json(names_index(catalog, problems)))
    yield Later("api/catalog/table.json", key, lambda _: export.json(table_index(catalog)))
    yield Later("api/catalog/entities.json", key, lambda read: b"[" + b",\n".join(export.lines(read)) + b"]\n")
    yield Later("api/catalog/entities.jsonl", key, lambda read: b"".join(line + b"\n" for line in export.lines(read)))


class _Export:
    def __init__(self, catalog: Catalog, trees: Trees, *, is_public: bool) -> None:
        self._catalog = catalog
        self._is_public = is_public
        self._lines: list[bytes] = []
        self._tree_of: Callable[[Origin], Tree | None] = lambda origin: tree_of(trees, origin)

    def entity(self, entity: Entity, *, light: bool = False) -> bytes:
        return self.json(entity_json(self._catalog, entity, tree_of=self._tree_of, light=light))

    def json(self, value: Any) -> bytes:
        """The value as JSON. Masking looks at the whole text once; only where it finds something does it go through the values."""
        content = json_bytes(value)
        text = content.decode()
        return content if masked(text, is_public=self._is_public).text == text else json_bytes(self._masked(value))

    def lines(self, read: Callable[[str], bytes]) -> Sequence[bytes]:
        """One for each entity, without what is long; they stand in the entities' own files mostly."""
        if not self._lines:
            for entity in self._catalog.entities.values():
                self._lines.append(self.entity(entity, light=True) if self.is_heavy(entity) else read(entity_json_path(entity.ref)))
        return self._lines

    def is_heavy(self, entity: Entity) -> bool:
        return "definition" in entity.spec or "steps" in entity.spec

    def _masked(self, value: Any) -> Any:
        if isinstance(value, str):
            return masked(value, is_public=self._is_public).text
        if isinstance(value, Mapping):
            return {self._masked(key): self._masked(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._masked(item) for item in value]
        return value
