"""Alerts of GitHub and GitLab in the text of a page (``> [!NOTE]``) → admonitions, as techdocs-core makes them, outside of code."""

from __future__ import annotations

import re
from collections.abc import Callable

_ALERT = re.compile(
    r"^(?P<indent> {0,3}(?:[ ]{4})*)> ?\[!(?P<kind>[A-Za-z]+)\](?P<title>[^\n]*)(?P<text>(?:\n(?P=indent)>[^\n]*)*)", re.MULTILINE
)
_LONG = re.compile(r"^>>> {0,3}\[!([A-Za-z]{1,20})\]([^\n]*+)\n", re.MULTILINE)
_KINDS = {"note": "note", "tip": "tip", "important": "warning", "warning": "warning", "caution": "danger"}
FENCE = re.compile(r"^(?P<all>[ ]*+(?P<mark>`{3,}+|~{3,}+)[^\n]*+\n.*?(?:^[ ]*+(?P=mark)[`~]*+[ ]*+$|\Z))", re.MULTILINE | re.DOTALL)


def with_admonitions(text: str) -> str:
    """The text with each alert as an admonition."""
    if "[!" not in text:
        return text
    parts, done = [], 0
    for fence in FENCE.finditer(text):
        parts += [_converted(text[done : fence.start()]), fence[0]]
        done = fence.end()
    return "".join((*parts, _converted(text[done:])))


def replaced_blocks(text: str, start: re.Pattern[str], end: str, replacement: Callable[[re.Match[str], str], str]) -> str:
    """The text with what stands between each ``start`` and the next ``end``, and both, replaced; in time that grows with the text."""
    parts, done = [], 0
    while (found := start.search(text, done)) and (closing := text.find(end, found.end())) >= 0:
        parts += [text[done : found.start()], replacement(found, text[found.end() : closing])]
        done = closing + len(end)
    return "".join((*parts, text[done:]))


def _converted(text: str) -> str:
    return replaced_blocks(_ALERT.sub(_admonition, text), _LONG, "\n>>>", _without_quotes)


def _admonition(alert: re.Match[str]) -> str:
    kind = _KINDS.get(alert["kind"].lower())
    if kind is None:
        return alert[0]
    indent, title = alert["indent"], alert["title"].strip() or alert["kind"].capitalize()
    lines = (line[len(indent) :].removeprefix(">").removeprefix(" ") for line in alert["text"].split("\n")[1:])
    body = "\n".join(f"{indent}    {line}" if line else "" for line in lines)
    return f"{_head(indent, kind, title)}\n{body.rstrip()}"


def _without_quotes(start: re.Match[str], inner: str) -> str:
    """The alert of GitLab between two lines ``>>>``, of which the first has its kind."""
    kind = _KINDS.get(start[1].lower())
    body = "\n".join(f"    {line}" if line else "" for line in inner.split("\n"))
    return f"{_head('', kind, start[2].strip() or start[1].capitalize())}\n{body.rstrip()}" if kind else f"{start[0]}{inner}\n>>>"


def _head(indent: str, kind: str, title: str) -> str:
    quoted = title.replace('"', "'")
    return f'{indent}!!! {kind} "{quoted}"'
