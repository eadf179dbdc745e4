"""The neutral model of an API: what a definition of any format becomes, and what the templates of references show.

Every text in it is masked and every description is safe HTML, so that templates print it without further decisions. Named types are
never put in place of a reference to them: a shape names its target, and the type stands once in ``Reference.types``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from markupsafe import Markup

from callboard.model.data_classes import dataclass

_NOTHING = Markup()
ShapeKind = Literal[
    "scalar", "object", "list", "tuple", "union", "combination", "reference", "anything", "nothing", "unknown", "invalid", "cut"
]
"""``reference`` has a target; ``unknown`` is a reference to something that is not part of the definition; ``invalid`` is a value that is no
schema, ``cut`` one that has too many levels to be shown."""
Streaming = Literal["", "client", "server", "both"]


@dataclass(frozen=True, slots=True)
class AllowedValue:
    """One value of an enumeration."""

    value: str
    description: Markup = _NOTHING
    deprecated: str = ""
    """Reason of the deprecation, or ``yes``; empty if it is not deprecated."""


@dataclass(frozen=True, slots=True)
class ShapeField:
    """A field of an object, or an argument of a field."""

    name: str
    shape: ValueShape
    required: bool = False
    number: str = ""
    """Field number of Protocol Buffers; empty in other formats."""
    arguments: tuple[ShapeField, ...] = ()
    """Arguments of a field of GraphQL."""
    note: str = ""
    """What else is declared about the field: ``oneof payment``, ``@key``."""
    style: str = ""
    """How a parameter that is a list or an object is written into the request: ``form, explode True``; compared, not shown."""


@dataclass(frozen=True, slots=True)
class ValueShape:
    """The form of a value."""

    kind: ShapeKind
    words: str = ""
    """The type as the format writes it: ``string (date-time)``; the reference as written for ``unknown``."""
    target: str = ""
    """Key of the named type that is meant (``reference``)."""
    title: str = ""
    description: Markup = _NOTHING
    is_nullable: bool = False
    is_read_only: bool = False
    is_write_only: bool = False
    deprecated: str = ""
    default: str = ""
    """As JSON; empty for none."""
    allowed: tuple[AllowedValue, ...] = ()
    limits: tuple[tuple[str, str], ...] = ()
    """Keywords of the format and values: ``("minimum", "1")``."""
    examples: tuple[str, ...] = ()
    fields: tuple[ShapeField, ...] = ()
    items: ValueShape | None = None
    additional: ValueShape | None = None
    """The form of fields with other names; None if nothing is said about them."""
    how: str = ""
    """``oneOf``, ``anyOf``, ``allOf``, ``not``: how the variants belong together."""
    variants: tuple[ValueShape, ...] = ()
    discriminator: str = ""
    """Name of the field that says which variant it is."""
    mapping: tuple[tuple[str, str], ...] = ()
    """Values of the discriminator, and the keys of the types that they mean."""
    is_closed: bool = False
    """Whether fields with other names are refused."""
    is_constant: bool = False
    """Whether ``allowed`` has the one value that ``const`` gives."""
    conditions: tuple[tuple[str, str], ...] = ()
    """Keywords whose schemas are compared as text and not shown (``if``, ``dependentRequired``), and what stands there."""


ANYTHING = ValueShape("anything")


@dataclass(frozen=True, slots=True)
class Payload:
    """One form of a message: its media types, its shape and its examples."""

    media: str
    shape: ValueShape
    name: str = ""
    description: Markup = _NOTHING
    headers: tuple[ShapeField, ...] = ()
    examples: tuple[tuple[str, str], ...] = ()
    """Name (may be empty) and value."""
    bindings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """One answer of an operation."""

    case: str
    """Status, message or ``reply``; empty if there is only one."""
    description: Markup = _NOTHING
    headers: tuple[ShapeField, ...] = ()
    payloads: tuple[Payload, ...] = ()
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation."""

    anchor: str
    """Id of its heading, unique in the reference."""
    verb: str
    """Keyword of the format: ``GET``, ``send``, ``query``, ``rpc``."""
    address: str
    """Path, channel, field, or ``/package.Service/Method``."""
    summary: str = ""
    """One line."""
    description: Markup = _NOTHING
    deprecated: str = ""
    """Reason, ``yes`` without one; empty if it is not deprecated."""
    sunset: str = ""
    parameters: tuple[tuple[str, tuple[ShapeField, ...]], ...] = ()
    """Where parameters stand (``path``, ``query``, ``arguments``), and those that stand there."""
    inputs: tuple[Payload, ...] = ()
    is_input_required: bool = False
    outputs: tuple[ApiAnswer, ...] = ()
    auth: tuple[str, ...] | None = None
    """Alternatives, each with all that it needs: ``api_key + oauth (read)``; ``none`` for open; None if nothing is said."""
    streaming: Streaming = ""
    callbacks: tuple[Entry, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    """Keywords of the format (may be empty) and what stands there; both are code."""
    is_webhook: bool = False
    """Whether the API calls this address of its consumers."""
    sample: str = ""
    """A command or query that calls the operation; empty if there is none."""
    second_anchor: str = ""
    """``get-orders-id``: by method and path, so that links do not depend on the operation's name; empty if it is the same."""


@dataclass(frozen=True, slots=True)
class EntryGroup:
    """Operations of one tag, channel or service."""

    name: str
    anchor: str
    description: Markup = _NOTHING
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedType:
    """A type with a name, which has a section of its own."""

    key: str
    name: str
    anchor: str
    shape: ValueShape
    word: str = ""
    """``enum``, ``interface``, ``message``; empty if the shape says it."""


@dataclass(frozen=True, slots=True)
class ApiServer:
    """Where the API is reached."""

    url: str
    description: str = ""
    protocol: str = ""
    variables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AuthScheme:
    """A way to authenticate."""

    name: str
    kind: str
    """Type as the format names it: ``apiKey``, ``http``, ``oauth2``."""
    details: str = ""
    """What belongs to the type: ``bearer``, ``header X-Key``, names of flows."""
    description: Markup = _NOTHING
    scopes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything that a definition says."""

    format: str
    """``OpenAPI 3.1.0``."""
    title: str = ""
    version: str = ""
    description: Markup = _NOTHING
    servers: tuple[ApiServer, ...] = ()
    auth: tuple[AuthScheme, ...] = ()
    groups: tuple[EntryGroup, ...] = ()
    types: Mapping[str, NamedType] = field(default_factory=dict)
    troubles: tuple[str, ...] = ()
    """What could not be shown, in sentences."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All operations, in the order of their groups."""
        return tuple(entry for group in self.groups for entry in group.entries)
