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
from generator.website.data_files import json_bytes

FORMAT = 1
DataFile = tuple[str, bytes]
"""Path below the site's root, and content."""


def catalog_files(catalog: Catalog, problems: Sequence[Problem], trees: Trees, *, is_public: bool) -> Iterator[DataFile]:
    """All data files of the catalog; secrets masked, and people's addresses too on a public portal."""
    export = _Export(catalog, trees, is_public=is_public)
    yield "api/catalog/names.json", export.bytes(names_index(catalog, problems))
    yield "api/catalog/table.json", export.bytes(table_index(catalog))
    lines = []
    for entity in catalog.entities.values():
        whole = export.entity(entity)
        yield api_path(entity.ref), whole
        yield entity_json_path(entity.ref), whole
        lines.append(export.entity(entity, light=True) if export.is_heavy(entity) else whole)
        if name := definition_file(entity):
            yield entity_path(entity.ref) + name, masked(definition_text(entity), is_public=is_public).text.encode("utf-8", "replace")
    yield "api/catalog/entities.json", b"[" + b",\n".join(lines) + b"]\n"
    yield "api/catalog/entities.jsonl", b"".join(line + b"\n" for line in lines)


class _Export:
    def __init__(self, catalog: Catalog, trees: Trees, *, is_public: bool) -> None:
        self._catalog = catalog
        self._is_public = is_public
        self._tree_of: Callable[[Origin], Tree | None] = lambda origin: tree_of(trees, origin)

    def entity(self, entity: Entity, *, light: bool = False) -> bytes:
        return self.bytes(entity_json(self._catalog, entity, tree_of=self._tree_of, light=light))

    def bytes(self, value: Any) -> bytes:
        """The value as JSON. Masking looks at the whole text once; only where it finds something does it go through the values."""
        content = json_bytes(value)
        text = content.decode()
        return content if masked(text, is_public=self._is_public).text == text else json_bytes(self._masked(value))

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
