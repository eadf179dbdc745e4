"""The whole room: real frames, real search; what is built step by step equals what is built at once."""

import json
import os
import pickle
import random
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pytest

from callboard.incremental.fingerprint import canonical
from callboard.incremental.page_cache import read_pages
from callboard.io.store import Store, file_lock
from callboard.model.errors import LockedError, WebsiteError
from callboard.pages.page import Page, SearchText, TocEntry
from callboard.settings.settings import Portal, Settings
from callboard.website.assemble import SiteBuild, assemble
from callboard.website.link_check import LinkCheck
from callboard.website.overlays import read_overlays
from callboard.website.site_loss import OutputFolder
from callboard.website.theme_build import start_theme_build
from support import shared_caches

pytestmark = pytest.mark.long

TEMPLATE = (
    '<h1 id="content">{{ view.name }}</h1>{% for id in view.parts %}<h2 id="{{ id }}">{{ id }}</h2>{% endfor %}'
    '{% for link in view.links %}<a href="{{ up }}{{ link }}">x</a>{% endfor %}<div class="cb-prose">{{ view.prose|safe }}</div>'
)
ROOT = Path(__file__).parents[2]
INDEXES = ("", "catalog/", "apis/", "docs/", "teams/", "systems/", "domains/", "problems/", "changes/", "status/", "create/")


@dataclass(frozen=True, slots=True)
class View:
    name: str
    parts: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    prose: str = ""


def page(path, view, ref=""):
    def toc(v):
        return tuple(TocEntry(part, part) for part in v.parts)

    def text():
        return SearchText(view.name, f"Words of {view.name}", "component")

    return Page(
        path, "plain.html", "entity", path.partition("/")[0] + "/" if path else "", view.name, lambda: view, toc=toc, search=text, ref=ref
    )


def entity(name, **more):
    return page(f"catalog/default/component/{name}/", View(name, **more), f"component:default/{name}")


def indexes():
    return [page(path, View(path or "Home")) for path in INDEXES]


@pytest.fixture
def portal(tmp_path):
    """``build(pages, data)`` with the frames of another run, so that MkDocs runs once for all tests."""
    root = tmp_path / "portal"
    (root / "templates").mkdir(parents=True)
    (root / "templates/plain.html").write_text(TEMPLATE)
    settings = Settings(root, root / "sources.yaml", Portal(name="Test", url="https://x.example/p/"))

    def build(pages, data=(), output=tmp_path / "out", store=None, **more):
        store = store or Store(tmp_path / "store")
        shared_caches.borrow(store.cache)
        overlays = read_overlays(root, settings.portal)
        with start_theme_build(settings, overlays, store, os.environ) as begun:
            result = assemble(
                chain(indexes(), pages), data, SiteBuild(settings, overlays, store, OutputFolder(output), begun, os.environ, **more)
            )
        shared_caches.leave(store.cache)
        return result

    return build


def files(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_site_has_its_pages_data_assets_search_and_what_robots_ask_for(portal, tmp_path):
    done = portal([entity("a", parts=("about",), links=("catalog/",))], [("api/catalog/names.json", b"[]")])
    names = files(tmp_path / "out")
    wanted = {
        "index.html",
        "404.html",
        "catalog/default/component/a/index.html",
        "api/catalog/names.json",
        "assets/icons.svg",
        "robots.txt",
    }
    assert wanted | {"sitemap.xml", "search/index.json", "assets/portal.css", ".callboard-site"} <= set(names)
    assert (done.pages, done.rendered, done.problems) == (len(INDEXES) + 2, len(INDEXES) + 2, ())
    assert b"https://x.example/p/catalog/default/component/a/" in names["sitemap.xml"]


def test_nothing_changed_means_nothing_rendered_and_nothing_written(portal, tmp_path):
    portal([entity("a")])
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "out").rglob("*")}
    done = portal([entity("a")])
    assert (done.rendered, done.committed.written, done.committed.removed) == (0, 0, 0)
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "out").rglob("*")} == before


def test_a_set_in_a_view_does_not_make_its_key_a_matter_of_chance():
    script = (
        "from dataclasses import dataclass\nfrom callboard.incremental.fingerprint import canonical\n"
        "@dataclass(frozen=True)\nclass V:\n    a: object\n    b: object\n"
        "print(canonical((V(frozenset('abcdefgh'), {'k': [{'x', 'y', 'z'}]}), 1)))"
    )
    said = {
        subprocess.run([sys.executable, "-c", script], env={"PYTHONHASHSEED": seed}, cwd=ROOT, capture_output=True, check=True).stdout
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1
    assert canonical(View("a")) != canonical(View("b"))
    assert canonical((View("a"), frozenset("x"))) != canonical((View("b"), frozenset("x")))


def test_one_changed_entity_is_one_rendered_page(portal):
    portal([entity("a"), entity("b")])
    assert portal([entity("a", parts=("new",)), entity("b")]).rendered == 1


def test_a_vanished_entity_leaves_nothing_behind(portal, tmp_path):
    portal([entity("a"), entity("b")])
    portal([entity("a")])
    assert not (tmp_path / "out/catalog/default/component/b").exists()


def test_after_random_edits_the_site_equals_a_clean_one_byte_for_byte(portal, tmp_path):
    chance, names = random.Random(7), [f"e{i}" for i in range(8)]
    for number in range(6):
        there = chance.sample(names, chance.randint(1, 8))
        pages = [
            entity(n, parts=tuple(chance.sample("xyz", 2)), links=(f"catalog/default/component/{chance.choice(there)}/",)) for n in there
        ]
        data = [(f"data/{n}.json", json.dumps(chance.random()).encode()) for n in there]
        portal(pages, data)
        if number == 2:
            shutil.rmtree(tmp_path / "store/cache")
        if number % 2:
            portal(pages, data, tmp_path / f"clean{number}", Store(tmp_path / f"store{number}"))
            assert files(tmp_path / "out") == files(tmp_path / f"clean{number}")


def test_a_dead_link_of_ours_stops_the_build_and_names_page_and_link_and_the_old_site_stays(portal, tmp_path):
    portal([entity("a")])
    before = files(tmp_path / "out")
    with pytest.raises(WebsiteError, match=r"1 link .*\n  catalog/default/component/a/: teams/nobody/"):
        portal([entity("a", links=("teams/nobody/",))])
    assert files(tmp_path / "out") == before


def test_a_link_that_dies_because_its_target_vanished_is_found_although_its_page_did_not_change(portal):
    holder = entity("a", links=("catalog/default/component/b/",))
    portal([holder, entity("b")])
    with pytest.raises(WebsiteError, match="component/a/: catalog/default/component/b/"):
        portal([holder])


def test_contents_that_lead_nowhere_stop_the_build(portal):
    wrong = entity("a")
    with pytest.raises(WebsiteError, match="#ghost"):
        portal([Page(wrong.path, wrong.template, "entity", "catalog/", "T", wrong.view, toc=lambda _: (TocEntry("ghost", "G"),))])


def test_a_dead_link_in_peoples_text_is_a_problem_of_that_entity(portal):
    done = portal([entity("a", prose='<a href="nowhere/">x</a>')])
    assert [(p.code, str(p.subject)) for p in done.problems] == [("DOC001", "component:default/a")]
    assert portal([entity("a", prose='<a href="nowhere/">x</a>')]).problems == done.problems


def test_a_template_that_fails_leaves_the_old_site_and_nothing_staged(portal, tmp_path):
    portal([entity("a")])
    before = files(tmp_path / "out")
    (tmp_path / "portal/templates/plain.html").write_text("{{ view.no_such_field }}")
    with pytest.raises(WebsiteError, match=r"plain\.html"):
        portal([entity("a")])
    assert files(tmp_path / "out") == before


def test_a_changed_template_renders_all_of_its_pages_again(portal, tmp_path):
    portal([entity("a")])
    (tmp_path / "portal/templates/plain.html").write_text(TEMPLATE + "!")
    assert portal([entity("a")]).rendered == len(INDEXES) + 1


def test_two_builds_at_once_are_refused(portal, tmp_path):
    with file_lock(tmp_path / "store/website.lock", wait=False), pytest.raises(LockedError):
        portal([])


def test_a_full_disk_is_an_error_of_ours(portal):
    def full(step):
        raise OSError(28, "No space left on device")

    with pytest.raises(WebsiteError, match="No space left on device"):
        portal([], step=full)


def test_no_two_views_are_held_at_a_time(portal):
    taken = []

    def plan():
        for name in ("a", "b"):
            taken.append(name)
            made = entity(name)
            yield Page(made.path, made.template, "entity", "catalog/", name, lambda made=made: (taken.append("view"), made.view())[1])

    portal(plan())
    assert taken == ["a", "b", "view", "view"]


def test_a_damaged_cache_is_as_good_as_none(portal, tmp_path):
    portal([entity("a")])
    for text in ("", "1\n[", "9\n", "1\n[1]\n", "\xff"):
        (tmp_path / "store/cache/pages.jsonl").write_text(text)
        assert portal([entity("a")]).committed.written == 0


def told(file):
    """All that a file says of pages, their links among it."""
    return {path: pickle.dumps(known) for path, known in read_pages(file).pages.items()}


def test_of_a_cache_that_was_cut_off_anywhere_only_whole_lines_count(portal, tmp_path):
    portal([entity("a")])
    file = tmp_path / "store/cache/pages.jsonl"
    whole, known = file.read_bytes(), told(file)
    assert known
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        left = told(file)
        assert left.items() <= known.items()
        assert len(left) == len([row for row in whole[:length].split(b"\n")[1:] if row in whole.split(b"\n")[1:-1]])


def test_the_output_may_not_be_somebody_elses_folder(portal, tmp_path):
    Path(tmp_path / "out").mkdir()
    (tmp_path / "out/thesis.txt").write_text("x")
    with pytest.raises(WebsiteError, match="was not made by Callboard"):
        portal([])


@pytest.mark.parametrize("number", [3, 150])
def test_each_dead_link_of_many_pages_is_told_whichever_were_made_in_this_build(portal, number):
    pages = [entity(f"p{i}", prose=f'<a href="lost-{i}/">x</a><a href="../p0/">ok</a>') for i in range(number)]
    told = sorted(problem.field for problem in portal([*pages, entity("good")]).problems)
    assert told == sorted(f"catalog/default/component/p{i}/lost-{i}/" for i in range(number))
    changed = [entity("p0", prose='<a href="lost-0/">y</a>'), *pages[1:]]
    assert sorted(problem.field for problem in portal([*changed, entity("good")]).problems) == told
    assert portal([entity(f"p{i}") for i in range(number)]).problems == ()


def test_links_to_pages_and_to_headings_of_the_same_page_are_not_collected(portal, monkeypatch):
    collected, original = [], LinkCheck.run

    def run(check, guides, frames, changes):
        collected.append({*changes.targets})
        return original(check, guides, frames, changes)

    monkeypatch.setattr(LinkCheck, "run", run)
    pages = [entity(f"p{i}", parts=(f"own-{i}",), links=(f"catalog/default/component/p{i - 1}/",)) for i in range(1, 30)]
    other = entity("p0", links=("catalog/default/component/p1/#own-1",), prose='<a href="lost/">x</a>')
    portal([*pages, other])
    assert {each for each in collected[0] if each.startswith("catalog/default/")} == {
        "catalog/default/component/p1/#own-1", "catalog/default/component/p0/lost/",
    }  # fmt: skip


def test_dead_links_with_letters_beyond_ascii_are_told(portal):
    pages = [entity("a", prose='<a href="grüße/">x</a>'), entity("b")]
    assert [problem.field for problem in portal(pages).problems] == ["catalog/default/component/a/grüße/"]


@pytest.mark.parametrize("address", ["../b/#größe", "../b#größe", "../b/#gr%C3%B6%C3%9Fe"])
def test_a_heading_that_goes_leaves_dead_links_in_the_pages_that_link_to_it_and_were_not_made(portal, address):
    first, last = entity("a", prose=f'<a href="{address}">x</a>'), entity("c", prose='<a href="../b/#other">x</a>')
    assert portal([first, entity("b", parts=("größe", "other")), last]).problems == ()
    target = address.replace("../b", "catalog/default/component/b").replace("gr%C3%B6%C3%9Fe", "größe")
    assert [problem.field for problem in portal([first, entity("b", parts=("other",)), last]).problems] == [target]
    assert portal([first, entity("b", parts=("größe", "other")), last]).problems == ()


def test_a_page_that_goes_leaves_dead_links_in_pages_that_were_not_made(portal):
    pages = [entity("a", prose='<a href="../b/">x</a>'), entity("b")]
    assert portal(pages).problems == ()
    assert [problem.field for problem in portal(pages[:1]).problems] == ["catalog/default/component/b/"]
    assert portal(pages).problems == ()
