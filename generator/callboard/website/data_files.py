"""The catalog → data files of the site: entities as Backstage returns them, the names index, definitions, the sitemap."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from callboard.catalog.columns import columns_index
from callboard.catalog.export import entity_json
from callboard.catalog.graph import Catalog
from callboard.catalog.names import names_index, relations_index, table_index
from callboard.io.checked_lines import checked, with_digest
from callboard.io.site_folder.staging import Staging
from callboard.io.store import Store, write_atomically
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity, Origin
from callboard.model.published_json import inert, plain_json, plain_json_of_descriptor, published_json
from callboard.model.tree import Tree, Trees, tree_of
from callboard.model.urls import api_path, entity_json_path, entity_path
from callboard.pages.apis.definition_file import definition_file, definition_text
from callboard.pages.site_data import ResolvedCatalog
from callboard.redaction.masking import masked, masked_values
from callboard.settings.settings import Portal

_PURPOSE = b"data 1"


@dataclass(frozen=True, slots=True)
class DeferredFile:
    """A file that is generated after the pages and the other files, and only if its key has changed since the last build."""

    path: str
    key: str
    """Digest of everything that its content depends on."""
    make: Callable[[Callable[[str], bytes]], bytes]
    """Returns its content; the argument reads other files of the site."""
    is_copy: bool = False
    """True for a file of a repository, whose content the state may have as well."""


DataFile = tuple[str, bytes] | DeferredFile
"""Path below the site's root, and content."""


def put_data(files: Iterable[DataFile], staging: Staging, store: Store) -> None:
    """Stage these files. The keys and digests of the last build are in the store's cache; a blob of it is linked, not written again."""
    cache = store.cache / "data.json"
    previous, current = _read(cache), {}
    for file in files:
        if not isinstance(file, DeferredFile):
            staging.put(*file)
            continue
        cached = previous.get(file.path)
        if not cached or cached[0] != file.key or not staging.keep(file.path, cached[1]):
            content = file.make(staging.read)
            staging.put(file.path, content, store.blob_file(hashlib.sha256(content).hexdigest()) if file.is_copy else None)
        current[file.path] = (file.key, staging.digest(file.path))
    if current != previous:
        write_atomically(cache, b"\n".join(with_digest(json.dumps([path, *entry]).encode(), _PURPOSE) for path, entry in current.items()))


def _read(cache: Path) -> dict[str, tuple[str, str]]:
    """The entries of the cache file that are not damaged."""
    try:
        lines = cache.read_bytes().split(b"\n")
    except OSError:
        return {}
    rows = (json.loads(content) for line in lines if (content := checked(line, _PURPOSE)) is not None)
    return {path: (key, digest) for path, key, digest in rows}


def entity_files(catalog: Catalog, trees: Trees, entity: Entity, *, is_public: bool, by_name: bool) -> Iterator[tuple[str, bytes]]:
    """The entity as JSON next to its page, and its definition; with ``by_name`` also at the path of Backstage's API.

    Secrets are masked, see `masked`.
    """
    content = _Export(catalog, trees, is_public=is_public).entity(entity)
    if by_name:
        yield api_path(entity.ref), content
    yield entity_json_path(entity.ref), content
    if name := definition_file(entity):
        yield entity_path(entity.ref) + name, masked(definition_text(entity), is_public=is_public).text.encode("utf-8", "replace")


BUILD_PATH = "build.json"
"""The file that scripts ask for first, and never take from a cache without asking the server."""
_LOADED = ("names.json", "table.json", "relations.json", "columns.json")


def list_files(
    resolved: ResolvedCatalog, columns: Callable[[], Mapping[str, Any]], keys: tuple[str, str], *, is_public: bool, lines: bool
) -> Iterator[DeferredFile]:
    """Files about all entities, made from the files of each.

    ``keys`` are digests of what they depend on: of the catalog, and of everything, which facts of tools are part of. ``columns`` gives the
    columns of ``columns.json`` that are made of facts and results. With ``lines``, the entities are also one file with a line of JSON each.
    """
    (key, full_key), catalog, problems = keys, resolved.catalog, resolved.problems
    export, relations = _Export(catalog, resolved.trees, is_public=is_public), cache(partial(relations_index, catalog))
    yield DeferredFile("api/catalog/names.json", key, lambda _: export.json(names_index(catalog, problems)))
    yield DeferredFile("api/catalog/table.json", key, lambda _: export.json(table_index(catalog)))
    yield DeferredFile("api/catalog/relations.json", key, lambda _: export.json(relations()))
    yield DeferredFile("api/catalog/columns.json", full_key, lambda _: export.json(columns_index(catalog, relations(), columns())))
    yield DeferredFile("api/catalog/entities.json", key, lambda read: b"[" + b",\n".join(export.lines(read)) + b"]\n")
    yield DeferredFile(BUILD_PATH, full_key, _build)
    if lines:
        yield DeferredFile("api/catalog/entities.jsonl", key, lambda read: b"".join(line + b"\n" for line in export.lines(read)))


def _build(read: Callable[[str], bytes]) -> bytes:
    """Digests of the data that scripts load: they ask for a file with its digest, so that no cache gives them that of an earlier build."""
    digests = {name: hashlib.sha256(read(f"api/catalog/{name}")).hexdigest()[:16] for name in _LOADED}
    return published_json({"format": 1, "data": digests})


class _Export:
    def __init__(self, catalog: Catalog, trees: Trees, *, is_public: bool) -> None:
        self._catalog = catalog
        self._is_public = is_public
        self._lines: list[bytes] = []
        self._tree_of: Callable[[Origin], Tree | None] = lambda origin: tree_of(trees, origin)

    def entity(self, entity: Entity, *, light: bool = False) -> bytes:
        value = entity_json(self._catalog, entity, tree_of=self._tree_of, light=light)
        return self._masked(value, plain_json_of_descriptor(value))

    def json(self, value: Any) -> bytes:
        """The value as masked JSON."""
        return self._masked(value, plain_json(value))

    def _masked(self, value: Any, text: str) -> bytes:
        """The value, whose JSON this is. The whole text is searched once; values are masked one by one only if something was found."""
        is_clean = masked(text, is_public=self._is_public).text == text
        return inert(text) if is_clean else published_json(masked_values(value, is_public=self._is_public))

    def lines(self, read: Callable[[str], bytes]) -> Sequence[bytes]:
        """One line for each entity, without long values; most are the content of the entity's own file."""
        if not self._lines:
            for entity in self._catalog.entities.values():
                self._lines.append(self.entity(entity, light=True) if self.is_heavy(entity) else read(entity_json_path(entity.ref)))
        return self._lines

    def is_heavy(self, entity: Entity) -> bool:
        return "definition" in entity.spec or "steps" in entity.spec


def sitemap(paths: Iterable[str], portal: Portal) -> bytes:
    """The sitemap with these pages, sorted."""
    index = "index.html" if portal.index_links else ""
    urls = "".join(_url(path if path.endswith(".html") else f"{path}{index}", portal.url) for path in sorted(paths))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'.encode()
    )


def robots(portal: Portal) -> bytes:
    """An internal portal disallows all robots; a public one allows them and names its sitemap."""
    if portal.audience == "internal":
        return b"User-agent: *\nDisallow: /\n"
    sitemap_line = f"\nSitemap: {portal.url.rstrip('/')}/sitemap.xml\n" if portal.url else "\n"
    return f"User-agent: *\nAllow: /{sitemap_line}".encode()


def _url(path: str, base: str) -> str:
    return f"<url><loc>{escape(base.rstrip('/'), quote=False)}/{quote(path)}</loc></url>\n"
