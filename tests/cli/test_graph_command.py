"""`callboard graph` in a portal's folder."""

import re

import pytest

from support.portal import callboard, write


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    portal = write(tmp_path_factory.mktemp("graph"))
    assert callboard(portal, "build").returncode == 0
    return portal


def test_the_whole_catalog_an_entity_and_a_file(folder):
    whole = callboard(folder, "graph")
    assert whole.returncode == 0, whole.stderr
    assert whole.stdout.startswith("digraph catalog {")
    names = re.findall(r'^\t+"(\w+/[^"]+)" \[label', whole.stdout, re.MULTILINE)
    assert names
    assert {name.partition("/")[0] for name in names} <= {"component", "api", "resource"}
    one = callboard(folder, "graph", names[0].replace("/", ":", 1), "--steps", "0", "--output", "one.dot")
    assert (one.returncode, one.stdout) == (0, "")
    assert names[0] in (folder / "one.dot").read_text()
    assert len(re.findall(r"label=", (folder / "one.dot").read_text())) <= 2
    teams = callboard(folder, "graph", "--kind", "group")
    assert '"group/default/' in teams.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["component:nothing"], "The portal has no entity component:default/nothing"), (["--kind", "servce"], "There is no kind servce")],
)
def test_a_reference_or_a_kind_that_does_not_exist_is_named(folder, arguments, message):
    done = callboard(folder, "graph", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
