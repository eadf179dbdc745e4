"""Style sheets → the rules and custom properties of them that pages can use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet

from callboard.model.data_classes import dataclass

_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\"[^\"]*\"")
_IN_PARENTHESES = re.compile(r"\([^()]*\)")
_ATTRIBUTE = re.compile(r"\[(data-md-[\w-]+)(?:=[\"']?([\w-]+))?")
"""An attribute of the theme in a selector, and its value."""
_COLOR = "data-md-color-"
_NESTED = ("@media", "@supports", "@layer", "@container")
"""Rules that contain rules; the content of others, such as keyframes, is kept as it is."""
_STRING = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
_COMMENT = re.compile(rf"({_STRING})|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)", re.DOTALL)
_SPACE = re.compile(rf"({_STRING})|\s*([{{}};,])\s*|:\s+|\s+", re.DOTALL)
_BRACES = re.compile(rf"{_STRING}|[{{}}]", re.DOTALL)
_DECLARATION = re.compile(rf"(?:{_STRING}|[^;\"'])+;?|;", re.DOTALL)
_PROPERTY = re.compile(r"\s*(--[\w-]+)\s*:")
_REFERENCE = re.compile(r"var\(\s*(--[\w-]+)")


def compact(css: str) -> str:
    """The style sheet without comments, and without white space that separates nothing."""
    css = _COMMENT.sub(lambda found: found[1] or " ", css)
    return _SPACE.sub(lambda found: found[1] or found[2] or (":" if found[0][0] == ":" else " "), css).strip()


@dataclass(frozen=True, slots=True)
class Markup:
    """What the HTML of pages can have."""

    classes: AbstractSet[str]
    attributes: AbstractSet[str] | None = None
    """Names of the theme's attributes (``data-md-…``); None if they are not known."""
    colors: AbstractSet[str] | None = None
    """Values of the theme's attributes of colors; None if they are not known."""

    def can_match(self, selector: str) -> bool:
        """True unless the selector needs a class or attribute that no page has.

        What is inside of ``:not()``, ``:is()`` and the like does not count.
        """
        if any(name not in self.classes for name in _CLASS.findall(_without(_IN_BRACKETS, selector))):
            return False
        if self.attributes is None or "[data-md-" not in selector:
            return True
        return all(self._has(*found) for found in _ATTRIBUTE.findall(_without(_IN_PARENTHESES, selector)))

    def _has(self, name: str, value: str) -> bool:
        if name.startswith(_COLOR):
            return self.colors is None or not value or value in self.colors
        return self.attributes is None or name in self.attributes


def used_rules(css: str, markup: Markup) -> str:
    """The rules of a style sheet that can match an element of this markup."""
    return "".join(_kept(css, markup.can_match))


def without_unused_properties(css: str, others: Iterable[str]) -> str:
    """The style sheet without custom properties that neither it nor the other texts use, and without rules that are then empty."""
    elsewhere = {name for text in others for name in re.findall(r"--[\w-]+", text)}
    while True:
        used = elsewhere.union(_REFERENCE.findall(css))
        kept = "".join(_with_properties(css, used))
        if kept == css:
            return css
        css = kept


def _with_properties(css: str, used: AbstractSet[str]) -> Iterator[str]:
    for prelude, block in _rules(css):
        head = prelude.strip()
        if block is None:
            yield f"{head};"
        elif head.startswith(_NESTED):
            if inner := "".join(_with_properties(block, used)):
                yield f"{head}{{{inner}}}"
        elif head.startswith("@") or "--" not in block:
            yield f"{head}{{{block}}}"
        elif inner := "".join(each for each in _DECLARATION.findall(block) if not (named := _PROPERTY.match(each)) or named[1] in used):
            yield f"{head}{{{inner}}}"


def _kept(css: str, can_match: Callable[[str], bool]) -> Iterator[str]:
    for prelude, block in _rules(css):
        head = prelude.strip()
        if block is None:
            yield f"{head};"
        elif head.startswith(_NESTED):
            if inner := "".join(_kept(block, can_match)):
                yield f"{head}{{{inner}}}"
        elif head.startswith("@"):
            yield f"{head}{{{block}}}"
        elif selectors := [each for each in _selectors(head) if can_match(each)]:
            yield f"{','.join(selectors)}{{{block}}}"


def _rules(css: str) -> Iterator[tuple[str, str | None]]:
    """What stands before each block, and the block; None in its place for a statement such as ``@charset``."""
    position = 0
    while position < len(css):
        opening, end = _find(css, "{", position), _find(css, ";", position)
        if end < opening:
            yield css[position:end], None
            position = end + 1
        elif opening < len(css):
            closing = _end_of_block(css, opening)
            yield css[position:opening], css[opening + 1 : closing]
            position = closing + 1
        else:
            return


def _end_of_block(css: str, opening: int) -> int:
    """Position of the brace that closes the one at ``opening``; the end of the text if there is none."""
    depth = 0
    for found in _BRACES.finditer(css, opening):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return found.start()
    return len(css)


def _find(css: str, character: str, start: int) -> int:
    found = css.find(character, start)
    return len(css) if found < 0 else found


def _selectors(prelude: str) -> Iterator[str]:
    """The selectors of a list, separated at commas outside of brackets."""
    depth, start = 0, 0
    for position, character in enumerate(prelude):
        if character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "," and depth == 0:
            yield prelude[start:position]
            start = position + 1
    yield prelude[start:]


def _without(pattern: re.Pattern[str], selector: str) -> str:
    outside, before = selector, ""
    while outside != before:
        outside, before = pattern.sub("", outside), outside
    return outside
