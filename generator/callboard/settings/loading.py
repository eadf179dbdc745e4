"""``sources.yaml`` and the environment → ``Settings``, or one exception with all errors and their positions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from callboard.model.errors import SettingsError
from callboard.model.fields import dotted
from callboard.model.problem import Problem, Span
from callboard.redaction.redactor import Redactor
from callboard.settings.checks import OptionSchemas, all_problems, path_problems
from callboard.settings.document import SettingsDocument, read_document
from callboard.settings.invalid import InvalidSettingsError, portal_origin
from callboard.settings.literal_secrets import literal_secret_problems
from callboard.settings.rules import UNREADABLE_SETTINGS, UNSET_VARIABLE
from callboard.settings.settings import (
    CreateSettings,
    DataSettings,
    DocsSettings,
    ExcludedDocs,
    GuideSettings,
    Limits,
    Portal,
    SearchSettings,
    Settings,
    SourceSettings,
)
from callboard.settings.variables import Expanded, below, expand, unset_message

LARGEST = 5_000_000
"""Largest ``sources.yaml`` that is read, in bytes."""
SECTIONS = ("integrations", "history", "delivery", "drift", "publish", "api_changes", "badges", "innersource")
"""Sections whose values the settings hold as read; a section is added here when something reads it."""
MAY_LACK_VARIABLES = ("sources", *SECTIONS)
"""Sections in which an unset variable fails only its item, not the command."""


def parse_settings(path: Path, environ: Mapping[str, str], schemas: OptionSchemas) -> Settings:
    """Read the settings of the portal whose ``sources.yaml`` is ``path``, with ``${NAME}`` replaced from ``environ``.

    ``schemas`` are those of the options of installed plugins.

    Raises ``SettingsError``: with one message if the file cannot be read, else ``InvalidSettingsError`` with all problems.
    """
    document = read_document(settings_text(path), portal_origin(path, path.parent))
    if document.data is None and not document.problems:
        document.problems.append(document.problem_at(Span.at(1, 1), "the file is empty; it requires at least the key sources"))
    expanded = expand(document.data, environ)
    problems = [*document.problems, *(_problems(path, document, expanded, schemas) if document.data is not None else ())]
    if problems:
        redactor = Redactor.of(expanded.secrets)
        raise InvalidSettingsError(path.parent, [replace(problem, message=redactor.redact(problem.message)) for problem in problems])
    return _settings(path, expanded)


def read_kind_paths(path: Path, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the paths under ``kinds:`` in a ``sources.yaml`` without requiring variables of other sections.

    Empty if the file is not a ``sources.yaml`` of Callboard. Raises ``InvalidSettingsError`` for paths that do not exist.
    """
    document = read_document(settings_text(path), portal_origin(path, path.parent))
    if document.problems or not isinstance(document.data, dict) or not isinstance(document.data.get("sources"), list):
        return ()
    data = expand({"kinds": document.data.get("kinds")}, environ).data
    if problems := list(path_problems("kinds", data, document, path.parent)):
        raise InvalidSettingsError(path.parent, problems)
    return tuple(kind for kind in data["kinds"] if isinstance(kind, str)) if isinstance(data["kinds"], list) else ()


def settings_text(path: Path) -> str:
    """The text of a ``sources.yaml``. Raises ``SettingsError`` if it cannot be read."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise SettingsError(
            f"There is no file {path}.", "Run the command in the folder of your sources.yaml, or name the file with --config."
        ) from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.", "Check the path and its permissions.") from error
    if len(content) > LARGEST:
        raise SettingsError(f"{path} has {len(content):,} bytes; the limit is {LARGEST:,}.", "Check that this is the right file.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = "this line is not valid UTF-8; save the file as UTF-8"
        problem = UNREADABLE_SETTINGS.problem(message, origin=portal_origin(path, path.parent), span=Span.at(line, 1))
        raise InvalidSettingsError(path.parent, [problem]) from None


def _problems(path: Path, document: SettingsDocument, expanded: Expanded, schemas: OptionSchemas) -> Iterator[Problem]:
    """All problems of the data; a value with an unset variable is reported once, for the variable. A whole file is never one."""
    unset = {document.value_span(value_path) for value_path in expanded.unset if value_path}
    positions = {(span.line, span.column) for span in unset}
    for problem in all_problems(expanded.data, document, path.parent, schemas):
        if problem.span is None or (problem.span.line, problem.span.column) not in positions:
            yield problem
    yield from _variable_problems(document, expanded)
    yield from literal_secret_problems(document)


def _variable_problems(document: SettingsDocument, expanded: Expanded) -> Iterator[Problem]:
    for path, text in expanded.malformed.items():
        message = f'"{dotted(path)}" contains {text}, which is not a variable; write ${{NAME}}, or $${{ for a literal ${{'
        yield document.problem(path, message, UNSET_VARIABLE)
    for path, names in expanded.unset.items():
        if path[:1] and path[0] not in MAY_LACK_VARIABLES:
            yield document.problem(path, f'"{dotted(path)}": {unset_message(names)}', UNSET_VARIABLE)


def _settings(path: Path, expanded: Expanded) -> Settings:
    data = expanded.data
    portal = dict(data.get("portal") or {})
    if portal.get("url"):
        portal["url"] = portal["url"].rstrip("/") + "/"
    portal["expose"] = tuple(portal.get("expose") or ())
    publish, host = data.get("publish"), ""
    if isinstance(publish, Mapping):
        host = publish.get("host", "")
        portal["index_links"] = publish.get("index_links", False)
        data = {**data, "publish": publish.get("targets") or []}
    return Settings(
        root=path.absolute().parent,
        file=path,
        portal=Portal(**portal),
        sources=tuple(_source(item, i, expanded) for i, item in enumerate(data["sources"])),
        kinds=tuple(data.get("kinds") or ()),
        scorecards=tuple(data.get("scorecards") or ()),
        announcements=data.get("announcements") or "announcements",
        data=DataSettings(**(data.get("data") or {})),
        limits=Limits(**(data.get("limits") or {})),
        guides=GuideSettings(**(data.get("guides") or {})),
        docs=_docs(data.get("docs") or {}),
        search=_search(data.get("search") or {}),
        create=CreateSettings(**(data.get("create") or {})),
        host=host,
        sections={name: data[name] for name in SECTIONS if name in data},
        failures=dict(_section_failures(expanded)),
        redactor=Redactor.of(expanded.secrets),
    )


def _docs(section: Mapping[str, Any]) -> DocsSettings:
    excluded = tuple(ExcludedDocs(**item) for item in section.get("exclude") or ())
    return DocsSettings(**{**section, "exclude": excluded})


def _search(section: Mapping[str, Any]) -> SearchSettings:
    return SearchSettings(**{**section, "synonyms": tuple(tuple(group) for group in section.get("synonyms") or ())})


def _source(item: Mapping[str, Any], index: int, expanded: Expanded) -> SourceSettings:
    missing = tuple(below(expanded.unset, ("sources", index)))
    options = {key: value for key, value in item.items() if key not in {"name", "type", "readable_by"}}
    readable_by = item.get("readable_by", ())
    return SourceSettings(
        item["name"], item["type"], options,
        (readable_by,) if isinstance(readable_by, str) else tuple(readable_by),
        unset_message(missing) if missing else "",
    )  # fmt: skip


def _section_failures(expanded: Expanded) -> Iterator[tuple[str, str]]:
    for path, names in expanded.unset.items():
        if path[0] in SECTIONS:
            is_target = path[:2] == ("publish", "targets")
            yield dotted(("publish", *path[2:]) if is_target else path), unset_message(names)
