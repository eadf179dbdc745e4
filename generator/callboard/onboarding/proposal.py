"""A change of one file that is proposed to a repository → its branch and its mark; what became of it."""

from __future__ import annotations

import hashlib
import re
from typing import Literal

from callboard.model.data_classes import dataclass

DESCRIBE_BRANCH = "callboard/describe"
"""Branch of a first descriptor: a request that was declined is recognized by it."""
CHANGE_BRANCH = "callboard/change"
MARK = re.compile(r"<!-- callboard sha256:([0-9a-f]{64}) -->")
Result = Literal["opened", "updated", "left", "declined", "exists", "denied", "skipped", "failed", "written", "later"]
"""``left``: an open request stays as it is; ``later``: beyond the limit of one run."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A file with its new content."""

    path: str
    content: str
    title: str
    body: str
    """Markdown for people, without the mark."""
    is_new: bool = True
    """True if the file must not exist yet."""
    revision: str = ""
    """Commit whose file was changed; empty: the file is compared with nothing."""
    key: str = ""
    """What is mended, so that a declined request is recognized although the file has changed since; empty: the content."""

    @property
    def branch(self) -> str:
        """The branch: the same for the same proposal."""
        if self.is_new:
            return DESCRIBE_BRANCH
        identity = f"{self.path}\n{self.key or self.content}"
        return f"{CHANGE_BRANCH}-{hashlib.sha256(identity.encode()).hexdigest()[:10]}"

    @property
    def marked_body(self) -> str:
        """The text of the request, with a mark by which a later run sees whether somebody changed the file."""
        return f"{self.body}\n\n<!-- callboard sha256:{digest(self.content.encode())} -->\n"


@dataclass(frozen=True, slots=True)
class ProposalOutcome:
    """What became of a repository."""

    repository: str
    result: Result
    message: str
    url: str = ""
    """Address of the request."""


def digest(content: bytes) -> str:
    """SHA-256 of a file's content, with the line ends that git may change."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def marked(body: str) -> str:
    """The digest in the text of a request; empty where there is none."""
    match = MARK.search(body)
    return match[1] if match else ""
