"""The section ``api_changes:`` of ``sources.yaml`` → which findings count, for which API, until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from callboard.api_changes.findings import ApiFinding
from callboard.model.data_classes import dataclass
from callboard.model.errors import SettingsError
from callboard.model.ref import EntityRef, parse_ref


@dataclass(frozen=True, slots=True)
class ApiException:
    """Findings of one API that do not count for a while, such as a change that all consumers know of."""

    api: EntityRef
    reason: str
    until: date
    """The last day."""
    rules: frozenset[str] = frozenset()
    """Empty for all rules."""

    def covers(self, api: EntityRef, rule: str, today: date) -> bool:
        """Whether a finding does not count today."""
        return api == self.api and today <= self.until and (not self.rules or rule in self.rules)


@dataclass(frozen=True, slots=True)
class ApiPolicy:
    """Which findings count."""

    ignored: frozenset[str] = frozenset()
    """Rules that do not count for any API."""
    exceptions: tuple[ApiException, ...] = ()

    def divided(
        self, api: EntityRef, findings: Iterable[ApiFinding], today: date
    ) -> tuple[tuple[ApiFinding, ...], Mapping[str, tuple[ApiFinding, ...]]]:
        """The findings that count, and those that an exception covers, by its reason. Ignored rules are in neither."""
        counted: list[ApiFinding] = []
        excepted: dict[str, list[ApiFinding]] = {}
        for finding in findings:
            if finding.rule in self.ignored:
                continue
            found = next((each for each in self.exceptions if each.covers(api, finding.rule, today)), None)
            (excepted.setdefault(found.reason, []) if found else counted).append(finding)
        return tuple(counted), {reason: tuple(each) for reason, each in excepted.items()}


def api_policy(section: Mapping[str, Any]) -> ApiPolicy:
    """The policy of a section that its JSON Schema has accepted. Raises ``SettingsError`` for a day that no month has."""
    exceptions = (
        ApiException(
            parse_ref(each["api"], default_kind="api").canonical(),
            str(each["reason"]),
            _day(each["until"]),
            frozenset(each.get("rules") or ()),
        )
        for each in section.get("exceptions") or ()
    )
    return ApiPolicy(frozenset(section.get("ignore") or ()), tuple(exceptions))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingsError(f'"api_changes.exceptions": {text} is no day of the calendar.') from None
