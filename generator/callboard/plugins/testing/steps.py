"""The input of a step and a folder → the step for an action's ``run``, with real files and without a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.plugins.actions import ActionError, ActionStep
from callboard.plugins.staged_files import StagedFiles


@dataclass(slots=True)
class OfflineServices:
    """Services of a step in a test: no host is reached, and programs are recorded in place of being run."""

    folder: Path
    """Where relative URLs begin."""
    temporary: Path
    hosts: Mapping[str, str] = field(default_factory=dict)
    publishing: str = "print"
    entities: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    commands: list[Sequence[str]] = field(default_factory=list)
    """The programs that were to be run."""

    def fetch(self, url: str) -> Path:
        """A folder or file of ``folder``."""
        place = (self.folder / url).resolve()
        if not place.is_relative_to(self.folder.resolve()) or not place.exists():
            raise ActionError(f"There is no {url}.")
        return place

    def clone(self, url: str, revision: str = "") -> Path:
        """Refused."""
        raise ActionError(f"A test clones nothing: {url} {revision}")

    def git(self, folder: Path, *arguments: str) -> str:
        """Recorded."""
        return self.run(["git", *arguments], folder)

    def run(self, command: Sequence[str], folder: Path, environ: Mapping[str, str] | None = None) -> str:  # noqa: ARG002 - the contract
        """Recorded."""
        self.commands.append(command)
        return ""

    def program(self, name: str) -> bool:  # noqa: ARG002 - the contract
        """None is installed."""
        return False

    def entity(self, ref: str) -> Mapping[str, Any] | None:
        """One of ``entities``."""
        return self.entities.get(ref)

    def start_files(self, values: Any, options: Mapping[str, bool]) -> None:
        """Nothing: texts are not rendered."""

    def render_file(self, text: str) -> str:
        """The text as it is."""
        return text

    def temporary_folder(self) -> Path:
        """A new folder."""
        place = self.temporary / f"part-{len([*self.temporary.iterdir()])}"
        place.mkdir()
        return place


def action_step(folder: Path, /, **given: Any) -> ActionStep:
    """A step with this input, whose files are in ``folder``."""
    return ActionStep(given, StagedFiles(folder), OfflineServices(folder, folder))
