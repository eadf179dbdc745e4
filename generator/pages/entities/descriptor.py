"""The descriptor as its author wrote it."""

from __future__ import annotations

from generator.model.entity import Entity
from generator.pages.entities.addresses import view_address
from generator.pages.entities.context import EntityContext
from generator.pages.entities.declared_view import RawView
from generator.pages.entities.lists import numbered
from generator.pages.entities.masking import masked
from generator.pages.entities.view import Section

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
