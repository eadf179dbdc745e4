"""The ``files`` source: a folder on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from generator.settings.settings import SourceSettings
from generator.sources.source import Collected, SourceContext, options_schema


class FilesSource:
    """Descriptors in a folder on this machine."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("files")

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        self._settings = settings
        self._context = context

    def collect(self) -> Collected:
        """Everything below the folder."""
        return Collected()
