"""The text of a page with lines such as ``--8<-- "file.md"`` → the text with these files of the same repository in their place."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import field

from callboard.model.data_classes import dataclass

LARGEST = 64 * 1024
"""Bytes of a file that is put in."""
MOST = 20
"""Files that are put into one page."""
DEPTH = 5
"""Nested files."""
_LINE = re.compile(r"^(?P<indent>[ \t]*+)(?P<escape>;*+)-{1,20}+8<-{1,20}+(?P<rest>[^\n]*+)$")
_QUOTED = re.compile(r"[ \t]++(?P<quote>[\"'])(?P<name>[^\"'\n]{1,500})(?P=quote)[ \t]*+")
_SECTION = re.compile(r"-8<-{1,20}+[ \t]*+\[[ \t]*+(?P<which>start|end)[ \t]*+:[ \t]*+(?P<name>[a-z][-_0-9a-z]*+)[ \t]*+\]", re.IGNORECASE)
_LINES = re.compile(r"(?P<path>.+?):(?P<start>\d{0,6}):(?P<end>\d{0,6})")

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
                result += self._file(name, line[: len(line) - len(line.lstrip())], number, left, depth) if name else []
            elif not _SECTION.search(line):
                result.append(line)
        return result

    def _file(self, written: str, indent: str, number: int, left: list[int], depth: int) -> list[str]:
        if written.startswith((";", "!")):
            return []
        path, part = _with_part(written)
        left[0] -= 1
        text = self.read(path) if left[0] >= 0 and depth and "://" not in path else None
        lines = None if text is None else _part(text.split("\n"), part)
        if lines is None:
            self.missing.append((written, number))
            return []
        return [f"{indent}{line}" if line else line for line in self._lines("\n".join(lines), left, depth - 1)]


def _with_part(written: str) -> tuple[str, tuple[str, str]]:
    """The path, and the section or lines of the file that are wanted."""
    lines = _LINES.fullmatch(written)
    if lines:
        return lines["path"], (lines["start"], lines["end"])
    path, colon, section = written.rpartition(":")
    return (path, (section, section)) if colon and not section.isdigit() else (path, (section, "")) if colon else (written, ("", ""))


def _part(lines: list[str], part: tuple[str, str]) -> list[str] | None:
    """The lines between two numbers, from 1, or of a section; None if the file does not have it."""
    first, last = part
    if not first and not last:
        return lines[:-1] if lines and not lines[-1] else lines
    if first.isdigit() or last.isdigit():
        return lines[max(0, int(first or 1) - 1) : int(last) if last else None]
    inside: list[str] = []
    is_inside, found = False, False
    for line in lines:
        mark = _SECTION.search(line)
        if mark and mark["name"] == first:
            is_inside = mark["which"].lower() == "start"
            found = True
        elif is_inside and not mark:
            inside.append(line)
    return inside if found else None
