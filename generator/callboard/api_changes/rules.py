"""The rules by which a change of an API is judged, as data: the level of each by direction, and its words.

The levels follow those of oasdiff 1.x for OpenAPI and of buf 1.75 for Protocol Buffers where these have one; the reference of
rules in the manual lists all. What depends on how strict the other side is has the level ``may break``.
"""

from __future__ import annotations

from typing import NamedTuple

from callboard.api_changes.findings import Direction, Level

_LETTERS: dict[str, Level] = {"B": "breaking", "W": "may break", "A": "addition", "N": "none", "P": "planned"}


class ApiRule(NamedTuple):
    """One rule."""

    request: Level
    """Level where consumers write the value."""
    response: Level
    """Level where the API writes it."""
    words: str
    """What happened, in a few words."""

    def level(self, direction: Direction) -> Level:
        """The level in one direction."""
        return self.request if direction == "request" else self.response


def _rule(levels: str, words: str) -> ApiRule:
    return ApiRule(_LETTERS[levels[0]], _LETTERS[levels[-1]], words)


_OPERATIONS = {
    "operation-removed": _rule("B", "operation removed"),
    "operation-removed-as-announced": _rule("P", "deprecated operation removed"),
    "operation-added": _rule("A", "operation added"),
    "operation-deprecated": _rule("N", "operation deprecated"),
    "operation-no-longer-deprecated": _rule("N", "operation no longer deprecated"),
    "sunset-earlier": _rule("B", "removal announced for an earlier day"),
    "operation-id-changed": _rule("W", "operationId changed"),
    "webhook-removed": _rule("B", "webhook removed"),
    "callback-removed": _rule("W", "callback removed"),
    "streaming-changed": _rule("B", "streaming changed"),
    "operation-type-changed": _rule("B", "type of the operation changed"),
    "binding-changed": _rule("W", "binding changed"),
    "security-added": _rule("W", "authentication is needed now"),
    "security-changed": _rule("W", "other authentication is needed"),
    "security-scope-added": _rule("N", "more scopes are needed"),
    "security-removed": _rule("N", "authentication is no longer needed"),
    "server-removed": _rule("W", "server removed"),
    "server-protocol-changed": _rule("B", "protocol of a server changed"),
}
_PARTS = {
    "parameter-removed": _rule("W", "parameter removed"),
    "parameter-added-required": _rule("B", "required parameter added"),
    "parameter-added-optional": _rule("AA", "optional parameter added"),
    "parameter-became-required": _rule("B", "parameter became required"),
    "parameter-became-optional": _rule("N", "parameter became optional"),
    "parameter-style-changed": _rule("B", "the way in which a parameter is written changed"),
    "parameter-default-changed": _rule("B", "default of a parameter changed"),
    "request-body-added-required": _rule("B", "required request body added"),
    "request-body-added-optional": _rule("A", "optional request body added"),
    "request-body-removed": _rule("B", "request body removed"),
    "request-body-became-required": _rule("B", "request body became required"),
    "request-body-became-optional": _rule("N", "request body became optional"),
    "media-type-removed": _rule("B", "media type removed"),
    "media-type-added": _rule("AA", "media type added"),
    "message-removed": _rule("B", "message removed"),
    "message-added": _rule("AW", "message added"),
    "message-name-changed": _rule("B", "name of a message changed"),
    "correlation-changed": _rule("B", "location of the correlation ID changed"),
    "reply-removed": _rule("B", "reply removed"),
    "success-status-removed": _rule("B", "successful response removed"),
    "status-removed": _rule("N", "response removed"),
    "status-added": _rule("AA", "response added"),
    "header-removed-required": _rule("B", "header that was always sent removed"),
    "header-removed-optional": _rule("W", "optional header removed"),
    "header-became-optional": _rule("NB", "header is no longer always sent"),
    "header-became-required": _rule("BN", "header became required"),
    "header-added-required": _rule("BA", "required header added"),
    "header-added-optional": _rule("AA", "optional header added"),
}
_VALUES = {
    "type-changed": _rule("B", "type changed"),
    "type-widened": _rule("NB", "more types are allowed"),
    "type-narrowed": _rule("BN", "fewer types are allowed"),
    "format-changed": _rule("W", "format changed"),
    "became-nullable": _rule("NB", "may be null now"),
    "became-not-nullable": _rule("BN", "may no longer be null"),
    "property-added-required": _rule("BA", "required property added"),
    "property-added-optional": _rule("AA", "optional property added"),
    "property-removed": _rule("WB", "property removed"),
    "optional-property-removed": _rule("WW", "optional property removed"),
    "property-became-required": _rule("BN", "property became required"),
    "property-became-optional": _rule("NB", "property became optional"),
    "property-became-read-only": _rule("WN", "property became read-only"),
    "property-became-write-only": _rule("NB", "property became write-only"),
    "property-deprecated": _rule("N", "property deprecated"),
    "enum-value-removed": _rule("BN", "value of the enumeration removed"),
    "enum-value-added": _rule("NW", "value of the enumeration added"),
    "extensible-enum-value-added": _rule("NN", "value of the extensible enumeration added"),
    "became-enum": _rule("BN", "only certain values are allowed now"),
    "no-longer-enum": _rule("NW", "no longer limited to certain values"),
    "const-changed": _rule("B", "the only value that is allowed changed"),
    "const-added": _rule("BN", "only one value is allowed now"),
    "const-removed": _rule("NB", "no longer limited to one value"),
    "maximum-lowered": _rule("BN", "upper limit lowered"),
    "maximum-raised": _rule("NB", "upper limit raised"),
    "maximum-set": _rule("WN", "upper limit set"),
    "maximum-dropped": _rule("NB", "upper limit dropped"),
    "minimum-raised": _rule("BN", "lower limit raised"),
    "minimum-lowered": _rule("NB", "lower limit lowered"),
    "minimum-set": _rule("WN", "lower limit set"),
    "minimum-dropped": _rule("NB", "lower limit dropped"),
    "pattern-added": _rule("BN", "pattern added"),
    "pattern-changed": _rule("W", "pattern changed"),
    "pattern-dropped": _rule("NW", "pattern dropped"),
    "multiple-of-changed": _rule("B", "step of the number changed"),
    "encoding-changed": _rule("W", "encoding changed"),
    "variant-added": _rule("NB", "variant added to oneOf"),
    "any-of-variant-added": _rule("NN", "variant added to anyOf"),
    "variant-removed": _rule("BN", "variant removed"),
    "part-added": _rule("BN", "part added to allOf"),
    "part-removed": _rule("WN", "part removed from allOf"),
    "wrapped-in-variants": _rule("B", "one form became variants without it"),
    "discriminator-changed": _rule("N", "discriminator changed"),
    "additional-properties-closed": _rule("BN", "other properties are refused now"),
    "additional-properties-opened": _rule("NW", "other properties are allowed now"),
    "condition-added": _rule("BN", "condition added"),
    "condition-removed": _rule("NB", "condition removed"),
    "condition-changed": _rule("B", "condition changed"),
    "default-changed": _rule("NN", "default changed"),
    "unused-type-changed": _rule("N", "a type that no operation uses changed"),
}
_GRAPHQL = {
    "field-removed": _rule("B", "field removed"),
    "type-removed": _rule("B", "type removed"),
    "schema-breaking": _rule("B", "change that breaks queries"),
    "schema-dangerous": _rule("W", "change that may break clients"),
    "field-deprecated": _rule("N", "deprecated"),
    "directive-use-removed": _rule("W", "directive taken away"),
    "schema-addition": _rule("A", "added"),
}
_PROTOBUF = {
    "number-removed": _rule("B", "field removed without reserving its number"),
    "number-reserved": _rule("W", "field removed, its number is reserved"),
    "number-added": _rule("A", "field added"),
    "required-field-added": _rule("B", "required field added"),
    "required-field-changed": _rule("B", "required changed"),
    "field-type-changed": _rule("B", "type changed on the wire"),
    "field-type-json-changed": _rule("W", "type changed, compatible on the wire alone"),
    "cardinality-changed": _rule("B", "cardinality changed"),
    "presence-changed": _rule("W", "presence changed"),
    "oneof-changed": _rule("B", "oneof changed"),
    "field-renamed": _rule("W", "name changed, which JSON uses"),
    "field-default-changed": _rule("B", "default changed"),
    "enum-number-removed": _rule("B", "value removed without reserving its number"),
    "enum-number-reserved": _rule("W", "value removed, its number is reserved"),
    "enum-number-added": _rule("A", "value added"),
    "enum-value-renamed": _rule("W", "name of a value changed, which JSON uses"),
    "reserved-removed": _rule("B", "reserved number or name freed"),
    "message-type-removed": _rule("B", "type removed"),
    "message-type-added": _rule("A", "type added"),
    "service-removed": _rule("B", "service removed"),
    "package-changed": _rule("B", "package changed, which is part of each address"),
}
RULES: dict[str, ApiRule] = _OPERATIONS | _PARTS | _VALUES | _GRAPHQL | _PROTOBUF
"""All rules by name."""
