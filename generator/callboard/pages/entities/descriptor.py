"""The descriptor as written, and sections for what other kinds declare."""

from __future__ import annotations

from collections.abc import Mapping

from callboard.model.entity import Entity
from callboard.pages.entities.addresses import view_address
from callboard.pages.entities.context import EntityContext
from callboard.pages.entities.lists import numbered, table_view
from callboard.pages.entities.view import FieldGroup, FormField, LocationTarget, RawView, SpecNode, Stage
from callboard.pages.safe_text import list_of, mapping_of, text_of, web_url
from callboard.pages.section import Section
from callboard.redaction.masking import masked

SHOWN_LETTERS = 6_000
"""Longer ones hold a definition or a template: the beginning is shown, and a link to the file."""


def descriptor(context: EntityContext, entity: Entity) -> Section | None:
    """The document, secrets masked; None where its text is not known."""
    text = entity.text.strip("\n")
    if not text.strip():
        return None
    labels, lines = context.labels, text.count("\n") + 1
    clean, secrets = masked(_beginning(text), is_public=context.is_public)
    kept = clean.count("\n") + 1
    cut = labels["lines_left_out"].format(kept, lines) if kept < lines else ""
    note = numbered(context, "n_lines", lines)
    if secrets:
        note += ", " + numbered(context, "n_secrets", secrets)
    view = RawView(entity.origin.path.rpartition("/")[2], note, clean, cut, view_address(context, entity))
    return Section("descriptor", labels["descriptor"], "raw", view)


def _beginning(text: str) -> str:
    """Whole lines, so that no secret is cut in the middle and then not recognised."""
    if len(text) <= SHOWN_LETTERS:
        return text
    end = text.rfind("\n", 0, SHOWN_LETTERS)
    return text[: end if end > 0 else SHOWN_LETTERS]


TARGET_LIMIT = 100
FIELD_LIMIT = 100
GROUP_LIMIT = 30
STEP_LIMIT = 100
NODE_LIMIT = 150
DEPTH_LIMIT = 6
_IN_KEYS = frozenset({"type", "lifecycle"})


def targets(context: EntityContext, entity: Entity) -> Section | None:
    """What the Location points at, as written."""
    spec = entity.spec
    found = [text for text in (text_of(value, 500) for value in (spec.get("target"), *list_of(spec.get("targets")))) if text]
    if not found:
        return None
    view = tuple(LocationTarget(text, web_url(text)) for text in found[:TARGET_LIMIT])
    return Section("targets", context.labels["targets"], "targets", view, f"{len(found):,}")


def brought(context: EntityContext, entity: Entity) -> Section | None:
    """The entities whose files were found through the Location."""
    refs = context.by_location.get(str(entity.ref), ())
    if not refs:
        return None
    labels = context.labels
    table = table_view(context, labels["brought"], [(ref, "") for ref in refs])
    return Section("brought", labels["brought"], "table", table, f"{len(refs):,}")


def parameters(context: EntityContext, entity: Entity) -> Section | None:
    """The pages of a Template's form; a single page may stand alone."""
    given = entity.spec.get("parameters")
    pages = [mapping_of(page) for page in (given if isinstance(given, list) else [given])[:GROUP_LIMIT]]
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
    """What a Template does, in order."""
    found = [mapping_of(step) for step in list_of(entity.spec.get("steps"))[:STEP_LIMIT]]
    view = tuple(
        Stage(text_of(s.get("name")) or text_of(s.get("id")) or text_of(s.get("action")), text_of(s.get("action"), 120)) for s in found
    )
    shown = tuple(stage for stage in view if stage.name)
    return Section("steps", context.labels["steps"], "steps", shown, f"{len(shown):,}") if shown else None


def spec(context: EntityContext, entity: Entity) -> Section | None:
    """The spec as a tree, without what the page says elsewhere; secrets masked, bounded."""
    known = context.catalog.kinds.get(entity.ref.kind)
    shown = _IN_KEYS | ({field.field for field in known.relations} if known else set())
    rest = {key: value for key, value in entity.spec.items() if key not in shown}
    budget = [NODE_LIMIT]
    nodes = _nodes(rest, context, budget, 0)
    return Section("spec", context.labels["spec"], "spec", nodes) if nodes else None


def _nodes(value: object, context: EntityContext, budget: list[int], depth: int) -> tuple[SpecNode, ...]:
    pairs = value.items() if isinstance(value, Mapping) else (("–", item) for item in value) if isinstance(value, list) else ()
    found = []
    for key, item in pairs:
        if budget[0] <= 0:
            found.append(SpecNode("", "…", ()))
            break
        budget[0] -= 1
        found.append(_node(text_of(key, 80), item, context, budget, depth))
    return tuple(found)


def _node(key: str, item: object, context: EntityContext, budget: list[int], depth: int) -> SpecNode:
    if isinstance(item, Mapping | list):
        children = _nodes(item, context, budget, depth + 1) if depth < DEPTH_LIMIT else ()
        return SpecNode(key, "" if children else "…" if item else "–", children)
    if isinstance(item, bool) or item is None:
        return SpecNode(key, {True: "true", False: "false", None: "null"}[item], ())
    shown = masked(f"{key}: {item}" if key else str(item), is_public=context.is_public).text
    return SpecNode(key, text_of(shown.removeprefix(f"{key}: "), 300), ())
