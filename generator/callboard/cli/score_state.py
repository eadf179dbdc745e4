"""A portal's folder → results of its saved state, also with an edited descriptor or scorecard in place of one of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from callboard import __version__
from callboard.descriptors.portal_kinds import portal_kinds
from callboard.history.build_state import load_build_state
from callboard.io import clock
from callboard.io.store import Store
from callboard.lint.check import resolve_paths
from callboard.model.data_classes import dataclass
from callboard.model.errors import SettingsError
from callboard.model.problem import Problem
from callboard.pages.site_data import SiteData
from callboard.pipeline import Workspace, prepare, resolve
from callboard.scorecards.portal_scorecards import JudgedBuild, JudgedCatalog, judged_catalog
from callboard.settings.settings import Settings
from callboard.state.loss_guards import guards_of


@dataclass(frozen=True, slots=True)
class SavedPortal:
    """The saved state of a portal, judged by the scorecards as they are now."""

    work: Workspace
    data: SiteData

    @property
    def judged(self) -> JudgedCatalog:
        """The results."""
        assert self.data.judged is not None  # noqa: S101 - the settings have scorecards
        return self.data.judged

    def with_descriptor(self, file: Path) -> JudgedCatalog:
        """The results if this file replaced the descriptors of the entities that it describes.

        Raises ``SettingsError`` for a file that describes none.
        """
        edited = {entity.ref: entity for entity in resolve_paths((file,), os.environ).catalog.entities.values()}
        if not edited:
            raise SettingsError(
                f"{file} describes no entity and no scorecard.", "Name a descriptor, or a file with name, levels and rules."
            )
        collected = self.data.collected
        known = {entity.ref: entity for entity in collected.entities}
        placed = (replace(entity, origin=known[ref].origin) if ref in known else entity for ref, entity in edited.items())
        kept = (entity for entity in collected.entities if entity.ref not in edited)
        resolved = resolve(self.work, replace(collected, entities=(*kept, *placed)))
        problems = (*resolved.problems, *self._later_problems())
        return judged_catalog(self.work.settings, JudgedBuild(resolved.catalog, self.data.facts, problems, resolved.trees, self.data.now))

    def _later_problems(self) -> Iterator[Problem]:
        """The problems that later steps than ``resolve`` found: those of facts, of documentation, and of definitions."""
        of_catalog = set(resolve(self.work, self.data.collected).problems)
        return (each for each in self.data.resolved.problems if each not in of_catalog and each not in self.judged.problems)

    def with_scorecard(self, file: Path, name: str) -> JudgedCatalog:
        """The results if this file replaced the scorecard of that name, or were a new one."""
        settings, files = self.work.settings, {card.file: card.name for card in self.judged.judgement.cards}
        kept = [path for path in settings.scorecards if files.get(path) != name]
        resolved = self.data.resolved
        build = JudgedBuild(resolved.catalog, self.data.facts, resolved.problems, resolved.trees, self.data.now)
        return judged_catalog(settings, build, (*kept, str(file.resolve())))


def saved_portal(settings: Settings) -> SavedPortal:
    """Judge the saved state. Raises ``StateError`` if there is none."""
    now = clock.now(None, os.environ)
    state = load_build_state(Store.beside(settings.root), now, __version__, settings, from_state=True)
    work = Workspace(settings, os.environ, portal_kinds(settings))
    guards = guards_of(settings.sections.get("history", {}), accept_loss=True)
    return SavedPortal(work, prepare(work, state, guards)[0])
