"""A text → the secrets in it (keys, tokens, passwords), to be reported, and the text with them masked.

For JSON and YAML see ``structured``: there a secret ends where its string ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

from callboard.model.data_classes import dataclass

_MARKER = re.compile(r"-----(BEGIN|END)\s{1,99}(?:[A-Z0-9]{1,20}\s{1,99}){0,4}PRIVATE\s{1,99}KEY(?:\s{1,99}BLOCK)?-----")
"""YAML folds long texts at their spaces, also at those of a marker."""
_KEY_BODY = re.compile(
    r"(?:(?:\\[nrt]|\s|(?<=\n)[ \t]*[#*])*(?:[A-Za-z0-9+/]{16,}={0,2}|(?:Proc-Type|DEK-Info|Version|Comment): [^\n\\\"'<>]{1,200}))*"
    r"(?:(?:\\[nrt]|\s){1,8}[A-Za-z0-9+/]{2,15}={1,2})?"
)
"""The lines of a private key whose end is missing: it has no quotes, so that it ends with the string that contains it."""
_LONGEST_KEY = 16_000
"""Characters between the markers of a private key; longer texts are two markers that do not belong together."""
_NO_KEY = re.compile(r"[<>{}]")
"""Characters that are in no private key and in no code that concatenates its lines."""
_ESCAPE = re.compile(r"\\(?:[0abefnrtvNLP_]|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|U[0-9A-Fa-f]{8})\Z")
"""An escape of JSON or YAML. Its letters are no part of the word that follows: ``\\nghp_…`` is a token on a line of its own."""


class Secret(NamedTuple):
    """A piece of a text that looks like a secret."""

    kind: str
    """The type of secret, for messages."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Kind:
    """One type of secret: a literal search decides whether the slower pattern runs at all."""

    name: str
    literals: tuple[str, ...]
    """One of them is in every such secret."""
    pattern: re.Pattern[str]
    """Begins with a literal, for speed. The secret is its last group, or all of it."""
    inside: str = ""
    """Characters of which none may stand directly before the secret, besides letters, digits and ``_``; a space for no condition."""

    def find(self, text: str) -> Iterator[Secret]:
        """The secrets of this type, in order."""
        if any(literal in text for literal in self.literals):
            for match in self.pattern.finditer(text):
                start, end = match.span(match.lastindex or 0)
                if self.inside == " " or _begins_word(text, start, self.inside):
                    yield Secret(self.name, start, end)


def _begins_word(text: str, start: int, inside: str) -> bool:
    before = text[max(start - 1, 0) : start]
    if not (before.isalnum() or before == "_" or (before and before in inside)):
        return True
    return _ESCAPE.search(text[max(start - 10, 0) : start]) is not None


_URL_USERINFO = r"([^\s/:@\"'{}$<>\\]{1,100}:[^\s/:@\"'{}$<>\\]{3,200})(?=@[A-Za-z0-9\[])"
_ESCAPED = r"(?<=\\[0abefnrtvNLP_]eyJ)|(?<=\\u[0-9A-Fa-f]{4}eyJ)|(?<=\\x[0-9A-Fa-f]{2}eyJ)|(?<=\\U[0-9A-Fa-f]{8}eyJ)"
_JSON_WEB_TOKEN = re.compile(rf"eyJ(?:(?<![A-Za-z0-9_-]eyJ)|{_ESCAPED})[A-Za-z0-9_-]{{8,}}\.eyJ[A-Za-z0-9_-]{{8,}}\.[A-Za-z0-9_-]{{8,}}")
"""Begins where a word begins: otherwise each ``eyJ`` of a long word would be searched to its end."""
_KINDS = (
    _Kind("AWS access key", ("AKIA",), re.compile(r"AKIA[0-9A-Z]{16}\b")),
    _Kind("AWS access key", ("ASIA",), re.compile(r"ASIA[0-9A-Z]{16}\b")),
    _Kind("GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), re.compile(r"gh[pousr]_[A-Za-z0-9]{36,}")),
    _Kind("GitHub token", ("github_pat_",), re.compile(r"github_pat_[A-Za-z0-9_]{22,}")),
    _Kind("GitLab token", ("glpat-",), re.compile(r"glpat-[A-Za-z0-9_-]{20,}")),
    _Kind("Slack token", ("xox",), re.compile(r"xox[abeoprs]-[A-Za-z0-9-]{10,}")),
    _Kind("Slack webhook", ("hooks.slack.com",), re.compile(r"https:\\?/\\?/hooks\.slack\.com\\?/services(?:\\?/[A-Za-z0-9]+){3}"), " "),
    _Kind("JSON web token", ("eyJ",), _JSON_WEB_TOKEN, "-"),
    _Kind("Google API key", ("AIza",), re.compile(r"AIza[0-9A-Za-z_-]{35}")),
    _Kind("Stripe key", ("k_live_",), re.compile(r"[sr]k_live_[0-9A-Za-z]{16,}")),
    _Kind("npm token", ("npm_",), re.compile(r"npm_[A-Za-z0-9]{36}\b")),
    _Kind("password in a URL", ("://",), re.compile(rf"://{_URL_USERINFO}"), " "),
    _Kind("password in a URL", (":\\/\\/",), re.compile(rf":\\/\\/{_URL_USERINFO}"), " "),
)
_KEY_LITERAL = "-----BEGIN"
_LITERALS = (_KEY_LITERAL, *(literal for kind in _KINDS if "://" not in kind.literals for literal in kind.literals))
_PLAIN_LITERALS, _JOINED_LITERALS = ([each for each in _LITERALS if ("_" in each) == joined] for joined in (False, True))
"""Those without ``_``, which most texts do not contain, and those with it."""
_SHORTEST = 11
"""Characters of the shortest secret that has no `://`: a password in a URL as JSON may write it."""
_KEY_BEGINNING = re.compile(_KEY_LITERAL)
_URL_PASSWORD = re.compile(r":(?://|\\/\\/)[^\s/@:]{1,100}:[^\s/@]{3,200}@")
"""A URL that may have a password, also one with characters that JSON or YAML has escaped."""
_SHOWN = 4
MASK = "****"
"""Replaces a secret after its first ``_SHOWN`` characters."""
_LINE_START = re.compile(r"[ \t]*(?:[#*][ \t]*)?")
"""Indentation and comment sign of a line, which must stay where the text goes on after a secret of several lines."""


def find_secrets(text: str) -> Iterator[Secret]:
    """Yield every piece of the text that looks like a secret, in order; they do not overlap."""
    if may_hold_secrets(text):
        yield from _apart([*_private_keys(text), *_of_kinds(text)])


def secrets_and_candidates(text: str) -> tuple[list[Secret], list[int]]:
    """``find_secrets`` and ``candidates`` at once, which search a long text for the same patterns."""
    if not may_hold_secrets(text):
        return [], []
    found = _of_kinds(text)
    return [*_apart([*_private_keys(text), *found])], _positions(text, found)


def _of_kinds(text: str) -> list[Secret]:
    return [secret for kind in _KINDS for secret in kind.find(text)]


def _apart(found: list[Secret]) -> Iterator[Secret]:
    end = 0
    for secret in sorted(found, key=lambda each: each.start):
        if secret.start >= end:
            yield secret
            end = secret.end


def _private_keys(text: str) -> Iterator[Secret]:
    """Private keys from marker to marker; one without an end, such as a shortened example, has only the lines that look like a key."""
    if _KEY_LITERAL not in text:
        return
    markers = [*_MARKER.finditer(text)]
    for marker, following in zip_longest(markers, markers[1:]):
        if marker[1] != "BEGIN":
            continue
        if following is not None and following[1] == "END" and _is_between(text, marker.end(), following.start()):
            yield Secret("private key", marker.start(), following.end())
        else:
            body = _KEY_BODY.match(text, marker.end(), marker.end() + _LONGEST_KEY)
            yield Secret("private key", marker.start(), body.end() if body else marker.end())


def _is_between(text: str, start: int, end: int) -> bool:
    return end - start <= _LONGEST_KEY and _NO_KEY.search(text, start, end) is None


def mask(text: str) -> str:
    """The text with each secret cut to its first four characters and ``****``; line numbers and indentation stay the same."""
    if not may_hold_secrets(text):
        return text
    pieces, at = [], 0
    for secret in find_secrets(text):
        value = text[secret.start : secret.end]
        pieces += [text[at : secret.start], value[:_SHOWN], MASK, _lines_of(value)]
        at = secret.end
    return "".join([*pieces, text[at:]]) if pieces else text


def _lines_of(value: str) -> str:
    """The line breaks of a masked secret, and what its last line begins with."""
    breaks = value.count("\n")
    start = _LINE_START.match(value, value.rfind("\n") + 1)
    return "\n" * breaks + (start[0] if start else "") if breaks else ""


def may_hold_secrets(text: str) -> bool:
    """A fast check of text or JSON: False if there is certainly no secret."""
    if len(text) >= _SHORTEST:
        for literal in _PLAIN_LITERALS:  # a loop is twice as fast as any() for names
            if literal in text:
                return True
        if "_" in text:
            for literal in _JOINED_LITERALS:
                if literal in text:
                    return True
    return "://" in text and "@" in text and _URL_PASSWORD.search(text) is not None


def candidates(text: str) -> list[int]:
    """Positions, ascending, of everything that may be (part of) a secret: each string that contains none of them has no secret."""
    return _positions(text, _of_kinds(text) if may_hold_secrets(text) else [])


def _positions(text: str, secrets: list[Secret]) -> list[int]:
    found = [secret.start for secret in secrets]
    if _KEY_LITERAL in text:
        found += [marker.start() for marker in _KEY_BEGINNING.finditer(text)]
    if "@" in text:
        found += [url.start() for url in _URL_PASSWORD.finditer(text)]
    return sorted(found)
