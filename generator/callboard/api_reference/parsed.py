"""Definitions in YAML → their values, packed, so that a definition is parsed once in a build: by the process that checks it.

Parsing YAML takes a hundred times as long as unpacking the value again. A definition is asked about when its descriptor is checked, for
the pages of its API, and for those of its providers, in up to three processes.
"""

from __future__ import annotations

import re
from dataclasses import field
from hashlib import blake2b
from typing import Any

import msgspec

from callboard.model.data_classes import dataclass
from callboard.yaml.documents import Document

MOST_BYTES = 32_000_000
"""Of packed values together, about as many as their texts have; what comes later is parsed each time."""

Packed = tuple[bytes, bytes]
"""Digest of a text, and its value in MessagePack with the line and the offset at which its document begins."""
_ANCHOR = re.compile(r"[\s\[{,:]&\S")
"""The beginning of an anchor in YAML. Values that are used again and again would be packed as often, and be too large."""
_decode = msgspec.msgpack.Decoder(tuple[int, int, Any]).decode


@dataclass(slots=True)
class ParsedDefinitions:
    """Values by the text of their definition. Only texts with one document and without troubles have one here."""

    most_bytes: int = MOST_BYTES
    values: dict[bytes, bytes] = field(default_factory=dict)
    size: int = 0
    new: list[Packed] = field(default_factory=list)
    """Values since the last call of ``take_new``."""

    def get(self, text: str) -> tuple[Document, ...] | None:
        """What ``read_documents`` gives for the text; None if it is not known."""
        packed = self.values.get(_digest(text)) if self.values else None
        if packed is None:
            return None
        line, offset, value = _decode(packed)
        return (Document(0, line, text[offset:], value),)

    def keep(self, text: str, found: tuple[Document, ...]) -> None:
        """Keep what was read, if it can be packed without loss."""
        if len(found) != 1 or found[0].index or found[0].troubles or not text.endswith(found[0].text):
            return
        if "&" in text and _ANCHOR.search(text):
            return
        try:
            packed = msgspec.msgpack.encode((found[0].line, len(text) - len(found[0].text), found[0].value))
        except (OverflowError, UnicodeEncodeError, RecursionError):  # an integer of more than 64 bits, half a character
            return
        new = (_digest(text), packed)
        if self.add([new]):
            self.new.append(new)

    def add(self, packed: list[Packed]) -> bool:
        """Keep the values that another process has packed; False as soon as they would be too large together."""
        for digest, value in packed:
            if self.size + len(value) > self.most_bytes:
                return False
            if digest not in self.values:
                self.values[digest] = value
                self.size += len(value)
        return True

    def take_new(self) -> list[Packed]:
        """The values that were kept since the last call, for another process."""
        taken, self.new = self.new, []
        return taken

    def clear(self) -> None:
        """Forget all values."""
        self.values.clear()
        self.new.clear()
        self.size = 0


PARSED = ParsedDefinitions()
"""Those of this process, and of the processes that it forks afterwards."""


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
