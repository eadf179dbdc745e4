"""Edits of everything that a portal has: the site and the state built upon the last ones equal clean ones byte for byte.

Documentation, APIs, facts of all families, scorecards, announcements, guides, own templates, three sources and all settings are edited,
put back, and met at times at which the site turns. Site and caches are damaged, and builds are killed.
"""

import random
import re
from datetime import timedelta
from itertools import count

import pytest

from callboard import builds
from callboard.website import assemble
from support import LONG
from support.clean_builds import Pair
from support.varied_portal import VariedPortal

PARTS, STEPS = (4, 75) if LONG else (1, 12)
TURNS = 40 if LONG else 4
SEED = 20261130
REST = (*["undo"] * 2, *["wait"] * 3, *["wait_for_turn"] * 2, "touch", "damage_site", *["damage_cache"] * 2, "interrupt")
"""What happens besides edits, by its share."""


@pytest.fixture(autouse=True)
def no_file_is_recent(monkeypatch):
    """Files are taken over also where they were written in the second before."""
    monkeypatch.setattr("callboard.sources.files.folder.RECENT_NANOSECONDS", 0)


class Proof:
    """A varied portal, built upon its last build and clean."""

    def __init__(self, folder, chance, monkeypatch):
        self.chance, self.patch = chance, monkeypatch
        self.portal = VariedPortal(folder / "portal", chance)
        self.pair = Pair(self.portal.folder, folder / "clean", monkeypatch)
        self.numbers = count()
        self.kept = self.unchanged = 0
        self.build()

    def build(self):
        """Build upon the last build; every other time as a portal with thousands of entities is, by several processes."""
        with self.patch.context() as patch:
            if next(self.numbers) % 2:
                patch.setattr(assemble, "WORTH_FORKING", 4)
                patch.setattr(assemble, "BATCH", 3)
            counts = self.portal.build(self.pair, make=builds.build, allow_missing_sources=True)
        self.kept += counts["pages"] - counts["pages_rendered"]
        self.unchanged += counts["nothing_changed"]

    def differences(self):
        """Build both ways; gives the paths of files that differ."""
        self.pair.copy()
        self.build()
        self.pair.build_clean(self.portal.now, own_frames=self.chance.random() < 0.2, allow_missing_sources=True)
        ours, clean = contents(self.portal.folder), contents(self.pair.other)
        return sorted(path for path in ours.keys() | clean.keys() if ours.get(path) != clean.get(path))


def contents(folder):
    """The files of the site and of the state by path; the state has addresses of folders, and digests in its files' names."""
    site, state = folder / "site", folder / ".callboard/state"
    found = {
        f"site/{file.relative_to(site)}": file.read_bytes() for file in site.rglob("*") if file.is_file() and file.name != ".callboard-site"
    }
    for file in state.rglob("*"):
        if file.is_file() and file.name != "current.json":  # the list of the others
            name = re.sub(r"\.[0-9a-f]{16}\.", ".", str(file.relative_to(state)))
            found[f"state/{name}"] = file.read_bytes().replace(str(folder).encode(), b"")
    return found


def step(portal, left):
    """Do one thing; each file and setting has been edited before any is edited again. Gives what was done."""
    if portal.chance.random() < 0.75:
        return portal.edit(left.pop() if left else portal.chance.choice([*portal.variants]))
    return getattr(portal, portal.chance.choice(REST))()


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
def test_after_edits_of_everything_site_and_state_equal_clean_ones(tmp_path, part, monkeypatch):
    chance = random.Random(SEED + part)
    proof = Proof(tmp_path, chance, monkeypatch)
    left = chance.sample([*proof.portal.variants], len(proof.portal.variants))
    for number in range(STEPS):
        done = [step(proof.portal, left) for _ in range(chance.choice([0, 1, 2, 3, 3]))]
        proof.portal.now += timedelta(minutes=chance.choice([1, 60]))
        assert proof.differences() == [], f"after step {number}: {done}"
    assert proof.kept > STEPS * 40, "most pages stay as they are"


@pytest.mark.long
@pytest.mark.parametrize("scorecards", [0, 3], ids=["with scorecards", "without scorecards"])
def test_at_each_turn_of_time_site_and_state_equal_clean_ones(tmp_path, scorecards, monkeypatch):
    """Deadlines, exemptions, shifts, announcements and windows of days: what the last build said of its next turn is right."""
    proof = Proof(tmp_path, random.Random(SEED), monkeypatch)
    proof.portal.choose("settings/scorecards", scorecards)
    assert proof.differences() == []
    turns = 0
    while turns < TURNS and (turn := proof.portal.next_turn()):
        for at in (max(proof.portal.now, turn - timedelta(seconds=1)), turn):
            proof.portal.now = at
            assert proof.differences() == [], at
        turns += 1
    assert turns > 2, "time turns something"
    assert proof.unchanged >= turns - 1, "before a turn, nothing is made"
