"""The HTML of a converted page → the same without scripts and styles, with links in place of frames and players, and what was taken out.

This is for authors and readers; that nothing is executed is the work of ``cleaning``, which gets the result.
"""

from __future__ import annotations

import re
from dataclasses import field
from html import escape, unescape

from callboard.documentation.page_details import RemovedMarkup
from callboard.documentation.text_blocks import FENCE
from callboard.model.data_classes import dataclass

_SPECIAL = re.compile(r"<(?:!--|/?(?:script|style|svg|iframe|embed|object|video|audio|source|form|select|textarea)\b)", re.IGNORECASE)
"""Most pages have none of them."""
_CLOSED = re.compile(r"<(?:!--|(script|style|svg)\b)", re.IGNORECASE)
_ENDS = {name: re.compile(rf"</{name}\s*+>", re.IGNORECASE) for name in ("script", "style", "svg")} | {"": re.compile("-->")}
_ATTRIBUTES = r"(?:[^<>\"']|\"[^\"]{0,4000}+\"|'[^']{0,4000}+'){0,2000}+"
_EMBEDDED = re.compile(rf"<(/?)(iframe|embed|object|video|audio|source)\b({_ATTRIBUTES})>", re.IGNORECASE)
_TARGET = re.compile(r"\s(?:src|data)\s*+=\s*+(?:\"([^\"]++)\"|'([^']++)'|([^\s\"'>]++))", re.IGNORECASE)
_TITLE = re.compile(r"\stitle\s*+=\s*+(?:\"([^\"]++)\"|'([^']++)')", re.IGNORECASE)
_CONTROL = re.compile(rf"<(/?)(form|select|textarea)\b{_ATTRIBUTES}>", re.IGNORECASE)
_HANDLER = re.compile(r"<[a-z][^<>]{0,2000}?\s(on[a-z]{3,20}+)\s*+=\s*+[\"']", re.IGNORECASE)
_PLAYERS = frozenset({"video", "audio"})
"""Their address may be in an element within them."""
_LONGEST_LABEL = 200
_MOST = 20
"""Kinds of elements of a page that are reported."""
_LEADS_NOWHERE = re.compile(r"[\x00-\x20]*+(?!https?:)[a-z][a-z0-9+.-]*+:", re.IGNORECASE)
_REMOVED, _AS_LINK, _WITHOUT_EFFECT = "is left out", "is shown as a link", "has no effect"
_EMBED_HINT = "Write a link, or an image that is a link: pages show nothing of other hosts and have no players."
_HINTS = {
    "script": "Remove it: pages run no scripts. Diagrams, tabs and formulas need none.",
    "style": "Remove it: pages have the styles of the portal.",
    "svg": "Put the drawing into a file of the documentation, and show that as an image.",
}  # fmt: skip
_CONTROL_HINT = "Remove it, or write a link to the form: pages send nothing."
_HANDLER_HINT = "Remove the attribute: pages run no scripts."


@dataclass(slots=True)
class ForeignElements:
    """Takes out of one page what a page cannot have.

    Args:
        text: the page as its author wrote it, to find lines.
    """

    text: str = ""
    _found: dict[str, RemovedMarkup] = field(default_factory=dict)
    _outside_code: str | None = None

    @property
    def removed(self) -> tuple[RemovedMarkup, ...]:
        """What was taken out: one for each kind of element or attribute, with its first line."""
        return tuple(self._found.values())

    def without(self, html: str) -> str:
        """The HTML without them. Names in angle brackets that are no elements stay: ``<object>`` without an address or an end."""
        if _SPECIAL.search(html):
            html = self._without_closed(html)
            self._note_controls(html)
            html = self._with_links(html)
        if " on" in html:
            for handler in _HANDLER.finditer(html):
                self._note(handler[1], handler[0], _REMOVED, _HANDLER_HINT)
        return html

    def _without_closed(self, html: str) -> str:
        """Without comments, scripts, styles and drawings in the text, in time that grows with the text; those without an end stay."""
        parts, done, at, endless = [], 0, 0, set[str]()
        while start := _CLOSED.search(html, at):
            name = (start[1] or "").lower()
            at = start.end()
            end = None if name in endless else _ENDS[name].search(html, at)
            if end is None:
                endless.add(name)
                continue
            if name:
                self._note(name, html[start.start() : html.find(">", start.start()) + 1], _REMOVED, _HINTS[name])
            parts.append(html[done : start.start()])
            done = at = end.end()
        return "".join((*parts, html[done:]))

    def _note_controls(self, html: str) -> None:
        found = [*_CONTROL.finditer(html)]
        ended = {control[2].lower() for control in found if control[1]}
        for control in found:
            if not control[1] and control[2].lower() in ended:
                self._note(control[2], control[0], _WITHOUT_EFFECT, _CONTROL_HINT)

    def _with_links(self, html: str) -> str:
        ended = {element[2].lower() for element in _EMBEDDED.finditer(html) if element[1]}

        def shown(element: re.Match[str]) -> str:
            name, address = element[2].lower(), _address(element[3])
            if name == "source":  # of a player, or of a picture, which has an image as well
                return _link(address, element[3]) if address else "" if element[3].strip() else element[0]
            if element[1] or not (address or name in ended):
                return "" if name in ended else element[0]
            self._note(name, element[0], _AS_LINK if address or name in _PLAYERS else _REMOVED, _EMBED_HINT)
            return _link(address, element[3]) if address else ""

        return _EMBEDDED.sub(shown, html)

    def _note(self, name: str, written: str, outcome: str, hint: str) -> None:
        key = name.lower()
        known = self._found.get(key)
        if known is None and len(self._found) < _MOST:
            self._found[key] = RemovedMarkup(key, outcome, hint, self._line(written, key))

    def _line(self, written: str, name: str) -> int:
        """The first line outside of code that has the element; 0 if none has."""
        if self._outside_code is None:
            self._outside_code = FENCE.sub(lambda fence: "\n" * fence[0].count("\n"), self.text)
        at = self._outside_code.find(written)
        if at < 0:
            found = re.search(rf"[<\s]{re.escape(name)}\b", self._outside_code, re.IGNORECASE)
            at = found.start() + 1 if found else -1
        return self._outside_code.count("\n", 0, at) + 1 if at >= 0 else 0


def _address(attributes: str) -> str:
    """What a frame or a player shows; empty for none that a link can have."""
    found = _TARGET.search(attributes)
    address = unescape(found[1] or found[2] or found[3]) if found else ""
    return "" if _LEADS_NOWHERE.match(address) else address


def _link(address: str, attributes: str) -> str:
    title = _TITLE.search(attributes)
    label = unescape(title[1] or title[2]) if title else address
    return f'<a href="{escape(address)}">{escape(label[:_LONGEST_LABEL])}</a>'
