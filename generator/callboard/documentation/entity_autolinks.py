"""``<component:payments>`` in Markdown → a link whose text is filled in when the page is shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element

from markdown.inlinepatterns import InlineProcessor

import markdown


class EntityAutolinks(InlineProcessor):  # type: ignore[misc]  # it has no stubs
    """The pattern of a parser; ``is_entity`` says which addresses name an entity."""

    def __init__(self, parser: markdown.Markdown, is_entity: Callable[[str], bool] = lambda _: False) -> None:
        super().__init__(r"<([A-Za-z][A-Za-z0-9]*:[^\s<>]+)>", parser)
        self.is_entity = is_entity

    @classmethod
    def register(cls, parser: markdown.Markdown, is_entity: Callable[[str], bool] = lambda _: False) -> EntityAutolinks:
        """Add the pattern to a parser."""
        pattern = cls(parser, is_entity)
        parser.inlinePatterns.register(pattern, "callboard_entities", 125)
        return pattern

    def handleMatch(self, match: re.Match[str], _: str) -> tuple[Element | None, int | None, int | None]:  # noqa: N802 - as its base
        """The link; nothing for what is no entity."""
        if not self.is_entity(match[1]):
            return None, None, None
        return Element("a", href=match[1]), match.start(0), match.end(0)
