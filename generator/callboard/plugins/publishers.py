"""What a publisher is and what it tells: the contract between publishers and the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, ClassVar, Protocol

from callboard.model.errors import PublishError
from callboard.plugins.option_schemas import builtin_schema
from callboard.redaction.redactor import Redactor
from callboard.settings.settings import Portal

StepHook = Callable[[str], None]
"""Told of each operation before it happens; a test raises there."""


@dataclass(frozen=True, slots=True)
class PublishContext:
    """What a publisher may use of the world."""

    root: Path
    """Folder of ``sources.yaml``: relative paths start here."""
    cache: Path
    """Folder of our own for things that may be deleted at any time (``.callboard/cache``)."""
    now: datetime
    """Aware; the time that a commit says."""
    portal: Portal
    environ: Mapping[str, str] = field(default_factory=dict)
    """The environment, for proxies, certificates and the ssh agent."""
    redactor: Redactor = field(default_factory=Redactor)
    """Applied to every text that leaves the publisher."""
    step: StepHook = lambda _: None


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing came to."""

    where: str
    """The place, in words, without secrets."""
    written: int
    """Files that were new or had changed."""
    unchanged: int
    removed: int
    note: str = ""
    """More about it: the commit."""


class Publisher(Protocol):
    """One way to put a site somewhere; made with the item's options and a context.

    ``publish`` can be interrupted at any point: the next run goes on. It raises ``PublishError``.
    """

    schema: ClassVar[Mapping[str, Any]]
    """JSON Schema of the options: the item in ``sources.yaml`` without ``name`` and ``type``."""

    def __init__(self, options: Mapping[str, Any], context: PublishContext) -> None: ...

    def publish(self, site: Site) -> Published:
        """Make the place show this site and nothing else of ours."""


options_schema = partial(builtin_schema, "publishers")
"""The schema of a built-in publisher, by its type."""


@dataclass(frozen=True, slots=True)
class SiteFile:
    """One file of ours."""

    digest: str
    """BLAKE2b of its content, 32 hexadecimal digits."""
    size: int
    """Bytes."""


def digest_of(content: bytes) -> str:
    """The digest that manifests use."""
    return blake2b(content, digest_size=16).hexdigest()


BUILD = "Run `callboard build` first, and publish the folder that it wrote."


@dataclass(frozen=True, slots=True)
class Site:
    """A whole site in a folder."""

    folder: Path
    files: Mapping[str, SiteFile]
    """By path with ``/``; the marker is not among them."""

    def read(self, path: str) -> bytes:
        """The content of a file. Raises ``PublishError`` where it is not what the build wrote."""
        content = self._content(path)
        if digest_of(content) != self.files[path].digest:
            raise PublishError(f"{self.folder / path} is not as the build wrote it.", BUILD)
        return content

    def _content(self, path: str) -> bytes:
        try:
            return (self.folder / path).read_bytes()
        except OSError as error:
            raise PublishError(f"{self.folder / path} cannot be read: {error.strerror}.", BUILD) from error
