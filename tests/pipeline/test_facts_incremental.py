"""Facts that move from night to night leave no page behind: the site equals one that is made anew of the same state."""

import random
import re
import shutil
from datetime import timedelta

import pytest

from support import LONG, shared_caches
from support.clean_builds import Pair, made
from support.portal import ROOT, digests
from synthetic import organisation, tool_facts

NIGHTS = 7 if LONG else 4


def pages_of(folder):
    return {path: digest for path, digest in digests(folder / "site").items() if "callboard" not in path}


def move(folder, known, dice, at, troubled=None):
    """Somebody is deployed, goes on call under another name, changes the owner; a tool may fail, or know a component no longer.

    The component ``troubled`` has an open incident from now on.
    """
    known.next_day(at, dice.choice([0.05, 0.3, 1.0]))
    if troubled:
        troubled.incidents["now"] = (at, None)
    known.write(folder / "facts", at)
    if dice.random() < 0.3:
        (folder / "facts" / f"{dice.choice(tool_facts.FAMILIES)}.json").unlink()
    files = sorted((folder / "repositories").rglob("catalog-info.yaml"))
    file = dice.choice([file for file in files if "kind: User" in file.read_text()])
    file.write_text(re.sub(r"displayName: ", f"displayName: {dice.choice(['Ada', 'Bo'])} ", file.read_text(), count=1))
    file = dice.choice([file for file in files if "kind: Component" in file.read_text()])
    file.write_text(file.read_text().replace("  owner: ", "  owner: default/", 1))


def with_resource(folder, known):
    """A component that depends on a resource, and the name of the resource."""
    for one in known.known:
        file = folder / "repositories" / one.name / "catalog-info.yaml"
        if file.exists() and (needed := re.search(r"- resource:(\S+)", file.read_text())):
            return one, needed[1]
    raise AssertionError


def rename(folder, resource):
    """The resource has another name, which those who depend on it do not know."""
    name = f"  name: {resource}\n"
    file = next(file for file in (folder / "repositories").rglob("catalog-info.yaml") if name in file.read_text())
    file.write_text(file.read_text().replace(name, f"  name: {resource}-2\n", 1))


def strip_of(folder, ref):
    """The status strip of an entity's page, as items of text."""
    strip = re.search(r'<ul class="cb-strip".*?</ul>', (folder / f"site/catalog/default/{ref}/index.html").read_text(), re.DOTALL)[0]
    return [" ".join(re.sub(r"<[^>]*>", " ", item).split()) for item in strip.split("</li>")]


@pytest.fixture
def portal(tmp_path):
    folder = tmp_path / "portal"
    organisation.write(folder, 60)
    known = tool_facts.ToolFacts(folder / "repositories")
    known.write(folder / "facts", tool_facts.FIRST)
    with (folder / "sources.yaml").open("a") as sources:
        sources.write(tool_facts.INTEGRATIONS)
        shutil.copytree(ROOT / "examples/scorecards", folder / "scorecards")
        sources.write("scorecards:\n" + "".join(f"  - scorecards/{card.name}\n" for card in sorted((folder / "scorecards").iterdir())))
    with shared_caches.lent(folder):
        yield folder, known


@pytest.mark.long
def test_a_site_that_follows_its_facts_equals_one_that_is_made_anew(portal, monkeypatch):
    folder, known = portal
    dice, rendered = random.Random(3), []
    pair, strips, (one, resource) = Pair(folder, folder.parent / "again", monkeypatch), [], with_resource(folder, known)
    for number in range(NIGHTS):
        at = tool_facts.FIRST + timedelta(days=number)
        if number:
            move(folder, known, dice, at, one if number == 1 else None)
        if number == 1:
            rename(folder, resource)
        counts = pair.build(at)
        strips.append([strip_of(folder, ref) for ref in (f"component/{one.name}", f"group/{one.team}")])
        rendered.append((counts["pages_rendered"], counts["pages"]))
        pair.copy()
        pair.build_clean(at, from_state=True)
        assert pages_of(folder) == pages_of(pair.other), number
    said = [[item for item in strip if item.startswith(("Incidents", "Problems"))] for night in strips[:2] for strip in night]
    assert said[:2] == [["Incidents none open", "Problems 2 problems"], ["Incidents none open"]]
    assert said[2:] == [["Incidents 1 open", "Problems 3 problems"], ["Incidents 1 open"]]
    assert min(some for some, _ in rendered) < rendered[0][1] / 2, "every page was made in every build"


@pytest.mark.long
def test_the_same_facts_make_no_page_again_but_the_status(portal):
    folder, known = portal
    made(folder, tool_facts.FIRST)
    known.write(folder / "facts", tool_facts.FIRST + timedelta(hours=3))
    counts = made(folder, tool_facts.FIRST + timedelta(hours=3))
    assert (counts["pages_rendered"], counts["files_removed"]) == (1, 0)
