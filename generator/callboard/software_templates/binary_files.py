"""A file → whether it is binary, as Backstage decides it (npm isbinaryfile 5): by its first 512 bytes."""

from __future__ import annotations

from pathlib import Path

HEAD_BYTES = 512
_TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff", b"\x84\x31\x95\x33")
_SUSPICIOUS_SHARE = 10
"""Per cent of bytes that text does not have."""
_AFTER = 32
"""Bytes after which a high share decides at once."""


def is_binary(file: Path) -> bool:
    """Whether the file is copied as it is."""
    with file.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head or head.startswith(_TEXT_MARKS):
        return False
    if head.startswith(b"%PDF-") or b"\x00" in head:
        return True
    return _has_high_share(head)


def _has_high_share(head: bytes) -> bool:
    suspicious, at = 0, 0
    while at < len(head):
        byte = head[at]
        if (byte < 7 or byte > 14) and (byte < 32 or byte > 127):  # noqa: PLR2004 - control characters and bytes beyond ASCII
            if length := _utf8_length(head, at):
                at += length
                continue
            suspicious += 1
            if at >= _AFTER and suspicious * 100 / len(head) > _SUSPICIOUS_SHARE:
                return True
        at += 1
    return suspicious * 100 / len(head) > _SUSPICIOUS_SHARE


def _utf8_length(head: bytes, at: int) -> int:
    """Bytes of the character beyond ASCII that starts there; 0 if there is none. One that the first bytes cut off counts as whole."""
    first = head[at]
    length = 2 if 0xC2 <= first < 0xE0 else 3 if 0xE0 <= first < 0xF0 else 4 if 0xF0 <= first < 0xF5 else 0  # noqa: PLR2004 - UTF-8
    rest = head[at + 1 : at + length]
    return length if length and all(0x80 <= byte < 0xC0 for byte in rest) else 0  # noqa: PLR2004 - UTF-8
