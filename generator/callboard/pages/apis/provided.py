"""An entity → the section with the first operations of the APIs that it provides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from callboard.api_reference.paging import outlined_reference
from callboard.catalog import structure
from callboard.catalog.graph import Catalog
from callboard.incremental.tracking import fingerprint_of
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.urls import entity_path
from callboard.pages.apis.operations import OperationGroupView, operation_view
from callboard.pages.apis.reference import definition_of
from callboard.pages.safe_text import display_name
from callboard.pages.section import Section

SHOWN = 15
"""Operations of each API; its own page has the others."""
MAX_APIS = 10


@dataclass(frozen=True, slots=True)
class ProvidedOperations:
    """Makes the section of each entity that provides APIs; its fingerprint is that of their definitions."""

    catalog: Catalog
    labels: Mapping[str, str]
    is_public: bool

    @property
    def base(self) -> str:
        """All that is shared is part of the contexts of pages."""
        return ""

    def fingerprint(self, entity: Entity) -> str:
        """Fingerprint of names and definitions of the APIs; empty for none."""
        found = [(str(api.ref), display_name(api), *definition_of(api)) for api in self._apis(entity)]
        return fingerprint_of(found) if found else ""

    def __call__(self, entity: Entity) -> Section | None:
        """The section; None for an entity without such an API."""
        groups = tuple(group for api in self._apis(entity) if (group := self._group(api)).rows)
        if not groups:
            return None
        return Section("provided-operations", self.labels["provided_operations"], "provided_operations", groups)

    def _apis(self, entity: Entity) -> Iterator[Entity]:
        if entity.ref.kind == "api":
            return
        provided = (self.catalog.entities.get(ref) for ref in structure.provided_apis(self.catalog, entity.ref))
        yield from islice((api for api in provided if api is not None), MAX_APIS)

    def _group(self, api: Entity) -> OperationGroupView:
        text, api_type = definition_of(api)
        found = outlined_reference(text, api_type, is_public=self.is_public) if text.strip() and api.ref.kind == "api" else None
        if found is None:
            return OperationGroupView(display_name(api), ())
        entries = found.reference.entries
        rows = tuple(operation_view(found, api, entry) for entry in entries[:SHOWN])
        return OperationGroupView(display_name(api), rows, max(0, len(entries) - SHOWN), entity_path(api.ref))
