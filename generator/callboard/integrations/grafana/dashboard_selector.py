"""Selectors of dashboards as Backstage's plugin writes them → whether a dashboard fits.

``(tags @> 'orders' || folderTitle == "Shop") && !(title == 'Old')``: names of values, strings, ``@>`` (contains), ``==``, ``!=``, ``!``,
``&&`` before ``||``, and parentheses. A word or a string alone is a tag.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from callboard.plugins.integrations import CallboardError

TOKEN = re.compile(r"""\s*+(?:(\|\||&&|==|!=|@>|[!()])|'([^']*+)'|"([^"]*+)"|([^\s'"()|&=!@<>]++))""")
LENGTH, DEPTH = 2_000, 50
"""Characters of a selector, and parentheses and negations inside each other."""
NAMES = frozenset({"title", "tags", "url", "folderTitle", "folderUrl"})
Values = Mapping[str, str | Sequence[str]]
"""The values of a dashboard by their names: ``tags`` are several."""
Matches = Callable[[Values], bool]
Token = tuple[str, str]
"""Kind (``operator``, ``string``, ``word``, ``end``) and text."""


class SelectorError(CallboardError):
    """A selector that cannot be understood; the message is a clause."""


def dashboard_selector(text: str) -> Matches:
    """Whether a dashboard fits a selector. Raises ``SelectorError``."""
    tokens = _tokens(text)
    if [kind for kind, _ in tokens] in (["word", "end"], ["string", "end"]):
        return lambda values: tokens[0][1] in values["tags"]
    parser = _SelectorParser(tokens)
    matches = parser.either()
    parser.expect("end", "")
    return matches


def _tokens(text: str) -> list[Token]:
    if len(text) > LENGTH:
        raise SelectorError(f"it is longer than {LENGTH:,} characters")
    found: list[Token] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = TOKEN.match(text, position)
        if match is None:
            raise SelectorError(f"`{text[position : position + 20].strip()}` is no part of a selector")
        operator, single, double, word = match.groups()
        string = single if single is not None else double
        found.append(("operator", operator) if operator else ("word", word) if word else ("string", string or ""))
        position = match.end()
    return [*found, ("end", "")]


class _SelectorParser:
    """Reads the tokens of a selector from the left; each method returns what it read as a function."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0

    def either(self) -> Matches:
        parts = [self._every()]
        while self._skips("||"):
            parts.append(self._every())
        return parts[0] if len(parts) == 1 else lambda values: any(part(values) for part in parts)

    def _every(self) -> Matches:
        parts = [self._one()]
        while self._skips("&&"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda values: all(part(values) for part in parts)

    def _one(self) -> Matches:
        self._depth += 1
        if self._depth > DEPTH:
            raise SelectorError(f"it has more than {DEPTH} parentheses inside each other")
        matches = self._negated() if self._skips("!") else self._group() if self._skips("(") else self._comparison()
        self._depth -= 1
        return matches

    def _negated(self) -> Matches:
        inner = self._one()
        return lambda values: not inner(values)

    def _group(self) -> Matches:
        inner = self.either()
        self.expect("operator", ")")
        return inner

    def _comparison(self) -> Matches:
        left, operator, right = self._next(), self._next()[1], self._next()
        if left[0] not in {"word", "string"} or right[0] not in {"word", "string"} or operator not in {"@>", "==", "!="}:
            raise SelectorError(f"`{left[1]} {operator} {right[1]}` is no comparison such as `tags @> 'orders'`")
        for kind, text in (left, right):
            if kind == "word" and text not in NAMES:
                raise SelectorError(f"`{text}` is none of {', '.join(sorted(NAMES))}; a text stands in quotation marks")
        if operator == "@>":
            return lambda values: _text(right, values) in _value(left, values)
        return lambda values: (_value(left, values) == _value(right, values)) == (operator == "==")

    def expect(self, kind: str, text: str) -> None:
        """Skip this token. Raises ``SelectorError`` for another one."""
        found = self._next()
        if found != (kind, text):
            raise SelectorError(f"`{text or 'the end'}` is missing before `{found[1]}`" if found[1] else f"`{text}` is missing at its end")

    def _skips(self, operator: str) -> bool:
        is_next = self._tokens[self._position] == ("operator", operator)
        self._position += is_next
        return is_next

    def _next(self) -> Token:
        token = self._tokens[min(self._position, len(self._tokens) - 1)]
        self._position += 1
        return token


def _value(token: Token, values: Values) -> str | Sequence[str]:
    kind, text = token
    return values[text] if kind == "word" else text


def _text(token: Token, values: Values) -> str:
    """A value as one text: nothing contains a list."""
    value = _value(token, values)
    return value if isinstance(value, str) else ",".join(value)
