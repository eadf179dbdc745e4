"""A guess at which files a descriptor will bring in, so that they are fetched in one request; a wrong one costs nothing but bytes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

PLACEHOLDER = re.compile(rb"\$(?:text|json|yaml|openapi|asyncapi)[\"']?:[ \t]*[\"']?(?P<path>[^\s\"'{}]+)")


def placeholder_paths(text: bytes, descriptor: str) -> Iterator[str]:
    """Paths in the tree that ``$text: ./openapi.yaml`` and its like name."""
    for match in PLACEHOLDER.finditer(text):
        path = match["path"].decode("utf-8", "replace")
        if ":" not in path:
            yield posixpath.normpath(posixpath.join(posixpath.dirname(descriptor), path))
