"""The text of an expression → the names and filters that it uses, read by the grammar of Backstage's engine (nunjucks); nothing is run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from callboard.model.data_classes import dataclass
from callboard.software_templates.linting.tokens import ExpressionError, Token, tokens

MAX_TOKENS = 4000
MAX_DEPTH = 60
_BINARY = frozenset({"==", "===", "!=", "!==", "<", ">", "<=", ">=", "~", "+", "-", "*", "/", "//", "%", "**"})
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_BETWEEN = frozenset({"or", "and", "in", "is"})


@dataclass(frozen=True, slots=True)
class NameUse:
    """A name with what is looked up in it: ``parameters``, ``name``."""

    path: tuple[str, ...]
    """Up to the first part that is computed."""
    is_called: bool = False

    @property
    def root(self) -> str:
        """The first part."""
        return self.path[0]

    def __str__(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class ExpressionUse:
    """What an expression uses."""

    names: tuple[NameUse, ...]
    filters: tuple[str, ...]


def read_expression(text: str) -> ExpressionUse:
    """What the expression uses. Raises ``ExpressionError`` with the reason for a text that the engine cannot parse."""
    reader = ExpressionReader(tokens(text))
    reader.expression()
    reader.end()
    return reader.used()


@dataclass(slots=True)
class ExpressionReader:
    """Reads expressions one after another from tokens."""

    found: Sequence[Token]
    at: int = 0
    _depth: int = 0
    _names: list[NameUse] = field(default_factory=list)
    _filters: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if len(self.found) > MAX_TOKENS:
            raise ExpressionError("the expression is too long to be checked")

    def used(self) -> ExpressionUse:
        """What was used up to here."""
        return ExpressionUse(tuple(self._names), tuple(self._filters))

    def is_at(self, *texts: str) -> bool:
        """Whether the next token is one of these operators or words."""
        return self.at < len(self.found) and self.found[self.at].kind in {"operator", "word"} and self.found[self.at].text in texts

    def take(self, *texts: str) -> bool:
        """Skip the next token if it is one of these."""
        taken = self.is_at(*texts)
        self.at += taken
        return taken

    def expect(self, text: str) -> None:
        """Skip this token. Raises ``ExpressionError`` if another one is next."""
        if not self.take(text):
            raise ExpressionError(f"{text} is missing before {self._next()}")

    def name(self) -> str:
        """Skip and return a word. Raises ``ExpressionError`` if there is none."""
        if self.at < len(self.found) and self.found[self.at].kind == "word":
            self.at += 1
            return self.found[self.at - 1].text
        raise ExpressionError(f"a name is missing before {self._next()}")

    def end(self) -> None:
        """Raises ``ExpressionError`` if there is something left."""
        if self.at < len(self.found):
            raise ExpressionError(self._unexpected())

    def expression(self) -> None:
        """Read an expression, with ``if`` and ``else`` after it."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ExpressionError("the expression is nested too deeply to be checked")
        self._operands()
        if self.take("if"):
            self._operands()
            if self.take("else"):
                self._operands()
        self._depth -= 1

    def _operands(self) -> None:
        while True:
            while self.take("not"):
                pass
            self._operand()
            if self.at < len(self.found) and self.found[self.at].kind == "operator" and self.found[self.at].text in _BINARY:
                self.at += 1
            elif self.is_at("not") and self.at + 1 < len(self.found) and self.found[self.at + 1].text == "in":
                self.at += 2
            elif not self.take(*_BETWEEN):
                return
            elif self.found[self.at - 1].text == "is":
                self._test()
                if not self.take(*_BETWEEN):
                    return

    def _test(self) -> None:
        """What follows ``is``: the name of a test, which is no variable, or a constant."""
        self.take("not")
        if self.at < len(self.found) and self.found[self.at].kind in {"word", "constant"}:
            self.at += 1
            if self.take("("):
                self._until(")")
        else:
            raise ExpressionError(self._unexpected())

    def _operand(self) -> None:
        while self.take("-", "+"):
            pass
        if self.at >= len(self.found):
            raise ExpressionError("the expression ends where a value is expected")
        token = self.found[self.at]
        if token.kind == "operator":
            if token.text not in _CLOSING:
                raise ExpressionError(self._unexpected())
            self.at += 1
            self._until(_CLOSING[token.text], is_mapping=token.text == "{")
            self._after(None)
        else:
            self.at += 1
            self._after([token.text] if token.kind == "word" else None)
        while self.take("|"):
            self._filter()

    def _after(self, path: list[str] | None) -> None:
        """Calls and look-ups after a value; ``path`` is None for one that is no name."""
        place = len(self._names)
        is_called, is_open = False, path is not None
        while True:
            if self.take("("):
                is_called, is_open = is_called or is_open, False
                self._until(")")
            elif self.take("["):
                start = self.at
                self._until("]")
                key = self.found[start] if self.at == start + 2 else None
                is_open = is_open and key is not None and key.kind == "string"
                if is_open and path is not None and key is not None:
                    path.append(key.text)
            elif self.take("."):
                part = self._part()
                if is_open and path is not None:
                    path.append(part)
            else:
                break
        if path:
            self._names.insert(place, NameUse(tuple(path), is_called))

    def _part(self) -> str:
        if self.at < len(self.found) and self.found[self.at].kind in {"word", "constant"}:
            self.at += 1
            return self.found[self.at - 1].text
        raise ExpressionError(f"a name is missing after the dot, before {self._next()}")

    def _until(self, closing: str, *, is_mapping: bool = False) -> None:
        """Expressions with commas, as arguments, items or entries."""
        while not self.take(closing):
            if (
                self.at + 1 < len(self.found)
                and self.found[self.at + 1].text == "="
                and closing == ")"
                and self.found[self.at].kind == "word"
            ):
                self.at += 2
            self.expression()
            if closing == "]" and self.take(":"):
                continue
            if is_mapping:
                self.expect(":")
                self.expression()
            if not self.is_at(closing):
                self.expect(",")

    def _filter(self) -> None:
        if self.is_at("|"):
            raise ExpressionError("`||` is an operator of JavaScript; write `or`, or `| default(…)`")
        name = self.name()
        while self.take("."):
            name += f".{self.name()}"
        self._filters.append(name)
        if self.take("("):
            self._until(")")

    def _next(self) -> str:
        return f"`{self.found[self.at].text[:40]}`" if self.at < len(self.found) else "the end"

    def _unexpected(self) -> str:
        if self.is_at("!"):
            return "`!` is an operator of JavaScript; write `not`"
        return f"{self._next()} is not expected there"
