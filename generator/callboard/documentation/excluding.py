"""Patterns of an ``mkdocs.yml`` in the syntax of ``.gitignore`` → which files are left out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

_MOST_STARS, _MOST_DOUBLE_STARS = 3, 2
"""Wildcards of one pattern: the time of a comparison grows with each."""
_LONGEST = 300
"""Characters of a pattern."""
_SECONDS = 5
"""Processor time of all comparisons of one set; those of a large set take a tenth of a second."""


class Patterns:
    """The patterns of one set.

    Args:
        lines: as written. Those that are no patterns are in ``wrong``; the others hold all the same, so that nothing more is published.
        seconds: processor time of all comparisons. A path that is compared later counts as one that matches.
    """

    def __init__(self, lines: Sequence[str], seconds: float = _SECONDS) -> None:
        self.wrong: list[str] = []
        self._left = seconds
        self._matches = self._compiled(lines) if lines else None

    @property
    def is_used_up(self) -> bool:
        """Whether there was no time for some of the paths."""
        return self._left < 0

    def __call__(self, path: str) -> bool:
        """Whether a path matches."""
        if self._matches is None:
            return False
        if self.is_used_up:
            return True
        started = time.process_time()
        found = self._matches(path)
        self._left -= time.process_time() - started
        return found

    def _compiled(self, lines: Sequence[str]) -> Callable[[str], bool]:
        import pathspec  # noqa: PLC0415 - few sets need it

        def is_right(line: str) -> bool:
            stars, double = line.replace("**", "").count("*"), line.count("**")
            if len(line) > _LONGEST or stars > _MOST_STARS or double > _MOST_DOUBLE_STARS:
                return False
            try:
                pathspec.GitIgnoreSpec.from_lines([line])
            except ValueError:
                return False
            return True

        right = [line for line in lines if is_right(line)]
        self.wrong = [line for line in lines if line not in {*right}]
        return pathspec.GitIgnoreSpec.from_lines(right).match_file
