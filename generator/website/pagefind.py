"""Pagefind's own service: documents go in one by one, the files of its index come out, nothing lies on the disk in between.

Its Python package speaks with the same service, but waits a tenth of a second for each answer.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from generator.errors import WebsiteError
from generator.outside.conversation import Conversation, ProgramError
from generator.outside.process import allowed

_TIMEOUT = 1800
_END = b","


class Pagefind:
    """One index in the making.

    Raises:
        WebsiteError: Pagefind is missing, has failed, or refuses something; each method may raise it.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        try:
            self._service = Conversation([_program(environ), "--service"], environ=allowed(environ), end=_END, timeout=_TIMEOUT)
        except OSError as error:
            raise WebsiteError(f"Pagefind cannot be started: {error}.", "pip install 'pagefind[bin]'") from error
        self._asked = 0
        try:
            self._ask("NewIndex", config={})
        except WebsiteError:
            self.stop()
            raise

    def add(self, path: str, html: str) -> None:
        """Have the document of the page at ``path``."""
        self._ask("AddFile", index_id=0, url=f"/{path}", file_contents=html)

    def index(self) -> None:
        """Work: no document comes any more."""
        self._ask("GetFiles", index_id=0)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Paths and contents of the bundle, once it is made."""
        files = self._last_answer()["files"]
        while files:  # each is let go once it is told
            file = files.pop()
            yield file["path"], b64decode(file["content"])

    def stop(self) -> None:
        """End it, wherever it is. To be called in any case."""
        self._service.stop()

    def _ask(self, kind: str, **what: Any) -> None:
        self._asked += 1
        question = {"message_id": self._asked, "payload": {"type": kind, **what}}
        try:
            self._service.say(b64encode(json.dumps(question).encode("utf-8", "replace")))
        except ProgramError as error:
            raise _failed(error) from error

    def _last_answer(self) -> Any:
        try:
            for _ in range(self._asked):
                payload = json.loads(b64decode(self._service.answer()).decode())["payload"]
                if payload["type"] == "Error":
                    raise _failed(payload.get("message", ""))
        except ProgramError as error:
            raise _failed(error) from error
        except (ValueError, KeyError, TypeError) as error:
            raise _failed(f"it said what nobody understands: {error}") from error
        return payload


def _failed(said: object) -> WebsiteError:
    return WebsiteError(f"Pagefind could not index the site: {str(said)[-2000:]}")


def _program(environ: Mapping[str, str]) -> Path:
    """``PAGEFIND_BINARY_PATH``, as Pagefind's own package reads it, else the program inside the package."""
    if named := environ.get("PAGEFIND_BINARY_PATH"):
        return Path(named)
    for package in ("pagefind_bin", "pagefind_bin_extended"):
        found = find_spec(package)
        for folder in found.submodule_search_locations or () if found else ():
            for name in ("pagefind", "pagefind_extended", "pagefind.exe"):
                if os.access(Path(folder) / name, os.X_OK):
                    return Path(folder) / name
    raise WebsiteError("Pagefind's program is not installed; without it there is no full-text search.", "pip install 'pagefind[bin]'")
