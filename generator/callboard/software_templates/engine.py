"""Texts of templates and values → what Backstage's scaffolder makes of them, by its own engine in a process of its own.

The sandbox (``sandbox.py``) limits time and memory itself. Should it not return all the same, its process is killed: no template can keep
the command from ending.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from callboard.io.process import allowed
from callboard.io.worker_process import WorkerError, WorkerProcess
from callboard.model.data_classes import dataclass
from callboard.software_templates.sandbox import TemplateEngineError
from callboard.software_templates.sandbox_process import SandboxHost

SECONDS = 30.0
"""For one text, inside of the sandbox."""
START_SECONDS = 60.0
"""To start Python and load the engine, on a busy machine."""
GRACE_SECONDS = 5.0
"""After the sandbox's own limit, until its process is killed."""
MEMORY_BYTES = 256 * 1024 * 1024
ANSWER_BYTES = 128 * 1024 * 1024
"""Of one answer; the limits in ``engine.js`` keep texts far below."""
PROGRAM = "import sys; sys.path[:] = {path!r}; from callboard.software_templates.sandbox_process import main; main({pipes})"


@dataclass(frozen=True, slots=True)
class RenderedValue:
    """A value with all its strings rendered."""

    value: Any
    is_empty: bool
    """The whole value was one text that became nothing; its key is left out."""
    is_true: bool
    """As a condition: an empty list is false, anything else as in JavaScript."""
    unrendered: tuple[tuple[str, str], ...] = ()
    """Texts that cannot be rendered and stay as they are, as in Backstage, each with the reason."""
    checks_status: bool = False
    """Whether a text called ``always()`` or ``failure()``."""


class TemplateEngine:
    """One sandbox. ``hosts`` has the type of each known host (``github``), for ``parseRepoUrl``.

    ``seconds``: for one text; None for ``SECONDS``. Windows has no such processes: there it runs in this one, with the sandbox's limits.
    Raises ``TemplateEngineError`` if the extra ``callboard[new]`` is not installed.
    """

    def __init__(self, hosts: Mapping[str, str], *, seconds: float | None = None, memory_bytes: int = MEMORY_BYTES) -> None:
        self._seconds, self._memory_bytes = seconds or SECONDS, memory_bytes
        self._own, self._worker = SandboxHost(), _worker()
        self._call("startValues", dict(hosts), START_SECONDS)

    def use(self, context: Mapping[str, Any], *, has_failed: bool = False) -> None:
        """Set what ``parameters``, ``steps`` and the other roots of expressions have."""
        self._call("useContext", {"context": context, "failed": has_failed})

    def render(self, value: Any) -> RenderedValue:
        """A value with each string rendered on its own. Raises ``TemplateEngineError`` if a limit is exceeded."""
        found = self._call("renderValue", value)
        unrendered = tuple((each["text"], each["message"]) for each in found["unrendered"])
        return RenderedValue(found.get("value"), found["isEmpty"], found["isTrue"], unrendered, found["checked"])

    def start_files(self, values: Any, options: Mapping[str, bool]) -> None:
        """Set the values of the files that ``render_file`` renders next, and ``cookiecutterCompat``, ``trimBlocks``, ``lstripBlocks``."""
        self._call("startFiles", {"values": values, "options": options})

    def render_file(self, text: str) -> str:
        """The content or the path of a file. Raises ``TemplateEngineError`` if it cannot be rendered."""
        found = self._call("renderFile", text)
        if "error" in found:
            raise TemplateEngineError(found["error"])
        return str(found["text"])

    def close(self) -> None:
        """End the process, and free the memory."""
        if self._worker is not None:
            self._worker.stop()
        self._own.close()

    def _call(self, name: str, argument: Any, more_seconds: float = 0.0) -> Any:
        request = {"call": name, "argument": json.dumps(argument), "seconds": self._seconds, "memory": self._memory_bytes}
        reply = json.loads(self._answer(json.dumps(request).encode(), self._seconds + GRACE_SECONDS + more_seconds))
        if "error" in reply:
            raise TemplateEngineError(reply["error"], reply["hint"])
        return json.loads(reply["found"]) if reply["found"] is not None else None

    def _answer(self, request: bytes, seconds: float) -> bytes:
        if self._worker is None:
            return self._own.reply(request)
        try:
            return self._worker.exchange(request, timeout=seconds, limit=ANSWER_BYTES, respond=lambda _: b"")
        except WorkerError as error:
            raise TemplateEngineError(f"The process that renders templates {error}.", "Simplify the expressions of the template.") from None


def _worker() -> WorkerProcess | None:
    try:
        return WorkerProcess(_command, environ=allowed(os.environ))
    except OSError as error:
        if error.errno == errno.ENOTSUP:
            return None
        raise TemplateEngineError(f"No process for the engine can be started: {error.strerror}.", "Check memory and limits.") from None


def _command(requests: int, answers: int, lifeline: int) -> Sequence[str]:
    """Isolated from the environment, with the same packages as this process."""
    program = PROGRAM.format(path=[entry or str(Path.cwd()) for entry in sys.path], pipes=f"{requests}, {answers}, {lifeline}")
    return (sys.executable, "-I", "-X", "utf8", *(("-B",) if sys.dont_write_bytecode else ()), "-c", program)
