"""The words of one statement of a .proto file → the field, value of an enum or rpc that it declares."""

from __future__ import annotations

from dataclasses import dataclass, field

LABELS = {"optional", "required", "repeated"}
_HTTP_METHODS = frozenset({"get", "put", "post", "delete", "patch"})


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


def rpc_of(words: list[str], comment: str) -> ProtoField:
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
        found = [f"{word.upper()} {unquoted(path)}" for word, mark, path in pairs if word in _HTTP_METHODS and mark == ":"]
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


def value_of(words: list[str], comment: str) -> ProtoField | None:
    """``NAME = number [options]``; None if it is not a value of an enum."""
    if len(words) < 3 or words[1] != "=":  # noqa: PLR2004  # name, =, number
        return None
    number = "".join(words[2:4]) if words[2] == "-" else words[2]
    return ProtoField(words[0], number=number, comment=comment, options=options_of(words))


def field_of(words: list[str], comment: str, oneof: str) -> ProtoField | None:
    """``label type name = number [options]``; None if it is not a field."""
    label = words[0] if words[0] in LABELS else ""
    rest = words[1:] if label else words
    if "=" not in rest:
        return None
    head, number = rest[: rest.index("=")], rest[rest.index("=") + 1 :]
    is_map = head[:2] == ["map", "<"]
    if len(head) < 2 or not number or (not is_map and len(head) > 2):  # noqa: PLR2004  # type and name
        return None
    kind = "".join(head[:-1]).replace(",", ", ") if is_map else head[-2]
    return ProtoField(head[-1], kind, number[0], label, oneof, comment, options_of(words))


def options_of(words: list[str]) -> dict[str, str]:
    """The simple options in brackets: ``deprecated``, ``default``, ``json_name``."""
    found = {name: unquoted(_pair(words, name)) for name in ("deprecated", "default", "json_name")}
    return {name: value for name, value in found.items() if value}


def unquoted(text: str) -> str:
    """A string without its quotes; anything else as it is."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
