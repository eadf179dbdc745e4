"""Files of data beside the pages: the catalog in Backstage's shapes, the names index, definitions, the sitemap."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from callboard.catalog.export import entity_json
from callboard.catalog.graph import Catalog
from callboard.catalog.names import names_index, table_index
from callboard.io.store import write_atomically
from callboard.model.entity import Entity, Origin
from callboard.model.problem import Problem
from callboard.model.tree import Tree, Trees, tree_of
from callboard.model.urls import api_path, entity_json_path, entity_path
from callboard.pages.entities.apis import definition_file, definition_text
from callboard.redaction.masking import masked
from callboard.settings.settings import Portal
from callboard.website.staging import Staging


@dataclass(frozen=True, slots=True)
class DeferredFile:
    """A file that is made when the pages and their files are there, and only if its key is not that of last time."""

    path: str
    key: str
    """Digest of all that it is made of."""
    make: Callable[[Callable[[str], bytes]], bytes]
    """Its content; may read other files of the site."""


DataFile = tuple[str, bytes] | DeferredFile
"""Path below the site's root, and content."""


def put_data(files: Iterable[DataFile], staging: Staging, cache: Path) -> None:
    """Put these files; ``cache`` is where their keys are kept."""
    before, now = _read(cache), {}
    for file in files:
        if not isinstance(file, DeferredFile):
            staging.put(*file)
            continue
        known = before.get(file.path)
        if not known or known[0] != file.key or not staging.keep(file.path, known[1]):
            staging.put(file.path, file.make(staging.read))
        now[file.path] = (file.key, staging.digest(file.path))
    if now != before:
        write_atomically(cache, json.dumps(now).encode())


def _read(cache: Path) -> dict[str, tuple[str, str]]:
    try:
        return {str(path): (str(key), str(digest)) for path, (key, digest) in json.loads(cache.read_bytes()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def json_bytes(value: Any) -> bytes:
    """Compact JSON in UTF-8; mappings keep their order, which is part of the value's meaning to readers.

    Text that is no valid Unicode (a lone surrogate) is written as an escape.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


FORMAT = 1


def entity_files(catalog: Catalog, trees: Trees, entity: Entity, *, is_public: bool) -> Iterator[tuple[str, bytes]]:
    """The entity as data: at Backstage's address, beside its page, and its definition; secrets masked, on a public portal addresses too."""
    whole = _Export(catalog, trees, is_public=is_public).entity(entity)
    yield api_path(entity.ref), whole
    yield entity_json_path(entity.ref), whole
    if name := definition_file(entity):
        yield entity_path(entity.ref) + name, masked(definition_text(entity), is_public=is_public).text.encode("utf-8", "replace")


def list_files(catalog: Catalog, problems: Sequence[Problem], trees: Trees, key: str, *, is_public: bool) -> Iterator[DeferredFile]:
    """Files about all entities; ``key`` is the digest of all that they are made of. The entities' own files have to be there."""
    export = _Export(catalog, trees, is_public=is_public)
    yield DeferredFile("api/catalog/names.json", key, lambda _: export.json(names_index(catalog, problems)))
    yield DeferredFile("api/catalog/table.json", key, lambda _: export.json(table_index(catalog)))
    yield DeferredFile("api/catalog/entities.json", key, lambda read: b"[" + b",\n".join(export.lines(read)) + b"]\n")
    yield DeferredFile("api/catalog/entities.jsonl", key, lambda read: b"".join(line + b"\n" for line in export.lines(read)))


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


def sitemap(paths: Iterable[str], portal: Portal, changed: Mapping[str, str]) -> bytes:
    """All pages, sorted; ``changed`` has the day (``2026-11-22``) for those whose last change is known and does not move."""
    urls = "".join(_url(path, portal.url, changed.get(path, "")) for path in sorted(paths))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'.encode()
    )


def robots(portal: Portal) -> bytes:
    """An internal portal asks to be left alone; a public one says where its sitemap is."""
    if portal.audience == "internal":
        return b"User-agent: *\nDisallow: /\n"
    where = f"\nSitemap: {portal.url.rstrip('/')}/sitemap.xml\n" if portal.url else "\n"
    return f"User-agent: *\nAllow: /{where}".encode()


def _url(path: str, base: str, day: str) -> str:
    changed = f"<lastmod>{escape(day)}</lastmod>" if day else ""
    return f"<url><loc>{escape(base.rstrip('/'))}/{quote(path)}</loc>{changed}</url>\n"
