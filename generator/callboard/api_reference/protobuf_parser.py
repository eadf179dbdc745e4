"""Tokens of a .proto file (proto2, proto3, editions) → its declarations. A faulty statement is skipped up to its end, and reported."""

from __future__ import annotations

from dataclasses import field

from callboard.api_reference.protobuf_tokens import ProtoToken, tokens
from callboard.model.data_classes import dataclass

MAX_DEPTH = 40
"""Levels of nested messages."""
_LABELS = {"optional", "required", "repeated"}
_END = ProtoToken("", "", 0)


@dataclass(slots=True)
class ProtoField:
    """A field, a value of an enum, or an rpc."""

    name: str
    type: str = ""
    number: str = ""
    label: str = ""
    oneof: str = ""
    comment: str = ""
    options: dict[str, str] = field(default_factory=dict)
    output: str = ""
    """Type of the answer of an rpc; ``type`` is that of its request."""
    client_stream: bool = False
    server_stream: bool = False


@dataclass(slots=True)
class ProtoBlock:
    """A message, enum or service."""

    word: str
    name: str
    """With the names of the messages around it: ``Order.Line``."""
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
        if token.text in {"message", "enum", "service"} and self.at + 1 < len(self.tokens):
            self._block(scope, level)
            return
        statement = self._statement()
        words = [each.text for each in statement]
        if token.text in {"syntax", "edition"} and len(words) > 2:  # noqa: PLR2004  # word, =, value
            self.result.syntax = f"edition {_unquoted(words[2])}" if token.text == "edition" else _unquoted(words[2])
            self.result.comment = token.comment
        elif token.text == "package" and len(words) > 1:
            self.result.package = words[1]
        elif token.text == "import" and len(words) > 1:
            self.result.imports.append(_unquoted(words[-1]))
        elif token.text not in {"option", "extend", ";", "", "}"}:
            self._trouble(token)

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
        start = self._next()
        name = self._next().text
        block = ProtoBlock(start.text, f"{scope}.{name}" if scope else name, start.comment)
        if self._peek().text != "{" or level > MAX_DEPTH:
            self._trouble(start)
            self._statement()
            return
        self.at += 1
        self.result.blocks.append(block)
        self._body(block, "", level)

    def _body(self, block: ProtoBlock, oneof: str, level: int) -> None:
        while self.at < len(self.tokens):
            token = self._peek()
            following = self.tokens[self.at + 1].text if self.at + 1 < len(self.tokens) else ""
            if token.text == "}":
                self.at += 1
                return
            if token.text in {"message", "enum"} and self._is_block():
                self._block(block.name, level + 1)
            elif token.text == "oneof" and self._is_block():
                self.at += 3
                self._body(block, following, level)
            else:
                self._member(block, oneof, token)

    def _is_block(self) -> bool:
        return self.at + 2 < len(self.tokens) and self.tokens[self.at + 2].text == "{"

    def _member(self, block: ProtoBlock, oneof: str, token: ProtoToken) -> None:
        statement = self._statement()
        words = [each.text for each in statement]
        comment = token.comment or next((each.trailing for each in self.tokens[self.at - 1 : self.at] if each.trailing), "")
        if not words or words[0] in {"extend", "extensions"}:
            return
        if words[0] == "option":
            block.options[words[1] if len(words) > 1 else ""] = _unquoted(words[-1])
        elif words[0] == "reserved":
            block.reserved.append(" ".join(words[1:]).replace(" ,", ","))
        elif block.word == "service" and words[0] == "rpc":
            if "returns" not in words:
                self._trouble(token)
            block.fields.append(_rpc(words, comment))
        elif made := _value(words, comment) if block.word == "enum" else _field(words, comment, oneof):
            block.fields.append(made)
        else:
            self._trouble(token)


_HTTP_METHODS = frozenset({"get", "put", "post", "delete", "patch"})


def _rpc(words: list[str], comment: str) -> ProtoField:
    """``rpc Name (stream In) returns (Out) { option … }``."""
    name = words[1] if len(words) > 1 else ""
    sides: list[list[str]] = []
    for index, word in enumerate(words):
        if word == "(" and len(sides) < 2:  # noqa: PLR2004  # request and answer
            end = words.index(")", index) if ")" in words[index:] else len(words)
            sides.append(words[index + 1 : end])
    inputs, outputs = (*sides, [], [])[:2]
    options = {"deprecated": "true"} if _pair(words, "deprecated") == "true" else {}
    if "google.api.http" in words:
        pairs = zip(words, words[1:], words[2:], strict=False)
        found = [f"{word.upper()} {_unquoted(path)}" for word, mark, path in pairs if word in _HTTP_METHODS and mark == ":"]
        options |= {"http": ", ".join(found)} if found else {}
    return ProtoField(
        name, inputs[-1] if inputs else "", comment=comment, output=outputs[-1] if outputs else "",
        client_stream="stream" in inputs[:-1], server_stream="stream" in outputs[:-1], options=options,
    )  # fmt: skip


def _pair(words: list[str], name: str, mark: str = "=") -> str:
    for first, between, value in zip(words, words[1:], words[2:], strict=False):
        if first == name and between == mark:
            return value
    return ""


def _value(words: list[str], comment: str) -> ProtoField | None:
    if len(words) < 3 or words[1] != "=":  # noqa: PLR2004  # name, =, number
        return None
    number = "".join(words[2:4]) if words[2] == "-" else words[2]
    return ProtoField(words[0], number=number, comment=comment, options=_options(words))


def _field(words: list[str], comment: str, oneof: str) -> ProtoField | None:
    label = words[0] if words[0] in _LABELS else ""
    rest = words[1:] if label else words
    if "=" not in rest:
        return None
    head, number = rest[: rest.index("=")], rest[rest.index("=") + 1 :]
    is_map = head[:2] == ["map", "<"]
    if len(head) < 2 or not number or (not is_map and len(head) > 2 and head[0] != "group"):  # noqa: PLR2004  # type and name
        return None
    kind = "".join(head[:-1]).replace(",", ", ") if is_map else head[-2]
    return ProtoField(head[-1], kind, number[0], label, oneof, comment, _options(words))


def _options(words: list[str]) -> dict[str, str]:
    """The simple options in brackets: ``deprecated``, ``default``, ``json_name``."""
    found = {name: _unquoted(_pair(words, name)) for name in ("deprecated", "default", "json_name")}
    return {name: value for name, value in found.items() if value}


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
