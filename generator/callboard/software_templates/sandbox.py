"""Calls of Backstage's engine for templates (nunjitsu) → its answers, from JavaScript in a WebAssembly sandbox.

The engine has no access to files, processes, the network or the clock. Time and memory are limited; output, depth and work by the
limits in ``engine.js``.
"""

from __future__ import annotations

import json
from importlib.resources import files

from callboard.model.errors import CallboardError

STACK_BYTES = 256 * 1024
"""Below the stack of WebAssembly, so that deep nesting is an error of JavaScript and not the end of the sandbox."""
FILES = ("nunjitsu.js", "engine.js", "command.js")
BROWSER_FILES = ("nunjitsu.js", "engine.js")


class TemplateEngineError(CallboardError):
    """A text cannot be rendered, or exceeds a limit; or the engine is not installed."""


def script(name: str) -> str:
    """The content of one of ``FILES``."""
    return files(__package__ or __name__).joinpath("javascript", name).read_text("utf-8")


class TemplateSandbox:
    """One sandbox. Raises ``TemplateEngineError`` if the extra ``callboard[new]`` is not installed."""

    def __init__(self, seconds: float, memory_bytes: int) -> None:
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

    def close(self) -> None:
        """Free the memory."""
        self._runtime.close()

    def call(self, name: str, argument: str) -> str | None:
        """What a function of ``command.js`` answers to a text of JSON. Raises ``TemplateEngineError`` if a limit is exceeded."""
        if not self._is_usable:
            raise TemplateEngineError("The engine of templates has stopped after a text that is nested too deeply.")
        try:
            found = self._context.eval(f"{name}({json.dumps(argument)})")
        except self._timeout:
            raise TemplateEngineError(f"Rendering took longer than {self._seconds:g} seconds.", "Simplify the expression.") from None
        except self._traps:  # the sandbox is in an unknown state
            self._is_usable = False
            raise TemplateEngineError("An expression is nested too deeply.", "Simplify it.") from None
        except self._errors as error:
            raise TemplateEngineError(f"A limit of rendering was exceeded: {str(error)[:200]}.", "Simplify the expression.") from None
        return found if isinstance(found, str) else None
