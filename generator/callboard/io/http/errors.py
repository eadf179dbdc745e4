"""HTTP failures as errors with a hint, with what the host wrote about them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

from callboard.model.errors import SourceError

Kind = Literal[
    "bad-url", "refused", "untrusted", "timeout", "reset", "status", "rate-limited", "too-large", "not-json", "wrong-type",
    "too-many-pages", "repeated-url", "other-host", "too-many-redirects", "too-many-requests",
]  # fmt: skip
PASSING_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
"""Answers that may be better a moment later."""
PASSING_KINDS = frozenset({"refused", "timeout", "reset", "rate-limited"})

HINTS: dict[str, str] = {
    "bad-url": "Correct the URL in sources.yaml.",
    "refused": "Check the URL, the network and the proxy (HTTPS_PROXY, NO_PROXY).",
    "untrusted": "Name the file of your certificate authority in SSL_CERT_FILE.",
    "timeout": "Check the host; its last good answers serve until it is well again.",
    "reset": "Run the build again; look at the proxy in between if it stays.",
    "rate-limited": "Run the build at another hour, or with a credential that has a larger allowance.",
    "too-large": "Ask for less, or look at what the host sends there.",
    "not-json": "Check that the URL is that of the API, not of a page for people or a login.",
    "wrong-type": "Check that the URL is that of the API, and the version of the host's software.",
    "too-many-pages": "Narrow down what is asked for (include, exclude).",
    "repeated-url": "The host's paging goes round in a circle; report it to whoever runs the host.",
    "other-host": "Write the host that it names into sources.yaml if that is where it lives now.",
    "too-many-redirects": "Correct the URL in sources.yaml.",
    "status": "Check the URL in sources.yaml, and the version of the host's software.",
    "too-many-requests": "Narrow down what is asked for (include, exclude).",
}
STATUS_HINTS: dict[int, str] = {
    401: "Give a token that is valid, as ${NAME} of an environment variable, and check that it has not expired.",
    403: "Check what the token may read, and whether it must be authorised for the organization.",
    404: "Check the URL and the name, and that the token may see it.",
    407: "Write the proxy's user and password into HTTPS_PROXY.",
    410: "Check the URL and the name; the host says that it is gone for good.",
    429: "Run the build at another hour, or with a credential that has a larger allowance.",
}
STATUS_WORDS: dict[int, str] = {
    400: "does not understand us",
    401: "does not know us",
    403: "forbids it",
    404: "has no such thing, or hides it from us",
    407: "is behind a proxy that asks who we are",
    410: "has it no more",
    422: "cannot do what we ask",
    429: "has had too many requests from us",
}
SERVER_TROUBLE = 500
TROUBLE_HINT = "Look at the host's status page, and run the build again later."


class HttpError(SourceError):
    """A request that came to nothing. The message names host and path, never a secret."""

    def __init__(self, kind: Kind, message: str, hint: str = "", *, status: int = 0, wait: float | None = None) -> None:
        super().__init__(message, hint or STATUS_HINTS.get(status, "") or HINTS.get(kind, ""))
        self.kind: Kind = kind
        self.status = status
        """Status of the answer; 0 without one."""
        self.wait = wait
        """Seconds that the host asks us to wait."""

    @property
    def is_passing(self) -> bool:
        """Whether the same request may go well a moment later."""
        return self.kind in PASSING_KINDS or (self.kind == "status" and self.status in PASSING_STATUSES)


def status_error(where: str, status: int, said: str, wait: float | None = None) -> HttpError:
    """An answer that is no success; ``said`` is what the host wrote, bounded and redacted."""
    word = STATUS_WORDS.get(status) or ("is in trouble" if status >= SERVER_TROUBLE else "does not do what we ask")
    hint = TROUBLE_HINT if status >= SERVER_TROUBLE else ""
    return HttpError("status", f"{where} {word} (status {status}{f': {said}' if said else ''})", hint, status=status, wait=wait)


LONGEST = 200
FIELDS = ("message", "error_description", "error", "detail", "title", "errors", "errorMessages")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def error_message(headers: Mapping[str, str], body: bytes, clean: Callable[[str], str] = str) -> str:
    """The message of a JSON error; an empty text for a page for people.

    ``clean`` takes secrets out before the text is cut: a part of one would not be known any more.
    """
    if "json" not in headers.get("content-type", "").lower():
        return ""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return clean(CONTROL.sub(" ", _message(value))).encode("utf-8", "replace").decode()[:LONGEST].strip()


def _message(value: Any, depth: int = 0) -> str:
    if isinstance(value, str):
        return value
    if depth < 3 and isinstance(value, list) and value:  # noqa: PLR2004 - no vendor nests deeper
        return _message(value[0], depth + 1)
    if depth < 3 and isinstance(value, dict):  # noqa: PLR2004
        return next((text for name in FIELDS if (text := _message(value.get(name), depth + 1))), "")
    return ""
