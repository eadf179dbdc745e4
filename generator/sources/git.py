"""The ``git`` source: git repositories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from generator.settings.settings import SourceSettings
from generator.sources.source import Collected, SourceContext, options_schema


class GitSource:
    """Descriptors in git repositories."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("git")

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        self._settings = settings
        self._context = context

    def collect(self) -> Collected:
        """Everything below the folder."""
        return Collected()
