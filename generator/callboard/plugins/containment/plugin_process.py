"""An installed plugin → its process, which imports, creates and calls it; whatever goes wrong there is an error with the package's name."""

from __future__ import annotations

import os
import sys
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import jsonschema_rs

from callboard.io.http.limits import Traffic
from callboard.io.http.trace import TRACE_VARIABLE
from callboard.io.process import allowed
from callboard.io.worker_process import WorkerError, WorkerProcess, stop_all
from callboard.model.data_classes import dataclass
from callboard.model.errors import CallboardError, PluginError
from callboard.plugins.containment.errors import allowed_error, raised_error
from callboard.plugins.containment.messages import (
    Description,
    MessageError,
    PluginEntry,
    RaisedError,
    Reply,
    Request,
    decode,
    encode,
    raw,
)
from callboard.plugins.loader import BUILT_IN_PACKAGE, Plugin
from callboard.plugins.unhandled import MOST, UnhandledPluginError
from callboard.redaction.redactor import Redactor
from callboard.redaction.secrets import mask

T = TypeVar("T")
PASSED_ON = ("SSH_AUTH_SOCK", "TZ", "LANG", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC", TRACE_VARIABLE)
"""Variables that a plugin may see besides those of ``io.process.allowed``; tokens are passed as options."""
_PROGRAM = "import sys; sys.path[:] = {path!r}; from callboard.plugins.containment.child import main; main({pipes})"
_LATE = "did not answer within"
_DAMAGED = "Report it to the authors of the plugin."


@dataclass(frozen=True, slots=True)
class CallLimits:
    """Limits of the calls of a plugin: seconds, and bytes of one answer."""

    start_seconds: float = 60.0
    """To start Python and import the plugin."""
    create_seconds: float = 60.0
    read_seconds: float = 60.0
    """For one method of a tree, besides ``fetch``."""
    call_seconds: float = 900.0
    """To collect, to publish, or to fetch announced files."""
    answer_bytes: int = 256_000_000
    family_seconds: float = 20.0
    """For a panel, the events of one entity, or the decisions of some values."""


@dataclass(slots=True)
class CurrentLimits:
    """The limits of this process."""

    current: CallLimits


LIMITS = CurrentLimits(CallLimits())
"""``limits.plugin_seconds`` in ``sources.yaml`` sets ``call_seconds``."""


_printed: list[tuple[str, str]] = []
"""What plugins printed, with the name of each."""
MOST_TEXTS = 100
"""A preview prints none of them, and runs for days."""
_live: weakref.WeakSet[PluginProcess] = weakref.WeakSet()


def is_contained(plugin: Plugin) -> bool:
    """Whether the plugin runs in a process of its own: all but those that are part of Callboard."""
    return plugin.package != BUILT_IN_PACKAGE


class PluginProcess:
    """The process of one plugin, with at most one instance of it. ``command``: the one that its hints name."""

    def __init__(self, plugin: Plugin, limits: CallLimits | None = None, command: str = "build") -> None:
        if plugin.conflict:
            raise plugin.conflict
        self.plugin = plugin
        self.limits = limits or LIMITS.current
        self.redactor = Redactor()
        """Masks secrets in everything that leaves the process in words."""
        self.traffic: list[Traffic] = []
        """Counters that grow with those of the plugin's HTTP clients."""
        self.command = command
        try:
            self._worker = WorkerProcess(_command, environ=allowed(os.environ, PASSED_ON))
        except OSError as error:
            raise PluginError(f"no process for {self.name} can be started: {error.strerror}", "Check the memory and the limits.") from error
        self._ended = ""
        _live.add(self)

    @property
    def name(self) -> str:
        """The plugin in messages."""
        return f'the plugin "{self.plugin.type}" of {self.plugin.package} {self.plugin.version}'

    @property
    def is_running(self) -> bool:
        """False once it has failed or was stopped."""
        return self._worker.is_running

    def describe(self) -> Description:
        """Import the plugin there. Raises ``PluginError``."""
        p = self.plugin
        entry = PluginEntry(p.group, p.type, p.package, p.version, p.target)
        return self.call("describe", entry, Description, self.limits.start_seconds, "was imported")

    def call(
        self, operation: str, value: Any, kind: type[T], seconds: float, moment: str, respond: Callable[[bytes], bytes] | None = None
    ) -> T:
        """The result of an operation, checked to be of the type ``kind``.

        Raises the error of the contracts that the plugin raised, ``UnhandledPluginError`` for any other and for a process that ended, was
        late or answered too much, and ``PluginError`` for a result of another type. ``moment``: what it did, for the message.
        """
        try:
            request = encode(Request(operation, raw(value)))
            answer = self._worker.exchange(request, timeout=seconds, limit=self.limits.answer_bytes, respond=respond or _refuse)
            reply = decode(answer, Reply)
        except WorkerError as error:
            raise self._failed(str(error), moment) from None
        except MessageError as error:
            raise self._damaged(error) from None
        self._count(reply)
        if reply.error is not None:
            raise self._raised(reply.error)
        try:
            return decode(reply.value, kind)
        except MessageError as error:
            raise self._damaged(error) from None

    def stop(self) -> None:
        """End the process, and keep what it printed for ``--debug``. May be called twice."""
        self.take_output()
        self._worker.stop()

    def take_output(self) -> None:
        """Keep what it printed since the last call for ``--debug``."""
        text = self._worker.take_output().strip()
        if text:
            _printed.append((self.name, self._redacted(text)[-MOST:]))
            del _printed[:-MOST_TEXTS]

    def _count(self, reply: Reply) -> None:
        self.traffic += (Traffic() for _ in range(len(self.traffic), len(reply.traffic)))
        for traffic, new in zip(self.traffic, reply.traffic, strict=False):
            old = traffic.counts
            traffic.add(
                requests=new.requests - old.requests, retries=new.retries - old.retries, hits=new.hits - old.hits,
                saved=new.saved - old.saved, received=new.bytes - old.bytes, waited=new.waited - old.waited,
            )  # fmt: skip

    def _failed(self, what: str, moment: str) -> CallboardError:
        """The error of a process that is gone. Only the first one is unhandled: later calls fail for the same reason."""
        message = self._redacted(f"{self.name} {what} while it {moment}")
        hint = f"Run `callboard {self.command} --debug` to see what it printed, and report it to the authors of the plugin."
        if _LATE in what:
            hint = f"{hint} If it needs more time to collect or publish, set limits.plugin_seconds in sources.yaml."
        if self._ended:
            return PluginError(self._ended, hint)
        self._ended = message
        return UnhandledPluginError(message, hint, self._output())

    def _raised(self, raised: RaisedError) -> CallboardError:
        """What the plugin raised; an error about the plugin itself names it."""
        error = allowed_error(raised)
        if error is None:
            return self._unhandled(raised.name, raised.message, raised.traceback)
        is_named = not isinstance(error, PluginError) or self.plugin.package in str(error)
        return error if is_named else PluginError(f"{self.name} violates its contract: {error}", error.hint or _DAMAGED)

    def _unhandled(self, name: str, message: str, trace: str) -> UnhandledPluginError:
        hint = f"Run `callboard {self.command} --debug` to see the traceback, and report it to the authors of the plugin."
        return UnhandledPluginError(
            self._redacted(f"{self.name} raised {name}: {message}"), hint, "\n".join(filter(None, (self._redacted(trace), self._output())))
        )

    def _damaged(self, error: MessageError) -> PluginError:
        return PluginError(self._redacted(f"{self.name} returned a value of a wrong type: {error}"), _DAMAGED)

    def _output(self) -> str:
        text = self._worker.take_output().strip()
        return f"What {self.name} printed:\n{self._redacted(text)[-MOST:]}" if text else ""

    def _redacted(self, text: str) -> str:
        """Line by line, since one text is cut in the middle when it is long."""
        return "\n".join(mask(self.redactor.redact(line)) for line in text.split("\n"))


@dataclass(slots=True)
class _Described:
    """What is known of installed plugins, and processes that have imported one and wait for an instance."""

    lock: threading.Lock
    descriptions: dict[tuple[Plugin, tuple[str, ...]], Description | CallboardError]
    waiting: dict[tuple[Plugin, tuple[str, ...]], PluginProcess]


_described = _Described(threading.Lock(), {}, {})


def description_of(plugin: Plugin) -> Description:
    """What the plugin says of itself, imported in a process, which then waits for the first instance. Raises ``PluginError``.

    Cached, also that it failed: a plugin that hangs is waited for once.
    """
    key = (plugin, tuple(sys.path))
    known = _described.descriptions.get(key)
    if known is None:
        process: PluginProcess | None = None
        try:
            process = PluginProcess(plugin)
            known = process.describe()
            _check_schema(plugin, known)
            with _described.lock:
                _described.waiting.setdefault(key, process)
        except CallboardError as error:
            known = error
            if process:
                process.stop()
        _described.descriptions[key] = known
    if isinstance(known, CallboardError):
        raise known
    return known


def _check_schema(plugin: Plugin, description: Description) -> None:
    """Raises ``PluginError`` for a schema that cannot be used."""
    try:
        jsonschema_rs.validator_for(dict(description.schema or {}))
    except (ValueError, jsonschema_rs.ValidationError) as error:
        raise PluginError(
            f'the plugin "{plugin.type}" of {plugin.package} {plugin.version} has an invalid schema: {str(error)[:200]}', _DAMAGED
        ) from error


@contextmanager
def process_of(plugin: Plugin, redactor: Redactor, limits: CallLimits | None = None, command: str = "build") -> Iterator[PluginProcess]:
    """A process that has imported the plugin. It is stopped if the block raises; its caller stops it otherwise. Raises ``PluginError``."""
    description_of(plugin)
    with _described.lock:
        process = _described.waiting.pop((plugin, tuple(sys.path)), None)
    if process is None or not process.is_running:
        process = PluginProcess(plugin)
        process.describe()
    process.redactor, process.command, process.limits = redactor, command, limits or LIMITS.current
    try:
        yield process
    except BaseException:
        process.stop()
        raise


def import_ahead(plugins: Sequence[Plugin]) -> None:
    """Import plugins in their processes, at the same time."""
    threads = [threading.Thread(target=_describe_quietly, args=(plugin,), daemon=True) for plugin in plugins]
    with interruptible():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def _describe_quietly(plugin: Plugin) -> None:
    try:
        description_of(plugin)
    except CallboardError:
        return


def forget_failures() -> None:
    """Try again to import the plugins that could not be imported."""
    for key in [key for key, known in _described.descriptions.items() if isinstance(known, CallboardError)]:
        del _described.descriptions[key]


def forget_plugins() -> None:
    """Stop the processes that wait, and describe all plugins again when they are used."""
    with _described.lock:
        waiting, _described.waiting = _described.waiting, {}
    for process in waiting.values():
        process.stop()
    _described.descriptions.clear()


def printed_by_plugins() -> Sequence[tuple[str, str]]:
    """What plugins printed besides what is part of a failure: the name of each with its text, in which secrets are masked."""
    for process in tuple(_live):
        process.take_output()
    texts = tuple(_printed)
    _printed.clear()
    return texts


@contextmanager
def interruptible() -> Iterator[None]:
    """On Ctrl-C, end the processes of all plugins: no thread waits for one any more. To be entered after a pool that waits for threads."""
    try:
        yield
    except Exception:
        raise
    except BaseException:
        stop_all()
        raise


def secrets_in(value: Any, redactor: Redactor) -> tuple[str, ...]:
    """The secrets that strings of a value contain."""
    if isinstance(value, str):
        return tuple(secret for secret in redactor.secrets if secret in value)
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return tuple(dict.fromkeys(secret for part in parts for secret in secrets_in(part, redactor)))


def variables_for(description: Description, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment variables that the plugin's class names, which only it gets."""
    return {name: environ[name] for name in description.environment if name in environ}


def _refuse(_: bytes) -> bytes:
    """The answer to a question that a plugin must not ask now."""
    return encode(Reply(error=raised_error(PluginError("there is nothing to ask here"))))


def _command(requests: int, answers: int, lifeline: int) -> Sequence[str]:
    """Isolated from the environment, with the same packages as this process."""
    path = [entry or str(Path.cwd()) for entry in sys.path]
    program = _PROGRAM.format(path=path, pipes=f"{requests}, {answers}, {lifeline}")
    flags = ("-I", "-u", "-X", "utf8", *(("-B",) if sys.dont_write_bytecode else ()))
    return (sys.executable, *flags, "-c", program)
