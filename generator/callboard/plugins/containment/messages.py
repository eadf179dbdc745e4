"""Values of the plugin contracts ↔ MessagePack: the messages between Callboard and the process of a plugin.

Nothing in a message is executed: each is decoded as the type that its receiver expects, and anything else is an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from callboard.io.http.limits import ClientLimits, Counts
from callboard.io.site_folder.manifest import SiteFile
from callboard.model.facts.fact import Measurement
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.model.tree import CatalogRecord
from callboard.plugins.integrations.base import IntegrationFailure
from callboard.plugins.sources.base import Repository, SourceFailure, Undescribed
from callboard.plugins.sources.memory_tree import MemoryFile
from callboard.settings.settings import Portal

T = TypeVar("T")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MISMATCH = (msgspec.MsgspecError, RecursionError, UnicodeError)


class MessageError(Exception):
    """A value cannot be sent, or is not of the type that its receiver expects; the message says where."""


class Request(msgspec.Struct, frozen=True):
    """What Callboard asks of the process of a plugin."""

    operation: str
    value: msgspec.Raw = msgspec.Raw(b"\xc0")


class RaisedError(msgspec.Struct, frozen=True):
    """What a plugin raised."""

    kind: str
    """Name of the class of Callboard's errors that it is; empty for one that the contract does not allow."""
    name: str
    """Name of its class."""
    message: str
    hint: str = ""
    traceback: str = ""


class Reply(msgspec.Struct, frozen=True):
    """The result of a request, or what was raised, with the counters of the plugin's HTTP clients."""

    value: msgspec.Raw = msgspec.Raw(b"\xc0")
    error: RaisedError | None = None
    traffic: tuple[Counts, ...] = ()


class PluginEntry(msgspec.Struct, frozen=True):
    """An entry point, as ``loader.Plugin``."""

    group: str
    type: str
    package: str
    version: str
    target: str


class Description(msgspec.Struct, frozen=True):
    """What is known of a plugin before it is created."""

    schema: dict[str, Any] | None
    """JSON Schema of its options."""
    description: str
    environment: tuple[str, ...] = ()
    """Names of the environment variables that it needs besides the common ones."""


class Creation(msgspec.Struct, frozen=True):
    """Settings and context with which a plugin is created."""

    name: str
    type: str
    options: dict[str, Any]
    root: str
    cache: str
    environ: dict[str, str]
    variables: dict[str, str]
    """Environment variables that its class names; they are set in its process."""
    secrets: tuple[str, ...]
    """Those that its options contain."""
    title: str = ""
    readable_by: tuple[str, ...] = ()
    http: ClientLimits = ClientLimits()
    now: datetime | None = None
    portal: Portal = Portal()


class ConnectorHead(msgspec.Struct, frozen=True):
    """What an integration declares once it is created."""

    title: str
    families: tuple[str, ...]
    annotations: tuple[str, ...]


class TreeHead(msgspec.Struct, frozen=True):
    """A tree without its files, which are read by ``TreeCall``; a tree in memory is sent with them."""

    id: str
    repository: str
    revision: str
    addresses: tuple[str, ...]
    has_revisions: bool = False
    files: tuple[MemoryFile, ...] | None = None


class TreeCall(msgspec.Struct, frozen=True):
    """A call of a method of a tree."""

    tree: int
    method: str
    path: str = ""
    """Or the glob."""
    limit: int = 0
    ref: str = ""
    line: int | None = None
    paths: tuple[str, ...] = ()


class TreeResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a method of a tree returned; the field depends on the method."""

    content: bytes = b""
    paths: tuple[str, ...] = ()
    changed: datetime | None = None
    url: str = ""


class FoundFile(msgspec.Struct, frozen=True):
    """A ``DescriptorFile``, with the number of its tree."""

    source: str
    tree: int
    path: str
    via_locations: tuple[str, ...] = ()
    record: CatalogRecord | None = None


class CollectedMessage(msgspec.Struct, frozen=True):
    """A ``Collected``."""

    trees: tuple[TreeHead, ...]
    listed: int
    """How many of them ``Collected.trees`` has; the others are only those of files."""
    files: tuple[FoundFile, ...]
    problems: tuple[Problem, ...]
    failures: tuple[SourceFailure, ...]
    undescribed: tuple[Undescribed, ...]
    repositories: tuple[Repository, ...]
    traffic: tuple[str, ...]
    """Names of the sources of the counters in ``Reply.traffic``."""


class TargetMessage(msgspec.Struct, frozen=True):
    """A ``Target``, with the number of its tree, or -1."""

    ref: EntityRef
    annotations: dict[str, str]
    title: str
    owner: EntityRef | None
    repository: str
    tree: int
    folder: str


class Question(msgspec.Struct, frozen=True):
    """The targets of an integration, and the trees in which it may read."""

    targets: tuple[TargetMessage, ...]
    trees: tuple[TreeHead, ...]


class FactMessage(msgspec.Struct, frozen=True):
    """A ``Fact``; its value is decoded as the class of its family."""

    subject: EntityRef
    family: str
    key: str
    kind: str
    """Name of the class of the value."""
    value: msgspec.Raw
    environment: str
    url: str
    observed_at: datetime | None


class FactBatchMessage(msgspec.Struct, frozen=True):
    """A ``FactBatch``. Facts are decoded one by one: a wrong one costs no other."""

    facts: tuple[msgspec.Raw, ...]
    measurements: tuple[Measurement, ...]
    problems: tuple[Problem, ...]
    failures: tuple[IntegrationFailure, ...]
    unusable: tuple[str, ...] = ()
    """Why other facts cannot be sent."""


class SiteMessage(msgspec.Struct, frozen=True):
    """A ``Site``."""

    folder: str
    files: Mapping[str, SiteFile]


def encode(value: Any) -> bytes:
    """The value as MessagePack; a lone surrogate becomes U+FFFD. Raises ``MessageError`` for what is no value."""
    try:
        try:
            return msgspec.msgpack.encode(value)
        except UnicodeEncodeError:
            return msgspec.msgpack.encode(_without_surrogates(msgspec.to_builtins(value, builtin_types=(bytes, datetime), enc_hook=_raw)))
    except (*_MISMATCH, TypeError, OverflowError, ValueError) as error:
        raise MessageError(str(error)[:500]) from error


def decode(content: bytes | msgspec.Raw, kind: type[T]) -> T:
    """The value of this type. Raises ``MessageError``."""
    try:
        return msgspec.msgpack.decode(content, type=kind)
    except _MISMATCH as error:
        raise MessageError(str(error)[:500]) from error


def raw(value: Any) -> msgspec.Raw:
    """The value for a field of another message. Raises ``MessageError``."""
    return msgspec.Raw(encode(value))


def _raw(value: object) -> Any:
    if isinstance(value, msgspec.Raw):
        return msgspec.msgpack.decode(value)
    raise TypeError(f"a value of the class {type(value).__name__} cannot be sent")


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, Mapping):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return [_without_surrogates(item) for item in value] if isinstance(value, list | tuple) else value
