"""A descriptor's text and its problems → the text with those fixed that can be fixed safely; comments and layout are kept.

Every change is verified: the text is parsed again, and the change is discarded unless exactly that one value or key has changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from yaml.nodes import Node, ScalarNode

from callboard.descriptors.formats import is_label_value, is_namespace
from callboard.descriptors.rules.annotation import SUCCESSORS
from callboard.model.data_classes import dataclass
from callboard.model.fields import FieldPath, undotted
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef, RefError, parse_ref
from callboard.model.transliteration import keeps_all_letters, usable_tag
from callboard.yaml import documents, positions, values

KindsOf = Callable[[EntityRef], Sequence[str]]
"""Returns the kinds of the entities with the namespace and name of a reference without a kind."""
_QUOTES = ("'", '"')


@dataclass(frozen=True, slots=True)
class TextEdit:
    """One change of a document."""

    path: FieldPath
    """Path of the value, or of the key."""
    value: str
    """The new value or key."""
    is_key: bool = False


def fix_text(text: str, problems: Iterable[Problem], kinds_of: KindsOf) -> tuple[str, int]:
    """Fix those problems of a file that can be fixed safely; returns the new text and the number of fixes.

    ``problems`` are those of this file, with their fields and documents.
    """
    by_document: dict[int, list[Problem]] = {}
    for problem in problems:
        if problem.code in FIXES and problem.origin:
            by_document.setdefault(problem.origin.document, []).append(problem)
    fixed = 0
    for document in reversed(documents.read_documents(text) if by_document else ()):
        problems_of_document = by_document.get(document.index, [])
        start = _offset(text, document.line - 1)
        if problems_of_document and not document.failed and text.startswith(document.text, start):
            new, count = _fix_document(document.text, problems_of_document, kinds_of)
            text, fixed = text[:start] + new + text[start + len(document.text) :], fixed + count
    return text, fixed


def _fix_document(text: str, problems: Sequence[Problem], kinds_of: KindsOf) -> tuple[str, int]:
    fixed = 0
    for problem in problems:
        root, path = positions.compose(text), undotted(problem.field)
        node = positions.node_at(root, path)
        change = FIXES[problem.code](node, path, problem, kinds_of) if isinstance(node, ScalarNode) else None
        new = with_scalar(text, root, node, change) if change else text
        if change and new != text and _changes_only(text, new, change):
            text, fixed = new, fixed + 1
    return text, fixed


def with_scalar(text: str, root: Node | None, node: Node | None, change: TextEdit) -> str:
    """The text with one scalar replaced; unchanged if the scalar spans lines or is not written as it was parsed."""
    at = positions.find_key(root, change.path) if change.is_key else positions.find(root, change.path)[0]
    lines = text.split("\n")
    if at.line != at.end_line or at.line > len(lines):
        return text
    line, start, end = lines[at.line - 1], at.column - 1, at.end_column - 1
    old = line[start:end]
    quote = old[:1] if old[:1] in _QUOTES and old[:1] == old[-1:] and len(old) > 1 else ""
    if not quote and not change.is_key and (not isinstance(node, ScalarNode) or old != node.value):
        return text
    lines[at.line - 1] = line[:start] + quoted_as_needed(change.value, quote) + line[end:]
    return "\n".join(lines)


def quoted_as_needed(value: str, quote: str) -> str:
    """A value in its former quotes, or in those that it needs."""
    if quote:
        return f"{quote}{value}{quote}"
    alone = documents.read_documents(f"a: {value}\nb: [{value}]\n")
    is_plain = len(alone) == 1 and not alone[0].failed and alone[0].value == {"a": value, "b": [value]}
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def _changes_only(old_text: str, new_text: str, change: TextEdit) -> bool:
    """Whether the data of the two texts differ only in that one value or key."""
    old, new = (documents.read_documents(text) for text in (old_text, new_text))
    if len(old) != 1 or len(new) != 1 or new[0].failed or len(new[0].troubles) > len(old[0].troubles):
        return False
    expected = json.loads(_canonical(old[0].value))  # a copy in which aliases share nothing
    parent, last = expected, change.path[-1]
    for step in change.path[:-1]:
        parent = parent[step]
    if not change.is_key:
        parent[last] = change.value
    elif change.value in parent:
        return False
    else:
        parent[change.value] = parent.pop(last)
    return _canonical(expected) == _canonical(new[0].value)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _offset(text: str, line: int) -> int:
    """The offset at which a line (from 0) begins."""
    at = 0
    for _ in range(line):
        at = text.find("\n", at) + 1
    return at


def _quoted(node: ScalarNode, path: FieldPath, *_: Any) -> TextEdit | None:
    """Quote a number or a boolean."""
    value = values.plain_value(node.value)
    return TextEdit(path, node.value) if value is not None and not isinstance(value, str) else None


def _quoted_label(node: ScalarNode, path: FieldPath, *_: Any) -> TextEdit | None:
    return _quoted(node, path) if is_label_value(node.value) else None


def _tag(node: ScalarNode, path: FieldPath, *_: Any) -> TextEdit | None:
    """Convert to lower case, with ``-`` for separators; quote a number. A tag that would become another word is not changed."""
    return TextEdit(path, usable_tag(node.value)) if keeps_all_letters(node.value) else None


def _namespace(node: ScalarNode, path: FieldPath, *_: Any) -> TextEdit | None:
    return TextEdit(path, node.value.lower()) if is_namespace(node.value.lower()) else None


def _annotation(_: ScalarNode, path: FieldPath, *__: Any) -> TextEdit | None:
    new = SUCCESSORS.get(str(path[-1]))
    return TextEdit(path, new, is_key=True) if new else None


def _dependency(node: ScalarNode, path: FieldPath, problem: Problem, kinds_of: KindsOf) -> TextEdit | None:
    """Add the kind of the only entity of that name."""
    try:
        bare = parse_ref(node.value, default_kind="any", default_namespace=problem.subject.namespace if problem.subject else "default")
    except RefError:
        return None
    kinds = kinds_of(bare.canonical()._replace(kind=""))
    return TextEdit(path, f"{kinds[0]}:{node.value}") if len(kinds) == 1 else None


Fix = Callable[[ScalarNode, FieldPath, Problem, KindsOf], TextEdit | None]
FIXES: Mapping[str, Fix] = {
    "ANN001": _quoted,
    "ANN003": _annotation,
    "ENT007": _namespace,
    "ENT010": _quoted_label,
    "ENT011": _tag,
    "REF002": _dependency,
}
"""By code: the fix of a problem that can be fixed safely."""
