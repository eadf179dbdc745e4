"""An answer of a host."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from callboard.io.http.errors import HttpError
from callboard.io.http.urls import shown


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer, wherever it came from."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case; of those that came twice the values are joined with commas."""
    body: bytes
    url: str
    """Where it came from, after redirects."""
    is_kept: bool = False
    """Whether the body came from the cache."""
    forget: Callable[[], None] = field(default=_nothing, repr=False, compare=False)
    """Takes the answer out of the cache: an unusable one must not be confirmed as unchanged for ever."""

    @property
    def text(self) -> str:
        """The body as UTF-8, broken characters replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON. Raises ``HttpError`` of the kind ``not-json``."""
        try:
            return _loaded(self.body)
        except (ValueError, RecursionError):
            self.forget()
            sort = self.headers.get("content-type", "").partition(";")[0][:60] or "nothing that it names"
            raise HttpError("not-json", f"{shown(self.url)} answers no valid JSON ({sort}, {len(self.body):,} bytes)") from None

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

    def odd(self, wanted: str, value: Any) -> HttpError:
        """The error of an answer that has another shape than the API's description says; it is not kept."""
        self.forget()
        return HttpError("wrong-type", f"{shown(self.url)} answers {_sort(value)} where {wanted} was expected")


def _loaded(body: bytes) -> Any:
    text = body.decode("utf-8-sig")
    value = json.loads(text)
    if "\\ud" in text.lower():  # perhaps half a character, which nothing can write as UTF-8
        value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    return value


def _sort(value: Any) -> str:
    names = {dict: "an object", list: "an array", str: "a text", bool: "a truth value", int: "a number", float: "a number"}
    return names.get(type(value), "null")
