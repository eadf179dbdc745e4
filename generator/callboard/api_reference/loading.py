"""The text of a definition → its value (JSON or YAML), within limits of bytes, nodes and depth; or a sentence that says why not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from callboard.api_reference.parsed import PARSED
from callboard.io.time_limit import TimeLimitError, time_limit
from callboard.yaml.documents import Document, read_documents

MAX_BYTES = 16_000_000
"""The largest public description is 13 MB."""
MAX_NODES = 500_000
MAX_DEPTH = 60
"""Real definitions have at most 22 levels."""
MAX_YAML = 5_000_000
"""Characters of YAML, which takes forty times as long to read as JSON."""

MAX_SECONDS = 20
"""Processor time for one question about a definition (its faults, its quality, its reference); the largest public ones need 2 s."""
MAX_KEPT = 1_000_000
"""Characters of a YAML text whose value is kept for the next question about it."""

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
"""An escape in JSON of a half of a character; most stand in pairs."""


class UnreadableDefinitionError(ValueError):
    """The definition cannot be read; the message is a sentence for people.

    Args:
        message: the sentence.
        line: in the text of the definition, from 1; 0 if it is not known.
        hint: how to fix it.
    """

    def __init__(self, message: str, line: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.hint = line, hint


@contextmanager
def reading_time() -> Iterator[None]:
    """Raise ``UnreadableDefinitionError`` if the block takes more than ``MAX_SECONDS`` of processor time."""
    try:
        with time_limit(MAX_SECONDS):
            yield
    except TimeLimitError:
        msg = f"Reading the definition takes more than {MAX_SECONDS} s."
        raise UnreadableDefinitionError(msg, hint="Make the definition smaller, or split it into several APIs.") from None


def load(text: str) -> Any:
    """The value of a definition; of the first document, if there are several.

    Raises:
        UnreadableDefinitionError: it is too large, nested too deeply, or neither JSON nor YAML.
    """
    if len(text) > MAX_BYTES:
        msg = f"The definition is longer than {MAX_BYTES:,} characters."
        raise UnreadableDefinitionError(msg)
    if text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}:
        try:
            value = within_limits(json.loads(text.lstrip("\ufeff"), parse_constant=str))
            return _well_formed(value) if _SURROGATE.search(text) else value
        except RecursionError:
            msg = f"The definition is nested deeper than {MAX_DEPTH} levels."
            raise UnreadableDefinitionError(msg) from None
        except UnreadableDefinitionError:
            raise
        except ValueError as error:
            if len(text) > MAX_YAML // 5:
                msg = f"The definition is no valid JSON: {error}."
                raise UnreadableDefinitionError(msg, getattr(error, "lineno", 0)) from None
    return _yaml(text)


def _well_formed(value: Any) -> Any:
    """The value without halves of surrogate pairs, which JSON may escape and which no page can hold."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_well_formed(key): _well_formed(each) for key, each in value.items()}
    return [_well_formed(each) for each in value] if isinstance(value, list) else value


def _yaml(text: str) -> Any:
    if len(text) > MAX_YAML:
        msg = f"The definition is YAML of more than {MAX_YAML:,} characters. Write it as JSON."
        raise UnreadableDefinitionError(msg)
    documents = yaml_documents(text)
    if not documents:
        msg = "The definition is empty."
        raise UnreadableDefinitionError(msg)
    document = documents[0]
    if document.failed:
        trouble = next(each for each in document.troubles if each.fatal)
        place = f" (line {trouble.at.line})"
        raise UnreadableDefinitionError(f"{trouble.message.rstrip('.')}{place}.", trouble.at.line, trouble.hint)
    return within_limits(document.value)


def yaml_documents(text: str) -> tuple[Document, ...]:
    """The first two documents of a text; a definition is read several times in a row, for different questions."""
    return _known_documents(text) if len(text) <= MAX_KEPT else _read_yaml(text)


@lru_cache(maxsize=2)
def _known_documents(text: str) -> tuple[Document, ...]:
    known = PARSED.get(text)
    if known is None:
        known = _read_yaml(text)
        PARSED.keep(text, known)
    return known


def _read_yaml(text: str) -> tuple[Document, ...]:
    return read_documents(text, nodes=MAX_NODES, depth=MAX_DEPTH, documents=2)


def within_limits(value: Any) -> Any:
    """The value, if it has not too many nodes and levels; aliases count as often as they are used."""
    nodes, level = 0, [value]
    for _ in range(MAX_DEPTH):
        nodes += len(level)
        if nodes > MAX_NODES:
            msg = f"The definition has more than {MAX_NODES:,} values."
            raise UnreadableDefinitionError(msg)
        below: list[Any] = []
        for each in level:
            if each.__class__ is dict:
                below += each.values()
            elif each.__class__ is list:
                below += each
            if len(below) > MAX_NODES:
                break
        if not below:
            return value
        level = below
    msg = f"The definition is nested deeper than {MAX_DEPTH} levels."
    raise UnreadableDefinitionError(msg)


def at_pointer(document: Any, pointer: str) -> Any:
    """The value at a JSON pointer in a ``$ref`` (``#/components/schemas/Order``); None if there is none. Nothing outside is read."""
    if pointer == "#":
        return document
    if not pointer.startswith("#/"):
        return None
    found = document
    for part in pointer[2:].split("/"):
        name = unescaped(part)
        if isinstance(found, dict):
            found = found.get(name)
        elif isinstance(found, list) and name.isdigit() and int(name[:9]) < len(found):
            found = found[int(name[:9])]
        else:
            return None
    return found


def unescaped(part: str) -> str:
    """A part of a JSON pointer as the name that it means."""
    if "%" in part:
        from urllib.parse import unquote  # noqa: PLC0415  # few pointers need it

        part = unquote(part)
    return part.replace("~1", "/").replace("~0", "~")
