"""The public API for actions of templates: a class in an entry point of the group ``callboard.actions`` does one step of ``callboard new``.

The name of the entry point is the action's name in templates, such as ``acme:ticket``. A plugin may import these names; anything else may
change without notice.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any, ClassVar, Protocol

from callboard.model.data_classes import dataclass
from callboard.model.errors import CallboardError

__all__ = ["ActionError", "ActionFiles", "ActionServices", "ActionStep", "OutsideChange", "StepAction"]


class ActionError(CallboardError):
    """A step cannot be done; the command ends with the message, and nothing was written or published."""


class ActionFiles(Protocol):
    """The files that the steps make, in a temporary folder. Paths are relative, with ``/``.

    A path out of the folder, of ``.git`` in any spelling, or through a link raises ``ActionError``, as do too many files and bytes.
    """

    @property
    def root(self) -> Path:
        """The temporary folder, for reading."""

    def paths(self, folder: str = "") -> Sequence[str]:
        """The files below a folder, sorted."""

    def exists(self, path: str) -> bool:
        """Whether there is a file or a folder."""

    def read(self, path: str) -> bytes:
        """The content of a file."""

    def write(self, path: str, content: bytes, *, is_executable: bool = False) -> None:
        """Write a file with the folders above it."""

    def make_folder(self, path: str) -> None:
        """Create a folder with the folders above it."""

    def copy_link(self, path: str, target: str) -> None:
        """Create a symbolic link to a relative target in the folder."""

    def delete(self, path: str) -> None:
        """Delete a file, or a folder with what is in it; nothing happens if there is none."""

    def rename(self, old: str, new: str) -> None:
        """Rename a file or a folder."""


@dataclass(frozen=True, slots=True)
class OutsideChange:
    """What is to be done outside of the temporary folder, after all steps were prepared and the person agreed."""

    title: str
    """An imperative clause: ``Create the repository acme/orders on github.com``."""
    carry_out: Callable[[], Mapping[str, Any]]
    """Does it, and returns the outputs of the step. Raises ``CallboardError``."""
    by_hand: tuple[str, ...] = ()
    """Command lines that do the same."""
    folder: Path | None = None
    """What is published, if it is a folder with files of the template."""


class ActionServices(Protocol):
    """What the command can do for an action."""

    @property
    def hosts(self) -> Mapping[str, str]:
        """The type of each host from which files may be fetched, such as ``github``."""

    def fetch(self, url: str) -> Path:
        """The folder or file of a URL: relative to the template's file, or at one of ``hosts``. Raises ``ActionError``."""

    def clone(self, url: str, revision: str = "") -> Path:
        """A work tree of a repository, with the person's own git credentials. Raises ``ActionError``."""

    @property
    def publishing(self) -> str:
        """How repositories and pull requests are made: ``auto``, ``tool`` (gh, glab), ``git`` (push alone) or ``print``."""

    def git(self, folder: Path, *arguments: str) -> str:
        """The output of a command of git with the person's configuration; nothing in the folder is run. Raises ``ActionError``."""

    def run(self, command: Sequence[str], folder: Path, environ: Mapping[str, str] | None = None) -> str:
        """The output of a program, which is run without a shell, with more variables. Raises ``ActionError`` if it fails."""

    def program(self, name: str) -> bool:
        """Whether a program is installed."""

    def entity(self, ref: str) -> Mapping[str, Any] | None:
        """An entity of the portal; None if it has none of that reference."""

    def start_files(self, values: Any, options: Mapping[str, bool]) -> None:
        """Set the values of the texts that ``render_file`` renders next."""

    def render_file(self, text: str) -> str:
        """The content or the name of a file of a template, rendered."""

    def temporary_folder(self) -> Path:
        """A new folder that is deleted at the end of the command."""


@dataclass(frozen=True, slots=True)
class ActionStep:
    """One run of an action."""

    input: Mapping[str, Any]
    """The step's input, rendered, and valid by the action's schema."""
    files: ActionFiles
    services: ActionServices
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    messages: list[str] = field(default_factory=list)
    """Lines for the person; secrets in them are masked."""
    changes: list[OutsideChange] = field(default_factory=list)
    """Where the action adds what it will do outside of ``files``."""


class StepAction(ABC):
    """One action of templates. It changes ``step.files``; anything else it adds to ``step.changes``, to be done if the person agrees."""

    api_version: ClassVar[int] = 1
    schema: ClassVar[Mapping[str, Any]] = {"type": "object"}
    """JSON Schema of the input; an object."""

    @abstractmethod
    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Do the step; the outputs, which later steps read as ``steps.<id>.output``. Raises ``ActionError``."""
