"""Entity → sections about APIs: provided and consumed ones, providers and consumers, the definition."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.api_reference.definitions import Format, format_of, highlight
from callboard.api_reference.reading import has_reference
from callboard.catalog import structure
from callboard.model import fields
from callboard.model.entity import Entity
from callboard.model.ref import EntityRef
from callboard.pages.apis.definition_file import definition_file, definition_text
from callboard.pages.entities.context import EntityContext
from callboard.pages.entities.lists import first_lines, list_view, numbered, table_view
from callboard.pages.entities.relations import diagram
from callboard.pages.entities.view import DefinitionView, RelationsView
from callboard.pages.section import Section
from callboard.pages.shared_views import catalog_path
from callboard.redaction.masking import masked

SHOWN_CHARACTERS = 4_000
"""Characters of a definition on the page: highlighted, about 1.5 KB compressed. The file next to the page has all of it."""
OPEN_LINES = 25
"""A definition of at most so many lines is shown unfolded."""


def apis(context: EntityContext, entity: Entity) -> Section | None:
    """The APIs that the entity provides and consumes, in one table; None for none."""
    labels, catalog, ref = context.labels, context.catalog, entity.ref
    provided, consumed = structure.provided_apis(catalog, ref), structure.consumed_apis(catalog, ref)
    found = [*((api, labels["provides"]) for api in provided), *((api, labels["consumes"]) for api in consumed)]
    if not found:
        return None
    return Section("apis", labels["apis"], "table", table_view(context, labels["apis_caption"], found), str(len(found)))


def subcomponents(context: EntityContext, entity: Entity) -> Section | None:
    """The components that declare to be part of this one; None for none."""
    found = _plain(structure.subcomponents_of(context.catalog, entity.ref))
    if not found:
        return None
    labels = context.labels
    table = table_view(context, labels["subcomponents"], found)
    return Section("subcomponents", labels["subcomponents"], "table", table, f"{len(found):,}")


def providers(context: EntityContext, entity: Entity) -> Section | None:
    """Providers and consumers of an API, with the diagram; None for none."""
    labels, catalog, ref = context.labels, context.catalog, entity.ref
    consumers = structure.consumers(catalog, ref)
    lists = (
        list_view(context, labels["provided_by"], "provides", _plain(structure.providers(catalog, ref))),
        list_view(context, labels["consumed_by"], "consumes", _plain(consumers), catalog_path(**{"affected-by": str(ref)})),
    )
    filled = tuple(view for view in lists if view)
    if not filled:
        return None
    return Section("relations", labels["providers_and_consumers"], "relations", RelationsView(diagram(context, entity), filled))


def _plain(refs: Sequence[EntityRef]) -> list[tuple[EntityRef, str]]:
    return [(ref, "") for ref in refs]


def definition(context: EntityContext, entity: Entity) -> Section | None:
    """The highlighted beginning of the definition, with a link to the file; None for none."""
    text = definition_text(entity).strip("\n")
    if not text.strip():
        return None
    labels, api = context.labels, format_of(entity.spec.get("type"), text)
    lines = text.count("\n") + 1
    beginning = first_lines(text, SHOWN_CHARACTERS)
    cut = labels["lines_left_out"].format(beginning.count("\n") + 1, lines) if len(beginning) < len(text) else ""
    code = highlight(masked(beginning, is_public=context.is_public).text, api.language)
    word = fields.as_text(entity.spec.get("type"))
    note = "" if entity.ref.kind != "api" or has_reference(text, word) else labels["no_reference"]
    view = DefinitionView(_label(context, api, lines), code, cut, definition_file(entity), lines <= OPEN_LINES, note)
    return Section("definition", labels["definition"], "definition", view)


def _label(context: EntityContext, api: Format, lines: int) -> str:
    return f"{api.label}, {numbered(context, 'n_lines', lines)}"
