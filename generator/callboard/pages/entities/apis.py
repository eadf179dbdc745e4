"""APIs: what a component provides and consumes; who provides and consumes an API; its definition."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.api_reference.definitions import Format, format_of, highlight
from callboard.catalog import structure
from callboard.model.entity import Entity
from callboard.model.ref import EntityRef
from callboard.pages.entities.context import EntityContext
from callboard.pages.entities.lists import list_view, numbered, table_view
from callboard.pages.entities.relations import diagram
from callboard.pages.entities.view import DefinitionView, RelationsView
from callboard.pages.section import Section
from callboard.pages.shared_views import catalog_path
from callboard.redaction.masking import masked

SHOWN_LETTERS = 4_000
"""Letters of a definition in the page: with colours about 1.5 KB compressed. The rest is in the file beside it."""
OPEN_LINES = 25
"""Up to so many lines a definition is shown unfolded."""


def apis(context: EntityContext, entity: Entity) -> Section | None:
    """The APIs that the entity provides and consumes, in one table."""
    labels, catalog, ref = context.labels, context.catalog, entity.ref
    provided, consumed = structure.provided_apis(catalog, ref), structure.consumed_apis(catalog, ref)
    found = [*((api, labels["provides"]) for api in provided), *((api, labels["consumes"]) for api in consumed)]
    if not found:
        return None
    return Section("apis", labels["apis"], "table", table_view(context, labels["apis_caption"], found), str(len(found)))


def subcomponents(context: EntityContext, entity: Entity) -> Section | None:
    """What says it is part of this component."""
    found = _plain(structure.subcomponents_of(context.catalog, entity.ref))
    if not found:
        return None
    labels = context.labels
    table = table_view(context, labels["subcomponents"], found)
    return Section("subcomponents", labels["subcomponents"], "table", table, f"{len(found):,}")


def providers(context: EntityContext, entity: Entity) -> Section | None:
    """Who provides and who consumes an API, with the diagram."""
    labels, catalog, ref = context.labels, context.catalog, entity.ref
    consumers = structure.consumers(catalog, ref)
    lists = (
        list_view(context, labels["provided_by"], "provides", _plain(structure.providers(catalog, ref))),
        list_view(context, labels["consumed_by"], "consumes", _plain(consumers), catalog_path(kind="component")),
    )
    shown = tuple(view for view in lists if view)
    if not shown:
        return None
    return Section("relations", labels["providers_and_consumers"], "relations", RelationsView(diagram(context, entity), shown))


def _plain(refs: Sequence[EntityRef]) -> list[tuple[EntityRef, str]]:
    return [(ref, "") for ref in refs]


def definition_text(entity: Entity) -> str:
    """The definition as written; empty where there is none."""
    value = entity.spec.get("definition")
    return value if isinstance(value, str) else ""


def definition_file(entity: Entity) -> str:
    """Name of the definition's file beside the page: ``definition.yaml``; empty where there is none."""
    text = definition_text(entity)
    return f"definition.{format_of(entity.spec.get('type'), text).extension}" if text.strip() else ""


def definition(context: EntityContext, entity: Entity) -> Section | None:
    """The definition as highlighted text, with a way to all of it."""
    text = definition_text(entity).strip("\n")
    if not text.strip():
        return None
    labels, api = context.labels, format_of(entity.spec.get("type"), text)
    lines = text.count("\n") + 1
    shown = _beginning(text)
    kept = shown.count("\n") + 1
    cut = labels["lines_left_out"].format(kept, lines) if len(shown) < len(text) else ""
    code = highlight(masked(shown, is_public=context.is_public).text, api.language)
    view = DefinitionView(_label(context, api, lines), code, cut, definition_file(entity), lines <= OPEN_LINES)
    return Section("definition", labels["definition"], "definition", view)


def _label(context: EntityContext, api: Format, lines: int) -> str:
    words = numbered(context, "n_lines", lines)
    return f"{api.label}, {words}"


def _beginning(text: str) -> str:
    """Whole lines of at most so many letters; the first one cut if it alone is longer."""
    if len(text) <= SHOWN_LETTERS:
        return text
    end = text.rfind("\n", 0, SHOWN_LETTERS)
    return text[: end if end > 0 else SHOWN_LETTERS]
