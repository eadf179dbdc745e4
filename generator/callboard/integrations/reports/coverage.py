"""Cobertura and LCOV files → coverage of lines and branches; a file without any lines to cover is not measured, which is not 0 %."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from xml.parsers import expat

from callboard.integrations.reports.findings import ReportFinding, ReportItem
from callboard.plugins.integrations import Coverage, FactError, parse_integer, parse_number, parse_string, parse_time

HUNDRED = 100
FIRST_TIME = 946_684_800
"""2000 in seconds since 1970: smaller numbers are no times; some tools write 0."""


def cobertura(content: bytes, now: datetime) -> Iterator[ReportItem]:
    """One finding with the sums of a Cobertura file (coverage.py, gocover-cobertura, coverlet, PHPUnit). Raises ``FactError``."""
    attributes = _root(content)
    total, covered = _count(attributes, "lines-valid"), _count(attributes, "lines-covered")
    branches_total, branches = _count(attributes, "branches-valid"), _count(attributes, "branches-covered")
    yield ReportFinding("coverage", partial(
        Coverage, "Cobertura", _share(covered, total, attributes.get("line-rate")),
        _share(branches, branches_total, attributes.get("branch-rate")) if branches_total != 0 and "branch-rate" in attributes else None,
        covered, total, _time(attributes.get("timestamp", ""), now),
    ))  # fmt: skip


def lcov(content: bytes) -> Iterator[ReportItem]:
    """One finding with the sums over the records of an LCOV file. Raises ``FactError``."""
    sums = dict.fromkeys(("LF", "LH", "BRF", "BRH"), 0)
    lines = hits = records = 0
    for raw in content.splitlines():
        name, _, value = raw.strip().decode("utf-8", "replace").partition(":")
        if name in sums:
            sums[name] += max(parse_integer(value), 0)
        elif name == "DA":
            lines += 1
            hits += value.split(",")[1:2] not in (["0"], [])
        records += name == "end_of_record"
    if not records:
        raise FactError("it is not an LCOV file (end_of_record)")
    total, covered = (sums["LF"], sums["LH"]) if sums["LF"] else (lines, hits)
    yield ReportFinding("coverage", partial(
        Coverage, "LCOV", _share(covered, total, None), _share(sums["BRH"], sums["BRF"], None), covered, total
    ))  # fmt: skip


def _root(content: bytes) -> Mapping[str, str]:
    """The attributes of the element ``coverage``. Its document type is never loaded, and one with declarations of its own is refused."""
    found: list[Mapping[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if not found and (name != "coverage" or "line-rate" not in attributes):
            raise FactError("it is not a Cobertura file (coverage, line-rate)")
        found.extend(() if found else (attributes,))

    def refuse(_name: str, _system: str | None, _public: str | None, has_declarations: int) -> None:
        if has_declarations:
            raise FactError("its document type has declarations, which are not allowed in reports")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.StartDoctypeDeclHandler = start, refuse
    try:
        parser.Parse(content, True)  # noqa: FBT003 - expat takes no keyword
    except expat.ExpatError as error:
        raise FactError(f"it is not valid XML: {error}") from None
    return found[0]


def _share(covered: int | None, total: int | None, rate: str | None) -> float | None:
    """Percent; None if there is nothing to cover. Old files have only a rate."""
    if total == 0:
        return None
    if covered is not None and total is not None:
        return covered / total * HUNDRED
    return None if rate is None else parse_number(rate) * HUNDRED


def _count(attributes: Mapping[str, str], name: str) -> int | None:
    written = parse_string(attributes.get(name, ""))
    return max(parse_integer(written), 0) if written else None


def _time(written: str, now: datetime) -> datetime | None:
    """The time of a report, in seconds or milliseconds since 1970; None if the tool wrote none."""
    try:
        number = parse_number(written)
        return parse_time(int(number), now) if number >= FIRST_TIME else None
    except FactError:
        return None
