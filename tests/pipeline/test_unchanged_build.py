"""Builds in which nothing changed: they write only new times, and the site is the one of a complete build; everything else is complete."""

import os
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from callboard import builds, pipeline
from callboard.build_request import BuildRequest
from callboard.io.clock import Meter
from callboard.plugins.portal_settings import read_settings
from state_builders import component

START = datetime(2026, 11, 22, 2, tzinfo=UTC)
SETTINGS = """
version: 1
portal: {name: Quiet, timezone: Europe/Berlin}
sources:
  - {name: org, type: files, path: org}
integrations:
  - {name: ships, type: file, path: facts/deployment.json}
"""
FREE = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: free}\nspec: {type: service, lifecycle: production}\n"
SHIPS = [
    ("one", START - timedelta(days=29, hours=1)),
    ("two", START - timedelta(days=80)),
    ("three", START + timedelta(days=3)),
]


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def ship(key, at):
    return f'{{"entity": "component:a", "key": "{key}", "environment": "prod", "version": "{key}", "at": "{at:%Y-%m-%dT%H:%M:%SZ}"}}'


def site_of(folder, output="site"):
    root = folder / output
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def build(folder, at, output="site", make=builds.build, **more):
    """Whether nothing was made again."""
    settings = read_settings(folder / "sources.yaml", {})
    built = make(BuildRequest(settings, folder / output, at, dict(os.environ), **more), Meter())
    return built.report["counts"]["nothing_changed"] == 1


def restored(folder, pristine):
    """The portal at its place again: the record of a build is about one folder."""
    shutil.rmtree(folder, ignore_errors=True)
    return shutil.copytree(pristine, folder, symlinks=True)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quiet") / "portal"
    write(folder / "sources.yaml", SETTINGS)
    write(folder / "org/catalog-info.yaml", component("a", description={"$text": "./words.txt"}))
    write(folder / "org/free/catalog-info.yaml", FREE)
    write(folder / "org/words.txt", "Words.")
    write(folder / "guides/index.md", "# Guides\n")
    write(folder / "templates/strings/en.yaml", "{}\n")
    write(folder / "facts/deployment.json", f"[{', '.join(ship(*each) for each in SHIPS)}]")
    for number in range(2):
        build(folder, START + timedelta(hours=number))
    return shutil.copytree(folder, folder.with_name("pristine"), symlinks=True)


@pytest.fixture
def quiet(pristine):
    return restored(pristine.with_name("portal"), pristine)


LAST = START + timedelta(hours=1)
FUTURE = datetime(2026, 11, 24, tzinfo=UTC)
"""The item of 25 November is no longer too far in the future."""
EDITS = {
    "a descriptor": lambda f: write(f / "org/b/catalog-info.yaml", component("b")),
    "a placeholder's file": lambda f: write(f / "org/words.txt", "Other words."),
    "owners that were missing": lambda f: write(f / "org/CODEOWNERS", "* @acme/team\n"),
    "facts": lambda f: write(f / "facts/deployment.json", f"[{ship('one', START)}]"),
    "facts that were missing": lambda f: write(f / "sources.yaml", SETTINGS.replace("deployment.json", "*.json")),
    "settings": lambda f: write(f / "sources.yaml", SETTINGS.replace("Quiet", "Loud")),
    "a label": lambda f: write(f / "templates/strings/en.yaml", "catalog: Everything\n"),
    "an overlay that was missing": lambda f: write(f / "site_overrides/assets/more.css", "p { color: red }\n"),
    "a guide": lambda f: write(f / "guides/more.md", "# More\n"),
    "a missing page": lambda f: (f / "site/index.html").unlink(),
    "a damaged page": lambda f: write(f / "site/index.html", "damaged"),
    "a damaged time": lambda f: write(f / "site/status/collections.json", "{}"),
    "a lost record": lambda f: (f / ".callboard/cache/unchanged.json").unlink(),
    "a damaged record": lambda f: write(f / ".callboard/cache/unchanged.json", "{}"),
    "an earlier time": lambda _: None,
}


def test_a_build_in_which_nothing_changed_makes_nothing_and_is_equal_to_a_complete_one(quiet, pristine):
    at = LAST + timedelta(hours=2)
    assert build(quiet, at)
    short, state = site_of(quiet), site_of(quiet, ".callboard/state")
    assert b"2026-11-22T05:00:00Z" in short["status/collections.json"]
    assert build(quiet, at + timedelta(hours=1)), "the record of the short build is one too"
    restored(quiet, pristine)
    assert not build(quiet, at, make=pipeline.build)
    assert short == site_of(quiet)
    assert state == site_of(quiet, ".callboard/state")


@pytest.mark.parametrize("edit", EDITS)
def test_whatever_changed_takes_the_complete_build(quiet, edit):
    folder = quiet
    EDITS[edit](folder)
    assert not build(folder, LAST - timedelta(minutes=1) if edit == "an earlier time" else LAST + timedelta(hours=2))
    assert "index.html" in site_of(folder)
    assert site_of(folder)["index.html"] != b"damaged"


@pytest.mark.parametrize(
    "more", [{"verify": True}, {"accept_loss": True}, {"from_state": True}, {"skipped": ("org",)}, {"output": "other"}], ids=str
)
def test_options_that_ask_for_more_take_the_complete_build(quiet, more):
    assert not build(quiet, LAST + timedelta(hours=2), **more)


def test_a_failure_takes_complete_builds_until_all_is_read_again(quiet):
    folder = quiet
    facts = (folder / "facts/deployment.json").read_text()
    (folder / "facts/deployment.json").unlink()
    assert not build(folder, LAST + timedelta(hours=1))
    assert not build(folder, LAST + timedelta(hours=2))
    write(folder / "facts/deployment.json", facts)
    assert not build(folder, LAST + timedelta(hours=3))
    assert build(folder, LAST + timedelta(hours=4))


def test_times_relative_to_the_build_take_the_complete_build(quiet):
    folder = quiet
    write(folder / "facts/deployment.json", f"[{ship('one', START)}]".replace(f"{START:%Y-%m-%dT%H:%M:%SZ}", "-2d"))
    assert not build(folder, LAST + timedelta(hours=1))
    assert not build(folder, LAST + timedelta(hours=2))


TURNS = {
    "an item leaves the last 30 days": SHIPS[0][1].replace(hour=0) + timedelta(days=30),
    "an item is no longer in the future": FUTURE,
    "an item leaves the last 90 days": SHIPS[1][1].replace(hour=0) + timedelta(days=90),
}


@pytest.mark.parametrize("turn", TURNS)
def test_before_a_turn_of_time_nothing_is_made_and_after_it_the_site_is_that_of_a_clean_build(quiet, turn):
    folder, at = quiet, TURNS[turn]
    build(folder, at - timedelta(hours=2))
    assert build(folder, at - timedelta(seconds=1))
    before = shutil.copytree(folder, folder.with_name("before"), symlinks=True, dirs_exist_ok=True)
    assert not build(folder, at)
    turned = site_of(folder)
    restored(folder, before)
    shutil.rmtree(before)
    shutil.rmtree(folder / "site")
    (folder / ".callboard/cache/pages.jsonl").unlink()
    assert not build(folder, at, make=pipeline.build)
    assert turned == site_of(folder)


CARD = """\
name: ships
levels: [silver]
max-age: 9d
rules:
  - {id: lately, level: silver, check: {facts: deployment, any: {at: {newer-than: 79d}}}}
"""


def test_results_of_scorecards_are_made_once_a_day_and_when_time_turns_one(quiet):
    folder = quiet
    write(folder / "ships.yaml", CARD)
    write(folder / "sources.yaml", f"{SETTINGS}scorecards: [ships.yaml]\n")
    assert not build(folder, LAST + timedelta(hours=2))
    before = shutil.copytree(folder, folder.with_name("judged"), symlinks=True, dirs_exist_ok=True)
    assert build(folder, LAST + timedelta(hours=9))
    short, state = site_of(folder), site_of(folder, ".callboard/state")
    restored(folder, before)
    shutil.rmtree(before)
    assert not build(folder, LAST + timedelta(hours=9), make=pipeline.build)
    assert short == site_of(folder)
    assert state == site_of(folder, ".callboard/state")
    midnight = datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert build(folder, midnight - timedelta(seconds=1))
    assert not build(folder, midnight), "each day is recorded"
    last = SHIPS[0][1] + timedelta(days=79)
    assert not build(folder, last - timedelta(minutes=9))
    assert build(folder, last)
    assert not build(folder, last + timedelta(seconds=1)), "it is older than 79 days"
    write(folder / "ships.yaml", CARD.replace("9d", "8d"))
    assert not build(folder, last + timedelta(seconds=2))
