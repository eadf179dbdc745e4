"""Operations and types of an API's reference → sections for the search."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from callboard.api_reference.model import Entry, NamedType, ShapeField, ValueShape
from callboard.pages.page import SearchSection

_TAG = re.compile(r"<[^<>]*+>")
_MOST_FIELDS = 200
_DEEPEST = 3
"""Levels of fields inside of fields that are searched."""


def plain_text(html: str) -> str:
    """A description without its tags."""
    return " ".join(unescape(_TAG.sub(" ", html)).split())


def operation_section(entry: Entry) -> SearchSection:
    """An operation: found by its verb, address, name and summary like under a title, by its description and parameters as text."""
    name = entry.anchor.removeprefix("op-")
    texts = [entry.summary, plain_text(entry.description)]
    texts += [f"{each.name} {plain_text(each.shape.description)}" for _, fields in entry.parameters for each in fields[:_MOST_FIELDS]]
    texts += [plain_text(answer.description) for answer in entry.outputs]
    title = f"{entry.verb} {entry.address}"
    return SearchSection(entry.anchor, title, " · ".join(filter(None, texts)), "operation", (name, entry.summary))


def type_section(named: NamedType) -> SearchSection:
    """A type: found by its name, and by its description and fields as text."""
    fields = " ".join(_fields(named.shape, 0))
    text = " · ".join(filter(None, (plain_text(named.shape.description), fields)))
    return SearchSection(named.anchor, named.name, text, "type")


def _fields(shape: ValueShape, depth: int) -> Iterator[str]:
    """Names of fields and values."""
    if depth == _DEEPEST:
        return
    yield from (each.value for each in shape.allowed[:_MOST_FIELDS])
    for each in shape.fields[:_MOST_FIELDS]:
        yield from _field(each, depth)
    inside = (*(variant for variant in shape.variants[:_MOST_FIELDS]), *((shape.items,) if shape.items else ()))
    for other in inside:
        yield from _fields(other, depth + 1)


def _field(field: ShapeField, depth: int) -> Iterator[str]:
    yield field.name
    yield from _fields(field.shape, depth + 1)
