"""The inline patterns of Markdown → the same, tried only on text that has a character which each of them needs. The HTML stays the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from markdown.treeprocessors import InlineProcessor
from markdown.util import AtomicString

import markdown

_NEEDED: Mapping[str, str] = {
    "backtick": "`", "escape": "\\", "footnote": "[", "reference": "[", "link": "[", "image_link": "[", "image_reference": "[",
    "short_reference": "[", "short_image_ref": "[", "autolink": "<", "automail": "<", "callboard_entities": "<", "linebreak": "\n",
    "html": "<", "magic-mail": "@", "entity": "&", "emoji": ":", "delimiter": "*_^=~", "nl": "\n",
    "smart-trademark": "(", "smart-copyright": "(", "smart-registered": "(", "smart-plus-minus": "+", "smart-arrows": "-",
    "smart-not-equal": "=", "smart-fractions": "/", "smart-ordinal-numbers": "0123456789", "smart-care-of": "/",
}  # fmt: skip
"""Characters of which at least one occurs in whatever the pattern of this name matches. Others are tried on every text."""


class SelectiveInlineProcessor(InlineProcessor):  # type: ignore[misc]  # it has no stubs
    """As its base, which tries each pattern on each text: half of the time of an ordinary page."""

    def __init__(self, parser: markdown.Markdown, patterns: Any) -> None:
        super().__init__(parser)
        self.inlinePatterns = patterns
        self._patterns: list[tuple[Any, str, Any]] = []

    def run(self, tree: Any, ancestors: Any = None) -> Any:
        """As its base; extensions may add patterns until a page is converted."""
        if len(self._patterns) != len(self.inlinePatterns):
            in_order = [*self.inlinePatterns]  # sorts the items, whose names stand nowhere else
            names = [item.name for item in self.inlinePatterns._priority]  # noqa: SLF001
            needed = [_NEEDED.get(name, "") for name in names]
            several = [re.compile(f"[{re.escape(each)}]").search if len(each) > 1 else None for each in needed]
            self._patterns = [*zip(in_order, needed, several, strict=True)]
        return super().run(tree, ancestors)

    def _InlineProcessor__handleInline(self, data: Any, index: int = 0) -> Any:  # noqa: N802 - the name in its base
        if isinstance(data, AtomicString):
            return data
        start, patterns, count = 0, self._patterns, len(self._patterns)
        while index < count:
            pattern, needed, several = patterns[index]
            if needed and not (several(data) if several else needed in data):
                index, start = index + 1, 0
                continue
            is_match: bool
            data, is_match, start = self._InlineProcessor__applyPattern(pattern, data, index, start)
            if not is_match:
                index += 1
        return data


def make_selective(parser: markdown.Markdown) -> None:
    """Let a parser try its patterns only where they can match."""
    for name, priority in [(item.name, item.priority) for item in parser.treeprocessors._priority]:  # noqa: SLF001 - see above
        processor = parser.treeprocessors[name]
        if type(processor) is InlineProcessor:
            parser.treeprocessors.register(SelectiveInlineProcessor(parser, processor.inlinePatterns), name, priority)
