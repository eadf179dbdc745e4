"""A comparison of two definitions → text, Markdown and JSON for people and pipelines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from callboard.api_changes.findings import LEVELS, ApiComparison, ApiFinding, Level
from callboard.api_changes.rules import RULES
from callboard.api_changes.texts import shown
from callboard.model.counting import counted

FORMAT = 1
_TITLES: dict[Level, tuple[str, str]] = {
    "breaking": ("breaking change", "breaking changes"),
    "may break": ("change that may break consumers", "changes that may break consumers"),
    "planned": ("planned removal", "planned removals"),
    "addition": ("addition", "additions"),
    "none": ("other change", "other changes"),
}
SHOWN_OPERATIONS = 3
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~])")


def as_text(found: ApiComparison) -> str:
    """A block of lines for each level, worst first."""
    blocks = []
    for level in LEVELS:
        if findings := found.of(level):
            lines = "".join(f"  {_place(each)}{': ' if _place(each) else ''}{_words(each)}{_reach(each)}\n" for each in findings)
            blocks.append(f"{_counted(level, len(findings))}{_versions(found)}\n{lines}")
    return ("\n".join(blocks) or "No changes.\n") + ("".join(f"{each}\n" for each in _notes(found)))


def as_markdown(found: ApiComparison) -> str:
    """A heading and a list for each level."""
    blocks = []
    for level in LEVELS:
        if findings := found.of(level):
            items = "".join(f"- {_bold(_place(each))}{_escaped(_words(each) + _reach(each))}\n" for each in findings)
            blocks.append(f"### {_escaped(_counted(level, len(findings)))}\n\n{items}")
    return ("\n".join(blocks) or "No changes.\n") + ("".join(f"\n**{_escaped(each)}**\n" for each in _notes(found)))


def as_json(found: ApiComparison) -> str:
    """All findings as a JSON object."""
    rows = [
        {
            "level": each.level, "rule": each.rule, "place": _clean(each.place), "part": _clean(each.part), "words": RULES[each.rule].words,
            "detail": _clean(each.detail), "is_type": each.is_type, "operations": [_clean(name) for name in each.operations],
        }
        for each in found.findings
    ]  # fmt: skip
    value = {
        "format": FORMAT, "before": _clean(found.before), "after": _clean(found.after), "breaking": found.is_breaking,
        "version_unchanged": found.is_version_unchanged, "changes": rows,
    }  # fmt: skip
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _clean(text: str) -> str:
    return shown(text, is_public=False, limit=400)


def _counted(level: Level, number: int) -> str:
    return counted(number, *_TITLES[level])


def _versions(found: ApiComparison) -> str:
    if not found.before or found.before == found.after:
        return ""
    return f" ({_clean(found.before)} → {_clean(found.after) or 'none'})"


def _place(finding: ApiFinding) -> str:
    return _clean(" ".join(filter(None, (finding.place, finding.part.strip()))))


def _words(finding: ApiFinding) -> str:
    words = RULES[finding.rule].words
    return _clean(f"{words}: {finding.detail}" if finding.detail else words)


def _reach(finding: ApiFinding) -> str:
    """The operations that a change of a type reaches."""
    if not finding.is_type:
        return ""
    if not finding.operations:
        return " (no operation uses it)"
    more = len(finding.operations) - SHOWN_OPERATIONS
    named = ", ".join(map(_clean, finding.operations[:SHOWN_OPERATIONS]))
    return f" (in {named}{f' and {more:,} more' if more > 0 else ''})"


def _notes(found: ApiComparison) -> Iterator[str]:
    if found.is_version_unchanged:
        yield f"The version is still {_clean(found.after)} although a change breaks consumers."


def _bold(text: str) -> str:
    return f"**{_escaped(text)}**: " if text else ""


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)
