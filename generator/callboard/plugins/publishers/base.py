"""The contract of publishers: options, a context and the files of a site in; what was written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol

from callboard.io.site_folder.manifest import SiteFile, digest_of
from callboard.model.data_classes import dataclass
from callboard.model.errors import PublishError
from callboard.redaction.redactor import Redactor
from callboard.settings.settings import Portal

BUILD = "Run `callboard build` first, and publish the folder that it wrote."
StepHook = Callable[[str], None]
"""Called with the name of each operation before it starts; tests raise in it to interrupt a run."""


@dataclass(frozen=True, slots=True)
class PublishContext:
    """What a publisher receives from the command: folders, time, environment."""

    root: Path
    """Folder of ``sources.yaml``; relative paths start here."""
    cache: Path
    """Cache folder (``.callboard/cache``); its content may be deleted at any time."""
    now: datetime
    """Time with a time zone, used as the time of a commit."""
    portal: Portal
    environ: Mapping[str, str] = field(default_factory=dict)
    """The environment, for proxies, certificates and the ssh agent."""
    redactor: Redactor = field(default_factory=Redactor)
    """Masks secrets in every string that leaves the publisher."""
    step: StepHook = lambda _: None


@dataclass(frozen=True, slots=True)
class Published:
    """The result of publishing."""

    where: str
    """The target in words, without secrets."""
    written: int
    """Number of files that were new or had changed."""
    unchanged: int
    removed: int
    note: str = ""
    """Additional information, such as the commit."""


class Publisher(Protocol):
    """A target that a site can be published to; created with the item's options and a context.

    ``publish`` may be interrupted at any point, and the next run continues. It raises ``PublishError``.
    """

    schema: ClassVar[Mapping[str, Any]]
    """JSON Schema of the options: the item in ``sources.yaml`` without ``name`` and ``type``."""
    environment: ClassVar[tuple[str, ...]] = ()
    """Environment variables that it needs besides the common ones, in a package of its own; their values are masked in messages."""

    def __init__(self, options: Mapping[str, Any], context: PublishContext) -> None: ...

    def publish(self, site: Site) -> Published:
        """Write the files of the site to the target, and remove those of earlier sites that are not part of it."""


@dataclass(frozen=True, slots=True)
class Site:
    """A built site in a folder."""

    folder: Path
    files: Mapping[str, SiteFile]
    """By path with ``/``; without the marker file."""

    def read(self, path: str) -> bytes:
        """The content of a file. Raises ``PublishError`` if it is not as the build wrote it."""
        content = self._content(path)
        if digest_of(content) != self.files[path].digest:
            raise PublishError(f"{self.folder / path} is not as the build wrote it.", BUILD)
        return content

    def _content(self, path: str) -> bytes:
        try:
            return (self.folder / path).read_bytes()
        except OSError as error:
            raise PublishError(f"{self.folder / path} cannot be read: {error.strerror}.", BUILD) from error
