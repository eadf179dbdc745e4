"""A descriptor file and one change of its data → the file with only the touched lines changed: comments and layout are kept.

Every result is verified: it is parsed again, and there is none unless exactly that one change was made.
"""

from __future__ import annotations

import json
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from callboard.descriptors.fixing import TextEdit, quoted_as_needed, with_scalar
from callboard.model.data_classes import dataclass
from callboard.model.fields import FieldPath
from callboard.yaml import documents, positions

MAX_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class SetValue:
    """Replace a string."""

    path: FieldPath
    value: str


@dataclass(frozen=True, slots=True)
class RemoveItem:
    """Remove an item of a list."""

    path: FieldPath
    """Ends with its index."""


@dataclass(frozen=True, slots=True)
class AddItem:
    """Add a string to the end of a list, which may be missing."""

    path: FieldPath
    """Of the list."""
    value: str


PatchEdit = SetValue | RemoveItem | AddItem


def patched(text: str, document: int, edit: PatchEdit) -> str | None:
    """The file with the change in the document with that index; None if it cannot be made so that nothing else changes."""
    if len(text) > MAX_BYTES:
        return None
    every = documents.read_documents(text)
    if document >= len(every) or every[document].failed:
        return None
    part, start = every[document].text, _offset(text, every[document].line - 1)
    if not text.startswith(part, start):
        return None
    new = _edited(part, edit)
    if new is None or new == part or not _is_only_change(part, new, edit):
        return None
    return text[:start] + new + text[start + len(part) :]


def _edited(text: str, edit: PatchEdit) -> str | None:
    root = positions.compose(text)
    if isinstance(edit, SetValue):
        return with_scalar(text, root, positions.node_at(root, edit.path), TextEdit(edit.path, edit.value))
    listed = positions.node_at(root, edit.path[:-1] if isinstance(edit, RemoveItem) else edit.path)
    if isinstance(edit, RemoveItem):
        return _without(text, root, listed, edit.path) if isinstance(listed, SequenceNode) else None
    if isinstance(listed, SequenceNode):
        return _with_item(text, listed, edit.value)
    parent = positions.node_at(root, edit.path[:-1])
    return _with_list(text, parent, str(edit.path[-1]), edit.value) if listed is None and isinstance(parent, MappingNode) else None


def _without(text: str, root: Node | None, listed: SequenceNode, path: FieldPath) -> str | None:
    lines, items, index = text.split("\n"), listed.value, path[-1]
    if not isinstance(index, int) or not 0 <= index < len(items):
        return None
    if listed.flow_style:
        return _without_in_flow(lines, items, index)
    first, last = items[index].start_mark.line, _last_line(items[index])
    while first >= 0 and not lines[first].lstrip().startswith("- "):
        first -= 1  # the dash may stand on a line of its own
    if len(items) > 1:
        return "\n".join([*lines[:first], *lines[last + 1 :]])
    key = positions.find_key(root, path[:-1]).line - 1
    name, colon, rest = lines[key].partition(":")
    if not colon or rest.split("#")[0].strip():
        return None
    return "\n".join([*lines[:key], f"{name}: []{rest}", *lines[key + 1 : first], *lines[last + 1 :]])


def _without_in_flow(lines: list[str], items: list[Node], index: int) -> str | None:
    here = items[index]
    row = here.start_mark.line
    if any(node.start_mark.line != row or node.end_mark.line != row for node in items):
        return None
    begin, end = here.start_mark.column, here.end_mark.column
    if index + 1 < len(items):
        end = items[index + 1].start_mark.column
    elif index:
        begin = items[index - 1].end_mark.column
    return "\n".join([*lines[:row], lines[row][:begin] + lines[row][end:], *lines[row + 1 :]])


def _with_item(text: str, listed: SequenceNode, value: str) -> str | None:
    lines, items = text.split("\n"), listed.value
    written = quoted_as_needed(value, "")
    if listed.flow_style:
        row, at = listed.end_mark.line, listed.end_mark.column - 1
        joined = f"{', ' if items else ''}{written}"
        start = lines[row][:at].rstrip() if items else lines[row][:at]
        return "\n".join([*lines[:row], start + joined + lines[row][at:], *lines[row + 1 :]])
    last = _last_line(items[-1])
    return _inserted(lines, last, f"{' ' * _dash_column(lines, items[-1])}- {written}")


def _with_list(text: str, parent: MappingNode, key: str, value: str) -> str | None:
    if parent.flow_style or not parent.value:
        return None
    lines = text.split("\n")
    column = parent.value[0][0].start_mark.column
    last = max(_last_line(child) for pair in parent.value for child in pair)
    indent = " " * column
    return _inserted(lines, last, f"{indent}{key}:", f"{indent}  - {quoted_as_needed(value, '')}")


def _inserted(lines: list[str], after: int, *new: str) -> str:
    """The lines with new ones after one of them, with its kind of line end."""
    end = "\r" if lines[after].endswith("\r") else ""
    return "\n".join([*lines[: after + 1], *(f"{line}{end}" for line in new), *lines[after + 1 :]])


def _dash_column(lines: list[str], item: Node) -> int:
    row = item.start_mark.line
    while row > 0 and not lines[row].lstrip().startswith("- "):
        row -= 1
    return len(lines[row]) - len(lines[row].lstrip())


def _last_line(node: Node) -> int:
    """The last line, from 0, that has something of the node itself."""
    if isinstance(node, ScalarNode):
        ends_before = node.end_mark.column == 0 and node.end_mark.line > node.start_mark.line
        return int(node.end_mark.line) - ends_before
    if not isinstance(node, MappingNode | SequenceNode) or node.flow_style or not node.value:
        return int(node.end_mark.line)
    children = [child for pair in node.value for child in pair] if isinstance(node, MappingNode) else node.value
    return max(_last_line(child) for child in children)


def _is_only_change(old_text: str, new_text: str, edit: PatchEdit) -> bool:
    old, new = (documents.read_documents(text) for text in (old_text, new_text))
    if len(old) != 1 or len(new) != 1 or new[0].failed or len(new[0].troubles) > len(old[0].troubles):
        return False
    expected = json.loads(_canonical(old[0].value))
    try:
        _apply(expected, edit)
    except (KeyError, IndexError, TypeError):
        return False
    return _canonical(expected) == _canonical(new[0].value)


def _apply(data: Any, edit: PatchEdit) -> None:
    """Make the change in the data. Raises ``KeyError``, ``IndexError`` or ``TypeError`` where there is no such place."""
    for step in edit.path[:-1]:
        data = data[step]
    if isinstance(edit, SetValue):
        data[edit.path[-1]] = edit.value
    elif isinstance(edit, RemoveItem):
        del data[edit.path[-1]]
    else:
        data.setdefault(edit.path[-1], []).append(edit.value)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _offset(text: str, line: int) -> int:
    at = 0
    for _ in range(line):
        at = text.find("\n", at) + 1
    return at
