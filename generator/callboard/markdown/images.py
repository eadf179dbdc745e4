"""Safe HTML in which images may have lost their addresses → the same with their alternative texts in the place of such images."""

from __future__ import annotations

import re

_IMAGE = re.compile(r"<img((?: [a-z-]++=\"[^\"]*+\")*+)>")
"""An image as nh3 writes it."""
_ADDRESS = re.compile(r'(?: (?!src=)[a-z-]++="[^"]*+")*+ src="(?!")')
_PICTURE = re.compile(r'<picture[^<>]*+>\s*+(<span class="cb-noimage">[^<>]*+</span>)?\s*+</picture>')
"""One without its image; no other element may stand in it."""
_TEXT = re.compile(r'(?: (?!(?:alt|title)="[^"])[a-z-]++="[^"]*+")*+ (?:alt|title)="([^"]++)"')


def without_lost_images(html: str) -> str:
    """Each ``img`` without an address as its alternative text or title in ``span.cb-noimage``; one without a text is left out.

    An image without an address is not valid HTML, and browsers show nothing, or the picture of a broken image. ``html`` comes from nh3,
    which writes attributes in double quotes and escapes these within.
    """
    if "<img" not in html:
        return html
    return _PICTURE.sub(lambda picture: picture[1] or "", _IMAGE.sub(_shown, html))


def _shown(image: re.Match[str]) -> str:
    if _ADDRESS.match(image[1]):
        return image[0]
    text = _TEXT.match(image[1])
    return f'<span class="cb-noimage">{text[1]}</span>' if text and text[1].strip() else ""
