"""An answer of a host."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from callboard.io.http.errors import HttpError
from callboard.io.http.urls import shown


def _do_nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful response, from the host or from the cache."""

    status: int
    headers: Mapping[str, str]
    """By name in lower case; the values of a name that occurs twice are joined with commas."""
    body: bytes
    url: str
    """The URL after redirects."""
    is_cached: bool = False
    """True if the body came from the cache."""
    forget: Callable[[], None] = field(default=_do_nothing, repr=False, compare=False)
    """Removes the response from the cache: an unusable one must not be confirmed as unchanged forever."""

    @property
    def text(self) -> str:
        """The body as UTF-8, invalid bytes replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON. Raises ``HttpError`` of the kind ``not-json``."""
        try:
            return _loaded(self.body)
        except (ValueError, RecursionError):
            self.forget()
            media_type = self.headers.get("content-type", "").partition(";")[0][:60] or "no content type"
            raise HttpError("not-json", f"{shown(self.url)} returned invalid JSON ({media_type}, {len(self.body):,} bytes)") from None

    def object(self) -> Mapping[str, Any]:
        """The body as a JSON object. Raises ``HttpError`` of the kinds ``not-json`` and ``wrong-type``."""
        value = self.json()
        if not isinstance(value, dict):
            raise self.odd("an object", value)
        return value

    def array(self) -> list[Any]:
        """The body as a JSON array. Raises ``HttpError`` of the kinds ``not-json`` and ``wrong-type``."""
        value = self.json()
        if not isinstance(value, list):
            raise self.odd("an array", value)
        return value

    def odd(self, expected: str, value: Any) -> HttpError:
        """The error of a response that differs from the API's description, which is removed from the cache."""
        self.forget()
        return HttpError("wrong-type", f"{shown(self.url)} returned {_type_words(value)} where {expected} was expected")


def _loaded(body: bytes) -> Any:
    text = body.decode("utf-8-sig")
    value = json.loads(text)
    if "\\ud" in text.lower():  # perhaps an unpaired surrogate, which UTF-8 cannot encode
        value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    return value


def _type_words(value: Any) -> str:
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", int: "a number", float: "a number"}
    return names.get(type(value), "null")
