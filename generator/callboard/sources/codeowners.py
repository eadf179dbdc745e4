"""The text of a CODEOWNERS file and a path → the owners of the path; the places of the file in a tree."""

from __future__ import annotations

import re
from collections.abc import Sequence

from callboard.plugins.sources import TreeError, compiled_glob

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks for the file; the first that exists counts."""
GITLAB_PLACES = ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where GitLab looks for the file."""
HEADING = re.compile(r"\^?\[(?P<name>[^\]]{1,200})\](?:\[\d+\])?(?P<owners>\s.*)?$")
"""``[Backend][2] @acme/payments``: the name of a section, the number of approvals, and owners of lines without any."""
OWNER = re.compile(r"@[\w.-]+(?:/[\w./-]+)?|[^@\s]+@[^@\s]+\.[^@\s]+")
MAX_BYTES = 3_000_000
"""GitHub ignores a larger file."""
WHITE_SPACE = re.compile(r"(?<!\\)\s+")


def owner_for(text: str, path: str) -> list[str]:
    """The owners of a path as written (``@acme/payments``, ``@ada``, ``ada@acme.example``); an empty list where it has none.

    Those of the last section come first.
    """
    if len(text) > MAX_BYTES:
        return []
    of_sections = (_last_owners(lines, path) for lines in reversed([*_sections(text).values()]))
    return [*dict.fromkeys(owner for owners in of_sections for owner in owners)]


def _sections(text: str) -> dict[str, list[tuple[str, list[str]]]]:
    """Patterns with owners by the name of their section, which only GitLab has.

    A line without owners has those of its heading. Sections of the same name are one; each has owners of its own.
    """
    sections: dict[str, list[tuple[str, list[str]]]] = {"": []}
    name, of_section = "", list[str]()
    for line in text.removeprefix("\ufeff").splitlines():
        if heading := HEADING.match(line.strip()):
            name, of_section = heading["name"].strip().lower(), OWNER.findall((heading["owners"] or "").partition("#")[0])
            sections.setdefault(name, [])
            continue
        pattern, owners = _parsed(line)
        if pattern:
            sections[name].append((pattern, owners or of_section))
    return sections


def _last_owners(lines: Sequence[tuple[str, list[str]]], path: str) -> list[str]:
    """The owners of the last pattern that matches; the last line of a section counts."""
    return next((owners for pattern, owners in reversed(lines) if _matches(pattern, path)), [])


def _parsed(line: str) -> tuple[str, list[str]]:
    """Pattern and owners; an empty pattern for a comment, a section heading, and a line that GitHub ignores as invalid."""
    words = [word for word in WHITE_SPACE.split(line.strip()) if word]
    end = next((n for n, word in enumerate(words) if word.startswith("#")), len(words))
    if not words[:end] or words[0].startswith(("!", "[", "^[")):
        return "", []
    pattern, *owners = words[:end]
    if not all(OWNER.fullmatch(owner) for owner in owners):
        return "", []
    return pattern.replace("\\ ", " "), owners


def _matches(pattern: str, path: str) -> bool:
    if any(c in pattern for c in "[]{}"):
        return False
    body = pattern.strip("/")
    if not body:
        return pattern == "/"
    start = body if "/" in pattern.rstrip("/") else f"**/{body}"
    forms = [f"{start}/**"] if pattern.endswith("/") else [start]
    if not pattern.endswith("/") and not _matches_direct_children_only(body):
        forms.append(f"{start}/**")  # a folder's name matches everything in it
    try:
        return any(compiled_glob(form).fullmatch(path) for form in forms)
    except TreeError:
        return False


def _matches_direct_children_only(body: str) -> bool:
    """Whether a pattern such as ``docs/*`` matches the files in ``docs``, but not those in its subfolders."""
    return "/" in body and body.rsplit("/", 1)[-1] == "*"
