"""A YAML file of the portal with strings by key (labels, icons) → its entries with their places, and problems."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace
from pathlib import Path

from callboard.model.data_classes import dataclass
from callboard.model.problem import Problem, Rule, Span
from callboard.settings.document import SettingsDocument, read_document
from callboard.settings.invalid import portal_origin

LARGEST = 2_000_000
"""Largest file that is read, in bytes."""
_TYPES = {bool: "a boolean", int: "an integer", float: "a number", dict: "a mapping", list: "a list", type(None): "empty"}


@dataclass(slots=True)
class OverlayTable:
    """The entries of one file; a file that cannot be read has none."""

    document: SettingsDocument
    rule: Rule
    """That of the problems."""
    texts: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def reject(self, key: str, message: str, hint: str = "", rule: Rule | None = None, *, at_key: bool = False) -> None:
        """Remove an entry, and add the problem that it has."""
        self.texts.pop(key, None)
        span = self.document.key_span((key,)) if at_key else self.document.value_span((key,))
        self.problems.append((rule or self.rule).problem(message, origin=self.document.origin, span=span, field=key, hint=hint))


def read_table(path: Path, root: Path, rule: Rule) -> OverlayTable:
    """Read a file below ``root``, the portal's folder. Never raises: what cannot be read is a problem."""
    origin = portal_origin(path, root)
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        span = Span.at(content.count(b"\n", 0, error.start) + 1, 1)
        problem = rule.problem("This line is not valid UTF-8.", origin=origin, span=span, hint="Save the file as UTF-8.")
        return OverlayTable(SettingsDocument(origin), rule, problems=[problem])
    except OSError as error:
        problem = rule.problem(f"The file cannot be read: {error.strerror}.", origin=origin)
        return OverlayTable(SettingsDocument(origin), rule, problems=[problem])
    if len(content) > LARGEST:
        problem = rule.problem(f"The file has {len(content):,} bytes; the limit is {LARGEST:,}.", origin=origin)
        return OverlayTable(SettingsDocument(origin), rule, problems=[problem])
    document = read_document(text, origin, rule)
    table = OverlayTable(document, rule, problems=[_as_sentence(problem) for problem in document.problems])
    _add_entries(table)
    return table


def _add_entries(table: OverlayTable) -> None:
    data = table.document.data
    if isinstance(data, dict):
        table.texts |= {str(key): text for key, text in data.items() if isinstance(text, str)}
        for key, message in _wrong_types(data):
            table.reject(key, message, "Write a string, in quotation marks if it looks like another value.")
    elif data is not None:
        table.problems.append(
            table.rule.problem(
                f"The file must be a mapping of keys to strings, not {_type(data)}.",
                origin=table.document.origin,
                span=table.document.value_span(()),
                hint="Write each entry as `key: string`.",
            )
        )


def _wrong_types(data: dict[object, object]) -> Iterator[tuple[str, str]]:
    for key, value in data.items():
        if not isinstance(value, str):
            yield str(key), f'"{key}" must be a string, but is {_type(value)}.'


def _type(value: object) -> str:
    return _TYPES.get(type(value), "a string")


def _as_sentence(problem: Problem) -> Problem:
    """The problem of the YAML syntax with a message that begins like other messages in overlays."""
    message = problem.message
    return replace(problem, message=f"{message[:1].upper()}{message[1:]}.")
