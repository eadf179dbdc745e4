"""Alerts of GitHub in the text of a page (``> [!NOTE]``) → admonitions, as techdocs-core makes them, outside of code."""

from __future__ import annotations

import re

_ALERT = re.compile(
    r"^(?P<indent> {0,3}(?:[ ]{4})*)> ?\[!(?P<kind>[A-Za-z]+)\](?P<title>[^\n]*)(?P<text>(?:\n(?P=indent)>[^\n]*)*)", re.MULTILINE
)
_KINDS = {"note": "note", "tip": "tip", "important": "warning", "warning": "warning", "caution": "danger"}
FENCE = re.compile(r"^(?P<all>[ ]*+(?P<mark>`{3,}+|~{3,}+)[^\n]*+\n.*?(?:^[ ]*+(?P=mark)[`~]*+[ ]*+$|\Z))", re.MULTILINE | re.DOTALL)


def with_admonitions(text: str) -> str:
    """The text with each alert as an admonition."""
    if "[!" not in text:
        return text
    parts, done = [], 0
    for fence in FENCE.finditer(text):
        parts += [_ALERT.sub(_admonition, text[done : fence.start()]), fence[0]]
        done = fence.end()
    return "".join((*parts, _ALERT.sub(_admonition, text[done:])))


def _admonition(alert: re.Match[str]) -> str:
    kind = _KINDS.get(alert["kind"].lower())
    if kind is None:
        return alert[0]
    indent, title = alert["indent"], alert["title"].strip() or alert["kind"].capitalize()
    lines = (line[len(indent) :].removeprefix(">").removeprefix(" ") for line in alert["text"].split("\n")[1:])
    body = "\n".join(f"{indent}    {line}" if line else "" for line in lines)
    quoted = title.replace('"', "'")
    return f'{indent}!!! {kind} "{quoted}"\n{body}\n'
