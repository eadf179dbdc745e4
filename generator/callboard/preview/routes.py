"""Where the plan of a site has what lies at a path, found without making the plan of 10,000 pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from callboard.model.ref import EntityRef
from callboard.model.urls import api_path, entity_path
from callboard.pages.page import Page
from callboard.website.data_files import DataFile, DeferredFile
from callboard.website.page_maker import file_of
from callboard.website.page_server import Planned
from callboard.website.site_plan import PageContexts, data_files, entity_page, plan_without_entities

_BY_NAME = "api/catalog/entities/by-name/"


class Routes:
    """The pages and files of one state of a portal. Used by one thread."""

    def __init__(self, contexts: PageContexts) -> None:
        self._contexts = contexts
        self._others: dict[str, Page] = {}
        self._to_come = plan_without_entities(contexts)

    def planned(self) -> Planned:
        """The same in the shape that ``website`` asks for."""
        return Planned(self.page, self.beside, self.data, self.paths)

    def page(self, file: str) -> Page | None:
        """The page whose file this is."""
        ref = self._refs.get(file.removesuffix("index.html")) if file.endswith("/index.html") else None
        return self._of(ref) if ref else self._other(file)

    def beside(self, file: str) -> Page | None:
        """The entity's page that this file belongs to as data."""
        page = f"{file.rpartition('/')[0]}/"
        ref = self._names.get(file) if file.startswith(_BY_NAME) else self._refs.get(page)
        return self._of(ref) if ref else None

    def data(self, file: str) -> DataFile | None:
        """The file that belongs to no single page."""
        return self._data.get(file)

    def paths(self) -> Iterable[str]:
        """Paths of all pages."""
        self._other("")
        return (*self._refs, *(page.path for page in self._others.values()))

    def _other(self, file: str) -> Page | None:
        """The plan is made as far as the page that is wanted: home comes first, the pages of the table want a catalog in their order."""
        while file not in self._others and (page := next(self._to_come, None)):
            self._others[file_of(page.path)] = page
        return self._others.get(file)

    def _of(self, ref: EntityRef) -> Page:
        return entity_page(self._contexts, self._contexts.data.resolved.catalog.entities[ref])

    @cached_property
    def _refs(self) -> dict[str, EntityRef]:
        return {entity_path(ref): ref for ref in self._contexts.data.resolved.catalog.entities}

    @cached_property
    def _names(self) -> dict[str, EntityRef]:
        return {api_path(ref): ref for ref in self._contexts.data.resolved.catalog.entities}

    @cached_property
    def _data(self) -> dict[str, DataFile]:
        return dict(_named(data_files(self._contexts, "")))


def _named(files: Iterable[DataFile]) -> Iterator[tuple[str, DataFile]]:
    for file in files:
        yield (file.path if isinstance(file, DeferredFile) else file[0]), file
