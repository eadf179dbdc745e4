"""Announcements are read with the place of every mistake, and a wrong file loses only itself."""

import os
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from callboard.documentation.announcements import LARGEST, MOST, read_announcements
from callboard.plugins.portal_settings import read_settings
from catalog_builders import catalog_of


def read(tmp_path, files, settings=""):
    (tmp_path / "sources.yaml").write_text(f"sources: []\n{settings}")
    for name, text in files.items():
        file = tmp_path / "announcements" / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_announcements(read_settings(tmp_path / "sources.yaml", os.environ), CATALOG)


CATALOG = catalog_of("group:platform type=team children=[]", "group:payments type=team children=[]", "component:shop owner=platform")


def text(**fields):
    head = {"title": "Maintenance", "from": "2026-12-01", "until": "2026-12-05"} | fields
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in head.items() if value) + "---\nThe *clusters* wait.\n"


def test_announcements_are_read_with_days_and_teams_the_latest_first(tmp_path):
    found = read(
        tmp_path, {"a.md": text(), "b.md": text(**{"from": "2026-12-03"}, audience="[platform]"), "README.md": "About this folder."}
    )
    assert found.problems == ()
    assert [(each.name, each.starts, each.ends, [*map(str, each.teams)]) for each in found.items] == [
        ("b", date(2026, 12, 3), date(2026, 12, 5), ["group:default/platform"]),
        ("a", date(2026, 12, 1), date(2026, 12, 5), []),
    ]
    assert found.items[0].text == "The *clusters* wait."


FAULTS = [
    ("a.md", "Just a text.\n", "1: the file must begin with front matter"),
    ("a.md", "---\ntitle: [x\n---\n", "2: "),
    ("a.md", "---\n- title\n---\n", "the front matter must have title, from and until"),
    ("a.md", text(title=""), "title must be a text of 1 to 120 characters"),
    ("a.md", text(title="x" * 121), "2: title must be a text of 1 to 120 characters"),
    ("a.md", text(until=""), "until must be a day such as 2026-12-31"),
    ("a.md", text(until="2026-02-30"), "4: until must be a day such as 2026-12-31"),
    ("a.md", text(until="0001-01-01"), "4: until must be a day such as 2026-12-31"),
    ("a.md", text(until="2026-11-30"), "4: until is before from, 2026-12-01"),
    ("a.md", text(untill="2026-12-09"), '5: unknown key "untill"; did you mean until?'),
    ("a.md", text(audience="[platfrom]"), "5: the catalog has no team group:default/platfrom; did you mean platform?"),
    ("a.md", text(audience="[component:shop]"), "5: audience must be everyone, or a list of teams"),
    ("a.md", text(audience="[]"), "5: audience must be everyone, or a list of 1 to 50 teams"),
    ("a.md", text() + "x" * LARGEST, "the file has more than 20,000 bytes"),
    ("a.md", b"---\ntitle: \xff\n---\n", "the file is not valid UTF-8"),
    ("Not An Address.md", text(), "the file's name is part of an address"),
]


@pytest.mark.parametrize(("name", "content", "said"), FAULTS, ids=[str(number) for number in range(len(FAULTS))])
def test_a_file_with_a_mistake_is_left_out_and_its_line_is_named(tmp_path, name, content, said):
    found = read(tmp_path, {name: content, "right.md": text()})
    assert [each.name for each in found.items] == ["right"]
    (problem,) = found.problems
    assert (problem.code, problem.origin.path) == ("DOC018", f"announcements/{name}")
    assert said in f"{problem.span.line if problem.span else 1}: {problem.message}"


def test_a_link_out_of_the_portal_is_not_read(tmp_path):
    outside = tmp_path.parent / f"{tmp_path.name}-outside.md"
    outside.write_text(text(title="secret"))
    (tmp_path / "announcements").mkdir()
    (tmp_path / "announcements/a.md").symlink_to(outside)
    found = read(tmp_path, {})
    assert found.items == ()
    assert "leads out of the folder" in found.problems[0].message


def test_the_number_of_announcements_is_bounded_and_the_last_by_name_are_kept(tmp_path):
    found = read(tmp_path, {f"{number:03}.md": text() for number in range(MOST + 2)})
    assert (len(found.items), min(each.name for each in found.items)) == (MOST, "002")
    assert "more than 200 announcements" in found.problems[0].message


def test_another_folder_is_read_if_the_settings_name_it(tmp_path):
    (tmp_path / "news").mkdir()
    (tmp_path / "news/a.md").write_text(text(title="In another folder"))
    assert [each.title for each in read(tmp_path, {"b.md": text()}, "announcements: news/\n").items] == ["In another folder"]


def test_the_announcement_of_the_manual_can_be_shown(tmp_path):
    page = (Path(__file__).parents[2] / "docs/how-to/announce.md").read_text("utf-8")
    found = read(tmp_path, {"no-deployments.md": page.partition("```markdown\n")[2].partition("```")[0]})
    assert (found.problems, len(found.items), len(found.items[0].teams)) == ((), 1, 2)


@pytest.mark.parametrize(
    ("now", "turn"),
    [
        (datetime(2026, 11, 29, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC)),
        (datetime(2026, 11, 30, 23, tzinfo=UTC), datetime(2026, 12, 5, 23, tzinfo=UTC)),
        (datetime(2026, 12, 6, tzinfo=UTC), None),
    ],
)
def test_a_build_with_the_same_inputs_is_made_again_when_one_begins_or_has_ended(tmp_path, now, turn):
    assert read(tmp_path, {"a.md": text()}).next_turn(now, ZoneInfo("Europe/Berlin")) == turn
