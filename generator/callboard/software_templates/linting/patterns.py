"""A regular expression of a form → why browsers refuse it: they compile patterns of forms with the flag ``u`` of JavaScript."""

from __future__ import annotations

_SYNTAX = frozenset("^$\\.*+?()[]{}|/")
_CLASSES = frozenset("dDwWsS")
_CONTROLS = frozenset("tnvfr")
_HEX = frozenset("0123456789abcdefABCDEF")
_HIGHEST = 0x10FFFF
_ANY = -1
"""In place of a character: a set of characters, which no range can begin or end with."""
_GROUPS = ("?:", "?=", "?!", "?<=", "?<!")


class PatternError(Exception):
    """Why a text is no regular expression, in words."""


def pattern_error(pattern: str) -> str:
    """Why the pattern cannot be used; empty for a good one."""
    try:
        _Pattern(pattern).check()
    except PatternError as error:
        return str(error)
    return ""


class _Pattern:
    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._names: list[str] = []
        self._used: list[str] = []
        self._groups = self._highest = 0

    def check(self) -> None:
        """Raises ``PatternError``."""
        depth = 0
        while self._at < len(self._text):
            character = self._take()
            if character == "(":
                self._group()
                depth += 1
            elif character == ")":
                depth -= 1
                if depth < 0:
                    raise PatternError("`)` has no `(` before it")
                self._quantifier()
            else:
                self._term(character)
        if depth:
            raise PatternError("`(` has no `)` after it")
        if self._highest > self._groups or set(self._used) - set(self._names):
            raise PatternError("it refers to a group that it does not have")

    def _take(self) -> str:
        if self._at >= len(self._text):
            raise PatternError("it ends too early")
        self._at += 1
        return self._text[self._at - 1]

    def _skip(self, text: str) -> bool:
        is_there = self._text.startswith(text, self._at)
        self._at += len(text) if is_there else 0
        return is_there

    def _term(self, character: str) -> None:
        if character in "^$|":
            return
        if character in "*+?":
            raise PatternError(f"there is nothing before `{character}` to repeat")
        if character in "{}]":
            raise PatternError(f"`{character}` must be written as `\\{character}`")
        if character == "[":
            self._class()
        elif character == "\\":
            if self._text[self._at : self._at + 1] in {"b", "B"}:
                self._at += 1
                return
            self._escape()
        self._quantifier()

    def _quantifier(self) -> None:
        if self._text[self._at : self._at + 1] in {"*", "+", "?"}:
            self._at += 1
        elif self._skip("{"):
            self._bounds()
        else:
            return
        self._skip("?")
        if self._text[self._at : self._at + 1] in {"*", "+", "?"}:
            raise PatternError(f"there is nothing before `{self._text[self._at]}` to repeat")

    def _bounds(self) -> None:
        end = self._text.find("}", self._at)
        low, comma, high = (self._text[self._at : end] if end >= 0 else "").partition(",")
        if not low.isdecimal() or (high and not high.isdecimal()):
            raise PatternError("`{` must be written as `\\{` where no number of repetitions follows")
        if comma and high and int(high) < int(low):
            raise PatternError(f"the numbers in {{{low},{high}}} are out of order")
        self._at = end + 1

    def _group(self) -> None:
        if self._skip("?<") and self._text[self._at : self._at + 1] not in {"=", "!"}:
            name = self._name()
            if name in self._names:
                raise PatternError(f"the group `{name}` is there twice")
            self._names.append(name)
            self._groups += 1
            return
        if self._text[self._at - 2 : self._at] == "?<":
            self._at += 1
            return
        if not self._text.startswith("?", self._at):
            self._groups += 1
        elif not any(self._skip(each) for each in _GROUPS):
            raise PatternError(f"`({self._text[self._at : self._at + 2]}` is no group of JavaScript")

    def _name(self) -> str:
        end = self._text.find(">", self._at)
        name = self._text[self._at : end] if end >= 0 else ""
        if not name.replace("$", "_").isidentifier():
            raise PatternError("a group has no valid name")
        self._at = end + 1
        return name

    def _class(self) -> None:
        self._skip("^")
        previous, is_range = None, False
        while (character := self._take()) != "]":
            if character == "-" and previous is not None and not is_range and not self._text.startswith("]", self._at):
                is_range = True
                continue
            value = self._escape(in_class=True) if character == "\\" else ord(character)
            if is_range and previous is not None:
                if _ANY in {previous, value}:
                    raise PatternError("`-` after or before a set such as `\\w` must be written as `\\-`")
                if value < previous:
                    raise PatternError("a range of characters is out of order")
                previous, is_range = None, False
            else:
                previous = value

    def _escape(self, *, in_class: bool = False) -> int:
        character = self._take()
        if character in _CLASSES:
            return _ANY
        if character in "pP":
            return self._property()
        if character in _CONTROLS or character in _SYNTAX or (in_class and character in "-b"):
            return ord({"t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "b": "\b"}.get(character, character))
        if character in "xu":
            return self._code(character)
        if character == "c" and self._text[self._at : self._at + 1].isalpha() and self._text[self._at].isascii():
            return ord(self._take()) % 32
        return self._reference(character, in_class=in_class)

    def _reference(self, character: str, *, in_class: bool) -> int:
        if character == "0" and not self._text[self._at : self._at + 1].isdecimal():
            return 0
        if character in "123456789" and not in_class:
            while self._text[self._at : self._at + 1].isdecimal():
                character += self._take()
            self._highest = max(self._highest, int(character[:9]))
            return _ANY
        if character == "k" and not in_class and self._skip("<"):
            self._used.append(self._name())
            return _ANY
        raise PatternError(
            f"`\\{character}` must be written as `{character}`" if not character.isalnum() else f"`\\{character}` is unknown"
        )

    def _property(self) -> int:
        end = self._text.find("}", self._at)
        if not self._text.startswith("{", self._at) or end < self._at + 2:
            raise PatternError("`\\p` needs a property such as `\\p{L}`")
        self._at = end + 1
        return _ANY

    def _code(self, kind: str) -> int:
        if kind == "u" and self._skip("{"):
            end = self._text.find("}", self._at)
            digits = self._text[self._at : end] if end >= 0 else ""
            self._at = end + 1
        else:
            width = 2 if kind == "x" else 4
            digits = self._text[self._at : self._at + width].ljust(width)
            self._at += width
        if not digits or set(digits) - _HEX or int(digits, 16) > _HIGHEST:
            raise PatternError(f"`\\{kind}` needs hexadecimal digits")
        return int(digits, 16)
