"""Texts of templates and values → what Backstage's scaffolder makes of them, by its own engine (nunjitsu) in a WebAssembly sandbox.

The engine has no access to files, processes, the network or the clock. Time and memory are limited; output, depth and work by the
limits in ``engine.js``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from callboard.model.errors import CallboardError

SECONDS = 30.0
"""For one text, and for loading the engine."""
MEMORY_BYTES = 256 * 1024 * 1024
STACK_BYTES = 256 * 1024
"""Below the stack of WebAssembly, so that deep nesting is an error of JavaScript and not the end of the sandbox."""
FILES = ("nunjitsu.js", "engine.js", "command.js")
BROWSER_FILES = ("nunjitsu.js", "engine.js")


class TemplateEngineError(CallboardError):
    """A text cannot be rendered, or exceeds a limit; or the engine is not installed."""


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


def script(name: str) -> str:
    """The content of one of ``FILES``."""
    return files(__package__ or __name__).joinpath("javascript", name).read_text("utf-8")


class TemplateEngine:
    """One sandbox. ``hosts`` has the type of each known host (``github``), for ``parseRepoUrl``.

    Raises ``TemplateEngineError`` if the extra ``callboard[new]`` is not installed.
    """

    def __init__(self, hosts: Mapping[str, str], *, seconds: float = SECONDS, memory_bytes: int = MEMORY_BYTES) -> None:
        try:
            import quickjs_rs  # noqa: PLC0415 - an extra
            import wasmtime  # noqa: PLC0415 - takes 0.1 s
        except ImportError:
            raise TemplateEngineError("The engine of templates is not installed.", 'Install it: pip install "callboard[new]".') from None
        self._errors: tuple[type[Exception], ...] = (quickjs_rs.QuickJSError, MemoryError)
        self._traps: tuple[type[Exception], ...] = (wasmtime.Trap, wasmtime.WasmtimeError)
        self._is_usable = True
        self._timeout: type[Exception] = quickjs_rs.InterruptError
        self._seconds = seconds
        self._runtime = quickjs_rs.Runtime(memory_limit=memory_bytes, stack_limit=STACK_BYTES)
        scripts = {name: script(name) for name in FILES}
        self._runtime.set_module_loader(normalize=lambda _, name: name.removeprefix("./"), load=scripts.get)
        self._context = self._runtime.new_context(timeout=seconds)
        self._context.eval("import 'command.js'", module=True)
        self._call("startValues", dict(hosts))

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
        """Free the memory."""
        self._runtime.close()

    def _call(self, name: str, argument: Any) -> Any:
        if not self._is_usable:
            raise TemplateEngineError("The engine of templates has stopped after a text that is nested too deeply.")
        try:
            found = self._context.eval(f"{name}({json.dumps(json.dumps(argument))})")
        except self._timeout:
            raise TemplateEngineError(f"Rendering took longer than {self._seconds:g} seconds.", "Simplify the expression.") from None
        except self._traps:  # the sandbox is in an unknown state
            self._is_usable = False
            raise TemplateEngineError("An expression is nested too deeply.", "Simplify it.") from None
        except self._errors as error:
            raise TemplateEngineError(f"A limit of rendering was exceeded: {str(error)[:200]}.", "Simplify the expression.") from None
        return json.loads(found) if isinstance(found, str) else None
