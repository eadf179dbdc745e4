"""The outcome of a build → its report in a file, and a summary in Markdown, such as the job summary of a CI service."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from callboard.build_request import BlockedError, BuildResult, failure_messages, loss_messages
from callboard.model.counting import counted
from callboard.model.errors import CallboardError
from callboard.redaction.secrets import mask

MOST = 50
"""Lines of failures; the others are only counted."""
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&@:-])")


def write_outcome(report: Path | None, summary: Path | None, built: BuildResult) -> None:
    """Write the report of a build to one file and append its summary to another, if there are such files. Raises ``OSError``."""
    if report:
        report.write_text(json.dumps(built.report, indent=2) + "\n", encoding="utf-8")
    if summary:
        _append(summary, build_summary(built))


def write_stop(summary: Path | None, error: CallboardError) -> None:
    """Append the reason why there is no new site to a file, if there is one. Raises ``OSError``."""
    if summary:
        _append(summary, stopped_summary(error))


def _append(file: Path, text: str) -> None:
    with file.open("a", encoding="utf-8") as opened:
        opened.write(text)


def build_summary(built: BuildResult) -> str:
    """What was built, and what could not be read."""
    counts, problems = built.report["counts"], built.report["counts"]["problems"]
    head = (
        f"{counted(counts['entities'], 'entity', 'entities')} from {counted(counts['trees'], 'repository', 'repositories')}, "
        f"{counted(counts['pages'], 'page')}; in descriptors, {counted(problems['error'], 'error')} and "
        f"{counted(problems['warning'], 'warning')}."
    )
    failures = [*failure_messages(built.failures), *loss_messages(built.losses)]
    lines = ["### Portal", "", head, ""]
    if counts.get("nothing_changed"):
        lines += ["Nothing changed since the last build.", ""]
    if failures:
        lines += ["#### Could not be read", "", *_items(failures), "", "What is shown instead is the last good copy, if there is one.", ""]
    return "\n".join(lines)


def stopped_summary(error: CallboardError) -> str:
    """Why there is no new site."""
    failures = failure_messages(error.failures) if isinstance(error, BlockedError) else ()
    items = [] if isinstance(error, BlockedError) and failures else [f"{error}"]
    text = "\n".join(_items((*items, *failures, *([error.hint] if error.hint else []))))
    return f"### Portal\n\nThe build stopped. The previous site is unchanged.\n\n{text}\n\n"


def _items(messages: Iterable[str]) -> Iterator[str]:
    shown = list(messages)
    for message in shown[:MOST]:
        yield f"- {_escaped(mask(_line(message)))}"
    if len(shown) > MOST:
        yield f"- and {len(shown) - MOST:,} more: see the log of the build."


def _escaped(text: str) -> str:
    """Without meaning in Markdown: messages quote what hosts answer."""
    return _SPECIAL.sub(lambda match: f"\\{match[0]}", text)


def _line(message: str) -> str:
    return "".join(character for character in " ".join(message.split()) if character.isprintable())
