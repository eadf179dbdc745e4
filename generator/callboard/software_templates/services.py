"""A template's folder, its portal's hosts, the engine and git → what actions can use (``ActionServices``)."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from callboard.io.process import run
from callboard.model.data_classes import dataclass
from callboard.model.errors import SourceError
from callboard.plugins.actions import ActionError
from callboard.software_templates.checkouts import Checkouts, inside, is_absolute, remote_folder
from callboard.software_templates.engine import TemplateEngine
from callboard.software_templates.sandbox import TemplateEngineError

PROGRAM_SECONDS = 300.0
_SIGNED_IN = {name: f"Check that `{name} auth status` is good." for name in ("gh", "glab")}


@dataclass(slots=True)
class CommandServices:
    """The services of one run of ``callboard new``."""

    root: Path
    """The work tree of the template's repository."""
    folder: str
    """The folder of the template's file in it, where relative URLs begin."""
    hosts: Mapping[str, str]
    engine: TemplateEngine
    checkouts: Checkouts
    temporary: Path
    environ: Mapping[str, str]
    find_entity: Callable[[str], Mapping[str, Any] | None]
    publishing: str = "auto"
    """``auto``, ``tool``, ``git`` or ``print``: how repositories and pull requests are made."""

    def fetch(self, url: str) -> Path:
        """The folder or file of a URL."""
        if not is_absolute(url):
            return inside(self.root, f"{self.folder}/{url}" if self.folder else url)
        remote = remote_folder(url, self.hosts)
        failure = ""
        for revision, path in remote.revisions:
            try:
                return inside(self.checkouts.of(remote.repository, revision), path)
            except (SourceError, ActionError) as error:
                failure = failure or str(error)
        raise ActionError(failure, "Check the URL, and that git can read the repository.")

    def clone(self, url: str, revision: str = "") -> Path:
        """A work tree of a repository, for changing."""
        try:
            return self.checkouts.of(url, revision)
        except SourceError as error:
            raise ActionError(str(error), error.hint) from None

    def git(self, folder: Path, *arguments: str) -> str:
        """The output of a command of git, with the person's own configuration."""
        try:
            return self.checkouts.git.output(folder, *arguments).decode("utf-8", "replace").strip()
        except SourceError as error:
            raise ActionError(f"git {arguments[0]}: {error}", error.hint) from None

    def run(self, command: Sequence[str], folder: Path, environ: Mapping[str, str] | None = None) -> str:
        """The output of a program."""
        try:
            done = run(command, environ={**self.environ, **(environ or {})}, cwd=folder, timeout=PROGRAM_SECONDS, limit=1_000_000)
        except OSError as error:
            raise ActionError(f"{command[0]} cannot be run: {error.strerror}.", f"Install {command[0]}.") from None
        if not done.good:
            lines = done.stderr.strip().splitlines()[-3:]
            hint = _SIGNED_IN.get(command[0], f"Check that you are signed in with {command[0]}.")
            raise ActionError(f"{command[0]} failed: {' '.join(lines)[:500]}", hint)
        return done.stdout.decode("utf-8", "replace").strip()

    def program(self, name: str) -> bool:
        """Whether a program is installed."""
        return shutil.which(name, path=self.environ.get("PATH")) is not None

    def entity(self, ref: str) -> Mapping[str, Any] | None:
        """An entity of the portal."""
        return self.find_entity(ref)

    def start_files(self, values: Any, options: Mapping[str, bool]) -> None:
        """Set the values of the texts to render."""
        self.engine.start_files(values, options)

    def render_file(self, text: str) -> str:
        """A rendered text."""
        try:
            return self.engine.render_file(text)
        except TemplateEngineError as error:
            raise ActionError(str(error), error.hint) from None

    def temporary_folder(self) -> Path:
        """A new folder."""
        return Path(tempfile.mkdtemp(prefix="part-", dir=self.temporary))
