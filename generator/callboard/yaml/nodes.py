"""The text of one document → its nodes, read by libyaml as npm's ``yaml`` reads YAML 1.2, at unchanged positions.

Where libyaml rejects or misreads what YAML 1.2 allows, the text is prepared with private characters of the same length, or tabs are
replaced by spaces; the values of the nodes are restored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from yaml.composer import ComposerError
from yaml.error import MarkedYAMLError
from yaml.events import CollectionEndEvent, CollectionStartEvent, StreamEndEvent
from yaml.nodes import MappingNode, Node, ScalarNode

from callboard.model.problem import Span
from callboard.yaml.problems import YamlTrouble
from callboard.yaml.values import Parser, RedefiningParser, Unusable

_DIRECTIVE = re.compile(r"^%(?!TAG )[^\n]*", re.MULTILINE)
_TAB_LINE = re.compile(r"^[ ]*\t[ \t]*(?=\r?$|#)", re.MULTILINE)
"""The white space of a line without content."""
_DASH_TAB = re.compile(r"^ *(?:- +)*-(?= *\t)[ \t]*+(?=[^\s#-])(?![^\n]*:(?:\s|$))", re.MULTILINE)
_EXOTIC_RANGES = ((0, 8), (0xB, 0xC), (0xE, 0x1F), (0x7F, 0x9F), (0x2028, 0x2029), (0xFEFF, 0xFEFF), (0xFFFE, 0xFFFF))
"""Characters that npm's ``yaml`` allows and libyaml rejects or, by YAML 1.1, reads as line breaks: first and last codes."""
_AWAY, _PLANE = 0xF0000, 0x10000
_EXOTIC_CODES = tuple(code for first, last in _EXOTIC_RANGES for code in range(first, last + 1))
_TAB, _BACKSLASH = chr(_AWAY + ord("\t")), chr(_AWAY + ord("\\"))
"""Stand for a tab with which a block scalar begins, and for the backslash of an escape; both are rejected by libyaml."""
_PRIVATE = (*(_AWAY + code for code in _EXOTIC_CODES), ord(_TAB), ord(_BACKSLASH))
_STASH = {code: _AWAY + code for code in _EXOTIC_CODES} | {code: _PLANE + code for code in _PRIVATE}
"""Replacements of exotic characters by private ones of the same length; private characters in the text are replaced by others."""
_RESTORE = {stashed: code for code, stashed in _STASH.items()}
_STASHED = re.compile("[\U000f0000-\U0010ffff]")
"""Any character of the two private planes."""
_TO_STASH = re.compile(f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in _EXOTIC_RANGES)}\U000f0000-\U0010ffff]")
_SURROGATE = re.compile(r"(?<!\\)((?:\\\\)*)\\(?=u[dD][89a-fA-F][0-9a-fA-F]{2})")
"""The backslash of an escape for half a character beyond U+FFFF (JSON writes two of them), which libyaml rejects."""
_STASHED_SURROGATES = re.compile(f"(?:{_BACKSLASH}u[0-9a-fA-F]{{4}})+")
_WIDE = " " * 300
_DENSE = re.compile(r"[-?:][ \t]+(?:[-?:][ \t]+){99}")
"""A hundred indicators in a row. The first is written apart, so that only they are tried as a beginning: in a quarter of the time."""
_TOO_DEEP_FOR_LIBYAML = "maximum nesting depth"
_TAB_BEGINS_BLOCK = "found a tab character where an indentation space is expected"
_MANY_BRACKETS = 400
_MOST_TABS = 20
"""Lines with a tab that are parsed again one by one, which leaves block scalars as they are; more are replaced together."""


def prepared(text: str) -> str:
    """Prepare a text so that libyaml reads it as YAML 1.2: with a final newline, exotic characters replaced by private ones."""
    source = text if text.endswith("\n") else text + "\n"
    has_surrogates = "\\u" in source and _SURROGATE.search(source) is not None
    if has_surrogates or _TO_STASH.search(source):
        source = source.removeprefix("\ufeff").translate(_STASH)
    return _SURROGATE.sub(rf"\1{_BACKSLASH}", source) if has_surrogates else source


def _scalars(root: Node | None) -> Iterator[ScalarNode]:
    """All scalars below a node, keys too, each once."""
    left, seen = [root] if root is not None else [], set()
    while left:
        node = left.pop()
        if isinstance(node, ScalarNode):
            yield node
        elif id(node) not in seen:
            seen.add(id(node))
            left.extend(part for pair in node.value for part in pair) if isinstance(node, MappingNode) else left.extend(node.value)


def _decode_surrogates(root: Node | None) -> None:
    """Put the characters in place of the escapes that ``prepared`` stashed, which only double quotes have."""
    for node in _scalars(root):
        if _BACKSLASH in node.value:
            node.value = _STASHED_SURROGATES.sub(_characters, node.value) if node.style == '"' else node.value.replace(_BACKSLASH, "\\")


def _with_tabs(root: Node | None) -> Node | None:
    """The nodes with the tabs with which block scalars begin."""
    for node in _scalars(root):
        if _TAB in node.value:
            node.value = node.value.replace(_TAB, "\t")
    return root


def _characters(escapes: re.Match[str]) -> str:
    """The characters of escapes in a row; half a character without the other half is U+FFFD."""
    units = bytes.fromhex("".join(escapes.group().split(f"{_BACKSLASH}u")))
    return units.decode("utf-16-be", "replace").translate(_STASH)


def unprepared(source: str) -> str:
    """A prepared text as it was written, with every character at its place."""
    return source.translate(_RESTORE | {ord(_BACKSLASH): "\\", ord(_TAB): "\t"}) if is_changed(source) else source


def is_changed(source: str) -> bool:
    """Whether values of a prepared text may have private characters in place of others."""
    return not source.isascii() and _STASHED.search(source) is not None


def restored(value: Any) -> Any:
    """The value with the original exotic characters."""
    if isinstance(value, str):
        return value.translate(_RESTORE)
    if isinstance(value, list):
        return [restored(item) for item in value]
    if isinstance(value, dict):
        return {restored(key): restored(item) for key, item in value.items()}
    return value


def compose_source(source: str, depth: int) -> Node | None:
    """Compose the root node of a prepared text.

    Raises ``MarkedYAMLError``, or ``Unusable`` if nesting would exhaust libyaml's recursion.
    """
    global _last  # noqa: PLW0603 - problems are located right after a text was read
    for known, checked_depth, root in _last:
        if known == source and depth >= checked_depth:
            return root
    root = _composed(source, depth)
    if _BACKSLASH in source:
        _decode_surrogates(root)
    _last = ((source, depth, root), *(each for each in _last[:1] if len(each[0]) <= _SHORT))
    return root


_SHORT = 100_000
"""Characters of a text whose nodes are kept beside those of another one."""
_last: tuple[tuple[str, int, Node | None], ...] = ()
"""The texts that were composed last, the latest first, each with the depth that it was checked for and its root node.

Two of them: the definition of an API is read before problems of its descriptor are located.
"""


def _composed(source: str, depth: int) -> Node | None:
    if source.startswith("%") and "\n---" in source:
        source = _DIRECTIVE.sub("", source)
    if source.count("[") + source.count("{") > _MANY_BRACKETS or _WIDE in source or _DENSE.search(source):
        _check_depth(source, depth)
    try:
        return _single(Parser(source))
    except ComposerError as error:
        if "duplicate anchor" not in str(error):
            raise
        return _single(RedefiningParser(source))
    except MarkedYAMLError as error:
        if "\t" not in source:
            raise
        return _compose_with_harmless_tabs(source, error)


def _compose_with_harmless_tabs(source: str, error: MarkedYAMLError) -> Node | None:
    """Compose after replacing tabs that YAML 1.2 allows and libyaml rejects: before comments and line ends, and after a dash."""
    for _ in range(_MOST_TABS):
        replaced = _with_tab_of_text(source, error) or _without_tab_at(source, error)
        if replaced == source:
            break
        try:
            return _with_tabs(_single(Parser(replaced)))
        except MarkedYAMLError as later:
            source, error = replaced, later
    return _with_tabs(_single(Parser(_DASH_TAB.sub(_as_spaces, _TAB_LINE.sub(_as_spaces, source)))))


def _with_tab_of_text(source: str, error: MarkedYAMLError) -> str:
    """The text with a private character for the tab with which the first line of a block scalar begins; empty for another error."""
    if _TAB_BEGINS_BLOCK not in (error.problem or ""):
        return ""
    start, line = _line_of(source, error)
    depth = len(line) - len(line.lstrip(" "))
    return f"{source[: start + depth]}{_TAB}{source[start + depth + 1 :]}" if depth and line[depth : depth + 1] == "\t" else ""


def _without_tab_at(source: str, error: MarkedYAMLError) -> str:
    """The text with spaces instead of the harmless tabs in the line of the error."""
    start, line = _line_of(source, error)
    return source[:start] + _DASH_TAB.sub(_as_spaces, _TAB_LINE.sub(_as_spaces, line)) + source[start + len(line) :]


def _line_of(source: str, error: MarkedYAMLError) -> tuple[int, str]:
    """The line of an error, and the offset at which it begins."""
    start = 0
    for _ in range(error.problem_mark.line if error.problem_mark else 0):
        start = source.find("\n", start) + 1
    end = source.find("\n", start)
    return start, source[start : len(source) if end < 0 else end]


def _as_spaces(white_space: re.Match[str]) -> str:
    return white_space.group().replace("\t", " ")


def _single(parser: Parser) -> Node | None:
    try:
        node: Node | None = parser.get_single_node()
        return node
    finally:
        parser.dispose()


def _check_depth(source: str, most: int) -> None:
    """Check the nesting by parser events, which need no recursion, before nodes are composed recursively.

    PyYAML 6.0.4 brings a libyaml that has a limit of its own, and refuses deeper collections before it reports them.
    """
    parser, depth = Parser(source), 0
    try:
        while not isinstance(event := parser.get_event(), StreamEndEvent):
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            if depth > most:
                raise _too_deep(most, getattr(event, "start_mark", None))
    except MarkedYAMLError as error:
        if _TOO_DEEP_FOR_LIBYAML not in (error.problem or ""):
            raise
        raise _too_deep(most, error.problem_mark) from error


def _too_deep(most: int, mark: Any) -> Unusable:
    message = f"The document is nested more than {most} levels deep"
    at = Span.at(mark.line + 1, mark.column + 1)
    return Unusable(YamlTrouble("too-deep", message, at, "Split it into several documents."))
