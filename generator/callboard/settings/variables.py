"""The data of ``sources.yaml`` and the environment → the data with each ``${NAME}`` replaced, and the variables that are not set."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.model.fields import FieldPath

VARIABLE = re.compile(r"\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{[^}]*\}?")
"""``$${`` is a literal ``${``; a ``${`` followed by anything other than a name is an error."""

SET_VARIABLE = "Set the variable in the environment of the build; `callboard workflow` lists what a CI workflow has to pass."
"""What to do about a variable that is not set."""


@dataclass(frozen=True, slots=True)
class Expanded:
    """Data with its variables replaced."""

    data: Any
    secrets: frozenset[str]
    """The values of the replaced variables."""
    unset: Mapping[FieldPath, tuple[str, ...]]
    """Paths of values that use unset variables, with the names."""
    malformed: Mapping[FieldPath, str]
    """Paths of values with a ``${`` that is not a variable, with that piece of the value."""


def expand(data: Any, environ: Mapping[str, str]) -> Expanded:
    """Replace the variables in all strings of ``data`` except keys; an unset variable stays as written.

    An empty one counts as unset: workflows pass secrets that do not exist as empty variables.
    """
    expansion = _Expansion(environ, set(), {}, {})
    return Expanded(expansion.value(data, ()), frozenset(expansion.secrets), expansion.unset, expansion.malformed)


@dataclass(frozen=True, slots=True)
class _Expansion:
    """One walk over the data, with its results."""

    environ: Mapping[str, str]
    secrets: set[str]
    unset: dict[FieldPath, tuple[str, ...]]
    malformed: dict[FieldPath, str]

    def value(self, value: Any, path: FieldPath) -> Any:
        if isinstance(value, str):
            return VARIABLE.sub(lambda match: self._variable(match, path), value)
        if isinstance(value, dict):
            return {k: self.value(v, (*path, k)) for k, v in value.items()}
        if isinstance(value, list):
            return [self.value(v, (*path, i)) for i, v in enumerate(value)]
        return value

    def _variable(self, match: re.Match[str], path: FieldPath) -> str:
        name = match.group(1)
        if match.group() == "$${":
            return "${"
        if name is not None and self.environ.get(name):
            self.secrets.add(self.environ[name])
            return self.environ[name]
        if name is None:
            self.malformed[path] = match.group()
        else:
            self.unset[path] = (*self.unset.get(path, ()), name)
        return match.group()


def below(paths: Mapping[FieldPath, tuple[str, ...]], prefix: FieldPath) -> Iterator[str]:
    """The names of unset variables at or below a path, each once, in the order of the file."""
    seen = {name: None for path, names in paths.items() if path[: len(prefix)] == prefix for name in names}
    yield from seen


def unset_message(names: tuple[str, ...]) -> str:
    """A clause that names the unset variables."""
    variables = ", ".join(f"${{{name}}}" for name in names)
    subject = f"the environment variable {variables} is" if len(names) == 1 else f"the environment variables {variables} are"
    return f"{subject} not set"
