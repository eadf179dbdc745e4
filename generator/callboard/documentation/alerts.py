"""Alerts of GitHub and GitLab in the text of a page (``> [!NOTE]``) → admonitions, as techdocs-core makes them, outside of code.

techdocs-core knows alerts at the beginning of a line. The others, in lists and tabs, are quotes for it; the portal makes them admonitions.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement

from markdown.treeprocessors import Treeprocessor

from callboard.documentation.text_blocks import FENCE, replaced_blocks

_ALERT = re.compile(r"^> {0,3}\[!(?P<kind>[A-Za-z]{1,20})\](?P<title>[^\n]*+)(?P<text>(?:\n>[^\n]*+)++)", re.MULTILINE)
_IN_QUOTE = re.compile(r"[ ]{0,3}\[!([A-Za-z]{1,20})\]([^\n]*+)(?:\n|\Z)")
_LONG = re.compile(r"^>>> {0,3}\[!([A-Za-z]{1,20})\]([^\n]*+)\n", re.MULTILINE)
_KINDS = {"note": "note", "tip": "tip", "important": "warning", "warning": "warning", "caution": "danger"}


def with_admonitions(text: str) -> str:
    """The text with each alert as an admonition."""
    if "[!" not in text:
        return text
    parts, done = [], 0
    for fence in FENCE.finditer(text):
        parts += [_converted(text[done : fence.start()]), fence[0]]
        done = fence.end()
    return "".join((*parts, _converted(text[done:])))


def _converted(text: str) -> str:
    return replaced_blocks(_ALERT.sub(_admonition, text), _LONG, "\n>>>", _without_quotes)


def _admonition(alert: re.Match[str]) -> str:
    kind = _KINDS.get(alert["kind"].lower())
    if kind is None:
        return alert[0]
    title = alert["title"].strip() or alert["kind"].capitalize()
    lines = (line.removeprefix(">").removeprefix(" ") for line in alert["text"].split("\n")[1:])
    body = "\n".join(f"    {line}" if line else "" for line in lines)
    return f"{_head(kind, title)}\n{body.rstrip()}"


def _without_quotes(start: re.Match[str], inner: str) -> str:
    """The alert of GitLab between two lines ``>>>``, of which the first has its kind."""
    kind = _KINDS.get(start[1].lower())
    body = "\n".join(f"    {line}" if line else "" for line in inner.split("\n"))
    return f"{_head(kind, start[2].strip() or start[1].capitalize())}\n{body.rstrip()}" if kind else f"{start[0]}{inner}\n>>>"


def _head(kind: str, title: str) -> str:
    quoted = title.replace('"', "'")
    return f'!!! {kind} "{quoted}"'


class QuotedAlerts(Treeprocessor):  # type: ignore[misc]  # it has no stubs
    """The quotes that are alerts, wherever they stand → admonitions, before the texts in them are read."""

    def run(self, root: Element) -> None:
        """Turn each into the elements of an admonition."""
        waiting = [root]
        while waiting:
            element = waiting.pop()
            if any(child.tag == "blockquote" for child in element):
                element[:] = [each for child in element for each in (_parts(child) if child.tag == "blockquote" else [child])]
            waiting += element


def _parts(quote: Element) -> list[Element]:
    """A quote, and the admonitions of the alerts in it: the parser makes one quote of those that follow one another."""
    parts, tail = [quote], quote.tail
    for child in [*quote]:
        alert = _IN_QUOTE.match(child.text or "") if child.tag == "p" else None
        kind = _KINDS.get(alert[1].lower()) if alert else None
        if alert and kind:
            parts.append(_admonition_of(child, alert, kind))
        elif len(parts) > 1:
            parts[-1].append(child)
        if len(parts) > 1:
            quote.remove(child)
    parts[-1].tail = tail
    return parts if len(quote) or len(parts) == 1 else parts[1:]


def _admonition_of(paragraph: Element, alert: re.Match[str], kind: str) -> Element:
    """An admonition with what the paragraph says below the alert's first line."""
    made = Element("div", {"class": f"admonition {kind}"})
    made.text = made.tail = "\n"
    title = SubElement(made, "p", {"class": "admonition-title"})
    title.text, title.tail = alert[2].strip() or alert[1].capitalize(), "\n"
    paragraph.text = (paragraph.text or "")[alert.end() :]
    if paragraph.text.strip() or len(paragraph):
        made.append(paragraph)
    return made
