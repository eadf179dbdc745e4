"""Links whose target other sets decide → marks in the HTML of a page, and marks → addresses and titles when the page is shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

_START, _TITLE, _END = "\ue0f0", "\ue0f2", "\ue0f1"
"""Characters of the private use area, which texts lose before they are converted."""
_BLOCK, _BLOCK_END = "\ue0f3", "\ue0f4"
"""Around the number of a block. The cleaned HTML loses them before marks of blocks are put in: what takes their place is markup."""
_MARKS = str.maketrans("", "", _START + _TITLE + _END + _BLOCK + _BLOCK_END)
_ADDRESS = re.compile(rf'(?P<name>href|src)="#{_START}(?P<number>\d{{1,5}}){_END}"')
_BLOCKS = re.compile(rf"{_BLOCK}(\d{{1,5}}){_BLOCK_END}")
_TEXT = re.compile(rf"{_TITLE}(\d{{1,5}}){_END}")


class ShownTarget(NamedTuple):
    """Where an open link leads."""

    address: str
    """Relative to the page, or absolute; empty where it leads nowhere."""
    title: str
    """The name of the entity or page, for links without a text."""


def without_marks(text: str) -> str:
    """The text without the characters that marks consist of."""
    return text if text.isascii() else text.translate(_MARKS)


def address_mark(number: int) -> str:
    """In place of the address of a page's open link."""
    return f"#{_START}{number}{_END}"


def title_mark(number: int) -> str:
    """In place of the text of a link that has none."""
    return f"{_TITLE}{number}{_END}"


def block_mark(number: int) -> str:
    """In place of a block."""
    return f"{_BLOCK}{number}{_BLOCK_END}"


def without_block_marks(html: str) -> str:
    """The HTML without the characters of marks of blocks, which an author can write as ``&#xe0f3;``."""
    return html.replace(_BLOCK, "").replace(_BLOCK_END, "") if _BLOCK in html or _BLOCK_END in html else html


def around_blocks(html: str) -> list[str]:
    """The HTML between the marks of blocks, and in every second place the number of a block."""
    return _BLOCKS.split(html) if _BLOCK in html else [html]


def with_targets(html: str, targets: Sequence[ShownTarget]) -> str:
    """The HTML with addresses and titles in place of the marks; a link that leads nowhere keeps its text and loses its address."""
    if _END not in html:
        return html

    def address(mark: re.Match[str]) -> str:
        target = _at(targets, mark["number"])
        if target.address or mark["name"] == "src":
            return f'{mark["name"]}="{escape(target.address)}"'
        return 'class="cb-broken"'

    return _TEXT.sub(lambda mark: escape(_at(targets, mark[1]).title), _ADDRESS.sub(address, html))


def _at(targets: Sequence[ShownTarget], number: str) -> ShownTarget:
    return targets[int(number)] if int(number) < len(targets) else ShownTarget("", "")
