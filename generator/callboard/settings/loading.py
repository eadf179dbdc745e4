"""``sources.yaml`` to ``Settings``: all that is wrong in it is told at once, with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from callboard.model.errors import SettingsError
from callboard.redaction.redactor import Redactor
from callboard.settings import document as documents
from callboard.settings.checks import OptionSchemas, integration_findings, kind_findings, portal_findings, publish_findings, source_findings
from callboard.settings.document import SettingsDocument
from callboard.settings.findings import Finding, InvalidSettingsError, dotted
from callboard.settings.schema_errors import differences, sources_schema
from callboard.settings.settings import Limits, Portal, Settings, SourceSettings
from callboard.settings.variables import Expanded, below, expand, unset_message

LARGEST = 5_000_000
"""Bytes of ``sources.yaml``; larger ones are a mistake."""
SECTIONS = ("catalog", "integrations", "scorecards", "announcements", "history", "publish")
MAY_LACK_VARIABLES = ("sources", *SECTIONS)
"""Where an unset variable fails its item alone, not the command."""


def parse_settings(path: Path, environ: Mapping[str, str], schemas: OptionSchemas) -> Settings:
    """The settings of the portal whose ``sources.yaml`` is ``path``, with ``${NAME}`` taken from ``environ``.

    ``schemas`` are those of the options of installed plugins.

    Raises ``SettingsError``: with one message where the file cannot be read, else ``InvalidSettingsError`` with every finding.
    """
    document = documents.read_document(_text(path))
    if document.data is None and not document.findings:
        document.findings.append(Finding(1, 1, "the file is empty; it needs at least the key sources"))
    expanded = expand(document.data, environ)
    findings = [*document.findings, *(_findings(path, document, expanded, schemas) if document.data is not None else ())]
    if findings:
        raise InvalidSettingsError(path, _redacted(findings, Redactor.of(expanded.secrets)))
    return _settings(path, expanded)


def read_kind_paths(path: Path, environ: Mapping[str, str]) -> tuple[str, ...]:
    """What ``kinds:`` names in a ``sources.yaml``, and nothing else of it: nobody's token is needed to know the kinds.

    Empty where the file is no ``sources.yaml`` of ours. Raises ``InvalidSettingsError`` for kinds that are not there.
    """
    document = documents.read_document(_text(path))
    if document.findings or not isinstance(document.data, dict) or not isinstance(document.data.get("sources"), list):
        return ()
    data = expand({"kinds": document.data.get("kinds")}, environ).data
    if findings := list(kind_findings(data, document, path.parent)):
        raise InvalidSettingsError(path, findings)
    return tuple(kind for kind in data["kinds"] if isinstance(kind, str)) if isinstance(data["kinds"], list) else ()


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise SettingsError(
            f"There is no file {path}.", "Run the command in the folder of your sources.yaml, or name the file with --config."
        ) from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.", "Look at the path and its rights.") from error
    if len(content) > LARGEST:
        raise SettingsError(f"{path} has {len(content):,} bytes; at most {LARGEST:,} are read.", "Is this the right file?")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidSettingsError(path, [Finding(line, 1, "this line is not UTF-8; save the file as UTF-8")]) from None


def _findings(path: Path, document: SettingsDocument, expanded: Expanded, schemas: OptionSchemas) -> Iterator[Finding]:
    data = expanded.data
    unset_places = {document.value_place(p) for p in expanded.unset}
    found = [*differences(data, sources_schema(), document)]
    if isinstance(data, dict):
        found += [*portal_findings(data, document, path.parent), *source_findings(data, document, schemas)]
        found += [
            *publish_findings(data, document, schemas),
            *integration_findings(data, document, schemas),
            *kind_findings(data, document, path.parent),
        ]
    for finding in found:
        if (finding.line, finding.column) not in {(p.line, p.column) for p in unset_places}:
            yield finding
    yield from _variable_findings(document, expanded)


def _variable_findings(document: SettingsDocument, expanded: Expanded) -> Iterator[Finding]:
    for where, text in expanded.malformed.items():
        place = document.value_place(where)
        yield Finding(
            place.line, place.column, f'"{dotted(where)}" holds {text}, which names no variable; write ${{NAME}}, or $${{ for a plain ${{'
        )
    for where, names in expanded.unset.items():
        if where[:1] and where[0] not in MAY_LACK_VARIABLES:
            place = document.value_place(where)
            yield Finding(place.line, place.column, f'"{dotted(where)}": {unset_message(names)}')


def _redacted(findings: list[Finding], redactor: Redactor) -> list[Finding]:
    return [Finding(f.line, f.column, redactor.redact(f.message)) for f in findings]


def _settings(path: Path, expanded: Expanded) -> Settings:
    data = expanded.data
    portal = dict(data.get("portal") or {})
    if portal.get("url"):
        portal["url"] = portal["url"].rstrip("/") + "/"
    portal["expose"] = tuple(portal.get("expose") or ())
    return Settings(
        root=path.absolute().parent,
        file=path,
        portal=Portal(**portal),
        sources=tuple(_source(item, i, expanded) for i, item in enumerate(data["sources"])),
        kinds=tuple(data.get("kinds") or ()),
        limits=Limits(**(data.get("limits") or {})),
        sections={name: data[name] for name in SECTIONS if name in data},
        failures=dict(_section_failures(expanded)),
        redactor=Redactor.of(expanded.secrets),
    )


def _source(item: Mapping[str, Any], index: int, expanded: Expanded) -> SourceSettings:
    missing = tuple(below(expanded.unset, ("sources", index)))
    options = {key: value for key, value in item.items() if key not in {"name", "type"}}
    return SourceSettings(item["name"], item["type"], options, unset_message(missing) if missing else "")


def _section_failures(expanded: Expanded) -> Iterator[tuple[str, str]]:
    for where, names in expanded.unset.items():
        if where[0] in SECTIONS:
            yield dotted(where), unset_message(names)
