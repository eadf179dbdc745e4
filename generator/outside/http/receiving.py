"""Bodies of bounded size: neither what comes over the network nor what it unpacks to may grow without end."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator

from generator.outside.http.errors import HttpError

GZIP = 31
"""``wbits`` of zlib for a gzip stream with its header."""
PIECE = 65_536


def received(pieces: Iterable[bytes], encoding: str, limit: int, count: Callable[[int], None]) -> bytes:
    """The unpacked body of at most ``limit`` bytes; ``count`` is told the bytes of each piece. Raises ``HttpError``."""
    unpack = _unpacker(encoding.strip().lower(), limit)
    body = bytearray()
    for piece in pieces:
        count(len(piece))
        for part in unpack(piece):
            body += part
            if len(body) > limit:
                raise HttpError("too-large", f"the answer has more than {limit:,} bytes")
    return bytes(body)


def _unpacker(encoding: str, limit: int) -> Callable[[bytes], Iterator[bytes]]:
    if encoding in {"", "identity"}:
        return lambda piece: iter((piece,))
    if encoding not in {"gzip", "x-gzip"}:
        raise HttpError("wrong-type", f"the answer is packed with {encoding[:20]!r}, which was not asked for")
    stream = zlib.decompressobj(GZIP)

    def unpack(piece: bytes) -> Iterator[bytes]:
        done = 0
        while piece and not stream.eof and done <= limit:
            try:
                part = stream.decompress(piece, PIECE)
            except zlib.error:
                raise HttpError("reset", "the packed answer is broken") from None
            piece = stream.unconsumed_tail
            done += len(part)
            yield part

    return unpack
