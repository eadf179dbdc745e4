"""Nights of a real portal, pages and all: what is published, and what is left alone."""

import hashlib
import json
import os
import shutil
from datetime import timedelta

import pytest

from callboard import pipeline
from callboard.cli.output import report_build
from callboard.io.clock import Meter
from callboard.model.errors import SourceError
from callboard.plugins.portal_settings import read_settings
from callboard.state.manifest import StateError
from state_builders import component, night
from support import shared_caches

pytestmark = pytest.mark.long

SETTINGS = """
version: 1
portal: {name: Nights, timezone: Europe/Berlin, url: "https://portal.example/"}
sources:
  - {name: shop, type: files, path: shop}
  - {name: bank, type: files, path: bank}
  - {name: org, type: files, path: org}
"""
TEAM = "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: shop}\nspec: {type: team, children: []}\n"
NIGHTLY = {"status/index.html", "status/collections.json"}


def put(folder, name, text):
    (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / name / "catalog-info.yaml").write_text(text)


def build(folder, number, output="site", **more):
    settings = read_settings(folder / "sources.yaml", {})
    return pipeline.build(pipeline.BuildRequest(settings, folder / output, night(number), dict(os.environ), **more), Meter())


def contents(folder, output="site"):
    root = folder / output
    files = (path for path in root.rglob("*") if path.is_file() and not path.name.startswith(".callboard"))
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def changed(before, after):
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nights")
    (folder / "sources.yaml").write_text(SETTINGS)
    put(folder, "org", TEAM)
    put(folder, "shop", "---\n".join(component(f"shop-{n}", owner="shop") for n in range(6)))
    put(folder, "bank", component("bank", owner="shop", definition="x" * 9_000))
    with shared_caches.lent(folder):
        build(folder, 0)
    return folder


@pytest.fixture
def portal(first, tmp_path):
    """A portal after its first night, with a warm cache."""
    return shutil.copytree(first, tmp_path / "nights")


def test_a_night_without_changes_changes_the_status_alone(portal):
    before = contents(portal)
    build(portal, 1)
    assert changed(before, contents(portal)) == NIGHTLY


def test_the_site_is_made_again_of_the_state_alone(portal):
    put(portal, "shop", component("shop-0", owner="shop", lifecycle="deprecated") + "---\n" + component("other", owner="shop"))
    shutil.rmtree(portal / "bank")
    build(portal, 1, accept_loss=True)
    before = contents(portal)
    for name in ("shop", "org"):
        shutil.rmtree(portal / name)
    build(portal, 9, from_state=True, output="again")
    assert contents(portal, "again") == before


def test_a_source_that_fails_serves_on_and_its_pages_say_so(portal):
    before = contents(portal)
    shutil.rmtree(portal / "bank")
    build(portal, 1)
    page = (portal / "site/catalog/default/component/bank/index.html").read_text()
    assert "Source unavailable; showing data from" in page
    assert "there is no folder bank" in (portal / "site/status/index.html").read_text()
    bank = "catalog/default/component/bank/"
    assert changed(before, contents(portal)) - NIGHTLY <= {f"{bank}index.html", *(p for p in before if p.startswith("search/"))}
    held = contents(portal)
    build(portal, 2)
    assert changed(held, contents(portal)) == NIGHTLY
    collected = json.loads((portal / "site/status/collections.json").read_text())
    assert {row["name"]: row["collected_at"][:10] for row in collected["sources"]} == {
        "shop": f"{night(2):%Y-%m-%d}", "bank": f"{night(0):%Y-%m-%d}", "org": f"{night(2):%Y-%m-%d}",
    }  # fmt: skip


def test_a_build_that_would_lose_too_much_leaves_the_old_site(portal):
    before = contents(portal)
    shutil.rmtree(portal / "shop")
    shutil.rmtree(portal / "bank")
    with pytest.raises(SourceError, match=r"2 of 3 sources failed \(shop, bank\); at most 50% may fail\."):
        build(portal, 1)
    assert contents(portal) == before


def test_what_shrank_beyond_belief_serves_on_until_somebody_accepts_the_loss(portal):
    put(portal, "shop", component("shop-0", owner="shop"))
    build(portal, 1)
    last = portal / "site/catalog/default/component/shop-5/index.html"
    assert last.exists()
    assert "dropped from 6 to 1" in (portal / "site/status/index.html").read_text()
    build(portal, 2, accept_loss=True)
    assert not last.exists()


def test_what_changed_stands_on_all_pages_that_tell_of_it(portal):
    put(portal, "bank", component("bank", owner="shop", lifecycle="deprecated", definition="x" * 9_000))
    build(portal, 1)
    for path in ("index.html", "changes/index.html", "catalog/default/component/bank/index.html", "catalog/default/group/shop/index.html"):
        assert "deprecated" in (portal / "site" / path).read_text(), path
    for feed in ("changes/feed.xml", "changes/default/shop/feed.xml"):
        assert "lifecycle: production → deprecated" in (portal / "site" / feed).read_text()
    day = (night(1) + timedelta(hours=1)).date()
    assert f"changes/2026-11/#d-{day}" in (portal / "site/index.html").read_text()


def test_a_run_that_dies_before_the_state_is_kept_tells_its_changes_the_next_night(portal, monkeypatch):
    put(portal, "bank", component("bank", owner="shop", lifecycle="deprecated"))
    monkeypatch.setattr("callboard.history.build_state.save", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        build(portal, 1)
    monkeypatch.undo()
    built = build(portal, 2)
    assert built.failures == ()
    html = (portal / "site/changes/index.html").read_text()
    assert html.count("lifecycle") == 1
    assert "2026-11-22" in html


def test_a_damaged_month_of_the_history_is_reported_and_kept_and_the_site_is_built(portal, capsys):
    put(portal, "bank", component("bank", owner="shop", lifecycle="deprecated"))
    build(portal, 1)
    build(portal, 2)
    month = portal / ".callboard/state/history/changes/2026-11.jsonl"
    month.write_bytes(month.read_bytes().replace(b"deprecated", b"production"))
    built = build(portal, 3)
    assert built.damaged == (month,)
    report_build(built, portal / "site", quiet=False, verbose=False)
    said = capsys.readouterr().err
    assert f"The history in {month} is damaged or missing; its changes are not shown. Restore the file from a backup." in said
    assert f"The damaged file of the history is kept as {month.parent / 'damaged' / month.name}." in said
    assert "lifecycle" not in (portal / "site/changes/index.html").read_text()
    assert build(portal, 4).damaged == ()


def test_there_is_nothing_to_rebuild_without_a_state(portal):
    shutil.rmtree(portal / ".callboard/state")
    with pytest.raises(StateError, match="There is no state"):
        build(portal, 1, from_state=True)


def test_a_preview_leaves_no_trace_in_the_history(portal):
    state = (portal / ".callboard/state/current.json").read_bytes()
    put(portal, "bank", component("bank", owner="shop", lifecycle="deprecated"))
    build(portal, 1, remember=False)
    assert (portal / ".callboard/state/current.json").read_bytes() == state
