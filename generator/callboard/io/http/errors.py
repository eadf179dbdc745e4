"""Failures of HTTP requests → ``HttpError`` with its kind, a message that includes the host's own reason, and a hint."""

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
"""Statuses after which the same request may succeed later."""
PASSING_KINDS = frozenset({"refused", "timeout", "reset", "rate-limited"})

HINTS: dict[str, str] = {
    "bad-url": "Correct the URL in sources.yaml.",
    "refused": "Check the URL, the network and the proxy (HTTPS_PROXY, NO_PROXY).",
    "untrusted": "Name the file of your certificate authority in SSL_CERT_FILE.",
    "timeout": "Check the host; its last good copy is served until it answers again.",
    "reset": "Run the build again; if it happens again, check the proxy in between.",
    "rate-limited": "Run the build at another hour, or with a credential that has a higher rate limit.",
    "too-large": "Request less, or check what the host sends there.",
    "not-json": "Check that the URL is that of the API, not of a web page or a login.",
    "wrong-type": "Check that the URL is that of the API, and the version of the host's software.",
    "too-many-pages": "Narrow down what is requested (include, exclude).",
    "repeated-url": "The host's pagination runs in a circle; report it to the operators of the host.",
    "other-host": "If the host has moved, write its new address into sources.yaml.",
    "too-many-redirects": "Correct the URL in sources.yaml.",
    "status": "Check the URL in sources.yaml, and the version of the host's software.",
    "too-many-requests": "Narrow down what is requested (include, exclude).",
}
STATUS_HINTS: dict[int, str] = {
    401: "Give a valid token, as ${NAME} of an environment variable, and check that it has not expired.",
    403: "Check what the token may read, and whether it must be authorized for the organization.",
    404: "Check the URL and the name, and that the token may see it.",
    407: "Write the proxy's user and password into HTTPS_PROXY.",
    410: "Check the URL and the name; the host reports that it was removed.",
    429: "Run the build at another hour, or with a credential that has a higher rate limit.",
}
STATUS_WORDS: dict[int, str] = {
    400: "rejected the request as malformed",
    401: "rejected the authentication",
    403: "denied access",
    404: "was not found, or is hidden from the token",
    407: "is behind a proxy that requires authentication",
    410: "was removed",
    422: "could not process the request",
    429: "received too many requests from this build",
}
SECONDARY_LIMIT = "secondary rate limit"
"""Part of GitHub's message about too many requests in a short time, which comes without a header that says how long to wait."""
SECONDARY_LIMIT_SECONDS = 60.0
"""GitHub's documentation requires a wait of at least a minute then."""
SERVER_ERROR = 500
SERVER_ERROR_HINT = "Check the host's status page, and run the build again later."
LONGEST = 200
FIELDS = ("message", "error_description", "error", "detail", "title", "errors", "errorMessages")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


class HttpError(SourceError):
    """A request that failed. The message names host and path, never a secret."""

    def __init__(self, kind: Kind, message: str, hint: str = "", *, status: int = 0, wait: float | None = None) -> None:
        super().__init__(message, hint or STATUS_HINTS.get(status, "") or HINTS.get(kind, ""))
        self.kind: Kind = kind
        self.status = status
        """Status of the response; 0 without one."""
        self.wait = wait
        """Seconds that the host requires us to wait; None where it requires nothing."""

    @property
    def is_passing(self) -> bool:
        """Whether the same request may succeed a moment later."""
        return self.kind in PASSING_KINDS or (self.kind == "status" and self.status in PASSING_STATUSES)


def status_error(where: str, status: int, reason: str, wait: float | None = None) -> HttpError:
    """The error of a response that is no success; ``reason`` is the host's message, bounded and redacted."""
    is_server_error = status >= SERVER_ERROR
    words = STATUS_WORDS.get(status) or ("failed" if is_server_error else "rejected the request")
    hint = SERVER_ERROR_HINT if is_server_error else ""
    return HttpError("status", f"{where} {words} (status {status}{f': {reason}' if reason else ''})", hint, status=status, wait=wait)


def error_message(headers: Mapping[str, str], body: bytes, clean: Callable[[str], str] = str) -> str:
    """The message in the JSON body of an error; an empty string for any other body.

    ``clean`` removes secrets before the message is cut: a part of a secret would not be recognized.
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
