"""Badges: only what is asked for, of whom the filter names, with the words of the pages, and safe as pictures."""

from xml.etree import ElementTree as ET

import pytest

from callboard.pages.badges import badge_svg
from callboard.pages.shared_views import StateView
from support.portal import callboard, write

CARD = """\
name: basics
title: The basics
levels: [bronze]
rules:
  - {id: described, title: Has a description, level: bronze, check: {field: description, exists: true}}
"""
SVG = "{http://www.w3.org/2000/svg}"


def words(svg):
    return ET.fromstring(svg).find(f"{SVG}title").text


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '" onload="x', "a" * 200, "日本語", "\ud800", "&amp;", ""])
def test_a_badge_is_a_picture_with_text_whatever_the_text_is(text):
    svg = badge_svg(text, StateView(text, "good", ""))
    root = ET.fromstring(svg)
    assert {child.tag.removeprefix(SVG) for child in root.iter()} <= {"svg", "title", "rect", "path", "g", "text"}
    assert not any(name.startswith("on") for child in root.iter() for name in child.attrib)
    assert len(svg) < 1_500


def badges(folder):
    found = {str(path.relative_to(folder / "site/badges")): words(path.read_bytes()) for path in (folder / "site/badges").rglob("*.svg")}
    return {path.removeprefix("default/component/"): text for path, text in found.items()}


@pytest.mark.long
def test_there_are_the_badges_that_the_settings_name_and_none_by_default(tmp_path):
    folder = write(tmp_path)
    (folder / "basics.yaml").write_text(CARD)
    settings = (folder / "sources.yaml").read_text() + "scorecards: [basics.yaml]\n"
    (folder / "sources.yaml").write_text(settings)
    assert callboard(folder, "build").returncode == 0
    assert badges(folder) == {}
    (folder / "sources.yaml").write_text(settings + "badges: [level, owner, lifecycle, docs]\n")
    assert callboard(folder, "build").returncode == 0
    assert badges(folder) == {
        f"{name}/{badge}.svg": text
        for name, team in (("shop", "team-shop"), ("ledger", "team-books"))
        for badge, text in {
            "level": "The basics: Bronze",
            "owner": f"Owner: {team}",
            "lifecycle": "Lifecycle: production",
            "docs": "Docs: none",
        }.items()
    }
    (folder / "sources.yaml").write_text(
        settings + "badges: {show: ['level:basics', 'level:other'], filter: {kind: [component], owner: [TEAM-SHOP]}}\n"
    )
    assert callboard(folder, "build").returncode == 0
    assert badges(folder) == {"shop/level-basics.svg": "The basics: Bronze"}
    (folder / "sources.yaml").write_text(settings + "badges: [levle]\n")
    assert callboard(folder, "build").returncode == 2
