"""Tokens of a .proto file (proto2, proto3, editions) → its declarations. A faulty statement is skipped up to its end, and reported."""

from __future__ import annotations

from dataclasses import field

from callboard.api_reference.protobuf_statements import LABELS, ProtoField, field_of, options_of, rpc_of, unquoted, value_of
from callboard.api_reference.protobuf_tokens import ProtoToken, tokens
from callboard.model.data_classes import dataclass

MAX_DEPTH = 40
"""Levels of nested messages."""
_VISIBILITY = {"export", "local"}
"""Before messages and enums, since edition 2024."""
_END = ProtoToken("", "", 0)


@dataclass(slots=True)
class ProtoBlock:
    """A message, enum, service or extension (``extend``)."""

    word: str
    name: str
    """With the names of the messages around it: ``Order.Line``; of an extension ``extend`` and the message that it extends."""
    comment: str = ""
    fields: list[ProtoField] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    reserved: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ProtoFile:
    """All declarations of a file, nested ones included."""

    syntax: str = ""
    package: str = ""
    comment: str = ""
    imports: list[str] = field(default_factory=list)
    blocks: list[ProtoBlock] = field(default_factory=list)
    troubles: list[tuple[int, str]] = field(default_factory=list)
    """Line and sentence."""


def parse_proto(text: str) -> ProtoFile:
    """The declarations of a file."""
    return _Parser(list(tokens(text))).file()


class _Parser:
    def __init__(self, found: list[ProtoToken]) -> None:
        self.tokens, self.at, self.result = found, 0, ProtoFile()
        self.extensions: dict[str, ProtoBlock] = {}

    def file(self) -> ProtoFile:
        while self.at < len(self.tokens):
            self._declaration("", 0)
        return self.result

    def _peek(self) -> ProtoToken:
        return self.tokens[self.at] if self.at < len(self.tokens) else _END

    def _next(self) -> ProtoToken:
        token = self._peek()
        self.at += 1
        return token

    def _declaration(self, scope: str, level: int) -> None:
        token = self._peek()
        if self._is_typed(token) or (token.text == "service" and self._ahead(1)):
            self._block(scope, level)
            return
        if token.text == "extend" and self._is_block():
            self._extension(level)
            return
        statement = self._statement()
        words = [each.text for each in statement]
        if token.text in {"syntax", "edition"} and len(words) > 2:  # noqa: PLR2004  # word, =, value
            self.result.syntax = f"edition {unquoted(words[2])}" if token.text == "edition" else unquoted(words[2])
            self.result.comment = token.comment
        elif token.text == "package" and len(words) > 1:
            self.result.package = words[1]
        elif token.text == "import" and len(words) > 1:
            self.result.imports.append(unquoted(words[-1]))
        elif token.text not in {"option", ";", "", "}"}:
            self._trouble(token)

    def _is_typed(self, token: ProtoToken) -> bool:
        """Whether a message or an enum begins at a token, with its visibility."""
        word = self._ahead(1) if token.text in _VISIBILITY else token.text
        return word in {"message", "enum"} and bool(self._ahead(1))

    def _ahead(self, number: int) -> str:
        return self.tokens[self.at + number].text if self.at + number < len(self.tokens) else ""

    def _trouble(self, token: ProtoToken) -> None:
        if len(self.result.troubles) < 20:  # noqa: PLR2004  # more say nothing new
            self.result.troubles.append((token.line, f"“{token.text[:40]}” is not expected here."))

    def _statement(self) -> list[ProtoToken]:
        """The tokens up to ``;`` or past the ``}`` that ends a block; stops before a ``}`` of the block around it."""
        found: list[ProtoToken] = []
        depth = 0
        while self.at < len(self.tokens):
            token = self._peek()
            if token.text == "}" and depth == 0:
                if not found:
                    self.at += 1
                return found
            self.at += 1
            depth += (token.text in {"{", "["}) - (token.text in {"}", "]"})
            if token.text == ";" and depth <= 0:
                return found
            found.append(token)
            if token.text == "}" and depth <= 0:
                return found
        return found

    def _block(self, scope: str, level: int) -> None:
        comment = self._peek().comment
        self.at += self._peek().text in _VISIBILITY
        start = self._next()
        name = self._next().text
        block = ProtoBlock(start.text, f"{scope}.{name}" if scope else name, comment or start.comment)
        if self._peek().text != "{" or level > MAX_DEPTH:
            self._trouble(start)
            self._statement()
            return
        self.at += 1
        self.result.blocks.append(block)
        self._body(block, "", level)

    def _body(self, block: ProtoBlock, oneof: str, level: int) -> None:
        while self.at < len(self.tokens):
            token, following = self._peek(), self._ahead(1)
            if token.text == "}":
                self.at += 1
                return
            if self._is_typed(token) and self._is_block(token.text in _VISIBILITY):
                self._block(block.name, level + 1)
            elif token.text == "extend" and self._is_block() and level < MAX_DEPTH:
                self._extension(level + 1)
            elif token.text == "oneof" and self._is_block() and level < MAX_DEPTH:
                self.at += 3
                self._body(block, following, level + 1)
            elif not self._group(block, oneof, level):
                self._member(block, oneof, token)

    def _is_block(self, words_before: int = 0) -> bool:
        return self._ahead(words_before + 2) == "{"

    def _extension(self, level: int) -> None:
        """Fields for a message of another file; all of one message are one block."""
        start, target = self._next(), self._next().text
        self.at += 1
        block = self.extensions.get(target)
        if block is None:
            block = self.extensions[target] = ProtoBlock("extend", f"extend {target}", start.comment)
            self.result.blocks.append(block)
        self._body(block, "", level)

    def _group(self, block: ProtoBlock, oneof: str, level: int) -> bool:
        """Read a group of proto2 (a field, and the message that it is of); False if none begins here."""
        has_label = self._peek().text in LABELS
        head = self.at + has_label
        if self._ahead(has_label) != "group" or self._ahead(has_label + 2) != "=" or level > MAX_DEPTH:
            return False
        end = next((at for at in range(head + 4, min(head + 200, len(self.tokens))) if self.tokens[at].text in {"{", ";", "}"}), 0)
        if not end or self.tokens[end].text != "{":
            return False
        name, comment = self.tokens[head + 1].text, self._peek().comment
        label = self._peek().text if has_label else ""
        options = options_of([each.text for each in self.tokens[head:end]])
        block.fields.append(ProtoField(name.lower(), name, self.tokens[head + 3].text, label, oneof, comment, options))
        inner = ProtoBlock("message", f"{block.name}.{name}" if block.word == "message" else name, comment)
        self.result.blocks.append(inner)
        self.at = end + 1
        self._body(inner, "", level + 1)
        return True

    def _member(self, block: ProtoBlock, oneof: str, token: ProtoToken) -> None:
        statement = self._statement()
        words = [each.text for each in statement]
        comment = token.comment or next((each.trailing for each in self.tokens[self.at - 1 : self.at] if each.trailing), "")
        if not words or words[0] == "extensions":
            return
        if words[0] == "option":
            block.options[words[1] if len(words) > 1 else ""] = unquoted(words[-1])
        elif words[0] == "reserved":
            block.reserved.append(" ".join(words[1:]).replace(" ,", ","))
        elif block.word == "service" and words[0] == "rpc":
            if "returns" not in words:
                self._trouble(token)
            block.fields.append(rpc_of(words, comment))
        elif made := value_of(words, comment) if block.word == "enum" else field_of(words, comment, oneof):
            block.fields.append(made)
        else:
            self._trouble(token)
