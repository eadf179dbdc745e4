"""Cobertura and LCOV files as tools write them: shares of lines and branches, nothing to cover, and hostile or broken files."""

from datetime import UTC, datetime

import pytest
from vendors import NOW

from callboard.integrations.reports.coverage import cobertura, lcov
from callboard.model.facts.coverage import Coverage
from callboard.model.facts.validation import FactError

DOCTYPE = '<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">'
LCOV = "TN:\nSF:src/a.js\nDA:1,5\nDA:2,0\nLF:2\nLH:1\nBRF:4\nBRH:3\nend_of_record\nSF:src/b.js\nDA:1,1\nLF:2\nLH:2\nend_of_record\n"


def xml(attributes, doctype=""):
    return f'<?xml version="1.0" ?>\n{doctype}<coverage {attributes}><packages/></coverage>'.encode()


def value(items):
    (finding,) = items
    return finding.make()


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('timestamp="1778968800000" lines-valid="200" lines-covered="150" line-rate="0.75" branches-valid="0" branch-rate="0"',
         Coverage("Cobertura", 75.0, None, 150, 200, datetime(2026, 5, 16, 22, tzinfo=UTC))),
        ('timestamp="1778968800" lines-valid="3" lines-covered="1" line-rate="0" branches-valid="4" branches-covered="1" branch-rate=".25"',
         Coverage("Cobertura", 1 / 3 * 100, 25.0, 1, 3, datetime(2026, 5, 16, 22, tzinfo=UTC))),
        ('line-rate="0.5" branch-rate="0.25" timestamp="0"', Coverage("Cobertura", 50.0, 25.0)),
        ('line-rate="1" lines-valid="0" lines-covered="0" branch-rate="1" branches-valid="0"', Coverage("Cobertura", None, None, 0, 0)),
    ],
    ids=["coverage.py", "seconds", "old", "no lines"],
)  # fmt: skip
def test_a_cobertura_file_is_the_coverage_of_its_lines_and_branches(attributes, expected):
    assert value(cobertura(xml(attributes, DOCTYPE), NOW)) == expected


def test_records_of_an_lcov_file_are_added_up():
    assert value(lcov(LCOV.encode())) == Coverage("LCOV", 75.0, 75.0, 3, 4)
    without_sums = "".join(line + "\n" for line in LCOV.splitlines() if not line.startswith(("LF", "LH", "BR")))
    assert value(lcov(without_sums.encode())) == Coverage("LCOV", 2 / 3 * 100, None, 2, 3)
    assert value(lcov(b"SF:empty.js\nend_of_record\r\n")).lines is None


@pytest.mark.parametrize(
    "content",
    [
        b"", b"<coverage/>", b"<testsuite/>", b"not xml", xml('line-rate="much"'), xml('line-rate="1.5"'), xml('line-rate="NaN"'),
        xml('line-rate="0.5" lines-valid="3" lines-covered="9"'),
        xml('line-rate="0.5"', '<!DOCTYPE coverage [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'),
    ],
)  # fmt: skip
def test_a_broken_or_hostile_cobertura_file_is_an_error(content):
    with pytest.raises(FactError):
        value(cobertura(content, NOW))


@pytest.mark.parametrize("content", [b"", b"{}", b"SF:a\nLF:x\nend_of_record", b"LF:2\nLH:3\nend_of_record", b"\xff\xfe" * 50])
def test_a_broken_lcov_file_is_an_error(content):
    with pytest.raises(FactError):
        value(lcov(content))
