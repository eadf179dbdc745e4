"""The text of a definition → what is wrong with it: sentences with a place in the text, and how to fix it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from callboard.api_reference.fault_hints import said_once, with_hint
from callboard.api_reference.loading import UnreadableDefinitionError, at_pointer, load, reading_time
from callboard.api_reference.meta_schemas import MAX_ERRORS, violations
from callboard.api_reference.protobuf_parser import parse_proto
from callboard.model.data_classes import dataclass
from callboard.model.fields import FieldPath
from callboard.model.problem import Span
from callboard.settings.schema_messages import Wording, messages_of
from callboard.yaml import positions

MAX_POSITIONS = 2_000_000
"""Characters of a definition in which the line of a value is found; of a longer one only the path is told."""
_WORDING = Wording(
    quote="`", hint_quote="", root="the definition", describes_values=False, default_hint="See the specification of the format."
)

_DATA = frozenset({"example", "examples", "default", "enum", "const"})
"""Keys with data, in which a ``$ref`` is none."""
_REFERENCE = re.compile(r'"\$ref"\s*+:\s*+"([^"\\\n]*+)"')
"""A reference in JSON: found in the text, which takes a tenth of the time of walking through the values."""
_HOLDERS: frozenset[type[Any]] = frozenset({dict, list})


@dataclass(frozen=True, slots=True)
class DefinitionFault:
    """One thing that is wrong in a definition."""

    message: str
    """A sentence."""
    hint: str = ""
    path: FieldPath = ()
    span: Span | None = None
    """In the text of the definition; None if the place is not known."""


@lru_cache(maxsize=8)
def faults_of(text: str, format_name: str) -> tuple[DefinitionFault, ...]:
    """What is wrong with a definition of a format (``openapi``); none for formats that are not checked."""
    find = _FINDERS.get(format_name)
    if find is None:
        return ()
    try:
        with reading_time():
            return tuple(find(text))[:MAX_ERRORS]
    except UnreadableDefinitionError as error:
        return (DefinitionFault(str(error), error.hint),)


def _in_document(text: str) -> Iterator[DefinitionFault]:
    """Violations of the format's published schema, and references that lead nowhere."""
    try:
        value = load(text)
    except UnreadableDefinitionError as error:
        yield DefinitionFault(str(error), error.hint, span=Span.at(error.line, 1) if error.line else None)
        return
    if not isinstance(value, Mapping):
        return
    found = [
        (DefinitionFault(f"{m.message[:1].upper()}{m.message[1:]}.", m.hint, m.path), m.at_key)
        for error in said_once(violations(value))
        for m in (with_hint(error, each) for each in messages_of(error, _WORDING))
    ]
    found += [(fault, False) for fault in _dead_references(text, value)]
    root = positions.compose(text) if found and len(text) <= MAX_POSITIONS else None
    for fault, at_key in found[:MAX_ERRORS]:
        where = positions.find_key(root, fault.path) if at_key else positions.find(root, fault.path)[0]
        yield replace(fault, span=where if root is not None else None)


def _dead_references(text: str, document: Any) -> Iterator[DefinitionFault]:
    """References inside the document to what it does not have."""
    written = _REFERENCE.findall(text)
    is_json = len(written) == text.count("$ref")  # and no reference is written with escapes
    pointers = {each for each in written if each.startswith("#/")} if is_json else _pointers(document)
    dead = {pointer for pointer in pointers if at_pointer(document, pointer) is None}
    pending: list[tuple[FieldPath, Any]] = [((), document)] if dead else []
    while pending:
        path, value = pending.pop()
        if isinstance(value, list):
            pending += (((*path, number), each) for number, each in enumerate(value) if isinstance(each, dict | list))
            continue
        pointer = value.get("$ref")
        if isinstance(pointer, str) and pointer in dead:
            yield DefinitionFault(
                f"`{pointer[:200]}` refers to something that the definition does not have.",
                "Fix the reference, or add what it names.",
                (*path, "$ref"),
            )
        pending += (((*path, key), each) for key, each in value.items() if isinstance(each, dict | list) and key not in _DATA)


def _pointers(document: Any) -> set[str]:
    """All references into the document itself; most definitions have no dead one, and then no path is needed."""
    found: set[str] = set()
    level: list[Any] = [document]
    while level:
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                pointer = value.get("$ref")
                if isinstance(pointer, str) and pointer.startswith("#/"):
                    found.add(pointer)
                below += [each for key, each in value.items() if each.__class__ in _HOLDERS and key not in _DATA]
            else:
                below += [each for each in value if each.__class__ in _HOLDERS]
        level = below
    return found


def _in_graphql(text: str) -> Iterator[DefinitionFault]:
    from callboard.api_reference.graphql_faults import graphql_faults  # noqa: PLC0415  # the library takes a tenth of a second to load

    for message, line, column in graphql_faults(text):
        yield DefinitionFault(message, "Fix the schema at this line.", span=Span.at(line, column) if line else None)


def _in_protobuf(text: str) -> Iterator[DefinitionFault]:
    for line, message in parse_proto(text).troubles:
        yield DefinitionFault(message, "Fix the statement: it ends with a semicolon or a block in braces.", span=Span.at(line, 1))


_FINDERS = {"openapi": _in_document, "asyncapi": _in_document, "graphql": _in_graphql, "protobuf": _in_protobuf}
