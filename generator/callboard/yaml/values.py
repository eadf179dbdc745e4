"""From the nodes of one document to Python values, by YAML 1.2's core schema."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from yaml._yaml import CParser
from yaml.composer import Composer
from yaml.events import AliasEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from callboard.yaml.problems import Extent, YamlTrouble, extent_of

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
_MOST_ALIASES = 100
"""npm's ``yaml`` refuses more aliases of one anchor (``maxAliasCount``)."""
_MOST_DUPLICATES = 20


class Parser(CParser):
    """libyaml's parser that marks a scalar as plain or not instead of guessing its type by YAML 1.1."""

    def resolve(self, kind: type[Node], _value: Any, implicit: Any) -> str:
        """The mark of a node without a tag."""
        return (_PLAIN if implicit[0] else _TEXT) if kind is ScalarNode else _COLLECTION

    def descend_resolver(self, *_: Any) -> None:
        """Nothing depends on the path."""

    def ascend_resolver(self) -> None:
        """Nothing depends on the path."""


class RedefiningParser(Parser, Composer):
    """Slower, for the rare document that defines an anchor twice: YAML 1.2 allows it, PyYAML does not."""

    def __init__(self, text: str) -> None:
        Parser.__init__(self, text)
        Composer.__init__(self)

    def get_single_node(self) -> Any:
        """The root node, composed in Python."""
        return Composer.get_single_node(self)

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Forget an earlier anchor of the same name first."""
        event = self.peek_event()
        if not isinstance(event, AliasEvent):
            self.anchors.pop(getattr(event, "anchor", None), None)
        return Composer.compose_node(self, parent, index)


class Unusable(Exception):  # noqa: N818 - it never leaves this package
    """The document is past a bound; carries the trouble."""

    def __init__(self, trouble: YamlTrouble) -> None:
        super().__init__(trouble.message)
        self.trouble = trouble


def plain_value(text: str) -> Any:
    """What an unquoted scalar means: null, a boolean, a number or a text."""
    if not text:
        return None
    if text[0] not in _MAYBE:
        return text
    if text in _WORDS:
        return _WORDS[text]
    return _number(text)


def _number(text: str) -> Any:
    if _INT.fullmatch(text):
        return int(text) if len(text) <= _EXACT_DIGITS else _from_float(float(text))
    if _FLOAT.fullmatch(text):
        return _from_float(float(text))
    if _OCTAL.fullmatch(text):
        return int(text, 0)
    if _HEX.fullmatch(text):
        return int(text, 0)
    return None if _NOT_FINITE.fullmatch(text) else text


def _from_float(value: float) -> Any:
    """As JSON would write it: 1.0 is 1; infinity and NaN, which JSON lacks, are null."""
    if value - value != 0.0:
        return None
    return int(value) if value.is_integer() else value


def _tagged(tag: str, text: str) -> Any:
    """A scalar with a tag; the tag counts only where it is one of YAML's own and fits the text."""
    if not tag.startswith(_TAG):
        return text
    value = plain_value(text)
    fits = {"null": value is None, "bool": isinstance(value, bool)}
    fits["int"] = fits["float"] = isinstance(value, int | float) and not isinstance(value, bool)
    return value if fits.get(tag.removeprefix(_TAG)) else text


def key_text(key: Any) -> str:
    """A key as JavaScript makes it a text: ``1`` and ``"1"`` are one key, null is the empty text."""
    if isinstance(key, str):
        return key
    if key is None:
        return ""
    if isinstance(key, bool):
        return "true" if key else "false"
    return str(key)


def written_key(node: Node) -> str:
    """A collection that stands as a key, written back as YAML: ``{{ x }}`` has the key ``{ x }``."""
    if isinstance(node, ScalarNode):
        return str(node.value)
    if isinstance(node, SequenceNode):
        return f"[ {', '.join(map(written_key, node.value))} ]"
    pairs = (written_key(k) + (f": {written_key(v)}" if v.value else "") for k, v in node.value)
    return f"{{ {', '.join(pairs)} }}"


@dataclass(slots=True)
class Builder:
    """Builds the value of one document and collects what is wrong with it."""

    most_nodes: int
    most_depth: int
    shared: bool
    """Whether the text has anchors, so that a node can be met again."""
    nodes: int = 0
    troubles: list[YamlTrouble] = field(default_factory=list)
    _known: dict[int, tuple[Any, int, int]] = field(default_factory=dict)
    """Of each collection by identity: value, nodes below it, times met."""
    _open: set[int] = field(default_factory=set)

    def build(self, node: Node, depth: int = 0) -> Any:
        """The value of a node. Raises ``Unusable`` past a bound."""
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
        """A collection that aliases may name: built once, counted each time."""
        identity = id(node)
        if identity in self._open:
            self._stop("alias", "An alias stands inside the value that it names", node)
        if identity in self._known:
            value, below, met = self._known[identity]
            self.nodes += below
            if met >= _MOST_ALIASES or self.nodes > self.most_nodes:
                self._stop("alias", "Aliases repeat the same value too many times", node)
            self._known[identity] = (value, below, met + 1)
            return value
        before = self.nodes
        self._open.add(identity)
        value = self._collection(node, depth)
        self._open.discard(identity)
        self._known[identity] = (value, self.nodes - before, 1)
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
                text = key if isinstance(key, str) else key_text(key)
                same = (type(key), key)
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
            where = extent_of(first)
            message = f'The key "{key[:60]}" stands twice: first in line {where.line}'
            hint = f'Keep one of the two, or merge what they hold: "{key[:60]}" may stand only once in a mapping.'
            self.troubles.append(YamlTrouble("duplicate-key", message, extent_of(second), hint, first=where, about=key[:60]))

    def _collection_key(self, node: Node) -> None:
        if len(self.troubles) < _MOST_DUPLICATES:
            is_list = isinstance(node, SequenceNode)
            what, instead = (
                ("Brackets without quotes make a list", "[name]") if is_list else ("Braces without quotes make a mapping", "{{ name }}")
            )
            message, hint = f"{what} here, and not a text", f'Put the text in quotes, as in "{instead}".'
            at = extent_of(node)
            start = Extent(at.line, max(at.column - 1, 1), at.end_line, at.end_column)
            self.troubles.append(YamlTrouble("unquoted-braces", message, start, hint, fatal=False))

    def _stop(self, reason: str, message: str, node: Node) -> None:
        hint = "Split it into several documents." if reason.startswith("too") else "Write the value out where it is needed."
        raise Unusable(YamlTrouble(reason, message, extent_of(node), hint))
