"""Facts that move from night to night leave no page behind: the site equals one that is made anew of the same state."""

import os
import random
import re
import shutil
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from portal import digests

from callboard.io.clock import Meter
from callboard.pipeline import BuildRequest, build
from callboard.plugins.portal_settings import read_settings

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import organisation
import world

NIGHTS = 7


def made(folder, at, **more):
    settings = read_settings(folder / "sources.yaml", {})
    return build(BuildRequest(settings, folder / "site", at, os.environ, **more), Meter()).report["counts"]


def anew(folder, at):
    """The digests of the site that the state makes without anything that earlier builds made, but for the theme's frames."""
    again = folder.parent / "again"
    shutil.rmtree(again, ignore_errors=True)
    shutil.copytree(folder, again, ignore=shutil.ignore_patterns("site", "cache"))
    shutil.copytree(folder / ".callboard/cache/frames", again / ".callboard/cache/frames")
    made(again, at, from_state=True)
    return pages_of(again)


def pages_of(folder):
    return {path: digest for path, digest in digests(folder / "site").items() if "callboard" not in path}


def move(folder, known, dice, at):
    """Somebody is deployed, goes on call under another name, changes the owner; a tool may fail, or know a component no longer."""
    known.night(at, dice.choice([0.05, 0.3, 1.0]))
    known.write(folder / "facts", at)
    if dice.random() < 0.3:
        (folder / "facts" / f"{dice.choice(world.FAMILIES)}.json").unlink()
    files = sorted((folder / "repositories").rglob("catalog-info.yaml"))
    file = dice.choice([file for file in files if "kind: User" in file.read_text()])
    file.write_text(re.sub(r"displayName: ", f"displayName: {dice.choice(['Ada', 'Bo'])} ", file.read_text(), count=1))
    file = dice.choice([file for file in files if "kind: Component" in file.read_text()])
    file.write_text(file.read_text().replace("  owner: ", "  owner: default/", 1))


@pytest.fixture
def portal(tmp_path):
    folder = tmp_path / "portal"
    organisation.write(folder, 60)
    known = world.World(folder / "repositories")
    known.write(folder / "facts", world.FIRST)
    with (folder / "sources.yaml").open("a") as sources:
        sources.write(world.INTEGRATIONS)
    return folder, known


def test_a_site_that_follows_its_facts_equals_one_that_is_made_anew(portal):
    folder, known = portal
    dice, rendered = random.Random(3), []
    for number in range(NIGHTS):
        at = world.FIRST + timedelta(days=number)
        if number:
            move(folder, known, dice, at)
        counts = made(folder, at)
        rendered.append((counts["pages_rendered"], counts["pages"]))
        assert pages_of(folder) == anew(folder, at), number
    assert min(some for some, _ in rendered) < rendered[0][1] / 2, "every page was made in every build"


def test_the_same_facts_make_no_page_again_but_the_status(portal):
    folder, known = portal
    made(folder, world.FIRST)
    known.write(folder / "facts", world.FIRST + timedelta(hours=3))
    counts = made(folder, world.FIRST + timedelta(hours=3))
    assert (counts["pages_rendered"], counts["files_removed"]) == (1, 0)
