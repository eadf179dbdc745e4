"""Entity references: ``[<kind>:][<namespace>/]<name>``, as Backstage's catalog-model 1.10.1 reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

DEFAULT_NAMESPACE = "default"


class RefError(ValueError):
    """The string or mapping is not an entity reference; the message gives the reason."""


class EntityRef(NamedTuple):
    """A canonical reference: all parts lower case. A named tuple, because the graph hashes it millions of times."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.namespace}/{self.name}"


def ref_of(text: str) -> EntityRef:
    """The canonical reference that ``str`` wrote; names have no ``:`` and ``/``."""
    kind, _, rest = text.partition(":")
    namespace, _, name = rest.partition("/")
    return EntityRef(kind, namespace, name)


class WrittenRef(NamedTuple):
    """A reference in its author's spelling, with the defaults of its field filled in."""

    kind: str
    namespace: str
    name: str

    def canonical(self) -> EntityRef:
        """The same reference in lower case, as the catalog's key."""
        return EntityRef(self.kind.lower(), self.namespace.lower(), self.name.lower())


def parse_ref(value: object, *, default_kind: str | None = None, default_namespace: str = DEFAULT_NAMESPACE) -> WrittenRef:
    """Parse a reference, a string or a mapping of ``kind``, ``namespace`` and ``name``.

    Raises ``RefError`` when a part is missing or empty, as Backstage's ``parseEntityRef`` does.
    """
    if isinstance(value, Mapping):
        kind, namespace, name = (value.get(part) for part in ("kind", "namespace", "name"))
    elif isinstance(value, str):
        kind, namespace, name = _split(value)
    else:
        raise RefError(f"a reference must be a string, not {type(value).__name__}")
    kind = default_kind if kind is None else kind
    namespace = default_namespace if namespace is None else namespace
    for part, value_of_part in (("kind", kind), ("namespace", namespace), ("name", name)):
        if not isinstance(value_of_part, str) or not value_of_part:
            raise RefError(f"the reference has no {part}")
    return WrittenRef(str(kind), str(namespace), str(name))


def _split(text: str) -> tuple[str | None, str | None, str]:
    """Cut at the first ``:`` before any ``/``, then at the first ``/``; an empty part in front is an error."""
    colon, slash = text.find(":"), text.find("/")
    kind: str | None = None
    if colon >= 0 and (slash < 0 or colon < slash):
        kind, text = text[:colon], text[colon + 1 :]
        slash = text.find("/")
    namespace: str | None = None
    if slash >= 0:
        namespace, text = text[:slash], text[slash + 1 :]
    return kind, namespace, text


def humanize(ref: EntityRef | WrittenRef, *, default_kind: str | None = None, default_namespace: str | None = DEFAULT_NAMESPACE) -> str:
    """The short form for display: parts equal to the defaults are left out; ``default_namespace=None`` always includes the namespace."""
    kind = ref.kind.lower()
    namespace = "" if default_namespace is not None and ref.namespace.lower() == default_namespace.lower() else f"{ref.namespace}/"
    prefix = "" if default_kind is not None and kind == default_kind.lower() else f"{kind}:"
    return f"{prefix}{namespace}{ref.name}"
