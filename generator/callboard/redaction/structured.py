"""A text that may be JSON or YAML → the same with its secrets masked string by string, so that it stays valid and all else stays.

Only strings with something that may be a secret are decoded. What is not valid JSON or YAML is masked as plain text.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

import yaml
from callboard.model.data_classes import dataclass
from callboard.redaction.secrets import MASK, candidates, find_secrets, mask

Mask = Callable[[str], str]
_Range = tuple[int, int]
"""Start and end of a string in the text, with its quotes."""

_JSON_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_KEY_LINE = re.compile(r"[A-Za-z0-9+/=\s]{4,}|-----END [A-Z0-9 ]{0,60}PRIVATE KEY(?: BLOCK)?-----\s*")
"""What the items of a list hold after one that begins a private key: its lines, one by one."""
_KEY_BEGINNING, _KEY_END = "-----BEGIN", "-----END"
_NEXT_ITEM = re.compile(r"\s*(?:,|-\s)\s*")
"""What is between two items of a list."""
_NAME_END = re.compile(r"\s*:")
"""What follows a name of a mapping."""
_MASKED_LINE = f'"{MASK}"'
_BREAKS = {"\x85": "\\N", "\u2028": "\\L", "\u2029": "\\P", "\ufeff": "\\uFEFF"}
"""Line breaks of YAML that JSON does not escape."""


@dataclass(slots=True)
class _Masking:
    """Masks the strings of one document; knows whether the last one began a private key that the next items may continue."""

    text: str
    mask: Mask
    decode: Mask
    """A double-quoted string as written → its value. Raises ``ValueError``."""
    encode: Callable[[str, str], str]
    """A value, and the text that it replaces → how it is written."""
    is_in_key: bool = False
    last_end: int = 0
    """Where the string before ends."""

    def replacement(self, start: int, end: int) -> str | None:
        """What to write in place of the string between these positions; None to keep it."""
        written = self.text[start:end]
        is_encoded = written.startswith('"') and "\\" in written
        value = self.decode(written) if is_encoded else written
        is_item = self.is_in_key and _NEXT_ITEM.fullmatch(self.text, self.last_end, start) and not _NAME_END.match(self.text, end)
        self.last_end = end
        if is_item and _KEY_LINE.fullmatch(value.strip("\"'")):
            self.is_in_key = _KEY_END not in value
            return _MASKED_LINE
        self.is_in_key = _ends_in_key(value)
        masked = self.mask(value)
        if masked == value:
            return None
        return self.encode(masked, written) if is_encoded else masked


def mask_document(text: str, mask_string: Mask = mask, positions: Sequence[int] | None = None) -> str:
    """The text with its strings masked by ``mask_string``: those of JSON or YAML if it is one of them, else the text as a whole.

    ``positions``: those of everything that ``mask_string`` may change, ascending; by default, of everything that may be a secret.
    """
    found = candidates(text) if positions is None else positions
    if not found:
        return text
    if text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["} and _is_json(text):
        masking = _Masking(text, mask_string, json.loads, _json_quoted)
        return _joined(masking, _json_strings(masking, found), found)
    if "\n" in text:
        try:
            return _joined(_Masking(text, mask_string, _yaml_value, _yaml_quoted), _yaml_strings(text), found)
        except (yaml.YAMLError, RecursionError, ValueError):
            pass
    return mask_string(text)


def mask_values(value: Any) -> Any:
    """The same value with the secrets in all of its strings masked, including keys of mappings; a string may be JSON or YAML itself.

    In a list that has a private key line by line, all of its lines are masked.
    """
    if isinstance(value, str):
        return mask_document(value)
    if isinstance(value, dict):
        return {mask_values(key): mask_values(item) for key, item in value.items()}
    return _masked_list(value) if isinstance(value, list) else value


def _masked_list(values: list[Any]) -> list[Any]:
    masked, is_in_key = [], False
    for value in values:
        if is_in_key and isinstance(value, str) and _KEY_LINE.fullmatch(value):
            is_in_key = _KEY_END not in value
            masked.append(MASK)
        else:
            is_in_key = isinstance(value, str) and _ends_in_key(value)
            masked.append(mask_values(value))
    return masked


def _joined(masking: _Masking, strings: Iterator[_Range], positions: Sequence[int]) -> str:
    """The text with each string that has a position replaced; what stands between strings (comments) is masked as plain text."""
    text, pieces, at, upcoming = masking.text, [], 0, iter(positions)
    position = next(upcoming, len(text))
    for start, end in strings:
        if end <= position and not masking.is_in_key:
            continue
        if position < start:
            pieces.append(masking.mask(text[at:start]))
            at = start
        replacement = masking.replacement(start, end)
        if replacement is not None:
            pieces += [text[at:start], replacement]
            at = end
        while position < end:
            position = next(upcoming, len(text))
        if position == len(text) and not masking.is_in_key:
            break
    rest = text[at:]
    return "".join([*pieces, masking.mask(rest) if position < len(text) else rest])


def _ends_in_key(value: str) -> bool:
    """Whether the value ends in a private key that has not ended."""
    if _KEY_BEGINNING not in value:
        return False
    *_, last = [None, *find_secrets(value)]
    return last is not None and last.kind == "private key" and _KEY_END not in value[last.start :] and not value[last.end :].strip("\"' \n")


def _is_json(text: str) -> bool:
    with contextlib.suppress(msgspec.DecodeError, UnicodeError, RecursionError):  # it refuses NaN, which many programs write
        msgspec.json.decode(text.removeprefix("\ufeff"), type=msgspec.Raw)
        return True
    try:
        json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return False
    return True


def _json_strings(masking: _Masking, positions: Sequence[int]) -> Iterator[_Range]:
    """The strings at these positions and those that a private key goes on in, searched from the beginning of a line.

    A string of JSON holds no line break, so that no line begins inside of one.
    """
    text, at = masking.text, 0
    for position in positions:
        if position < at:
            continue
        at = max(at, text.rfind("\n", at, position) + 1)
        for match in _JSON_STRING.finditer(text, at):
            at = match.end()
            yield match.span()
            if at > position and not masking.is_in_key:
                break


def _json_quoted(value: str, written: str) -> str:
    return json.dumps(value, ensure_ascii=written.isascii())


def _yaml_strings(text: str) -> Iterator[_Range]:
    """The scalars of all documents, in order. Raises ``yaml.YAMLError``."""
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.ScalarEvent) and event.start_mark and event.end_mark:
            yield event.start_mark.index, event.end_mark.index


def _yaml_value(written: str) -> str:
    """The value of a double-quoted scalar. Raises ``yaml.YAMLError``."""
    return next(event.value for event in yaml.parse(written, Loader=yaml.CSafeLoader) if isinstance(event, yaml.ScalarEvent))


def _yaml_quoted(value: str, written: str) -> str:
    """A double-quoted scalar with as many lines as before."""
    quoted = json.dumps(value, ensure_ascii=False)
    for character, escape in _BREAKS.items():
        quoted = quoted.replace(character, escape)
    breaks = written.count("\n")
    if not breaks:
        return quoted
    last = written[written.rfind("\n") + 1 :]
    indent = last[: len(last) - len(last.lstrip(" "))] or " "
    return quoted[:-1] + f"\\\n{indent}" * breaks + '"'
