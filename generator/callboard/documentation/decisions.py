"""The pages of a folder of architecture decision records (MADR, Nygard) → their numbers, titles, states, dates and successions."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from callboard.documentation.front_matter import split_front_matter
from callboard.model.data_classes import dataclass
from callboard.model.facts.enumerations import Tone

_HEAD = 40
"""Lines in which a status or a date without a heading is looked for."""
_LONGEST = 256 * 1024
"""Characters of a record that are read."""
_NUMBERED_NAME = re.compile(r"(?:adr[-_]?)?0*(\d{1,6})(?=[-_. ])", re.IGNORECASE)
_NUMBERED_TITLE = re.compile(r"\s*(?:ADR[- ]?)?0*(\d{1,6})\s*[.:—–-]\s+(\S.*)", re.IGNORECASE)
_HEADING = re.compile(r"(#{1,6})[ \t]+([^\n]*)")
_UNDERLINED = re.compile(r"(?:=+|-+)[ \t]*")
_CELLS = re.compile(r"[ ]{0,3}\|[ \t]*(?:\*\*|__)?([A-Za-z ]{3,20})(?:\*\*|__)?:?[ \t]*\|[ \t]*([^|\n]{1,1000})\|?[ \t]*")
"""A row of a table with a name and a value."""
_STRUCK = re.compile(r"~~[^~\n]{1,200}~~")
_CHECKED = re.compile(r"[*+-][ ]+\[(?P<mark>[xX ])\][ ]+(?P<text>[^\n]*)")
_SHOWN = re.compile(r"!?\[([^\[\]\n]{1,300})\]\([^()\n]{0,500}\)")
_NAME_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})(?=[-_.])")
"""Log4brains names records by their day."""
_FIELD = re.compile(r"\s{0,3}(?:[*+-]\s+)?(?:\*\*|__)?([A-Za-z ]{3,20})(?:\*\*|__)?\s*:\s*(?:\*\*|__)?\s*(\S[^\n]*)")
_LINK = re.compile(r"\[[^\[\]\n]{0,300}\]\(<?([^()<>\s]{1,500})")
_MENTIONED = re.compile(r"\b(?:ADR[- ]?)0*(\d{1,6})\b", re.IGNORECASE)
_FILE = re.compile(r"(?<![\w./-])(?:\.{0,2}/)?[\w-]{1,200}\.md\b")
_NUMBER = re.compile(r"(?<![\w./-])(?:ADR[- ]?)?0*(\d{1,6})(?![\w./-])", re.IGNORECASE)
"""In a field of its own, a number alone names a record."""
_SUCCESSION = re.compile(
    r"\b(superseded\s+by|replaced\s+by|supersedes|superceded\s+by|supercedes|replaces|obsoletes|obsoleted\s+by)\b", re.IGNORECASE
)
_DATE = re.compile(r"\b(\d{4})[-/.](\d{2})[-/.](\d{2})(?!\d)")
_PLACEHOLDER = re.compile(r"[{}|]|YYYY")
_OTHER_PAGES = frozenset({"readme", "index", "template", "adr-template", "0000-template", "_template", "0000-adr-template"})


class DecisionState(StrEnum):
    """What became of a decision."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DEPRECATED = "deprecated"
    SUPERSEDED = "superseded"
    UNKNOWN = "unknown"
    """The record has no state, or one in other words (``DecisionRecord.word``)."""

    @property
    def tone(self) -> Tone:
        """Whether the decision holds."""
        return {"accepted": Tone.GOOD, "proposed": Tone.WARN}.get(self, Tone.NONE)


_OTHER_WORDS: Mapping[DecisionState, str] = {
    DecisionState.PROPOSED: "draft pending proposal", DecisionState.ACCEPTED: "approved done implemented",
    DecisionState.REJECTED: "declined", DecisionState.DEPRECATED: "obsolete", DecisionState.SUPERSEDED: "superceded replaced obsoleted",
}  # fmt: skip
_STATES = {str(state): state for state in DecisionState} | {word: state for state, words in _OTHER_WORDS.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One decision."""

    path: str
    """Of its page, below the documentation folder."""
    title: str
    """Without its number."""
    number: int | None = None
    state: DecisionState = DecisionState.UNKNOWN
    word: str = ""
    """The state as written, if it is none of those."""
    day: date | None = None
    supersedes: tuple[str, ...] = ()
    """Paths of the records that it replaces, of the same folder."""
    superseded_by: tuple[str, ...] = ()


def decision_records(texts: Mapping[str, str], folder: str) -> tuple[DecisionRecord, ...]:
    """The records among the pages directly in a folder, by number; ``texts`` are those of a set's pages, by path.

    A page counts as a record if it has a number in its name or its title, or a state.
    """
    read = [each for path, text in texts.items() if _is_candidate(path, folder) and (each := _record(path, text[:_LONGEST]))]
    known = {each.record.path: each for each in read}
    numbers = {each.record.number: path for path, each in known.items() if each.record.number is not None}
    replaced: dict[str, dict[str, None]] = {path: {} for path in known}
    by: dict[str, dict[str, None]] = {path: {} for path in known}
    for path, each in known.items():
        for is_older, target in each.successions:
            other = _target(target, path, folder, known, numbers)
            if other and other != path:
                newer, older = (path, other) if is_older else (other, path)
                replaced[newer][older] = by[older][newer] = None
    made = [
        replace(
            each.record,
            supersedes=tuple(replaced[path]),
            superseded_by=tuple(by[path]),
            state=DecisionState.SUPERSEDED if by[path] and each.record.state is not DecisionState.REJECTED else each.record.state,
        )
        for path, each in known.items()
    ]
    return tuple(sorted(made, key=lambda each: (each.number is None, each.number or 0, each.path)))


@dataclass(frozen=True, slots=True)
class _Read:
    record: DecisionRecord
    successions: tuple[tuple[bool, str], ...]
    """Whether the other record is the older one, and its address or number as written."""


def _is_candidate(path: str, folder: str) -> bool:
    name = posixpath.splitext(posixpath.basename(path))[0].lower()
    return posixpath.dirname(path) == folder and name not in _OTHER_PAGES


def _record(path: str, text: str) -> _Read | None:
    front, body = split_front_matter(text)
    lines = [*_with_common_headings(body.split("\n"))]
    title = _text(front.get("title")) or next(
        (found[2].strip() for line in lines if (found := _HEADING.match(line)) and found[1] == "#"), ""
    )
    named = _NUMBERED_NAME.match(posixpath.basename(path))
    titled = _NUMBERED_TITLE.fullmatch(title)
    own = {re.sub(r"[-_]", " ", str(name).lower()): _text(value) for name, value in front.items() if _text(value)}
    fields = {**_fields(lines[:_HEAD]), **own}
    section = _section(lines, "status")
    status = fields.get("status") or _first(section)
    state, word = _state(status)
    if not (named or titled or status):
        return None
    number = int(named[1]) if named else int(titled[1]) if titled else None
    name = titled[2] if titled else title or posixpath.splitext(posixpath.basename(path))[0]
    record = DecisionRecord(
        path,
        name[:300],
        number,
        state,
        word,
        _day(fields.get("date") or _first(_section(lines, "date"))) or _day(status) or _day_of_name(path),
    )
    named_fields = (f"{name} {value}" for name, value in fields.items() if _SUCCESSION.match(name))
    in_fields = [found for line in named_fields for found in _successions(line, _NUMBER)]
    in_text = [found for line in (status, *section, *lines[:_HEAD]) for found in _successions(line)]
    return _Read(record, tuple(dict.fromkeys((*in_fields, *in_text))))


def _with_common_headings(lines: list[str]) -> Iterator[str]:
    """The lines with ``## Status`` in place of ``Status`` above a line of hyphens, and ``# Title`` above one of equals signs."""
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        is_text = line.strip() and line[0] not in "|>-*+= " and not _HEADING.match(line) and not _FIELD.match(line)
        if is_text and _UNDERLINED.fullmatch(following):
            yield f"{'#' if following[0] == '=' else '##'} {line}"
        elif not (_UNDERLINED.fullmatch(line) and len(line) > 1):
            yield line


def _first(section: list[str]) -> str:
    """The line of a section that says it: the ticked one of a list of choices, else the first."""
    said = [line.strip() for line in section if line.strip()]
    choices = [found for line in said if (found := _CHECKED.fullmatch(line))]
    return next((each["text"] for each in choices if each["mark"] != " "), "") if choices else next(iter(said), "")


def _fields(lines: list[str]) -> dict[str, str]:
    """Lines such as ``* Status: accepted``, ``> Date: 2026-01-31`` and rows of a table, above the second heading."""
    found: dict[str, str] = {}
    for line in lines:
        heading = _HEADING.match(line)
        if heading and heading[1] != "#":
            break
        if match := _FIELD.match(line.removeprefix("> ")) or _CELLS.fullmatch(line):
            found.setdefault(match[1].strip().lower(), match[2].strip())
    return found


def _section(lines: list[str], name: str) -> list[str]:
    """The lines below a heading, up to the next one."""
    found: list[str] | None = None
    for line in lines:
        heading = _HEADING.match(line)
        if heading and found is not None:
            break
        if heading and heading[2].strip().rstrip(":").lower() in {name, f"decision {name}"}:
            found = []
        elif found is not None:
            found.append(line)
    return found or []


def _state(status: str) -> tuple[DecisionState, str]:
    """The state, and its word if it is not known; a template's list of choices is none."""
    if not status or _PLACEHOLDER.search(status):
        return DecisionState.UNKNOWN, ""
    plain = _STRUCK.sub("", status)
    shown = _LINK.sub("", plain)[:200]
    words = re.findall(r"[A-Za-z]{3,20}", shown) or re.findall(r"[A-Za-z]{3,20}", _SHOWN.sub(r"\1", plain)[:200])
    for word in words[:3]:
        if word.lower() == "not":
            break
        if state := _STATES.get(word.lower()):
            return state, ""
    return DecisionState.UNKNOWN, " ".join(_SHOWN.sub(r"\1", plain).split())[:40]


def _successions(line: str, number: re.Pattern[str] = _MENTIONED) -> Iterator[tuple[bool, str]]:
    """What a line says about other records: ``Superseded by [ADR-0005](0005-x.md)``; ``number``: how it names them without a link."""
    said = _SUCCESSION.search(line[:2_000])
    if not said:
        return
    is_older = not said[1].lower().endswith("by")
    rest = line[said.end() : 2_000]
    targets = _LINK.findall(rest) or _FILE.findall(rest) or number.findall(rest)
    yield from ((is_older, target) for target in targets[:20])


def _target(written: str, path: str, folder: str, known: Mapping[str, Any], numbers: Mapping[int, str]) -> str:
    """The path of the record that a link or a number names; empty for none."""
    if written.isdecimal():
        return numbers.get(int(written), "")
    address = written.partition("#")[0]
    found = posixpath.normpath(posixpath.join(posixpath.dirname(path), address))
    if found in known:
        return found
    beside = posixpath.join(folder, posixpath.basename(address))
    return beside if beside in known else ""


def _day(text: str) -> date | None:
    found = _DATE.search(text[:200])
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _day_of_name(path: str) -> date | None:
    found = _NAME_DAY.match(posixpath.basename(path))
    return _day("-".join(found.groups())) if found else None


def _text(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, list):
        return ", ".join(filter(None, map(_text, value[:20])))
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
