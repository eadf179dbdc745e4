"""A path → the page or data file that the site plan has there, found without planning all pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from callboard.documentation.insertions import DRAWINGS
from callboard.model.ref import EntityRef
from callboard.model.urls import api_path, entity_path
from callboard.pages.create.context import CREATE
from callboard.pages.page import Page
from callboard.website.data_files import DataFile, DeferredFile
from callboard.website.page_maker import file_of
from callboard.website.page_server import Planned
from callboard.website.site_plan import PageContexts, data_files, entity_page, plan_without_entities

_BY_NAME = "api/catalog/entities/by-name/"


class Routes:
    """The pages and data files of one version of a site. Not thread-safe."""

    def __init__(self, contexts: PageContexts) -> None:
        self._contexts = contexts
        self._planned: dict[str, Page] = {}
        """Pages, except those of entities, that were planned so far; by file."""
        self._rest = plan_without_entities(contexts)

    def planned(self) -> Planned:
        """The lookups in the form that ``website.page_server`` takes."""
        return Planned(self.page, self.page_of_data, self.data, self.paths)

    def page(self, file: str) -> Page | None:
        """The page that is written to this file (``catalog/index.html``)."""
        ref = self._refs.get(file.removesuffix("index.html")) if file.endswith("/index.html") else None
        return self._entity_page(ref) if ref else self._other_page(file)

    def page_of_data(self, file: str) -> Page | None:
        """The page that has this file: an entity's page its API definition, documentation its diagrams, a form its template."""
        if f"/{DRAWINGS}/" in file:
            return self._other_page(file_of(file.partition(f"{DRAWINGS}/")[0]))
        page = f"{file.rpartition('/')[0]}/"
        if page.startswith(CREATE):
            return self._other_page(file_of(page))
        ref = self._names.get(file) if file.startswith(_BY_NAME) else self._refs.get(page)
        return self._entity_page(ref) if ref else None

    def data(self, file: str) -> DataFile | None:
        """A data file that belongs to no single page, such as the list of all names."""
        return self._data.get(file)

    def paths(self) -> Iterable[str]:
        """Paths of all pages."""
        self._other_page("")  # no page has this file: all are planned
        return (*self._refs, *(page.path for page in self._planned.values()))

    def _other_page(self, file: str) -> Page | None:
        """The page of a file, if it is not an entity's. Plans only as far as that page: home is first, and needs no sorted catalog."""
        while file not in self._planned and (page := next(self._rest, None)):
            self._planned[file_of(page.path)] = page
        return self._planned.get(file)

    def _entity_page(self, ref: EntityRef) -> Page:
        return entity_page(self._contexts, self._contexts.data.resolved.catalog.entities[ref])

    @cached_property
    def _refs(self) -> dict[str, EntityRef]:
        return {entity_path(ref): ref for ref in self._contexts.data.resolved.catalog.entities}

    @cached_property
    def _names(self) -> dict[str, EntityRef]:
        return {api_path(ref): ref for ref in self._contexts.data.resolved.catalog.entities}

    @cached_property
    def _data(self) -> dict[str, DataFile]:
        return dict(_by_path(data_files(self._contexts)))


def _by_path(files: Iterable[DataFile]) -> Iterator[tuple[str, DataFile]]:
    for file in files:
        yield (file.path if isinstance(file, DeferredFile) else file[0]), file
