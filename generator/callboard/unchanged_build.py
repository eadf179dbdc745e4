"""The record of a complete build → a later build in which nothing changed: the site and the state get its time, nothing is made again.

Whatever is not certainly the same takes the full path: another input, a failure, a file of the site that was changed, the options of a
build that is to do more, or a moment at which what the site says of the last days turns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from callboard.build_inputs import (
    SavedTarget,
    collected_digest,
    is_repeatable,
    requests_of,
    result_digest,
    trees_of,
)
from callboard.ingestion.watched_trees import TreeQuestions, have_equal_answers
from callboard.io.checked_lines import read_checked, write_checked
from callboard.io.clock import Meter
from callboard.io.store import Store
from callboard.model.data_classes import dataclass
from callboard.model.problem import Problem
from callboard.plugins.integrations.base import IntegrationContext, IntegrationSettings, Target
from callboard.plugins.run_integrations import IntegrationResult, input_digests
from callboard.plugins.sources import Collected
from callboard.settings.settings import Settings
from callboard.state.manifest import read_manifest
from callboard.state.renewal import SavedTimes, saved_times
from callboard.website.portal_digest import portal_digest
from callboard.website.unchanged_site import NewTime, renew_site, site_digest

_PURPOSE = b"unchanged 1"
_NONE_MADE = (
    "pages_rendered", "diagrams_laid_out", "themes_built", "search_indexes_built", "files_repaired", "files_removed", "descriptors_parsed",
)  # fmt: skip


class LastBuild(msgspec.Struct, frozen=True):
    """A build that read everything without a failure, and the digests of what it read."""

    portal: str
    """Digest of the program, the settings and the portal's own files."""
    state: str
    """Digest of the manifest of the state that it saved."""
    site: str
    """Digest of the list of files of the site that it wrote."""
    as_of: datetime
    next_turn: datetime | None
    """When what the site says of the last days turns; None if it never does."""
    event_days: int
    """Days for which single items of tools are kept."""
    collected: str
    requests: Mapping[str, int]
    questions: tuple[TreeQuestions, ...]
    inputs: Mapping[str, str]
    """By integration, the digest of the files that it read; empty if it queried a service."""
    results: Mapping[str, str]
    """By integration, the digest of what it returned."""
    targets: tuple[SavedTarget, ...]
    """Of which the integrations were asked; none if files answer for all of them."""
    counts: Mapping[str, Any]
    """Counts of its report."""
    problems: tuple[Problem, ...]
    catalog_problems: int
    """The number of ``problems`` that are not those of the website."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A build in which nothing changed."""

    last: LastBuild
    counts: Mapping[str, Any]
    set_aside: tuple[Path, ...]
    """Damaged files of the history that were moved."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """How this build gets what it reads; what is collected here is not collected again by the full path."""

    collect: Callable[[], Collected]
    collect_facts: Callable[[Sequence[IntegrationSettings], Sequence[Target]], Sequence[IntegrationResult]]
    items: Sequence[IntegrationSettings]
    context: IntegrationContext


@dataclass(frozen=True, slots=True)
class UnchangedBuilds:
    """The record of the last build of one portal. Use it under the store's lock."""

    settings: Settings
    store: Store
    output: Path
    now: datetime
    meter: Meter

    def renew(self, inputs: Inputs) -> Unchanged | None:
        """Give the site and the state the time of this build if nothing changed; else None, and nothing is written.

        Raises ``StateError`` if the saved state is damaged, ``WebsiteError`` and ``OSError`` if the site cannot be written.
        """
        with self.meter.phase("inputs"):
            last = self._last()
            if last is None or not self._is_usable(last):
                return None
            state = saved_times(self.store, last.state)
        if state is None or not self._is_equal(last, inputs):
            return None
        with self.meter.phase("commit"):
            written = renew_site(self.output, self.store, NewTime(last.as_of, self.now, self.settings.portal.timezone))
        if written is None:
            return None
        with self.meter.phase("state"):
            set_aside = self._renew_state(state, last)
        files = {"files_written": written.written, "files_unchanged": written.unchanged, "bytes": written.bytes}
        counts = {**last.counts, **dict.fromkeys(_NONE_MADE, 0), **files, "nothing_changed": 1, "only_times_changed": 1}
        return Unchanged(last, counts, set_aside)

    def forget(self) -> None:
        """Remove the record: the last build is none to compare with."""
        self._file.unlink(missing_ok=True)

    @property
    def _file(self) -> Path:
        return self.store.cache / "unchanged.json"

    def _last(self) -> LastBuild | None:
        content = read_checked(self._file, _PURPOSE)
        try:
            return None if content is None else msgspec.json.decode(content, type=LastBuild)
        except (msgspec.MsgspecError, RecursionError):
            return None

    def save(self, record: LastBuild) -> None:
        """Save the record of a build."""
        write_checked(self._file, msgspec.json.encode(record), _PURPOSE)

    def _is_usable(self, last: LastBuild) -> bool:
        """Whether the time has not turned, and program, settings, the portal's files and the list of the site's files are the same."""
        if not last.as_of <= self.now or (last.next_turn is not None and self.now >= last.next_turn):
            return False
        return bool(last.site) and last.site == site_digest(self.output) and last.portal == portal_digest(self.settings, self.output)

    def _is_equal(self, last: LastBuild, inputs: Inputs) -> bool:
        collected = inputs.collect()
        with self.meter.phase("inputs"):
            is_equal = is_repeatable(collected) and collected_digest(collected) == last.collected
            if not is_equal or not have_equal_answers(last.questions, trees_of(collected)):
                return False
            by_files = [item for item in inputs.items if last.inputs.get(item.name)]
            if input_digests(by_files, inputs.context) != {item.name: last.inputs[item.name] for item in by_files}:
                return False
        asked = [item for item in inputs.items if item not in by_files]
        targets = [target.target(trees_of(collected)) for target in last.targets] if asked else []
        found = {item.name: result for item, result in zip(asked, inputs.collect_facts(asked, targets), strict=True)} if asked else {}
        is_equal = {name: result_digest(result) for name, result in found.items()} == last.results
        return is_equal and requests_of(collected, found.values()) == last.requests

    def _renew_state(self, state: SavedTimes, last: LastBuild) -> tuple[Path, ...]:
        set_aside = state.renewed(self.now, last.event_days)
        manifest = read_manifest(self.store.state)
        if manifest is not None:
            new = msgspec.structs.replace(last, state=manifest.sha256, site=site_digest(self.output), as_of=self.now)
            self.save(new)
        return set_aside
