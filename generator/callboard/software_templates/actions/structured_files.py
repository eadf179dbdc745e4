"""Values and files of JSON and YAML → merged files, parsed contents, texts of values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

import yaml
from callboard.plugins.actions import ActionError, ActionStep, StepAction

_TEXT = {"type": "string"}
MAX_VALUES = 100_000
"""In what a file has, where aliases of YAML count each time."""
MAX_DEPTH = 100


class MergeJson(StepAction):
    """Adds values to a file of JSON."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["path", "content"],
        "properties": {"path": _TEXT, "content": {"type": ["object", "string"]}, "mergeArrays": {"type": "boolean"}, "matchFileIndent": {}},
    }

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Merge the content into the file at ``path``."""
        _merge(step, json.loads, lambda value: json.dumps(value, indent=2, ensure_ascii=False) + "\n")
        return {"path": step.input["path"]}


class MergeData(StepAction):
    """Adds values to a file of JSON or YAML."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["path", "content"],
        "properties": {
            "path": _TEXT, "content": {"type": ["object", "string"]}, "mergeArrays": {"type": "boolean"},
            "useDocumentIncludingField": {"type": "object"}, "options": {"type": "object"},
        },
    }  # fmt: skip

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Merge the content into the file at ``path``, by its extension."""
        if str(step.input["path"]).endswith(".json"):
            return MergeJson().run(step)
        if step.input.get("useDocumentIncludingField"):
            raise ActionError("roadiehq:utils:merge with useDocumentIncludingField is not supported.", "Use --skip-unknown, or fs:write.")
        _merge(step, yaml.safe_load, lambda value: yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=1_000))
        return {"path": step.input["path"]}


def _merge(step: ActionStep, parse: Any, write: Any) -> None:
    path, content = step.input["path"], step.input["content"]
    try:
        given = parse(content) if isinstance(content, str) else content
        before = parse(step.files.read(path).decode("utf-8")) if step.files.exists(path) else {}
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise ActionError(f"{path} cannot be merged: {str(error)[:200]}.", "Correct the file or the content in the template.") from None
    merged = _merged(before or {}, given, with_lists=bool(step.input.get("mergeArrays")))
    step.files.write(path, write(merged).encode())


def _merged(before: Any, given: Any, *, with_lists: bool) -> Any:
    if isinstance(before, Mapping) and isinstance(given, Mapping):
        both = {key: _merged(before[key], given[key], with_lists=with_lists) for key in before if key in given}
        return {**before, **given, **both}
    if with_lists and isinstance(before, list) and isinstance(given, list):
        return [*before, *given]
    return given


class SerializeJson(StepAction):
    """Makes a text of a value."""

    schema: ClassVar[Mapping[str, Any]] = {"type": "object", "required": ["data"], "properties": {"data": {}, "replacer": {}, "space": {}}}

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """The value as JSON in the output ``serialized``."""
        return {"serialized": json.dumps(step.input["data"], ensure_ascii=False, separators=(",", ":"))}


class SerializeYaml(StepAction):
    """Makes a text of a value."""

    schema: ClassVar[Mapping[str, Any]] = {"type": "object", "required": ["data"], "properties": {"data": {}, "options": {}}}

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """The value as YAML in the output ``serialized``."""
        return {"serialized": yaml.safe_dump(step.input["data"], sort_keys=False, allow_unicode=True, width=1_000)}


class ParseFile(StepAction):
    """Reads a file of JSON or YAML."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["path"],
        "properties": {"path": _TEXT, "parser": {"enum": ["yaml", "json", "multiyaml"]}},
    }

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """The content of the file in the output ``content``, parsed if a ``parser`` is given."""
        text = step.files.read(step.input["path"]).decode("utf-8", "replace")
        parser = step.input.get("parser")
        try:
            if parser == "multiyaml":
                return {"content": _plain([*yaml.safe_load_all(text)], step.input["path"])}
            content = yaml.safe_load(text) if parser == "yaml" else json.loads(text) if parser == "json" else text
        except (ValueError, yaml.YAMLError, RecursionError) as error:
            raise ActionError(f"{step.input['path']} cannot be read: {str(error)[:200]}.", "Correct the file.") from None
        return {"content": _plain(content, step.input["path"])}


def _plain(value: Any, path: str) -> Any:
    """The value as JSON has it: dates are texts. Raises ``ActionError`` if it is too large or deep, or inside of itself."""
    count = 0

    def copied(each: Any, depth: int) -> Any:
        nonlocal count
        count += 1
        if count > MAX_VALUES or depth > MAX_DEPTH:
            raise ActionError(f"{path} has more than {MAX_VALUES:,} values or {MAX_DEPTH} levels.", "Use a smaller file, without aliases.")
        if isinstance(each, Mapping):
            return {str(key): copied(inner, depth + 1) for key, inner in each.items()}
        if isinstance(each, list):
            return [copied(inner, depth + 1) for inner in each]
        return each if each is None or isinstance(each, str | bool | int | float) else str(each)

    return copied(value, 0)
