"""Requests and responses of a client → lines of a file, with secrets masked, for ``callboard try-integration``."""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from callboard.io.http.messages import HttpRequest, HttpResponse
from callboard.redaction.redactor import MASK
from callboard.redaction.secrets import mask

TRACE_VARIABLE = "CALLBOARD_HTTP_TRACE"
"""Name under which a context's ``environ`` has the file; clients in the processes of plugins see it, too."""
LARGEST_BODY = 1_000_000
"""Bytes; the content of a larger body is not shown."""
LARGEST_FILE = 4_000_000
SECRET_NAME = re.compile(r"token|secret|password|passwd|assertion|api_?-?key|authorization|cookie|credential|signature", re.IGNORECASE)
SHOWN_HEADERS = frozenset({"accept", "content-type", "retry-after", "link"})
_LOCK = threading.Lock()


class Trace:
    """Appends the exchanges of one client to a file; ``clean`` removes the client's secrets from a text."""

    def __init__(self, path: Path, clean: Callable[[str], str]) -> None:
        self._path = path
        self._clean = clean

    def add(self, request: HttpRequest, response: HttpResponse | None, error: str = "") -> None:
        """A request with its response, or with the error in its place. A file that is full gets no more."""
        line = json.dumps({
            "method": request.method,
            "url": self._masked_url(request.url),
            "headers": _shown_headers(request.headers, self._shown),
            "sent": self._body(request.content, request.headers),
            "status": response.status if response else 0,
            "answer_headers": _shown_headers(response.headers, self._shown) if response else {},
            "bytes": len(response.body) if response else 0,
            "received": self._body(response.body, response.headers) if response else "",
            "error": self._shown(error),
        })  # fmt: skip
        with _LOCK, self._path.open("a", encoding="utf-8") as file:
            if file.tell() < LARGEST_FILE:
                file.write(f"{line}\n")

    def _shown(self, text: str) -> str:
        """A text without secrets, of which only the beginning and the end are left if it is long."""
        return self._clean(mask(text))

    def _masked_url(self, url: str) -> str:
        parts = urlsplit(url)
        pairs = [(name, MASK if SECRET_NAME.search(name) else value) for name, value in parse_qsl(parts.query, keep_blank_values=True)]
        return self._shown(parts._replace(query=urlencode(pairs, safe="*[]/:,") if pairs else "").geturl())

    def _body(self, body: bytes, headers: Mapping[str, str]) -> str:
        """The beginning of a body; in JSON and forms, values whose names say that they are secret are masked."""
        if len(body) > LARGEST_BODY:
            return ""
        kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
        text = body.decode("utf-8", "replace")
        if "x-www-form-urlencoded" in kind:
            pairs = [(name, MASK if SECRET_NAME.search(name) else value) for name, value in parse_qsl(text, keep_blank_values=True)]
            return self._shown(urlencode(pairs, safe="*:/"))
        with contextlib.suppress(ValueError, RecursionError):
            text = json.dumps(_without_secrets(json.loads(text)), ensure_ascii=False)
        return self._shown(text)


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: MASK if SECRET_NAME.search(name) and item else _without_secrets(item) for name, item in value.items()}
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value


def _shown_headers(headers: Mapping[str, str], clean: Callable[[str], str]) -> dict[str, str]:
    """Headers that explain an exchange, and those about rate limits; the names of all others that a client sends are known."""
    return {
        name.lower(): clean(value)
        for name, value in headers.items()
        if name.lower() in SHOWN_HEADERS or "ratelimit" in name.lower().replace("-", "")
    }
