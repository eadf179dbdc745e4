"""A definition of several files → one definition: what references to other files name is put in once, under a name of its own.

Files are read only through the given function, which never leaves the repository. A reference that cannot be followed stays as it is.
"""

from __future__ import annotations

import contextlib
import json
import posixpath
import re
from collections.abc import Callable
from dataclasses import field
from typing import Any
from urllib.parse import unquote, urljoin

from callboard.api_reference.loading import UnreadableDefinitionError, at_pointer, load, within_limits
from callboard.api_reference.texts import mapping
from callboard.model.data_classes import dataclass
from callboard.model.errors import TreeError
from callboard.model.fields import FieldPath

MAX_FILES = 200
MAX_BYTES = 5_000_000
"""Of all files together, beside the definition itself."""
_TO_FILE = re.compile(r"""\$ref["']?[ \t]*:[ \t]*["']?[^#\s"'{\[]""")
_URL = re.compile(r"https?://", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_NOT_REFERENCES = frozenset({"example", "default", "enum", "const", "value"})
"""Keys whose values are data: a ``$ref`` in them is none."""
_SCHEMA_KEYS = frozenset({
    "schema", "items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames", "payload", "itemSchema",
})  # fmt: skip
_SCHEMA_PARENTS = frozenset({
    "properties", "patternProperties", "allOf", "anyOf", "oneOf", "schemas", "definitions", "$defs", "dependentSchemas", "prefixItems",
})  # fmt: skip
_NAME = re.compile(r"[^A-Za-z0-9_.-]+")
Read = Callable[[str], bytes]
"""Returns the content at a path in the repository, or at a URL; raises ``TreeError``, or ``ValueError`` with the reason."""


@dataclass(frozen=True, slots=True)
class UnfollowedReference:
    """A reference to another file that stays as it is."""

    path: FieldPath
    """Of the reference, in the definition; of the file that has it, if that is another one."""
    target: str
    why: str


@dataclass(frozen=True, slots=True)
class BundledDefinition:
    """The definition as one text."""

    text: str
    failures: tuple[UnfollowedReference, ...] = ()


def bundled(text: str, path: str, read: Read) -> BundledDefinition:
    """The definition at ``path`` (or a URL) with the content of its references to files; as it is if there are none."""
    if not _TO_FILE.search(text):
        return BundledDefinition(text)
    try:
        document = load(text)
        if not isinstance(document, dict):
            return BundledDefinition(text)
        bundle = _Bundle(document, path, read)
        made = bundle.made()
        if not bundle.places:
            return BundledDefinition(text, tuple(bundle.failures))
        within_limits(made)
    except UnreadableDefinitionError:
        return BundledDefinition(text)
    return BundledDefinition(json.dumps(made, indent=2, ensure_ascii=False), tuple(bundle.failures))


@dataclass(slots=True)
class _Bundle:
    root: dict[str, Any]
    path: str
    read: Read
    documents: dict[str, Any] = field(default_factory=dict)
    """Values of files by path."""
    places: dict[tuple[str, str], str] = field(default_factory=dict)
    """Where the content of a file's pointer is put: a pointer into the definition."""
    added: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Content by section of the definition (``components/schemas``) and name."""
    pending: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Section, name, file and pointer of content that is to be put in."""
    failures: list[UnfollowedReference] = field(default_factory=list)
    bytes_left: int = MAX_BYTES

    def made(self) -> dict[str, Any]:
        """The definition with all that its references name."""
        schemas = self._schemas()
        self._keep_names(schemas)
        found: dict[str, Any] = self._walked(self.root, self.path, (), is_schema=False)
        while self.pending:
            section, name, file, pointer = self.pending.pop()
            value = at_pointer(self.documents[file], pointer or "#")
            self.added.setdefault(section, {})[name] = self._walked(value, file, (), is_schema=section == schemas)
        for section, values in self.added.items():
            holder = found
            for part in section.split("/"):
                inner = holder.get(part)
                holder[part] = dict(inner) if isinstance(inner, dict) else {}
                holder = holder[part]
            holder.update(values)
        return found

    def _keep_names(self, section: str) -> None:
        """A named schema that is only a reference to a file keeps its name for what stands in that file."""
        holder: Any = self.root
        for part in section.split("/"):
            holder = mapping(mapping(holder).get(part))
        for name, value in holder.items():
            target = value.get("$ref") if isinstance(value, dict) and len(value) == 1 else None
            if isinstance(target, str) and not target.startswith("#"):
                with contextlib.suppress(TreeError, ValueError):
                    self._placed(target, self.path, section, name)

    def _schemas(self) -> str:
        return "definitions" if "swagger" in self.root else "components/schemas"

    def _walked(self, value: Any, file: str, path: FieldPath, *, is_schema: bool) -> Any:
        if isinstance(value, list):
            return [self._walked(each, file, (*path, number), is_schema=is_schema) for number, each in enumerate(value)]
        if not isinstance(value, dict):
            return value
        found = {}
        for key, each in value.items():
            if key == "$ref" and isinstance(each, str):
                found[key] = self._reference(each, file, (*path, key), is_schema=is_schema)
            elif key in _NOT_REFERENCES:
                found[key] = each
            else:
                inside = key in _SCHEMA_KEYS or key in _SCHEMA_PARENTS or bool(path and path[-1] in _SCHEMA_PARENTS)
                found[key] = self._walked(each, file, (*path, key), is_schema=inside)
        return found

    def _reference(self, target: str, file: str, path: FieldPath, *, is_schema: bool) -> str:
        """The reference in the bundled definition."""
        if target.startswith("#") and file == self.path:
            return target
        try:
            return self._placed(target, file, self._schemas() if is_schema else "x-files")
        except (TreeError, ValueError) as error:
            why = str(error) if isinstance(error, ValueError) else "there is no such file in the repository, or it cannot be read"
            self.failures.append(UnfollowedReference(path if file == self.path else (), target, why))
            return target

    def _placed(self, target: str, file: str, section: str, own: str = "") -> str:
        path, _, pointer = target.partition("#")
        at = _resolved(path, file) if path else file
        pointer = f"#{pointer}" if pointer else ""
        if at == self.path:
            return pointer or "#"
        place = self.places.get((at, pointer))
        if place is None:
            if at_pointer(self._document(at), pointer or "#") is None:
                msg = f"the file has nothing at {pointer}" if pointer else "the file is empty"
                raise ValueError(msg)
            own = own or self._free_name(section, at, pointer)
            place = f"#/{section}/{own.replace('~', '~0').replace('/', '~1')}"
            self.places[at, pointer] = place
            self.pending.append((section, own, at, pointer))
        return place

    def _free_name(self, section: str, file: str, pointer: str) -> str:
        stem = _NAME.sub("-", posixpath.basename(file).split(".")[0]) or "file"
        name = _NAME.sub("-", pointer.rpartition("/")[2]) or stem
        holder: Any = self.root
        for part in section.split("/"):
            holder = mapping(mapping(holder).get(part))
        taken = {*holder, *(each for where, each, _, _ in self.pending if where == section), *self.added.get(section, {})}
        options = (name, f"{stem}.{name}", *(f"{name}-{number}" for number in range(2, len(taken) + 3)))
        return next(each for each in options if each not in taken)

    def _document(self, path: str) -> Any:
        if path not in self.documents:
            if len(self.documents) >= MAX_FILES:
                msg = f"the definition refers to more than {MAX_FILES} files"
                raise ValueError(msg)
            data = self.read(path)
            self.bytes_left -= len(data)
            if self.bytes_left < 0:
                msg = f"the files have more than {MAX_BYTES:,} bytes in total"
                raise ValueError(msg)
            self.documents[path] = load(data.decode("utf-8", "replace"))
        return self.documents[path]


def _resolved(target: str, file: str) -> str:
    """The path in the repository, or the URL. Raises ``ValueError`` for what is not read."""
    if _URL.match(target):
        return target
    if _SCHEME.match(target) or target.startswith(("/", "\\")) or "\\" in target or "\0" in target:
        msg = "only relative paths with / are followed"
        raise ValueError(msg)
    if _URL.match(file):
        return urljoin(file, target)
    path = posixpath.normpath(posixpath.join(posixpath.dirname(file), unquote(target)))
    if path == ".." or path.startswith(("../", "/")):
        msg = "the path leads out of the repository"
        raise ValueError(msg)
    return path
