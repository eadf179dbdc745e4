"""A repository's listing, files and host metadata → the values that guesses are made from; bounded, and never executed."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from callboard.plugins.sources import TreeError, normal_path

FILE_BYTES = 300_000
"""Of one file that is read for guesses."""
MOST_PATHS = 100_000
"""Paths of one repository that are looked at."""
NOT_OWN = frozenset({
    "node_modules", "vendor", "third_party", "testdata", "test", "tests", "__tests__", "fixtures", "examples", "example", "samples",
    "sample", "e2e", "spec", "mocks", "demo", "demos", "site-packages",
})  # fmt: skip
"""Folders whose files say nothing about the repository itself."""


@dataclass(frozen=True)
class RepositoryEvidence:
    """What is known of one repository."""

    name: str
    """``acme/payments``, or the name of a folder."""
    description: str = ""
    """As the host has it."""
    topics: Sequence[str] = ()
    languages: Sequence[tuple[str, int]] = ()
    """As the host counts them: names with bytes, largest first."""
    release: str = ""
    """Tag of the latest release on the host."""
    homepage: str = ""
    annotation: tuple[str, str] = ("", "")
    """The host's annotation with the name of the repository; empty where it has none."""
    is_archived: bool = False
    paths: Sequence[str] = ()
    """All files; empty where the listing was not read."""
    content: Callable[[str, int], bytes] | None = None
    """Reads a file of at most so many bytes. Raises ``TreeError``."""

    @cached_property
    def listed(self) -> frozenset[str]:
        """The paths for tests of membership."""
        return frozenset(self.paths[:MOST_PATHS])

    @cached_property
    def own_paths(self) -> Sequence[str]:
        """The paths without tests, examples and what others wrote, those near the root first."""
        own = (path for path in self.paths[:MOST_PATHS] if NOT_OWN.isdisjoint(path.lower().split("/")[:-1]))
        return sorted(own, key=lambda path: (path.count("/"), path))

    @property
    def is_listed(self) -> bool:
        """Whether the listing was read, so that a missing file means something."""
        return bool(self.paths)

    def has(self, path: str) -> bool:
        """Whether there is such a file."""
        return path in self.listed

    def first(self, *paths: str) -> str:
        """The first of the paths that exists; else an empty string."""
        return next((path for path in paths if path in self.listed), "")

    def text(self, path: str) -> str:
        """The content of a file as text; empty for one that is missing, too large or cannot be read."""
        if self.content is None or (self.paths and path not in self.listed):
            return ""
        try:
            return self.content(normal_path(path), FILE_BYTES).decode("utf-8", "replace").removeprefix("\ufeff")
        except TreeError:
            return ""

    @cached_property
    def package(self) -> Mapping[str, Any]:
        """``package.json`` at the root; empty where there is none."""
        return self.json("package.json")

    @cached_property
    def pyproject(self) -> Mapping[str, Any]:
        """``pyproject.toml`` at the root; empty where there is none."""
        return self.toml("pyproject.toml")

    @cached_property
    def cargo(self) -> Mapping[str, Any]:
        """``Cargo.toml`` at the root; empty where there is none."""
        return self.toml("Cargo.toml")

    def json(self, path: str) -> Mapping[str, Any]:
        """The object in a file of JSON; empty where it is missing or invalid."""
        try:
            value = json.loads(self.text(path) or "{}")
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    def toml(self, path: str) -> Mapping[str, Any]:
        """A file of TOML; empty where it is missing or invalid."""
        try:
            return tomllib.loads(self.text(path))
        except (ValueError, RecursionError):
            return {}

    def at(self, file: Mapping[str, Any], *keys: str) -> Any:
        """The value below keys of a file; None where there is none."""
        value: Any = file
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def lines(self, path: str, most: int) -> Iterator[tuple[int, str]]:
        """The first lines of a file, numbered from 1."""
        yield from enumerate(self.text(path).splitlines()[:most], 1)


@dataclass(frozen=True, slots=True)
class Guess:
    """A value with the place that it comes from."""

    value: Any
    evidence: str
    """For people: ``CODEOWNERS line 3``. Empty for a fact that is no guess."""
