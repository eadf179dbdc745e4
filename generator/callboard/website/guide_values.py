"""Values of a guide's front matter → those with which the theme can render the guide, and what is wrong with the others.

The theme uses some values without a check: an icon that does not exist, or a number in place of a list, would end the build of all pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from callboard.website.guide_html import PAGE_VALUES, safe_values

_WRONG = {
    "hide": "is not a list of parts of the page",
    "icon": "is not the name of an icon of the theme",
    "search": "is not a mapping",
    "template": "is not the name of a template for guides",
}
_LONGEST = 500
"""Most characters of ``hide``, and most parts in it."""


def usable_values(
    values: Mapping[Any, Any], templates: Collection[str], has_icon: Callable[[str], bool]
) -> tuple[dict[Any, Any], dict[str, str]]:
    """The values, in which every text is HTML; and, by name, why one is left out.

    Args:
        values: front matter as MkDocs read it, in any of the forms that MkDocs reads.
        templates: names of the templates that a guide may use.
        has_icon: whether the theme has an icon of this name.
    """
    usable: dict[Any, Any] = {}
    for name, value in values.items():
        if name == "icon":
            usable[name] = value if isinstance(value, str) and has_icon(value) else None
        else:
            usable[name] = _page_value(name, value, templates) if name in PAGE_VALUES else safe_values(value)
    wrong = {name: reason for name, reason in _WRONG.items() if values.get(name) is not None and usable[name] is None}
    return {name: value for name, value in usable.items() if value is not None}, wrong


def _page_value(name: str, value: Any, templates: Collection[str]) -> Any:
    """A value that switches parts of a page; None if the theme cannot use it."""
    if name == "template":
        return value if isinstance(value, str) and value in templates else None
    if name == "search":
        return {"exclude": bool(value.get("exclude"))} if isinstance(value, dict) else None
    parts = re.findall(r"\w+", value[:_LONGEST]) if isinstance(value, str) else value
    return parts if isinstance(parts, list) and len(parts) <= _LONGEST and all(isinstance(part, str) for part in parts) else None
