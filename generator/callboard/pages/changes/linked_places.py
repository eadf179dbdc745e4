"""A recorded change of an API and the API's reference now → the line of the change, with links to the operations and types it names."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from callboard.api_reference.paging import PagedReference
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.pages.apis.reference import page_path, paged
from callboard.pages.changes.context import ChangeLine, LinkedPlace
from callboard.state.values import Change

_ADDED = "api-added"


@dataclass(frozen=True, slots=True)
class ApiPlaces:
    """Where the operations and types of one API stand, by the words that changes name them with."""

    operations: dict[str, str]
    types: dict[str, str]

    def linked(self, line: ChangeLine, change: Change) -> ChangeLine:
        """The line; what is not part of the reference any more stays text."""
        if change.kind == _ADDED:
            known = [LinkedPlace(each, self.operations[each]) for each in change.about.split(", ") if each in self.operations]
            return replace(line, text=f"{change.number:,}", places=tuple(known)) if known else line
        found = self.types if change.number else self.operations
        place = next((each for each in _beginnings(change.field) if each in found), "")
        message = str(line.message.unescape()) if line.message else ""
        if not place or not message.startswith(place):
            return line
        rest = message[len(place) :].removeprefix(":").strip()
        return replace(line, message=Markup.escape(rest), places=(LinkedPlace(place, found[place]),))


def api_places(entity: Entity, *, is_public: bool) -> ApiPlaces:
    """The places of an API; none for one without a reference."""
    found = paged(entity, is_public=is_public)
    if found is None:
        return ApiPlaces({}, {})
    entries, types = found.reference.entries, found.reference.types.values()
    return ApiPlaces(
        {f"{'webhook ' if each.is_webhook else ''}{each.verb} {each.address}": _path(found, entity, each.anchor) for each in entries},
        {each.name: _path(found, entity, each.anchor) for each in types},
    )


def _path(found: PagedReference, entity: Entity, anchor: str) -> str:
    return f"{page_path(entity, found.part_of[anchor])}#{anchor}"


def _beginnings(field: str) -> list[str]:
    """The field, and what is left of it without its last words, the longest first."""
    words = field.split(" ")
    return [" ".join(words[:number]) for number in range(len(words), 0, -1)]
