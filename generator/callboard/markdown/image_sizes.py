"""The beginning of an image file → its width and height, so that a page keeps its place while images are loading."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

_LARGEST = 20_000
"""Pixels of a side; larger sizes are not written."""
_MOST_SEGMENTS = 200
"""Parts of a JPEG or PNG file that are looked at before the one with the size."""
_MARKER, _EXIF = 0xFF, 0xE1
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
_SIZES_OF_JPEG = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ORIENTATION = 0x0112
_FIRST_TURNED = 5
"""Values of EXIF's orientation from here on exchange width and height."""
_ROOT = re.compile(r"<(?:\w+:)?svg\b((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_SIDE = re.compile(r"\s(width|height)=[\"'](\d{1,6}(?:\.\d+)?)(?:px)?[\"']")
_START_OF_DRAWING = 10_000
"""Characters of a drawing in which its first element is searched."""

Size = tuple[int, int]


def image_size(content: bytes) -> Size | None:
    """Width and height in pixels, as browsers show the image; None if the file does not say them plainly.

    Reads headers of PNG, JPEG (turned as EXIF says), GIF and WebP, and ``width`` and ``height`` of SVG where they are in pixels.
    """
    for start, read in _READERS:
        if content.startswith(start):
            try:
                size = read(content)
            except (struct.error, IndexError, UnicodeDecodeError):
                return None
            return size if size and all(0 < side <= _LARGEST for side in size) else None
    return None


def _png(content: bytes) -> Size | None:
    width, height = struct.unpack_from(">II", content, 16)
    position = 8
    for _ in range(_MOST_SEGMENTS):
        (length,), kind = struct.unpack_from(">I", content, position), content[position + 4 : position + 8]
        if kind == b"eXIf":
            return None  # may be turned
        if kind == b"IDAT":
            return width, height
        position += length + 12
    return None


def _gif(content: bytes) -> Size:
    width, height = struct.unpack_from("<HH", content, 6)
    return width, height


def _webp(content: bytes) -> Size | None:
    kind = content[8:16]
    if kind == b"WEBPVP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"WEBPVP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"WEBPVP8X" and not content[20] & 0x08:  # without EXIF
        return int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1
    return None


def _jpeg(content: bytes) -> Size | None:
    position, is_turned = 2, False
    for _ in range(_MOST_SEGMENTS):
        if content[position] != _MARKER:
            return None
        marker = content[position + 1]
        if marker in {_MARKER, *_WITHOUT_LENGTH}:
            position += 1 if marker == _MARKER else 2
            continue
        (length,) = struct.unpack_from(">H", content, position + 2)
        if marker in _SIZES_OF_JPEG:
            height, width = struct.unpack_from(">HH", content, position + 5)
            return (height, width) if is_turned else (width, height)
        if marker == _EXIF and content[position + 4 : position + 10] == b"Exif\0\0":
            is_turned = _is_turned(content[position + 10 : position + 2 + length])
        position += 2 + length
    return None


def _is_turned(exif: bytes) -> bool:
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return False
    (directory,) = struct.unpack_from(f"{order}I", exif, 4)
    (count,) = struct.unpack_from(f"{order}H", exif, directory)
    for entry in range(directory + 2, directory + 2 + 12 * min(count, _MOST_SEGMENTS), 12):
        tag, _, _, value = struct.unpack_from(f"{order}HHIH", exif, entry)
        if tag == _ORIENTATION:
            return bool(value >= _FIRST_TURNED)
    return False


def _svg(content: bytes) -> Size | None:
    """The sides of a drawing; one without them has those of its place in the page."""
    root = _ROOT.search(content[:_START_OF_DRAWING].decode("utf-8", "replace"))
    sides = dict(_SIDE.findall(root[1])) if root else {}
    return (round(float(sides["width"])), round(float(sides["height"]))) if len(sides) == 2 else None  # noqa: PLR2004 - both


_READERS: tuple[tuple[bytes, Callable[[bytes], Size | None]], ...] = (
    (b"\x89PNG\r\n\x1a\n", _png), (b"\xff\xd8", _jpeg), (b"GIF8", _gif), (b"RIFF", _webp), (b"<", _svg),
)  # fmt: skip
