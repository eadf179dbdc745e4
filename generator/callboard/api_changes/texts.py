"""A definition → its reference as it is compared: without descriptions and examples, with all values."""

from __future__ import annotations

from markupsafe import Markup

from callboard.api_reference.loading import UnreadableDefinitionError
from callboard.api_reference.model import Reference
from callboard.api_reference.reading import format_of_text
from callboard.api_reference.texts import Texts
from callboard.model.data_classes import dataclass
from callboard.redaction.masking import masked

_LONGEST = 2_000
"""Characters of a value that is compared."""
_NOTHING = Markup()


class UnreadableApiError(ValueError):
    """A definition cannot be compared; the message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class ComparedTexts(Texts):
    """Texts of a reference that is compared and not shown. Nothing is masked: findings are (``shown``)."""

    is_public: bool = False
    max_allowed: int = 20_000

    def line(self, value: object, limit: int = _LONGEST) -> str:
        """The value on one line."""
        if isinstance(value, str):
            return " ".join(value[:_LONGEST].split()) if " " in value or "\n" in value else value[:_LONGEST]
        return Texts.line(self, value, max(limit, _LONGEST))

    def prose(self, value: object) -> Markup:  # noqa: ARG002  # as the class above has it
        """Nothing."""
        return _NOTHING

    def value(self, value: object, limit: int = _LONGEST) -> str:
        """The value as JSON, to its end."""
        return Texts.value(self, value, limit)

    def example(self, value: object) -> str:  # noqa: ARG002
        """Nothing."""
        return ""

    def mask(self, text: str) -> str:
        """The text itself."""
        return text


def compared_reference(text: str, api_type: str = "") -> Reference:
    """The reference of a definition, for a comparison.

    Raises:
        UnreadableApiError: it is of no known format, or cannot be read.
    """
    form = format_of_text(text, api_type)
    if form is None:
        msg = "The format is not known. Formats that can be compared: OpenAPI, AsyncAPI, GraphQL, Protocol Buffers."
        raise UnreadableApiError(msg)
    try:
        found = form.read(text, ComparedTexts())
    except UnreadableDefinitionError as error:
        raise UnreadableApiError(str(error)) from error
    if not found.groups and not found.types and (found.troubles or not found.title):
        raise UnreadableApiError(found.troubles[0] if found.troubles else "The definition has neither operations nor types.")
    return found


def shown(text: str, *, is_public: bool, limit: int = 200) -> str:
    """A text of a finding as it may be shown: masked, on one line, cut."""
    line = " ".join(masked(text[: 4 * limit], is_public=is_public).text.split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"
