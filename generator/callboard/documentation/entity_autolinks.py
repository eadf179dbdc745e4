"""``<component:payments>`` in Markdown → a link whose text is filled in when the page is shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element

from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

import markdown


class EntityAutolinks(InlineProcessor):  # type: ignore[misc]  # it has no stubs
    """The pattern of a parser; ``is_entity`` says which addresses name an entity, ``text_of`` the text of a link that is not filled in."""

    def __init__(
        self, parser: markdown.Markdown, is_entity: Callable[[str], bool] = lambda _: False, text_of: Callable[[str], str] = lambda _: ""
    ) -> None:
        super().__init__(r"<([A-Za-z][A-Za-z0-9]*:[^\s<>]+)>", parser)
        self.is_entity, self.text_of = is_entity, text_of

    @classmethod
    def register(
        cls, parser: markdown.Markdown, is_entity: Callable[[str], bool] = lambda _: False, text_of: Callable[[str], str] = lambda _: ""
    ) -> EntityAutolinks:
        """Add the pattern to a parser."""
        pattern = cls(parser, is_entity, text_of)
        parser.inlinePatterns.register(pattern, "callboard_entities", 125)
        return pattern

    def handleMatch(self, match: re.Match[str], _: str) -> tuple[Element | None, int | None, int | None]:  # noqa: N802 - as its base
        """The link; nothing for what is no entity."""
        if not self.is_entity(match[1]):
            return None, None, None
        link = Element("a", href=match[1])
        link.text = AtomicString(self.text_of(match[1]))
        return link, match.start(0), match.end(0)
