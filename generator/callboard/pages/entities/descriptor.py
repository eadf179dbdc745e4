"""Entity → the section with its descriptor, and sections about Locations, Templates and specs of custom kinds."""

from __future__ import annotations

from collections.abc import Mapping

from callboard.model.entity import Entity
from callboard.pages.entities.addresses import view_address
from callboard.pages.entities.context import EntityContext
from callboard.pages.entities.lists import first_lines, numbered, table_view
from callboard.pages.entities.view import FieldGroup, FormField, LocationTarget, RawView, SpecNode, TemplateAction
from callboard.pages.safe_text import list_of, mapping_of, text_of, web_url
from callboard.pages.section import Section
from callboard.redaction.masking import masked

SHOWN_CHARACTERS = 6_000
"""Longer descriptors contain a definition or a template: their beginning is shown, with a link to the file."""
TARGET_LIMIT = 100
FIELD_LIMIT = 100
GROUP_LIMIT = 30
STEP_LIMIT = 100
NODE_LIMIT = 150
"""Lines of a spec."""
DEPTH_LIMIT = 6
_IN_HEADER = frozenset({"type", "lifecycle"})
"""Fields of a spec that the header shows."""


def descriptor(context: EntityContext, entity: Entity) -> Section | None:
    """The document with secrets masked; None if its text is unknown."""
    text = entity.text.strip("\n")
    if not text.strip():
        return None
    labels, lines = context.labels, text.count("\n") + 1
    clean, secrets = masked(first_lines(text, SHOWN_CHARACTERS), is_public=context.is_public)
    shown = clean.count("\n") + 1
    cut = labels["lines_left_out"].format(shown, lines) if shown < lines else ""
    note = numbered(context, "n_lines", lines)
    if secrets:
        note += ", " + numbered(context, "n_secrets", secrets)
    view = RawView(entity.origin.path.rpartition("/")[2], note, clean, cut, view_address(context, entity))
    return Section("descriptor", labels["descriptor"], "raw", view)


def targets(context: EntityContext, entity: Entity) -> Section | None:
    """The targets of a Location as written; None for none."""
    spec = entity.spec
    texts = [text for text in (text_of(value, 500) for value in (spec.get("target"), *list_of(spec.get("targets")))) if text]
    if not texts:
        return None
    view = tuple(LocationTarget(text, web_url(text)) for text in texts[:TARGET_LIMIT])
    return Section("targets", context.labels["targets"], "targets", view, f"{len(texts):,}")


def entities_of_location(context: EntityContext, entity: Entity) -> Section | None:
    """The entities whose files were found through the Location; None for none."""
    refs = context.by_location.get(str(entity.ref), ())
    if not refs:
        return None
    labels = context.labels
    table = table_view(context, labels["brought"], [(ref, "") for ref in refs])
    return Section("brought", labels["brought"], "table", table, f"{len(refs):,}")


def parameters(context: EntityContext, entity: Entity) -> Section | None:
    """The pages of a Template's form; a single page need not be in a list. None for a form without fields."""
    declared = entity.spec.get("parameters")
    pages = [mapping_of(page) for page in (declared if isinstance(declared, list) else [declared])[:GROUP_LIMIT]]
    view = tuple(group for group in map(_group, pages) if group.fields or group.title)
    if not view:
        return None
    count = sum(len(group.fields) for group in view)
    return Section("parameters", context.labels["parameters"], "parameters", view, f"{count:,}" if count else "")


def _group(page: Mapping[str, object]) -> FieldGroup:
    required = {text_of(name) for name in list_of(page.get("required"))}
    fields = (
        _field(text_of(name, 80), mapping_of(schema), required)
        for name, schema in list(mapping_of(page.get("properties")).items())[:FIELD_LIMIT]
    )
    return FieldGroup(text_of(page.get("title"), 120), text_of(page.get("description")), tuple(fields))


def _field(name: str, schema: Mapping[str, object], required: set[str]) -> FormField:
    return FormField(
        name, text_of(schema.get("title"), 120), text_of(schema.get("type"), 40), name in required, text_of(schema.get("description"))
    )


def steps(context: EntityContext, entity: Entity) -> Section | None:
    """The steps of a Template in their order; None for none."""
    declared = (mapping_of(step) for step in list_of(entity.spec.get("steps"))[:STEP_LIMIT])
    actions = (
        TemplateAction(text_of(s.get("name")) or text_of(s.get("id")) or text_of(s.get("action")), text_of(s.get("action"), 120))
        for s in declared
    )
    view = tuple(action for action in actions if action.name)
    return Section("steps", context.labels["steps"], "steps", view, f"{len(view):,}") if view else None


def spec(context: EntityContext, entity: Entity) -> Section | None:
    """The spec as a tree without the fields that the page shows in other places; bounded, secrets masked. None for an empty one."""
    kind = context.catalog.kinds.get(entity.ref.kind)
    in_other_places = _IN_HEADER | ({field.field for field in kind.relations} if kind else set())
    rest = {key: value for key, value in entity.spec.items() if key not in in_other_places}
    nodes = _nodes(rest, context, [NODE_LIMIT], 0)
    return Section("spec", context.labels["spec"], "spec", nodes) if nodes else None


def _nodes(value: object, context: EntityContext, budget: list[int], depth: int) -> tuple[SpecNode, ...]:
    """The nodes of a mapping or list; ``budget`` holds the number of nodes that may still be made and is counted down."""
    pairs = value.items() if isinstance(value, Mapping) else (("–", item) for item in value) if isinstance(value, list) else ()
    nodes = []
    for key, item in pairs:
        if budget[0] <= 0:
            nodes.append(SpecNode("", "…", ()))
            break
        budget[0] -= 1
        nodes.append(_node(text_of(key, 80), item, context, budget, depth))
    return tuple(nodes)


def _node(key: str, item: object, context: EntityContext, budget: list[int], depth: int) -> SpecNode:
    if isinstance(item, Mapping | list):
        children = _nodes(item, context, budget, depth + 1) if depth < DEPTH_LIMIT else ()
        return SpecNode(key, "" if children else "…" if item else "–", children)
    if isinstance(item, bool) or item is None:
        return SpecNode(key, {True: "true", False: "false", None: "null"}[item], ())
    text = masked(f"{key}: {item}" if key else str(item), is_public=context.is_public).text
    return SpecNode(key, text_of(text.removeprefix(f"{key}: "), 300), ())
