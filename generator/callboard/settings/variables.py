"""``${NAME}`` in the values of ``sources.yaml``: replaced from the environment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from callboard.settings.document import SettingsPath

VARIABLE = re.compile(r"\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{[^}]*\}?")
"""``$${`` is a literal ``${``; a ``${`` with anything else than a name behind it is a mistake."""


@dataclass(frozen=True, slots=True)
class Expanded:
    """Data with its variables replaced."""

    data: Any
    secrets: frozenset[str]
    """The values that were put in."""
    unset: Mapping[SettingsPath, tuple[str, ...]]
    """Values that use variables which the environment does not have, with the names."""
    malformed: Mapping[SettingsPath, str]
    """Values with a ``${`` that names no variable, with the text of it."""


def expand(data: Any, environ: Mapping[str, str]) -> Expanded:
    """All texts of ``data`` (not its keys) with their variables replaced; an unset one stays as it is written."""
    expansion = _Expansion(environ, set(), {}, {})
    return Expanded(expansion.value(data, ()), frozenset(expansion.secrets), expansion.unset, expansion.malformed)


@dataclass(frozen=True, slots=True)
class _Expansion:
    """One walk over the data, with what it finds."""

    environ: Mapping[str, str]
    secrets: set[str]
    unset: dict[SettingsPath, tuple[str, ...]]
    malformed: dict[SettingsPath, str]

    def value(self, value: Any, path: SettingsPath) -> Any:
        if isinstance(value, str):
            return VARIABLE.sub(lambda match: self._variable(match, path), value)
        if isinstance(value, dict):
            return {k: self.value(v, (*path, k)) for k, v in value.items()}
        if isinstance(value, list):
            return [self.value(v, (*path, i)) for i, v in enumerate(value)]
        return value

    def _variable(self, match: re.Match[str], path: SettingsPath) -> str:
        name = match.group(1)
        if match.group() == "$${":
            return "${"
        if name in self.environ:
            self.secrets.add(self.environ[name])
            return self.environ[name]
        if name is None:
            self.malformed[path] = match.group()
        else:
            self.unset[path] = (*self.unset.get(path, ()), name)
        return match.group()


def below(paths: Mapping[SettingsPath, tuple[str, ...]], prefix: SettingsPath) -> Iterator[str]:
    """The names that are unset at or below a path, each once, in the order of the file."""
    seen = {name: None for path, names in paths.items() if path[: len(prefix)] == prefix for name in names}
    yield from seen


def unset_message(names: tuple[str, ...]) -> str:
    """One sentence that says what is missing and where it was looked for."""
    one = len(names) == 1
    marked = ", ".join(f"${{{n}}}" for n in names)
    looked = "it was" if one else "they were"
    return f"the {'variable' if one else 'variables'} {marked} {'is' if one else 'are'} not set; {looked} looked for in the environment"
