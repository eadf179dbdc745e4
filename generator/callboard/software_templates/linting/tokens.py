"""The text of an expression of a template → its tokens, as the lexer of Backstage's engine (nunjucks) reads them."""

from __future__ import annotations

import re
from typing import Final

from callboard.model.data_classes import dataclass

WHITE: Final = frozenset(" \n\t\r\u00a0")
_DELIMITERS = frozenset("()[]{}%*-+~/#,:|.<>=!'\"")
_OPERATORS = ("===", "!==", "==", "!=", "<=", ">=", "//", "**")
_FLAGS = frozenset("gimy")
_NUMBER = re.compile(r"[0-9]++(?:\.[0-9]++)?+")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*+")
_CONSTANTS = frozenset({"true", "false", "none", "null"})
_OTHER_LANGUAGES = {
    "?": ("?", "is an operator of JavaScript; write `a if condition else b`, or `a | default(b)`"),
    "&": ("&&", "is an operator of JavaScript; write `and`"),
}


class ExpressionError(Exception):
    """Why a text is no expression, in words."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token."""

    kind: str
    """``string``, ``number``, ``word``, ``constant``, ``regex`` or ``operator``."""
    text: str


def tokens(text: str) -> list[Token]:
    """All tokens. Raises ``ExpressionError`` for a string or a regular expression that does not end."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] in WHITE:
            at += 1
            continue
        token, at = _token(text, at)
        found.append(token)
    return found


def string_end(text: str, at: int) -> int:
    """The position after a string that begins at ``at``; the length of the text if it does not end."""
    quote, at = text[at], at + 1
    while at < len(text) and text[at] != quote:
        at += 2 if text[at] == "\\" else 1
    return min(at + 1, len(text)) if at < len(text) else len(text) + 1


def _token(text: str, at: int) -> tuple[Token, int]:
    character = text[at]
    if character in "'\"":
        end = string_end(text, at)
        if end > len(text):
            raise ExpressionError(f"the string that begins with {text[at : at + 20]} has no end")
        return Token("string", text[at + 1 : end - 1]), end
    if text.startswith("r/", at):
        return _regex(text, at)
    operator = next((each for each in _OPERATORS if text.startswith(each, at)), character if character in _DELIMITERS else "")
    if operator:
        return Token("operator", operator), at + len(operator)
    if number := _NUMBER.match(text, at):
        return Token("number", number[0]), number.end()
    if word := _WORD.match(text, at):
        return Token("constant" if word[0] in _CONSTANTS else "word", word[0]), word.end()
    other = _OTHER_LANGUAGES.get(character)
    raise ExpressionError(f"`{other[0]}` {other[1]}" if other else f"`{character}` is not expected there")


def _regex(text: str, at: int) -> tuple[Token, int]:
    end = at + 2
    while end < len(text) and text[end] != "/":
        end += 2 if text[end] == "\\" else 1
    if end >= len(text):
        raise ExpressionError(f"the regular expression that begins with {text[at : at + 20]} has no end")
    end += 1
    while end < len(text) and text[end] in _FLAGS:
        end += 1
    return Token("regex", text[at:end]), end
