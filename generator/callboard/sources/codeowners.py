"""The text of a CODEOWNERS file and a path → the owners of the path; the places of the file in a tree."""

from __future__ import annotations

import re
from dataclasses import dataclass

from callboard.plugins.sources import TreeError, compile_glob

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks for the file; the first that exists counts."""
GITLAB_PLACES = ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where GitLab looks for the file."""
HEADING = re.compile(r"\^?\[(?P<name>[^\]]{1,200})\](?:\[\d+\])?(?P<owners>\s.*)?$")
"""``[Backend][2] @acme/payments``: the name of a section, the number of approvals, and owners of lines without any."""
OWNER = re.compile(r"@[\w.-]+(?:/[\w./-]+)?|[^@\s]+@[^@\s]+")
"""A word that is an account, or an e-mail address; the part of an address after the ``@`` is checked by ``_is_owner``."""
MAX_BYTES = 3_000_000
"""GitHub ignores a larger file."""
MOST_LINES = 20_000
"""Lines with a pattern that are read."""
LONGEST_LINE = 10_000
"""Characters; a longer line is ignored, as GitHub ignores invalid ones."""
WHITE_SPACE = re.compile(r"(?<!\\)\s+")
_GLOB = re.compile(r"[*?\\]")


@dataclass(slots=True)
class _Line:
    """A pattern with its owners; its expressions are compiled when the first path is compared with it."""

    pattern: str
    owners: tuple[str, ...]
    number: int = 0
    """Line of the file, from 1."""
    expressions: tuple[re.Pattern[str], ...] | None = None

    def matches(self, path: str) -> bool:
        """Whether the path is one of the pattern's."""
        if self.expressions is None:
            self.expressions = _compiled(self.pattern)
        return any(expression.fullmatch(path) for expression in self.expressions)


class _Lines:
    """The lines of a section, found by a literal part of their patterns, so that a path is compared with few of them."""

    def __init__(self) -> None:
        self._by_part: dict[tuple[bool, str] | None, list[tuple[int, _Line]]] = {}
        self._count = 0

    def add(self, line: _Line) -> None:
        """Add the next line."""
        body = line.pattern.strip("/")
        is_anchored = "/" in line.pattern.rstrip("/")
        part, _, rest = body.partition("/") if is_anchored else (body, "", "")
        if part == "**":
            is_anchored, part = False, rest.partition("/")[0]
        key = None if not part or _GLOB.search(part) else (is_anchored, part)
        self._by_part.setdefault(key, []).append((self._count, line))
        self._count += 1

    def last(self, path: str) -> _Line:
        """The last line that matches, which counts; one without owners where none does."""
        parts = path.split("/")
        keys: list[tuple[bool, str] | None] = [None, (True, parts[0]), *dict.fromkeys((False, part) for part in parts)]
        best = -1, _Line("", ())
        for key in keys:
            for number, line in reversed(self._by_part.get(key, ())):
                if number < best[0]:
                    break
                if line.matches(path):
                    best = number, line
                    break
        return best[1]


class CodeOwners:
    """A CODEOWNERS file, parsed once for all paths of its tree."""

    def __init__(self, text: str) -> None:
        self._sections = _sections(text) if len(text) <= MAX_BYTES else {}

    def owners(self, path: str) -> list[str]:
        """The owners of a path as written (``@acme/payments``, ``@ada``, ``ada@acme.example``); an empty list where it has none.

        Those of the last section come first.
        """
        of_sections = (lines.last(path).owners for lines in reversed([*self._sections.values()]))
        return [*dict.fromkeys(owner for owners in of_sections for owner in owners)]

    def line(self, path: str) -> int:
        """Number of the line that names the first of the owners of a path; 0 where it has none."""
        lines = (lines.last(path) for lines in reversed([*self._sections.values()]))
        return next((line.number for line in lines if line.owners), 0)


def owner_for(text: str, path: str) -> list[str]:
    """The owners of one path, see ``CodeOwners.owners``."""
    return CodeOwners(text).owners(path)


def _sections(text: str) -> dict[str, _Lines]:
    """Patterns with owners by the name of their section, which only GitLab has.

    A line without owners has those of its heading. Sections of the same name are one; each has owners of its own.
    """
    sections: dict[str, _Lines] = {"": _Lines()}
    name, of_section, left = "", list[str](), MOST_LINES
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if not left or len(line) > LONGEST_LINE:
            continue
        if heading := HEADING.match(line.strip()):
            words = (heading["owners"] or "").partition("#")[0].split()
            name, of_section = heading["name"].strip().lower(), [word for word in words if _is_owner(word)]
            sections.setdefault(name, _Lines())
            continue
        pattern, owners = _parsed(line)
        if pattern:
            sections[name].add(_Line(pattern, tuple(owners or of_section), number))
            left -= 1
    return sections


def _is_owner(word: str) -> bool:
    """Whether the word is ``@account``, ``@organization/team`` or an e-mail address with a dot inside its domain."""
    return OWNER.fullmatch(word) is not None and (word.startswith("@") or "." in word.rpartition("@")[2][1:-1])


def _parsed(line: str) -> tuple[str, list[str]]:
    """Pattern and owners; an empty pattern for a comment, a section heading, and a line that GitHub ignores as invalid."""
    words = [word for word in WHITE_SPACE.split(line.strip()) if word]
    end = next((n for n, word in enumerate(words) if word.startswith("#")), len(words))
    if not words[:end] or words[0].startswith(("!", "[", "^[")):
        return "", []
    pattern, *owners = words[:end]
    if not all(map(_is_owner, owners)):
        return "", []
    return pattern.replace("\\ ", " "), owners


def _compiled(pattern: str) -> tuple[re.Pattern[str], ...]:
    """The expressions of which one matches a path of the pattern; none for a pattern that is not supported."""
    body = pattern.strip("/")
    if any(c in pattern for c in "[]{}") or (not body and pattern != "/"):
        return ()
    if not body:
        return (re.compile(""),) if pattern == "/" else ()
    start = body if "/" in pattern.rstrip("/") else f"**/{body}"
    forms = [f"{start}/**"] if pattern.endswith("/") else [start]
    if not pattern.endswith("/") and not _matches_direct_children_only(body):
        forms.append(f"{start}/**")  # a folder's name matches everything in it
    try:
        return tuple(compile_glob(form) for form in forms)
    except TreeError:
        return ()


def _matches_direct_children_only(body: str) -> bool:
    """Whether a pattern such as ``docs/*`` matches the files in ``docs``, but not those in its subfolders."""
    return "/" in body and body.rsplit("/", 1)[-1] == "*"
