"""A build of a portal whose own files have mistakes: the site is published with what is built in, and the exit code is 1."""

import json

import pytest

from support.portal import callboard, write

OVERLAYS = {
    "templates/home.html": "<h1 id='content'>\n{{ view.headng }}</h1>\n",
    "templates/404.html": "{% if %}\n",
    "templates/strings/en.yaml": 'catalog: Register\nn_problems: "{:,} {}"\n',
    "site_overrides/main.html": b"\xff",
    "guides/index.md": "# Home\n\nSee the [readme](../README.md).\n",
    "guides/latin.md": b"\xff",
}


@pytest.fixture
def portal(tmp_path):
    return write(tmp_path)


def overlay(portal, files):
    for name, text in files.items():
        (portal / name).parent.mkdir(parents=True, exist_ok=True)
        (portal / name).write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.mark.long
def test_broken_files_lose_only_themselves_and_every_build_reports_them(portal):
    overlay(portal, OVERLAYS)
    for _ in range(2):  # the second one renders only what failed
        done = callboard(portal, "build", "--report", "report.json")
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        for place in (
            'templates/home.html:2:9: error OVL001 There is no field "headng".',
            "templates/404.html:1:1: error OVL001 ",
            'templates/strings/en.yaml:2:13: error OVL002 "n_problems" has other placeholders',
            "site_overrides/main.html:1:1: error OVL001 This line is not valid UTF-8.",
            "guides/latin.md:1:1: error DOC003 This line is not valid UTF-8; the guide is left out.",
            "guides/index.md:3:18: warning DOC001 The guide has a link to '../README.md', which does not exist.",
        ):
            assert place in done.stderr, done.stderr
        assert "Problems in the portal's own files: 5 errors, 1 warning." in done.stderr
    assert json.loads((portal / "report.json").read_text())["counts"]["pages_rendered"] < 5
    assert "Register" in (portal / "site/catalog/index.html").read_text()
    assert "Search" in (portal / "site/index.html").read_text()
    assert (portal / "site/guides/index.html").is_file()
    assert not (portal / "site/guides/latin/index.html").exists()
    problems = (portal / "site/problems/index.html").read_text()
    assert "templates/404.html:1" in problems
    assert "guides/latin.md:1" in problems


@pytest.mark.long
def test_a_broken_guide_does_not_keep_a_workflow_from_publishing(portal):
    overlay(portal, {"guides/latin.md": b"\xff", "guides/nav.yaml": "index.md: Home\n"})
    done = callboard(portal, "build")
    assert done.returncode == 0
    assert "Problems in the portal's own files: 2 errors." in done.stderr
    assert "built-in" not in done.stderr
    assert callboard(portal, "build", "--strict").returncode == 1


@pytest.mark.long
def test_a_broken_link_in_a_guide_is_a_warning_and_the_site_is_published(portal):
    overlay(portal, {"docs/notes.md": "# Ops notes\n\nSee the [readme](../README.md) and [shop](../../catalog/default/component/shop/).\n"})
    done = callboard(portal, "build")
    assert done.returncode == 0
    assert "docs/notes.md:3:18: warning DOC001 The guide has a link to '../README.md', which does not exist." in done.stderr
    assert "Problems in the portal's own files: 1 warning." in done.stderr
    assert (portal / "site/guides/notes/index.html").is_file()


@pytest.mark.long
def test_a_repaired_template_is_used_by_the_next_build(portal):
    overlay(portal, {"templates/home.html": '<h1 id="content">{{ view.headng }}</h1>\n'})
    assert callboard(portal, "build").returncode == 1
    overlay(portal, {"templates/home.html": '<h1 id="content">Mine: {{ view.heading }}</h1>\n'})
    assert callboard(portal, "build").returncode == 0
    assert "Mine: " in (portal / "site/index.html").read_text()
