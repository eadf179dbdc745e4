"""The catalog of the last build and this one → what changed in the contracts of APIs, as changes for the history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from callboard.api_changes.policy import ApiPolicy, api_policy
from callboard.api_changes.recorded_changes import ComparedApi, rows
from callboard.api_changes.texts import UnreadableApiError, compared_reference
from callboard.catalog import organization, structure
from callboard.catalog.graph import Catalog
from callboard.history.api_news import NOT_COMPARED
from callboard.history.build_state import BuildState, ChangeSet
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.ref import EntityRef, ref_of
from callboard.settings.settings import Settings
from callboard.state.summaries import definition_digest
from callboard.state.values import Change

GONE = "the text before is not known any more, because descriptors were collected in between"
WAS_UNREADABLE = "the definition before could not be read"


def with_api_changes(changes: ChangeSet, state: BuildState, catalog: Catalog, settings: Settings) -> ChangeSet:
    """The changes of a build, with those in the contracts of the APIs whose definitions changed.

    An API that is new, or whose definition cannot be read now, has no change. With ``--from-state`` the changes have them already.
    """
    changed = [each for each in changes.changes if each.kind == "definition" and each.before and each.after]
    if state.from_state or state.previous is None or not changed:
        return changes
    today = state.now.astimezone(ZoneInfo(settings.portal.timezone)).date()
    before = {each.ref: each for each in state.previous.entities}
    renamed = {each.ref: ref_of(each.before) for each in changes.changes if each.kind == "renamed" and each.ref}
    news = _News(catalog, api_policy(settings.sections.get("api_changes", {})), today, settings.portal.is_public)
    found = [row for each in changed if each.ref for row in news.of(each, before.get(renamed.get(each.ref, each.ref)))]
    return replace(changes, changes=tuple(sorted({*changes.changes, *found}, key=lambda c: (c.ref or (), c.kind, *map(str, c)))))


@dataclass(frozen=True, slots=True)
class _News:
    catalog: Catalog
    policy: ApiPolicy
    today: date
    is_public: bool

    def of(self, change: Change, before: Entity | None) -> Iterator[Change]:
        """The changes of one API."""
        entity = self.catalog.entities.get(change.ref) if change.ref else None
        new, old = _definition(entity), _definition(before)
        if entity is None or entity.ref.kind != "api" or not new:
            return
        kind = str(entity.spec.get("type", ""))
        if not old or definition_digest(before) != change.before:
            yield change._replace(kind=NOT_COMPARED, about=GONE, before="", after="")
            return
        from callboard.api_changes.comparison import compare_definitions  # noqa: PLC0415 - takes a while, and most builds compare nothing

        try:
            found = compare_definitions(old, new, kind, self.today.isoformat())
        except UnreadableApiError:
            if _is_readable(new, kind):
                yield change._replace(kind=NOT_COMPARED, about=WAS_UNREADABLE, before="", after="")
            return
        counted, excepted = self.policy.divided(entity.ref, found.findings, self.today)
        yield from rows(ComparedApi(change, replace(found, findings=counted), excepted, self.is_public), self._consumers(entity.ref))

    def _consumers(self, api: EntityRef) -> Mapping[EntityRef, EntityRef | None]:
        return {each: organization.owner(self.catalog, each) for each in structure.consumers(self.catalog, api)}


def _definition(entity: Entity | None) -> str:
    value = entity.spec.get("definition") if entity is not None else ""
    return value if isinstance(value, str) else ""


def _is_readable(text: str, api_type: str) -> bool:
    try:
        return bool(compared_reference(text, api_type))
    except UnreadableApiError:
        return False
