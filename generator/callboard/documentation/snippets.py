"""The text of a page with lines such as ``--8<-- "file.md"`` → the text with these files of the same repository in their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import field

from callboard.model.data_classes import dataclass

LARGEST = 64 * 1024
"""Bytes of a file that is put in."""
MOST = 100
"""Files that are put into one page."""
DEPTH = 5
"""Nested files."""
_LINE = re.compile(r"^(?P<indent>[ \t]*+)(?P<escape>;*+)-{1,20}+8<-{1,20}+(?P<rest>[^\n]*+)$")
_QUOTED = re.compile(r"[ \t]++(?P<quote>[\"'])(?P<name>[^\"'\n]{1,500})(?P=quote)[ \t]*+")
_SECTION = re.compile(r"-8<-{1,20}+[ \t]*+\[[ \t]*+(?P<which>start|end)[ \t]*+:[ \t]*+(?P<name>[a-z][-_0-9a-z]*+)[ \t]*+\]", re.IGNORECASE)
_COLON = re.compile(":")
_RANGES = re.compile(r":(-?\d{0,6}(?::-?\d{0,6})?(?:,-?\d{0,6}(?::-?\d{0,6})?){0,20})")
"""Lines of a file, behind its path: ``:3``, ``:3:5``, ``:1:2,7:9``, ``:-3``."""

Read = Callable[[str], str | None]
"""Returns the text of a file by the path that a page writes; None if it cannot be read."""


@dataclass(slots=True)
class Snippets:
    """Puts files into the texts of one set.

    Args:
        read: reads a file.
    """

    read: Read
    missing: list[tuple[str, int]] = field(default_factory=list)
    """Paths that could not be read, with the line of the page, since ``missing`` was emptied."""

    def expanded(self, text: str) -> str:
        """The text with its snippets; lines with one that cannot be read are left out, as MkDocs does."""
        if "8<-" not in text:
            return text
        return "\n".join(self._lines(text, [MOST], DEPTH))

    def _lines(self, text: str, left: list[int], depth: int) -> list[str]:
        result: list[str] = []
        in_block = False
        for number, line in enumerate(text.split("\n"), 1):
            match = _LINE.match(line)
            if match and match["escape"]:
                result.append(line.replace(";", "", 1))
                continue
            quoted = _QUOTED.fullmatch(match["rest"]) if match else None
            if match and not match["rest"].strip():
                in_block = not in_block
            elif match and quoted:
                result += self._file(quoted["name"], match["indent"], number, left, depth)
            elif in_block:
                name = line.strip()
                result += self._file(name, line[: len(line) - len(line.lstrip())], number, left, depth) if name else [""]
            elif not _SECTION.search(line):
                result.append(line)
        return result

    def _file(self, written: str, indent: str, number: int, left: list[int], depth: int) -> list[str]:
        if written.startswith((";", "!")):
            return []
        path, ranges, section = _with_part(written)
        left[0] -= 1
        text = self.read(path) if left[0] >= 0 and depth and "://" not in path else None
        lines = None if text is None else _part(text.split("\n"), ranges, section)
        if lines is None:
            self.missing.append((written, number))
            return []
        return [f"{indent}{line}" if line else line for line in self._lines("\n".join(lines), left, depth - 1)]


def _with_part(written: str) -> tuple[str, str, str]:
    """The path, and the lines or the section of the file that are wanted, empty for all."""
    for found in _COLON.finditer(written):
        lines = _RANGES.fullmatch(written, found.start())
        if lines:
            return written[: found.start()], lines[1], ""
    path, colon, section = written.rpartition(":")
    return (path, "", section) if colon else (written, "", "")


def _part(lines: list[str], ranges: str, section: str) -> list[str] | None:
    """The lines of ranges, or of a section; None if the file does not have it."""
    if lines and not lines[-1]:
        lines = lines[:-1]
    if ranges:
        return [line for each in ranges.split(",") for line in _range(lines, each)]
    if not section:
        return lines
    inside: list[str] | None = None
    for line in lines:
        mark = _SECTION.search(line)
        if mark and mark["name"] == section:
            if mark["which"].lower() == "end":
                break
            inside = inside or []
        elif inside is not None and not mark:
            inside.append(line)
    return inside


def _range(lines: list[str], written: str) -> list[str]:
    """The lines between two numbers, from 1, both included; negative ones count from the end of the file."""
    first, _, last = written.partition(":")
    number = int(first) if first.strip("-") else 1
    start = max(len(lines) + number, 0) if number < 0 else max(number - 1, 0)
    end = len(lines) if not last.strip("-") else int(last) if int(last) >= 0 else max(len(lines) + 1 + int(last), 0)
    return lines[start:end]


def appended_snippets(paths: Sequence[str]) -> str:
    """What the snippets at the end of each page are written as; an empty string for none."""
    return "\n\n--8<--\n{}\n--8<--\n".format("\n\n".join(paths)) if paths else ""
