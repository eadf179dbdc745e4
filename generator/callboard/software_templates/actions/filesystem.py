"""Names of files of the new project → these files deleted, renamed, read or written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from callboard.plugins.actions import ActionError, ActionStep, StepAction
from callboard.plugins.sources.paths import compile_glob, is_glob
from callboard.plugins.staged_files import MAX_FILE_BYTES

_TEXT = {"type": "string"}
_FILES = {"type": "array", "items": _TEXT}


class DeleteFiles(StepAction):
    """Deletes files and folders."""

    schema: ClassVar[Mapping[str, Any]] = {"type": "object", "required": ["files"], "properties": {"files": _FILES}}

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Delete what each path or glob names."""
        for pattern in step.input["files"]:
            for path in _matching(step, pattern):
                step.files.delete(path)
        return {}


def _matching(step: ActionStep, pattern: str) -> Sequence[str]:
    """The files that a glob matches; a path itself, if it has no special characters."""
    if not is_glob(pattern):
        return (pattern,)
    matches = compile_glob(pattern.removeprefix("./")).fullmatch
    return [path for path in step.files.paths() if matches(path)]


class RenameFiles(StepAction):
    """Renames files and folders."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["files"],
        "properties": {
            "files": {
                "type": "array",
                "items": {
                    "type": "object", "required": ["from", "to"],
                    "properties": {"from": _TEXT, "to": _TEXT, "overwrite": {"type": "boolean"}},
                },
            }
        },
    }  # fmt: skip

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Rename each; a file that exists at the new path ends the command unless ``overwrite`` is set."""
        for each in step.input["files"]:
            if step.files.exists(each["to"]) and not each.get("overwrite"):
                raise ActionError(f"{each['from']} cannot be renamed: {each['to']} exists.", "Set overwrite in the template.")
            step.files.rename(each["from"], each["to"])
        return {}


class ReadFiles(StepAction):
    """Lists files."""

    schema: ClassVar[Mapping[str, Any]] = {"type": "object", "properties": {"path": _TEXT, "recursive": {"type": "boolean"}}}

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """The files below ``path`` as outputs."""
        folder = str(step.input.get("path") or "").strip("./")
        paths = step.files.paths(folder)
        prefix = f"{folder}/" if folder else ""
        chosen = [path for path in paths if step.input.get("recursive") or "/" not in path.removeprefix(prefix)]
        return {"files": [{"name": path.rpartition("/")[2], "path": path.rpartition("/")[0], "fullPath": path} for path in chosen]}


class WriteText(StepAction):
    """Writes a file with the given content."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["path", "content"],
        "properties": {"path": _TEXT, "content": _TEXT, "preserveFormatting": {"type": "boolean"}},
    }

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Write the content to ``path``."""
        step.files.write(step.input["path"], str(step.input["content"]).encode("utf-8", "replace"))
        return {"path": step.input["path"]}


class AppendText(StepAction):
    """Adds text to the end of a file."""

    schema: ClassVar[Mapping[str, Any]] = WriteText.schema

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Add the content to the file at ``path``, which is created if there is none."""
        path = step.input["path"]
        before = step.files.read(path) if step.files.exists(path) else b""
        step.files.write(path, before + str(step.input["content"]).encode("utf-8", "replace"))
        return {"path": path}


class ReplaceText(StepAction):
    """Replaces texts in files."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["files"],
        "properties": {
            "files": {
                "type": "array",
                "items": {
                    "type": "object", "required": ["file", "find", "replaceWith"],
                    "properties": {"file": _TEXT, "find": _TEXT, "replaceWith": _TEXT},
                },
            }
        },
    }  # fmt: skip

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Replace each text, everywhere in its files."""
        for each in step.input["files"]:
            old, new = each["find"].encode("utf-8", "replace"), each["replaceWith"].encode("utf-8", "replace")
            for path in _matching(step, each["file"]):
                content = step.files.read(path)
                if not old or len(content) + content.count(old) * (len(new) - len(old)) > MAX_FILE_BYTES:
                    raise ActionError(f"Replacing in {path} would make more than {MAX_FILE_BYTES:,} bytes, or finds an empty text.",
                                      "Correct the template.")  # fmt: skip
                step.files.write(path, content.replace(old, new))
        return {}
