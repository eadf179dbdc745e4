"""Names of container images."""

from __future__ import annotations

from collections.abc import Sequence

LONGEST = 80
UNTOLD = frozenset({"", "latest"})
"""Tags that name no version."""


def tag_of(image: str) -> str:
    """The tag of ``registry:5000/acme/payments:1.4.2@sha256:…``; empty where it has none that says a version."""
    tag = image.partition("@")[0].rpartition("/")[2].partition(":")[2]
    return "" if tag in UNTOLD else tag[:LONGEST]


def version_of(images: Sequence[str], name: str) -> str:
    """The version that images say: of the only one, or of the one that is called like the thing that runs it."""
    tags = {image: tag_of(image) for image in images}
    own = [tag for image, tag in tags.items() if image.partition("@")[0].rpartition("/")[2].partition(":")[0] == name]
    told = own or [*tags.values()]
    return told[0] if len(set(told)) == 1 else ""
