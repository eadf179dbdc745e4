"""A CycloneDX file (JSON, 1.4 or later) → its vulnerabilities, and what it states about those of other BOMs (VEX)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import unquote

from callboard.integrations.reports.findings import Exclusion, Incomplete, ReportFinding, ReportItem, by_score
from callboard.integrations.reports.json_file import json_object, rows
from callboard.plugins.integrations import (
    FactError,
    FactSeverity,
    Vulnerability,
    objects_at,
    parse_enum,
    parse_number,
    parse_word,
    string_at,
    url_at,
    value_at,
)

EXCLUDED = ("not_affected", "false_positive", "resolved", "resolved_with_pedigree")
"""States of analyses that exclude a vulnerability."""
_BOM_LINK = re.compile(r"urn:cdx:([0-9a-fA-F-]{36})/\d{1,9}(?:#(.*))?", re.DOTALL)
_PACKAGE_URL = re.compile(r"pkg:[^/]{1,40}/([^@?#]{1,300})(?:@([^?#]{1,100}))?")
_UPGRADE = re.compile(r"\bto (?:versions? )?v?(\d[^\s;,]*(?:, v?\d[^\s;,]*)*)", re.IGNORECASE)
"""``Upgrade openssl to version 3.0.15-1~deb12u1``: what Trivy writes as a recommendation."""
_DEPTH = 50


def cyclonedx(content: bytes) -> Iterator[ReportItem]:
    """The vulnerabilities of a CycloneDX file that no analysis excludes. Raises ``FactError`` for another format.

    A file without a list of vulnerabilities is an inventory, for which nobody searched for vulnerabilities.
    """
    data = json_object(content)
    if data.get("bomFormat") != "CycloneDX":
        raise FactError("it is not a CycloneDX file (bomFormat)")
    components = dict(_components([*objects_at(data, "components"), *_main_component(data), *objects_at(data, "services")]))
    serial = string_at(data, "serialNumber").removeprefix("urn:uuid:").lower()
    found: dict[str, ReportFinding] = {}
    for row in rows(data, "vulnerabilities"):
        if isinstance(row, Incomplete):
            yield row
            continue
        for item in _items(row, components, serial):
            if isinstance(item, Exclusion):
                yield item
            elif item.key not in found or item.rank < found[item.key].rank:
                found[item.key] = item
    yield from found.values()


def is_inventory(content: bytes) -> bool:
    """Whether a file is a bill of materials without a list of vulnerabilities. Raises ``FactError`` as ``cyclonedx`` does."""
    return json_object(content).get("vulnerabilities") is None


def _main_component(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    main = value_at(data, "metadata", "component")
    return [main] if isinstance(main, Mapping) else []


def _components(components: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """All components and services, also nested ones, by reference, and by package URL where they have no reference."""
    level = [*components]
    for _ in range(_DEPTH):
        yield from ((ref, one) for one in level if (ref := string_at(one, "bom-ref") or string_at(one, "purl")))
        level = [nested for one in level for part in ("components", "services") for nested in objects_at(one, part)]


def _items(row: Mapping[str, Any], components: Mapping[str, Mapping[str, Any]], serial: str) -> Iterator[ReportFinding | Exclusion]:
    identity = string_at(row, "id")[:80] or "?"
    is_excluded = value_at(row, "analysis", "state") in EXCLUDED or bool(string_at(row, "rejected"))  # the time of its rejection
    for affected in objects_at(row, "affects") or [{}]:
        written = string_at(affected, "ref")
        linked = _BOM_LINK.fullmatch(written)
        ref = unquote(linked[2] or "") if linked else written
        link = f"{identity} {linked[1].lower() if linked else serial} {ref}"
        if is_excluded:
            if linked:
                yield Exclusion(link)
            continue
        package, version = _package(components.get(ref, {}), ref)
        listed = [(string_at(one, "version"), string_at(one, "status") or "affected") for one in objects_at(affected, "versions")]
        if _is_unaffected(listed, version):
            continue
        make = partial(
            Vulnerability,
            identity,
            severity := _severity(row),
            string_at(row, "description")[:200],
            package,
            version,
            _fixed_in(row, listed),
            severity_word="" if severity is not FactSeverity.UNKNOWN else _severity_word(row),
        )
        yield ReportFinding(f"{identity}/{ref[:100]}", make, url_at(row, "source", "url"), severity.rank, link)


def _package(component: Mapping[str, Any], ref: str) -> tuple[str, str]:
    """Name and version of a component; of one that the file does not have, those in its package URL."""
    if component:
        group, name = string_at(component, "group"), string_at(component, "name")
        return (f"{group}/{name}" if group else name)[:200], string_at(component, "version")[:80]
    purl = _PACKAGE_URL.match(ref)
    return (unquote(purl[1])[:200], unquote(purl[2] or "")[:80]) if purl else ("", "")


def _is_unaffected(listed: Sequence[tuple[str, str]], version: str) -> bool:
    """Whether the component's own version is listed as not affected, or nothing is listed but such versions."""
    statuses = {status for _, status in listed}
    return statuses == {"unaffected"} and (not version or version in {one for one, _ in listed} or not listed)


def _fixed_in(row: Mapping[str, Any], listed: Sequence[tuple[str, str]]) -> str | None:
    """Versions with the fix; None if the file has none, because the format cannot state that there is no fix."""
    fixed = [version for version, status in listed if status == "unaffected" and version]
    upgrade = _UPGRADE.search(string_at(row, "recommendation"))
    return ", ".join(fixed[:5])[:80] or (upgrade[1].rstrip(".,")[:80] if upgrade else None)


def _severity(row: Mapping[str, Any]) -> FactSeverity:
    """By the rating of the vulnerability's own source, such as a distribution, which knows its package; else the worst of all ratings."""
    ratings = objects_at(row, "ratings")
    source = string_at(row, "source", "name").lower()
    own = [one for one in ratings if source and string_at(one, "source", "name").lower() == source]
    for group in (own, ratings):
        severities = [severity for one in group if (severity := _rated(one)) is not FactSeverity.UNKNOWN]
        if severities:
            return min(severities, key=lambda severity: severity.rank)
    return FactSeverity.UNKNOWN


def _severity_word(row: Mapping[str, Any]) -> str:
    """The word of the first rating that has one which is unknown; empty if there is none."""
    words = (parse_word(FactSeverity, string_at(one, "severity"), FactSeverity.UNKNOWN)[1] for one in objects_at(row, "ratings"))
    return next(filter(None, words), "")


def _rated(rating: Mapping[str, Any]) -> FactSeverity:
    """The severity of a rating, else that of its score if the method is CVSS or not named."""
    severity = parse_enum(FactSeverity, string_at(rating, "severity"), FactSeverity.UNKNOWN)
    score, method = _score(rating), string_at(rating, "method")
    if severity is not FactSeverity.UNKNOWN or score is None or (method and not method.startswith(("CVSS", "other"))):
        return severity
    return by_score(score, has_critical=method != "CVSSv2")


def _score(rating: Mapping[str, Any]) -> float | None:
    """The score, also one in quotes; None for anything else."""
    try:
        return parse_number(rating.get("score"))
    except FactError:
        return None
