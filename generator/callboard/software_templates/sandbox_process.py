"""Requests of JSON → the answers of a sandbox for templates: inside of a process of its own, or of this one."""

from __future__ import annotations

import json
import os

from callboard.io.worker_child import start_worker
from callboard.software_templates.sandbox import TemplateEngineError, TemplateSandbox


class SandboxHost:
    """A sandbox, which the first request creates."""

    def __init__(self) -> None:
        self._sandbox: TemplateSandbox | None = None

    def reply(self, request: bytes) -> bytes:
        """The answer, or the error with its hint."""
        given = json.loads(request)
        try:
            if self._sandbox is None:
                self._sandbox = TemplateSandbox(given["seconds"], given["memory"])
            found = self._sandbox.call(given["call"], given["argument"])
        except TemplateEngineError as error:
            return json.dumps({"error": str(error), "hint": error.hint}).encode()
        return json.dumps({"found": found}).encode()

    def close(self) -> None:
        """Free the memory."""
        if self._sandbox is not None:
            self._sandbox.close()


def main(requests: int, answers: int, lifeline: int) -> None:
    """Serve requests; never returns."""
    connection, host = start_worker(requests, answers, lifeline), SandboxHost()
    try:
        while True:
            connection.send(host.reply(connection.receive()))
    except OSError:
        os._exit(1)
