"""The protocol of a host that takes pull requests: repositories, branches, files and requests, whatever their API calls them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

from callboard.io.http.cache import Answer
from callboard.io.http.errors import HttpError
from callboard.model.data_classes import dataclass
from callboard.sources.api_tree import Files
from callboard.sources.generated import text_of

RequestState = Literal["open", "merged", "closed"]
FILE_BYTES = 1_000_000
"""Of a descriptor that is compared or changed."""
MISSING = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class HostedRepository:
    """A repository as its host reports it."""

    name: str
    """``acme/payments``, as the host writes it now."""
    id: str
    """What stands in the paths of its API."""
    url: str
    default_branch: str
    description: str = ""
    topics: tuple[str, ...] = ()
    homepage: str = ""
    is_archived: bool = False
    is_fork: bool = False
    may_write: bool | None = None
    """Whether the token may push; None where the host does not report it."""


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """A pull request or merge request."""

    number: str
    url: str
    state: RequestState
    body: str


@dataclass(frozen=True, slots=True)
class HostedFile:
    """A file on a branch."""

    content: bytes
    id: str
    """What the host wants to see before it replaces the file."""


@dataclass(frozen=True, slots=True)
class BranchChange:
    """A commit to make."""

    branch: str
    path: str
    content: str
    message: str
    base: str
    """The default branch."""
    base_commit: str
    is_new_branch: bool
    replaced: HostedFile | None
    """The file on the branch; None where there is none."""


class ChangeHost(Protocol):
    """One host with one token. All methods raise ``HttpError``."""

    noun: str
    """``pull request`` or ``merge request``."""
    needs: str
    """What the token must be allowed to do, in one sentence."""
    annotation: str
    """Key of the annotation with a repository's name; empty where the host has none."""

    def repository(self, name: str) -> HostedRepository:
        """The repository of that name."""

    def languages(self, repository: HostedRepository) -> Sequence[tuple[str, int]]:
        """Languages with their sizes, largest first."""

    def release(self, repository: HostedRepository) -> str:
        """Tag of the latest release; empty for none."""

    def files(self, repository: HostedRepository, commit: str) -> Files:
        """The files at a commit."""

    def head(self, repository: HostedRepository, branch: str) -> str:
        """Newest commit of a branch; empty where there is no such branch."""

    def file(self, repository: HostedRepository, ref: str, path: str) -> HostedFile | None:
        """A file at a branch or commit."""

    def requests(self, repository: HostedRepository, branch: str) -> Sequence[ChangeRequest]:
        """All requests from a branch of the repository, of any state."""

    def commit(self, repository: HostedRepository, change: BranchChange) -> None:
        """Write a file to a branch, which is made where it is new."""

    def open(self, repository: HostedRepository, branch: str, title: str, body: str) -> ChangeRequest:
        """Open a request to the default branch."""

    def update(self, repository: HostedRepository, request: ChangeRequest, body: str) -> None:
        """Replace the text of a request."""


def object_or_none(client_get: Any, path: str, params: Mapping[str, str | int] | None = None) -> Mapping[str, Any] | None:
    """The object of an answer; None where the host has no such thing. Raises other ``HttpError``."""
    try:
        answer: Answer = client_get(path, params)
    except HttpError as error:
        if error.status in MISSING:
            return None
        raise
    return answer.object()


def encoded_file(found: Mapping[str, Any] | None, id_field: str) -> HostedFile | None:
    """The file in an answer with base64. Raises ``HttpError`` for one that is too large or no file."""
    if found is None:
        return None
    if found.get("type", "file") != "file" or found.get("encoding") != "base64":
        raise HttpError("wrong-type", "the host returned no file for the path of the descriptor")
    try:
        content = base64.b64decode(text_of(found.get("content"), 2 * FILE_BYTES), validate=False)
    except (binascii.Error, ValueError):
        raise HttpError("wrong-type", "the host returned a file that is no base64") from None
    return HostedFile(content, text_of(found.get(id_field)))


def base64_text(content: str) -> str:
    """A text as APIs for files take it."""
    return base64.b64encode(content.encode()).decode()


def sizes(found: Mapping[str, Any]) -> Sequence[tuple[str, int]]:
    """Languages with their sizes, largest first."""
    numbers = {name: value for name, value in found.items() if isinstance(value, int | float) and not isinstance(value, bool)}
    return tuple((name, int(value)) for name, value in sorted(numbers.items(), key=lambda pair: -pair[1]))
