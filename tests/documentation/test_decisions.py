from datetime import date
from types import SimpleNamespace

import pytest
from page_builders import RENDERER

from callboard.documentation.decisions import DecisionState, decision_records
from callboard.pages.documents.decisions import DecisionsSection, decision_of
from support.documented_portal import PAYMENTS, DocumentedPortal

NYGARD = """# 2. Use PostgreSQL

Date: 2025-03-04

## Status

Accepted

Supersedes [1. Use MySQL](0001-use-mysql.md)

## Context

text
"""
MADR2 = "# Use Kafka\n\n* Status: {}\n* Deciders: A, B\n* Date: 2024-05-06\n\n## Context and Problem Statement\n\nStatus: none\n"
MADR3 = "---\nstatus: {}\ndate: 2026-01-31\ndecision-makers: [a]\n---\n\n# Use Terraform\n\n## Context and Problem Statement\n"


def only(text, name="0007-x.md"):
    return decision_records({f"adr/{name}": text}, "adr")[0]


@pytest.mark.parametrize(
    ("text", "title", "state", "day"),
    [
        (NYGARD, "Use PostgreSQL", "accepted", date(2025, 3, 4)),
        (NYGARD.replace("Accepted", "Proposed on 2025-04-05"), "Use PostgreSQL", "proposed", date(2025, 3, 4)),
        (MADR2.format("accepted"), "Use Kafka", "accepted", date(2024, 5, 6)),
        (MADR2.format("**Rejected**"), "Use Kafka", "rejected", date(2024, 5, 6)),
        (MADR2.format("[proposed | rejected | accepted]"), "Use Kafka", "unknown", date(2024, 5, 6)),
        (MADR3.format("accepted"), "Use Terraform", "accepted", date(2026, 1, 31)),
        (MADR3.format('"superseded by [ADR-0005](0005-example.md)"'), "Use Terraform", "superseded", date(2026, 1, 31)),
        (MADR3.format('"{proposed | rejected | accepted}"'), "Use Terraform", "unknown", date(2026, 1, 31)),
        ("# ADR-0007: Use Go\n\n## Status\n\nApproved\n", "Use Go", "accepted", None),
        ("7. Use Go\n=========\n\nDate: 2026/01/31\n\nStatus\n------\n\n~~Proposed~~ Accepted\n", "Use Go", "accepted", date(2026, 1, 31)),
        ("# X\n\n| Status | Rejected |\n|---|---|\n| **Date** | 2026-01-31 |\n", "X", "rejected", date(2026, 1, 31)),
        ("# X\n\n## Decision Status\n\n- [ ] Proposed\n- [x] Accepted\n\n## Date\n\n2026-01-31\n", "X", "accepted", date(2026, 1, 31)),
        ("# X\n\n> Status: Deprecated\n", "X", "deprecated", None),
        ("# X\n\n* Status: Accepted\n---\n", "X", "accepted", None),
        ("# X\n\n## Status\n\n![accepted](https://host.test/b.svg)\n", "X", "accepted", None),
        ("# X\n\n* Status: Not accepted\n", "X", "unknown", None),
        ("# Without any state\n", "Without any state", "unknown", None),
        ("**Status**: Deprecated\n\n# Below\n", "Below", "deprecated", None),
        ("# X\n\nDate: 2026-02-31\n", "X", "unknown", None),
    ],
)
def test_a_record_is_read_in_the_forms_of_madr_and_nygard(text, title, state, day):
    record = only(text)
    assert (record.number, record.title, record.state, record.day) == (7, title, state, day)


def test_a_record_of_log4brains_has_the_day_of_its_name():
    assert only("# X\n\n- Status: accepted\n", "20260131-x.md").day == date(2026, 1, 31)


def test_a_state_in_other_words_is_kept_as_it_is_written():
    record = only("# X\n\n## Status\n\nIn Kraft\n")
    assert (record.state, record.word) == (DecisionState.UNKNOWN, "In Kraft")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# 1. Old\n\n## Status\n\nAccepted\n", "# 2. New\n\n## Status\n\nAccepted\n\nSupersedes [1. Old](0001-old.md)\n"),
        ("# 1. Old\n\n## Status\n\nSuperseded by [2. New](0002-new.md)\n", "# 2. New\n\n## Status\n\nAccepted\n"),
        ("# Old\n\n* Status: superseded by [ADR-0002](0002-new.md#x)\n", "# New\n\n* Status: accepted\n"),
        ("---\nstatus: superseded by ADR-0002\n---\n# Old\n", "---\nstatus: accepted\n---\n# New\n"),
        ("---\nstatus: accepted\n---\n# Old\n", "---\nstatus: accepted\nsupersedes: ADR-1\n---\n# New\n"),
        ("---\nstatus: accepted\nsuperseded-by: 2\n---\n# Old\n", "---\nstatus: accepted\n---\n# New\n"),
        ("# Old\n", "---\nstatus: accepted\nsupersedes: [0001-old.md]\n---\n# New\n"),
        ("---\nstatus: superseded by 0002-new.md\n---\n# Old\n", "# New\n"),
        ("# Old\n\nReplaced by [New](https://host.test/acme/x/blob/main/docs/adr/0002-new.md)\n", "# New\n"),
    ],
)
def test_a_succession_is_known_from_both_records_however_one_of_them_says_it(old, new):
    first, second = decision_records({"adr/0002-new.md": new, "adr/0001-old.md": old}, "adr")
    assert (first.path, first.state, first.superseded_by, first.supersedes) == ("adr/0001-old.md", "superseded", (second.path,), ())
    assert (second.supersedes, second.superseded_by) == ((first.path,), ())
    assert second.state in {"accepted", "unknown"}


def test_only_records_directly_in_the_folder_count():
    texts = {
        "adr/README.md": "# Decisions", "adr/template.md": "## Status\n\nx", "adr/notes.md": "# Notes", "adr/old/0001-x.md": "# 1. X",
        "0001-x.md": "# 1. X", "adr/use-x.md": "# Use X\n\nStatus: accepted\n", "adr/10-y.md": "# Y", "adr/adr-9.md": "# Z",
    }  # fmt: skip
    assert [(record.path, record.number) for record in decision_records(texts, "adr")] == [
        ("adr/adr-9.md", 9),
        ("adr/10-y.md", 10),
        ("adr/use-x.md", None),
    ]


@pytest.mark.parametrize(
    "text", ["# 1. X\n\nSupersedes [itself](0007-x.md)\n", "# X\n\nSupersedes [gone](0099-gone.md)\n", "# 7. X" + "[" * 100_000]
)
def test_a_record_that_names_itself_or_nothing_has_no_succession(text):
    record = only(text)
    assert (record.supersedes, record.superseded_by) == ((), ())


OLD = "# 1. Old\n\nDate: 2025-01-02\n\n## Status\n\nSuperseded by [2. New](0002-new.md)\n"
NEW = "# 2. New\n\n## Status\n\nAccepted\n"
RECORDS = {"0001-old.md": OLD, "0002-new.md": NEW}


@pytest.fixture
def portal(tmp_path):
    return DocumentedPortal(tmp_path)


@pytest.mark.parametrize(
    ("folder", "annotations", "others", "pages"),
    [
        ("docs/adr", {"ref": "dir:."}, {"docs/index.md": "# Start"}, "adr/"),
        ("docs/adr", {"ref": "dir:."}, {"mkdocs.yml": "nav: [index.md]", "docs/index.md": "# Start"}, "adr/"),
        ("doc/architecture/decisions", {"ref": "dir:."}, {"mkdocs.yml": "nav: [index.md]", "docs/index.md": "# Start"}, "decisions/"),
        ("adr", {"ref": "dir:."}, {"docs/index.md": "# Start"}, "decisions/"),
        ("adr", {"ref": "dir:."}, {"README.md": "# Start"}, "adr/"),
        ("notes/why", {"ref": "dir:.", "location": "notes/why"}, {"docs/index.md": "# Start"}, "decisions/"),
        ("notes/why", {"location": "./notes/why/"}, {"README.md": "# Not documentation"}, ""),
    ],
)
def test_the_records_of_an_entity_are_pages_of_its_documentation(portal, folder, annotations, others, pages):
    made = with_decisions(portal, folder, annotations, others).built().sets[PAYMENTS]
    assert [record.path for record in made.decisions] == [f"{pages}0001-old.md", f"{pages}0002-new.md"]
    assert {record.path for record in made.decisions} <= set(made.pages)
    assert made.repository_path(made.decisions[0].path) == f"{folder}/0001-old.md"
    assert {*made.navigation.order(), *made.navigation.outside} >= {record.path for record in made.decisions}


def test_a_place_of_records_outside_of_all_sources_is_a_problem(portal):
    built = with_decisions(portal, "adr", {"location": "https://host.test/other/repository/tree/main/adr"}, {}).built()
    assert [(problem.code, problem.span is None) for problem in built.problems] == [("DOC010", True)]


def test_the_page_of_an_entity_has_a_table_of_its_decisions(portal):
    built = with_decisions(portal, "docs/adr", {"ref": "dir:."}, {}).built()
    section = DecisionsSection(SimpleNamespace(documentation=built, labels=RENDERER.labels))(portal.entities[PAYMENTS])
    assert (section.title, section.count) == ("Decisions", "2")
    new, old = section.content.rows
    assert (new.number, new.title, new.state.text, new.state.tone, new.day) == ("2", "New", "Accepted", "good", "")
    assert (old.number, old.state.text, old.state.tone, old.day) == ("1", "Superseded", "none", "2025-01-02")
    assert [link.path for link in old.superseded_by] == [new.path] == ["docs/default/component/payments/adr/0002-new/"]
    assert [link.name for link in new.supersedes] == ["1"]
    assert (
        DecisionsSection(SimpleNamespace(documentation=portal.entity("other").built(), labels=RENDERER.labels))(
            portal.entities[PAYMENTS.__class__("component", "default", "other")]
        )
        is None
    )


def with_decisions(portal, folder, annotations, others):
    """The portal with one entity, records in a folder, and other files."""
    location = annotations.pop("location", None)
    portal.entity(**annotations).write(**{f"{folder}/{name}": text for name, text in RECORDS.items()}, **others)
    if location:
        portal.entities[PAYMENTS].metadata["annotations"]["backstage.io/adr-location"] = location
    return portal


def test_the_page_of_a_record_says_its_state_and_what_replaced_it(portal):
    built = with_decisions(portal, "docs/adr", {"ref": "dir:."}, {}).built()
    context = SimpleNamespace(documentation=built, labels=RENDERER.labels)
    old = decision_of(context, built.sets[PAYMENTS], "adr/0001-old.md")
    assert (old.state.text, old.day, [link.path for link in old.superseded_by]) == (
        "Superseded", "2025-01-02", ["docs/default/component/payments/adr/0002-new/"],
    )  # fmt: skip
    assert decision_of(context, built.sets[PAYMENTS], "index.md") is None
