"""The entry points of ``callboard.api_formats`` → formats that read definitions; what a plugin raises concerns one definition only."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.api_reference.described import reference_of
from callboard.api_reference.loading import MAX_BYTES, UnreadableDefinitionError
from callboard.api_reference.model import Reference
from callboard.api_reference.texts import Texts
from callboard.io.time_limit import TimeLimitError, time_limit
from callboard.model.data_classes import dataclass
from callboard.model.errors import FOREIGN_EXCEPTIONS, PluginError
from callboard.plugins import loader
from callboard.plugins.api_formats import ApiDescription, ApiFormat

HEAD = 4_000
"""Characters of a text that a plugin sees to recognize its format."""
MATCH_SECONDS = 1.0
"""Processor time for recognizing a text."""


@dataclass(frozen=True, slots=True)
class PluginFormat:
    """A format of an installed package."""

    name: str
    package: str
    format: ApiFormat

    def matches(self, text: str, api_type: str) -> bool:
        """Whether the plugin recognizes the text."""
        try:
            with time_limit(MATCH_SECONDS):
                return bool(self.format.matches(text[:HEAD], api_type))
        except (*FOREIGN_EXCEPTIONS, TimeLimitError):
            return False

    def read(self, text: str, texts: Texts) -> Reference:
        """The reference. Raises ``UnreadableDefinitionError``."""
        if len(text) > MAX_BYTES:
            msg = f"The definition is longer than {MAX_BYTES:,} characters."
            raise UnreadableDefinitionError(msg)
        return reference_of(self._description(text), self.format.label, texts)

    def _description(self, text: str) -> ApiDescription:
        try:
            found: object = self.format.read(text)
        except ValueError as error:
            raise UnreadableDefinitionError(str(error)[:400]) from error
        except FOREIGN_EXCEPTIONS as error:
            msg = f"The package {self.package} failed to read the definition ({type(error).__name__})."
            raise UnreadableDefinitionError(msg) from error
        if not isinstance(found, ApiDescription):
            msg = f"The package {self.package} gave no description of the definition."
            raise UnreadableDefinitionError(msg)
        return found


def plugin_formats() -> Iterator[PluginFormat]:
    """The formats of installed packages by name; ``callboard plugins`` says why one cannot be loaded."""
    for name, plugin in loader.load(loader.API_FORMATS_GROUP).items():
        try:
            found = plugin.load()
        except PluginError:
            continue
        if isinstance(found, ApiFormat):
            yield PluginFormat(name, plugin.package, found)
