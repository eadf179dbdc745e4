"""The nodes of one document → Python values by the core schema of YAML 1.2, and troubles such as duplicate keys."""

from __future__ import annotations

import re
from dataclasses import field
from decimal import Decimal
from typing import Any

from yaml._yaml import CParser
from yaml.composer import Composer
from yaml.events import AliasEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from callboard.model.data_classes import dataclass
from callboard.model.problem import Span
from callboard.yaml.problems import YamlTrouble, span_of

_TEXT, _PLAIN, _COLLECTION = "text", "plain", ""
_TAG = "tag:yaml.org,2002:"
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_MAYBE = frozenset("~nNtTfF0123456789+-.")
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+[eE][-+]?[0-9]+)")
_OCTAL, _HEX = re.compile(r"0o[0-7]+"), re.compile(r"0x[0-9a-fA-F]+")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN")
_EXACT_DIGITS = 15
_MOST_DIGITS = 400
"""More octal or hexadecimal digits are a number beyond JavaScript's largest one, 2^1024."""
_DECIMAL_FROM, _DECIMAL_BELOW = 1e-6, 1e21
"""JavaScript writes smaller and larger numbers with an exponent."""
_MOST_ALIASES = 100
"""npm's ``yaml`` refuses more aliases of one anchor (``maxAliasCount``)."""
_MOST_DUPLICATES = 20


class Parser(CParser):
    """libyaml's parser, which marks a scalar as plain or quoted instead of resolving its type by YAML 1.1."""

    def resolve(self, kind: type[Node], _value: Any, implicit: Any) -> str:
        """Return the mark of a node without a tag."""
        return (_PLAIN if implicit[0] else _TEXT) if kind is ScalarNode else _COLLECTION

    def descend_resolver(self, *_: Any) -> None:
        """Do nothing: marks do not depend on the path."""

    def ascend_resolver(self) -> None:
        """Do nothing: marks do not depend on the path."""


class RedefiningParser(Parser, Composer):
    """A slower parser for documents that define an anchor twice, which YAML 1.2 allows and PyYAML does not."""

    def __init__(self, text: str) -> None:
        Parser.__init__(self, text)
        Composer.__init__(self)

    def get_single_node(self) -> Any:
        """Compose the root node in Python."""
        return Composer.get_single_node(self)

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Compose a node after removing an earlier anchor of the same name."""
        event = self.peek_event()
        if not isinstance(event, AliasEvent):
            self.anchors.pop(getattr(event, "anchor", None), None)
        return Composer.compose_node(self, parent, index)


class Unusable(Exception):  # noqa: N818 - it never leaves this package
    """The document exceeds a limit; ``trouble`` describes it."""

    def __init__(self, trouble: YamlTrouble) -> None:
        super().__init__(trouble.message)
        self.trouble = trouble


def plain_value(text: str) -> Any:
    """The value of an unquoted scalar: null, a boolean, a number or a string."""
    if not text:
        return None
    if text[0] not in _MAYBE:
        return text
    if text in _WORDS:
        return _WORDS[text]
    return _number(text)


def _number(text: str) -> Any:
    if _INT.fullmatch(text) or _FLOAT.fullmatch(text):
        return decimal_number(text)
    if _OCTAL.fullmatch(text) or _HEX.fullmatch(text):
        return _from_digits(text)
    return None if _NOT_FINITE.fullmatch(text) else text


def decimal_number(text: str) -> Any:
    """The value of a decimal number of any size as JavaScript reads it and JSON writes it: rounded to 53 bits, null beyond 10^308."""
    if len(text) <= _EXACT_DIGITS and _INT.fullmatch(text):
        return int(text)
    return _from_float(float(text))


def _from_digits(text: str) -> Any:
    """The value of an octal or a hexadecimal number. Digits beyond the largest number of JavaScript are not converted."""
    digits = text[2:].lstrip("0")
    if len(digits) > _MOST_DIGITS:
        return None
    try:
        return _from_float(float(int(digits or "0", 8 if text[1] == "o" else 16)))
    except OverflowError:
        return None


def _from_float(value: float) -> Any:
    """The value as in JSON: 1.0 is 1; infinity and NaN are null."""
    if value - value != 0.0:
        return None
    return int(value) if value.is_integer() else value


def _tagged(tag: str, text: str) -> Any:
    """The value of a scalar with a tag, which is used only if it is one of YAML's own and matches the text."""
    if not tag.startswith(_TAG):
        return text
    value = plain_value(text)
    fits = {"null": value is None, "bool": isinstance(value, bool)}
    fits["int"] = fits["float"] = isinstance(value, int | float) and not isinstance(value, bool)
    return value if fits.get(tag.removeprefix(_TAG)) else text


def key_text(key: Any, written: str = "") -> str:
    """A key as JavaScript converts it to a string: ``1`` and ``"1"`` are the same key, null is the empty string.

    ``written``: the scalar as written, by which a number beyond the largest one of JavaScript is told from null.
    """
    if isinstance(key, str):
        return key
    if key is None:
        return "" if written in _WORDS or not written else _not_finite(written)
    if isinstance(key, bool):
        return "true" if key else "false"
    return _number_text(key)


def _not_finite(written: str) -> str:
    return "NaN" if written.lower() == ".nan" else "-Infinity" if written.startswith("-") else "Infinity"


def _number_text(number: float) -> str:
    """A number as JavaScript writes it: ``1e+21``, ``1e-7``, ``0.00001``."""
    size = abs(number)
    if isinstance(number, int) and size < _DECIMAL_BELOW:
        return str(number)
    if isinstance(number, float) and _DECIMAL_FROM <= size < _DECIMAL_BELOW:
        return format(Decimal(repr(number)), "f")
    digits, _, exponent = repr(float(number)).partition("e")
    return f"{digits.removesuffix('.0')}e{int(exponent):+d}"


def written_key(node: Node) -> str:
    """A collection used as a key, as YAML: ``{{ x }}`` has the key ``{ x }``."""
    if isinstance(node, ScalarNode):
        return str(node.value)
    if isinstance(node, SequenceNode):
        return f"[ {', '.join(map(written_key, node.value))} ]"
    pairs = (written_key(k) + (f": {written_key(v)}" if v.value else "") for k, v in node.value)
    return f"{{ {', '.join(pairs)} }}"


@dataclass(slots=True)
class Builder:
    """Builds the value of one document and collects its troubles."""

    most_nodes: int
    most_depth: int
    shared: bool
    """Whether the text has anchors, so that a node can occur several times."""
    nodes: int = 0
    troubles: list[YamlTrouble] = field(default_factory=list)
    _built: dict[int, tuple[Any, int, int]] = field(default_factory=dict)
    """By identity of a collection: value, number of nodes below it, number of occurrences."""
    _open: set[int] = field(default_factory=set)

    def build(self, node: Node, depth: int = 0) -> Any:
        """Return the value of a node. Raises ``Unusable`` if a limit is exceeded."""
        self.nodes += 1
        if isinstance(node, ScalarNode):
            tag = node.tag
            return node.value if tag is _TEXT else plain_value(node.value) if tag is _PLAIN else _tagged(tag, node.value)
        if depth >= self.most_depth:
            self._stop("too-deep", f"The document is nested more than {self.most_depth} levels deep", node)
        value = self._shared(node, depth) if self.shared else self._collection(node, depth)
        if self.nodes > self.most_nodes:
            self._stop("too-large", f"The document has more than {self.most_nodes:,} values", node)
        return value

    def _shared(self, node: Node, depth: int) -> Any:
        """Build a collection that aliases may refer to once, and count it each time."""
        identity = id(node)
        if identity in self._open:
            self._stop("alias", "An alias is inside the value that it refers to", node)
        if identity in self._built:
            value, below, occurrences = self._built[identity]
            self.nodes += below
            if occurrences >= _MOST_ALIASES or self.nodes > self.most_nodes:
                self._stop("alias", "Aliases repeat the same value too many times", node)
            self._built[identity] = (value, below, occurrences + 1)
            return value
        nodes_above = self.nodes
        self._open.add(identity)
        value = self._collection(node, depth)
        self._open.discard(identity)
        self._built[identity] = (value, self.nodes - nodes_above, 1)
        return value

    def _collection(self, node: Node, depth: int) -> Any:
        if isinstance(node, MappingNode):
            return self._mapping(node, depth + 1)
        return [self.build(item, depth + 1) for item in node.value]

    def _mapping(self, node: MappingNode, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        first: dict[Any, Node] = {}
        for key_node, value_node in node.value:
            if isinstance(key_node, ScalarNode):
                key = self.build(key_node)
                text = key if isinstance(key, str) else key_text(key, key_node.value)
                same = (type(key), text)
                if same in first:
                    self._duplicate(text, first[same], key_node)
                first[same] = key_node
            else:
                self.build(key_node, depth)
                text = written_key(key_node)
                self._collection_key(key_node)
            result[text] = self.build(value_node, depth)
        return result

    def _duplicate(self, key: str, first: Node, second: Node) -> None:
        if len(self.troubles) < _MOST_DUPLICATES:
            where = span_of(first)
            message = f'The key "{key[:60]}" is duplicated: first in line {where.line}'
            hint = f'Keep one of the two, or merge their values: "{key[:60]}" may occur only once in a mapping.'
            self.troubles.append(YamlTrouble("duplicate-key", message, span_of(second), hint, first=where, about=key[:60]))

    def _collection_key(self, node: Node) -> None:
        if len(self.troubles) < _MOST_DUPLICATES:
            is_list = isinstance(node, SequenceNode)
            what, instead = (
                ("Brackets without quotes are a list", "[name]") if is_list else ("Braces without quotes are a mapping", "{{ name }}")
            )
            message, hint = f"{what} here, not a string", f'Put the string in quotes, as in "{instead}".'
            at = span_of(node)
            start = Span(at.line, max(at.column - 1, 1), at.end_line, at.end_column)
            self.troubles.append(YamlTrouble("unquoted-braces", message, start, hint, fatal=False))

    def _stop(self, reason: str, message: str, node: Node) -> None:
        hint = "Split it into several documents." if reason.startswith("too") else "Write the value in each place instead of using aliases."
        raise Unusable(YamlTrouble(reason, message, span_of(node), hint))
