"""A schema with the files that it refers to put into it: whole by itself, so that nothing is ever fetched."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from generator.descriptors.kind_files import SchemaFile, read_schema_file, subschemas
from generator.descriptors.kinds import ENVELOPE

MOST_FILES = 50
"""Files that one schema may bring."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


class Bundle:
    """The files of one kind: the first, and those that it refers to."""

    def __init__(self, first: SchemaFile, root: Path) -> None:
        self.first = first
        self.files = {first.path.resolve(): first}
        """By their place on the disk, in the order in which they were met."""
        self._root = root.resolve()

    def gather(self) -> None:
        """Read all files that are referred to; findings go to the file whose reference is wrong."""
        waiting = [self.first]
        while waiting:
            file = waiting.pop(0)
            for path, schema in subschemas(file.schema):
                target = schema.get("$ref")
                if isinstance(target, str) and path[-1:] != ("properties",):
                    waiting += self._read(file, (*path, "$ref"), target)

    def whole(self) -> dict[str, Any]:
        """The first schema, with the others below ``$defs``."""
        schema: dict[str, Any] = self._rewritten(self.first.schema, self.first)
        others = list(self.files)[1:]
        brought = {self._key(path): self._rewritten(self.files[path].schema, self.files[path]) for path in others}
        schema.pop("$id", None)
        return {**schema, "$defs": {**schema.get("$defs", {}), **brought}} if brought else schema

    def _read(self, file: SchemaFile, at: tuple[str | int, ...], reference: str) -> list[SchemaFile]:
        """The files that a reference brings for the first time: one, or none."""
        name, _, pointer = reference.partition("#")
        if _SCHEME.match(name):
            file.at(at, f'"$ref" leads to {reference[:80]}; a schema may refer to files beside it alone, so copy that one here')
            return []
        if not name or (name == ENVELOPE and not (file.path.parent / name).exists()):
            self._check_pointer(file, file, at, pointer if not name else "")
            return []
        path = (file.path.parent / unquote(name)).resolve()
        fault = self._fault(path)
        if fault:
            file.at(at, f'"$ref" leads to {name[:80]}, {fault}')
            return []
        fresh = path not in self.files
        other = self.files.setdefault(path, read_schema_file(path) if fresh else self.first)
        self._check_pointer(file, other, at, pointer)
        return [other] if fresh else []

    def _fault(self, path: Path) -> str:
        if not path.is_relative_to(self._root):
            return "which lies outside the folder of sources.yaml"
        if path not in self.files and len(self.files) >= MOST_FILES:
            return f"but one kind may bring {MOST_FILES} files at most"
        return "" if path.is_file() else "but there is no such file"

    def _check_pointer(self, file: SchemaFile, other: SchemaFile, at: tuple[str | int, ...], pointer: str) -> None:
        """A pointer (``/$defs/x``) must lead to something; an anchor is left to the validator."""
        here: Any = other.schema
        for step in unquote(pointer).split("/")[1:] if pointer.startswith("/") else ():
            key = step.replace("~1", "/").replace("~0", "~")
            here = here[int(key)] if isinstance(here, list) and key.isdecimal() and int(key) < len(here) else _item(here, key)
            if here is None:
                file.at(at, f'"$ref" leads to #{pointer[:80]}, but there is nothing')
                return

    def _rewritten(self, value: Any, file: SchemaFile) -> Any:
        if isinstance(value, list):
            return [self._rewritten(item, file) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            key: self._target(inner, file) if key == "$ref" and isinstance(inner, str) else self._rewritten(inner, file)
            for key, inner in value.items()
            if not (value is file.schema and file is not self.first and key in {"$schema", "$id"})
        }

    def _target(self, reference: str, file: SchemaFile) -> str:
        name, _, pointer = reference.partition("#")
        path = (file.path.parent / unquote(name)).resolve() if name else file.path.resolve()
        if path == self.first.path.resolve() or path not in self.files:
            return f"#{pointer}" if path in self.files else reference
        return f"#/$defs/{self._key(path)}{pointer}" if not pointer or pointer.startswith("/") else f"#{pointer}"

    def _key(self, path: Path) -> str:
        """Its number keeps two names apart that are equal after cleaning."""
        return f"file{list(self.files).index(path)}-{re.sub(r'[^A-Za-z0-9.-]', '-', path.name)}"


def _item(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None
