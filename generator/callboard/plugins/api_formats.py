"""The public API for formats of API definitions: an entry point of the group ``callboard.api_formats`` describes definitions of one format.

A plugin may import these names; anything else may change without notice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from callboard.model.data_classes import dataclass

__all__ = ["ApiDescription", "ApiFormat", "ApiOperation"]


@dataclass(frozen=True, slots=True)
class ApiOperation:
    """One operation. Texts are masked, and descriptions are read as Markdown; HTML in them is escaped."""

    group: str
    """Operations of the same group stand together: a service, a tag."""
    verb: str
    """Keyword of the format: ``call``."""
    address: str
    """What is called: a path, or the name of a procedure."""
    summary: str = ""
    description: str = ""
    deprecated: str = ""
    """Reason, or ``yes``; empty if it is not deprecated."""
    input: Mapping[str, Any] | None = None
    """JSON Schema of what is sent; it may refer to ``#/types/<name>``."""
    outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """JSON Schema of each answer, by the name of the case; an empty name if there is only one."""
    sample: str = ""
    """A command that calls it."""


@dataclass(frozen=True, slots=True)
class ApiDescription:
    """What a definition says."""

    title: str = ""
    version: str = ""
    description: str = ""
    servers: tuple[str, ...] = ()
    operations: tuple[ApiOperation, ...] = ()
    types: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """JSON Schema of each named type; it may refer to ``#/types/<name>``."""
    troubles: tuple[str, ...] = ()
    """What cannot be shown, in sentences."""


@dataclass(frozen=True, slots=True)
class ApiFormat:
    """A format of definitions: the value that an entry point of ``callboard.api_formats`` names."""

    name: str
    """In lower case: ``thrift``."""
    label: str
    """For people: ``Apache Thrift``."""
    matches: Callable[[str, str], bool]
    """Whether a text (its first 4,000 characters), with this ``spec.type`` in lower case, is of the format."""
    read: Callable[[str], ApiDescription]
    """Describes a definition. ``ValueError`` says in a sentence why it cannot be read. It must not read anything but the text."""
    description: str = ""
    """One sentence, which `callboard plugins` shows."""
