"""A checked document of the kind API → problem API003 for each fault in its definition, at its place in the file that has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from yaml.nodes import ScalarNode

from callboard.api_reference.faults import DefinitionFault, faults_of
from callboard.api_reference.reading import format_name
from callboard.descriptors.definitions import definition_file
from callboard.descriptors.document import CheckedDocument
from callboard.model.entity import Origin
from callboard.model.fields import dotted
from callboard.model.problem import Problem, Rule, Severity, Span
from callboard.redaction.secrets import mask

INVALID_DEFINITION = Rule(
    code="API003",
    name="invalid-definition",
    severity=Severity.WARNING,
    summary="The definition of the API violates the rules of its format.",
    means="""The definition is an OpenAPI or AsyncAPI document that the published JSON Schema of its version rejects, or that refers
to something it does not have; or it is a GraphQL schema or a `.proto` file with an error. The schemas of OpenAPI 2.0, 3.0, 3.1
and 3.2 and of AsyncAPI 2 and 3 are part of Callboard; nothing is fetched. At most 20 faults of a definition are reported.
What people have to judge, such as an operation without a description, is a finding of the API's quality and no problem.""",
    matters="""Generators of clients, gateways and test tools refuse the definition or read it in different ways. Callboard shows
everything of it that can be read.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: openapi
  lifecycle: production
  owner: team-orders
  definition: |
    openapi: 3.1.0
    info: {title: Orders, version: "1"}
    paths:
      /orders:
        get:
          parameters:
            - {name: page, in: qeury, schema: {type: integer}}
          responses: {"200": {description: All orders}}
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: openapi
  lifecycle: production
  owner: team-orders
  definition: |
    openapi: 3.1.0
    info: {title: Orders, version: "1"}
    paths:
      /orders:
        get:
          parameters:
            - {name: page, in: query, schema: {type: integer}}
          responses: {"200": {description: All orders}}
""",
)
_PATH = ("spec", "definition")


def find_invalid_definition(document: CheckedDocument) -> Iterator[Problem]:
    """Yield the faults of the definition; a definition of an unknown format has none."""
    spec = document.spec()
    definition, sort = spec.get("definition"), spec.get("type")
    if not isinstance(definition, str) or not definition.strip():
        return
    name = format_name(definition, sort if isinstance(sort, str) else "")
    faults = faults_of(definition, name) if name else ()
    if not faults:
        return
    file = definition_file(document)
    for fault in faults:
        yield _in_file(document, fault, file) if file else _in_descriptor(document, fault, definition)


def _in_file(document: CheckedDocument, fault: DefinitionFault, path: str) -> Problem:
    return _problem(document, fault, replace(document.origin, path=path, document=0, line=1), fault.span)


def _in_descriptor(document: CheckedDocument, fault: DefinitionFault, definition: str) -> Problem:
    origin = document.origin
    span = None if not origin.line else _span_in_block(document, fault, definition)
    if span is None and fault.span:
        fault = replace(fault, message=f"{fault.message.rstrip('.')} (line {fault.span.line} of the definition).")
    return _problem(document, fault, origin, (span or document.span(_PATH)) if origin.line else None)


def _span_in_block(document: CheckedDocument, fault: DefinitionFault, definition: str) -> Span | None:
    """The place in the descriptor, if the definition stands there line by line after ``|``."""
    node = document.node(_PATH)
    if not isinstance(node, ScalarNode) or node.style != "|" or fault.span is None:
        return None
    start = document.span(_PATH).line
    lines = document.text.split("\n")
    first = next((number for number, line in enumerate(definition.split("\n")) if line.strip()), 0)
    row = start - document.origin.line + 1 + first
    indent = len(lines[row]) - len(lines[row].lstrip(" ")) if row < len(lines) else 0
    at = fault.span
    return Span(start + at.line, at.column + indent, start + at.end_line, at.end_column + indent)


def _problem(document: CheckedDocument, fault: DefinitionFault, origin: Origin, span: Span | None) -> Problem:
    field = dotted((*_PATH, *fault.path)) if fault.path else f"spec.definition line {fault.span.line}" if fault.span else "spec.definition"
    return INVALID_DEFINITION.problem(
        mask(fault.message), origin=origin, span=span, subject=document.ref, field=mask(field), hint=mask(fault.hint)
    )
