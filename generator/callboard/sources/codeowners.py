"""CODEOWNERS files: where they are, and who owns a path."""

from __future__ import annotations

import re

from callboard.model.errors import TreeError
from callboard.sources.paths import compiled

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks; the first that is there counts."""


GITLAB_PLACES = ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where GitLab looks."""


OWNER = re.compile(r"@[\w.-]+(?:/[\w./-]+)?|[^@\s]+@[^@\s]+\.[^@\s]+")


MOST_BYTES = 3_000_000
"""GitHub reads no larger file."""


BLANK = re.compile(r"(?<!\\)\s+")


def owner_for(text: str, path: str) -> list[str]:
    """The owners of a path as they are written (``@acme/payments``, ``@ada``, ``ada@acme.example``); none where nobody is named."""
    if len(text) > MOST_BYTES:
        return []
    for line in reversed(text.removeprefix("\ufeff").splitlines()):
        pattern, owners = _parsed(line)
        if pattern and _matches(pattern, path):
            return owners
    return []


def _parsed(line: str) -> tuple[str, list[str]]:
    """Pattern and owners; an empty pattern for a comment, a heading, and a line that GitHub passes over as invalid."""
    words = [word for word in BLANK.split(line.strip()) if word]
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
    if not pattern.endswith("/") and not _only_direct(body):
        forms.append(f"{start}/**")  # a folder's name stands for all that is in it
    try:
        return any(compiled(form).fullmatch(path) for form in forms)
    except TreeError:
        return False


def _only_direct(body: str) -> bool:
    """``docs/*`` means the files in ``docs``, not those in its folders."""
    return "/" in body and body.rsplit("/", 1)[-1] == "*"
