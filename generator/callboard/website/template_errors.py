"""An exception while a template is rendered → a problem at the line of the portal's template that caused it, without names of Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from traceback import walk_tb
from types import SimpleNamespace
from typing import Any

import jinja2
from jinja2.utils import missing

from callboard.model.errors import WebsiteError
from callboard.model.problem import Problem
from callboard.model.suggestions import nearest
from callboard.settings.invalid import portal_origin
from callboard.website.portal_files import PortalFiles
from callboard.website.template_check import template_problem

_CLASS = re.compile(r"'?\b(?:[a-z_]\w*\.)+[A-Z]\w*'?(?: object)?'?")
_NONE = re.compile(r"'?NoneType'?(?: object)?")
_WORD = re.compile(r'"([^"]+)"')
_LONGEST = 300


class UnknownIconError(WebsiteError):
    """A template uses an icon that does not exist."""

    def __init__(self, name: str) -> None:
        super().__init__(f'There is no icon "{name[:80]}".', "Add it to templates/icons.yaml.")


class ExplainedUndefined(jinja2.StrictUndefined):
    """A name that does not exist; using it raises an error that says which one, and which was perhaps meant."""

    __slots__ = ()

    def __init__(
        self, hint: str | None = None, obj: Any = missing, name: str | None = None, exc: type[jinja2.TemplateRuntimeError] | None = None
    ) -> None:
        super().__init__(hint or _hint(obj, name), obj, name, exc or jinja2.UndefinedError)


class OverlayLoader(jinja2.BaseLoader):
    """Loads templates from folders, the first that has one, without those in ``broken``."""

    def __init__(self, folders: Collection[Path], broken: Collection[Path] = ()) -> None:
        self._folders = [(folder, jinja2.FileSystemLoader(str(folder))) for folder in folders]
        self._broken = broken

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Source, path and a function that tells if it is current. Raises ``TemplateNotFound``."""
        for folder, loader in self._folders:
            if (folder / template) not in self._broken and (folder / template).is_file():
                return loader.get_source(environment, template)
        raise jinja2.TemplateNotFound(template)

    def list_templates(self) -> list[str]:
        """The names of all templates."""
        return sorted({name for _, loader in self._folders for name in loader.list_templates()})

    def is_own(self, template: str) -> bool:
        """True if the template is not the one that comes with Callboard, which is in the last of the folders."""
        return any((folder / template).exists() for folder, _ in self._folders[:-1])

    def has(self, template: str) -> bool:
        """True if there is a template of this name."""
        return any((folder / template).is_file() for folder, _ in self._folders)


def problem_of_error(error: Exception, files: PortalFiles) -> Problem | None:
    """The problem in the innermost of the portal's own templates that were being rendered; None if there is none."""
    folder = files.own_templates
    if folder is None:
        return None
    place = next(_places(error, folder), None)
    if place is None:
        return None
    path, line = place
    message, hint = _words(error)
    text = path.read_text("utf-8-sig", errors="replace")
    word = _WORD.search(message)
    return template_problem(portal_origin(path, folder.parent), text, line, message, hint, word[1] if word else "")


def _places(error: Exception, folder: Path) -> Iterator[tuple[Path, int]]:
    """File and line of each template of the portal in the traceback, the innermost first."""
    if isinstance(error, jinja2.TemplateSyntaxError) and error.filename and Path(error.filename).is_relative_to(folder):
        yield Path(error.filename), error.lineno
    frames = [(Path(frame.f_code.co_filename), line) for frame, line in walk_tb(error.__traceback__)]
    yield from ((path, line) for path, line in reversed(frames) if path.is_relative_to(folder))


def _words(error: Exception) -> tuple[str, str]:
    """Message and hint."""
    if isinstance(error, WebsiteError):
        return str(error), error.hint
    if isinstance(error, jinja2.TemplateNotFound):
        return f'There is no template "{error.name}".', "Correct the path, which is relative to the folder of the templates."
    if isinstance(error, RecursionError):
        return "The template is nested too deeply: perhaps it includes or extends itself.", "Remove the include that leads back to it."
    message, _, hint = str(error).partition("\n")
    message = _NONE.sub("None", _CLASS.sub("the value", message[:2_000]))[:_LONGEST].rstrip(".")
    return f"{message[:1].upper()}{message[1:]}.", hint


def _hint(obj: Any, name: str | None) -> str | None:
    """The message for a name that does not exist: a sentence, and below it a suggestion; None where Jinja's own is right."""
    if name is None or not isinstance(name, str):
        return None
    if obj is missing:
        return f'There is no variable "{name}"'
    what = "label" if isinstance(obj, SimpleNamespace) else "field"
    similar = nearest(name, _names(obj))
    return f'There is no {what} "{name}"' + (f'\nDid you mean "{similar}"?' if similar else "")


def _names(obj: Any) -> tuple[str, ...]:
    if isinstance(obj, SimpleNamespace):
        return tuple(vars(obj))
    properties = tuple(name for name, value in vars(type(obj)).items() if isinstance(value, property))
    own = (field.name for field in fields(obj)) if is_dataclass(obj) else getattr(type(obj), "_fields", ())  # of a named tuple
    return (*own, *properties)
