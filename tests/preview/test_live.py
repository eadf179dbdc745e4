"""A portal kept in memory: what is read again, what is not, and what people see meanwhile."""

import os
import shutil
import subprocess
import threading
from datetime import UTC, datetime

import pytest

from callboard.model.errors import CallboardError, WebsiteError
from callboard.plugins import run_integrations as collect_integrations
from callboard.plugins.run_integrations import IntegrationResult
from callboard.preview import caches, files_cache
from callboard.preview.portal import PreviewPortal
from support import shared_caches

pytestmark = pytest.mark.long

SOURCES = """\
version: 1
portal: {name: Small, url: "https://portal.example/"}
sources:
  - {name: here, type: files, path: repositories, repositories: "*"}
"""
HEAD = "apiVersion: backstage.io/v1alpha1\n"
SPEC = "spec: {type: service, lifecycle: production, owner: team-a}\n"
PAGE = "catalog/default/component/shop/index.html"


def shop(text):
    return f"{HEAD}kind: Component\nmetadata: {{name: shop, description: {text}}}\n{SPEC}"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "repositories/shop").mkdir(parents=True)
    (tmp_path / "repositories/org").mkdir()
    (tmp_path / "sources.yaml").write_text(SOURCES)
    (tmp_path / "repositories/shop/catalog-info.yaml").write_text(shop("First."))
    (tmp_path / "repositories/org/catalog-info.yaml").write_text(
        f"{HEAD}kind: Group\nmetadata: {{name: team-a}}\nspec: {{type: team, children: []}}\n"
    )
    with shared_caches.lent(tmp_path):
        yield tmp_path


@pytest.fixture
def live(folder):
    made = PreviewPortal(folder / "sources.yaml", os.environ, lambda: datetime(2026, 11, 22, 3, tzinfo=UTC))
    made.refresh()
    return made


def test_before_the_first_site_there_is_a_reason_instead_of_pages(folder):
    (folder / "sources.yaml").write_text("version: 9")
    live = PreviewPortal(folder / "sources.yaml", os.environ, lambda: datetime.now(UTC))
    with pytest.raises(CallboardError):
        live.refresh()
    with pytest.raises(WebsiteError, match="no site"):
        live.content("index.html")
    (folder / "sources.yaml").write_text(SOURCES)
    live.refresh([str(folder / "sources.yaml")])
    assert b"First." in live.content(PAGE)


def test_only_files_that_a_change_concerns_are_read_again(live, folder, monkeypatch):
    read = []
    plain = files_cache._RecordingTree.read
    monkeypatch.setattr(
        files_cache._RecordingTree, "read", lambda self, path, limit: (read.append((self.id, path)), plain(self, path, limit))[1]
    )
    file = folder / "repositories/shop/catalog-info.yaml"
    file.write_text(shop("Second."))
    live.refresh([str(file)])
    assert b"Second." in live.content(PAGE)
    assert {id_ for id_, _ in read} == {"repositories/shop"}


def test_what_was_there_before_is_no_news_and_what_the_edit_brings_is(live, folder):
    file = folder / "repositories/shop/catalog-info.yaml"
    other = folder / "repositories/org/catalog-info.yaml"
    file.write_text(shop("First.").replace("team-a", "team-aa"))
    assert {note.code for note in live.refresh([str(file)]).notes} >= {"REF001"}
    other.write_text(other.read_text() + "# nothing\n")
    assert "REF001" not in {note.code for note in live.refresh([str(other)]).notes}
    other.write_text(other.read_text().replace("team-a", "team-aaa"))
    news = live.refresh([str(other)])
    assert news.more == 0
    file.write_text(shop("First.").replace("team-a", "team-aaa"))
    assert "REF001" not in {note.code for note in live.refresh([str(file)]).notes}


def test_more_problems_than_anybody_reads_are_counted(live, folder):
    wrong = "---\n".join(
        f"{HEAD}kind: Component\nmetadata: {{name: n{n}}}\nspec: {{type: t, lifecycle: l, owner: gone-{n}}}\n" for n in range(60)
    )
    file = folder / "repositories/shop/catalog-info.yaml"
    file.write_text(wrong)
    news = live.refresh([str(file)])
    assert len(news.notes) == 20
    assert news.more == len(news.problems) - 20 >= 40


def test_a_change_behind_a_link_is_seen(live, folder):
    (folder / "repositories/shop/texts").mkdir()
    (folder / "repositories/shop/texts/real.yaml").write_text(shop("Behind a link."))
    (folder / "repositories/shop/catalog-info.yaml").unlink()
    (folder / "repositories/shop/catalog-info.yaml").symlink_to("texts/real.yaml")
    live.refresh([str(folder / "repositories/shop")])
    assert b"Behind a link." in live.content(PAGE)
    (folder / "repositories/shop/texts/real.yaml").write_text(shop("Changed behind it."))
    live.refresh([str(folder / "repositories/shop/texts/real.yaml")])
    assert b"Changed behind it." in live.content(PAGE)


def test_a_folder_that_went_and_came_back(live, folder):
    place, aside = folder / "repositories/shop", folder / "aside"
    shutil.move(place, aside)
    live.refresh([str(place)])
    assert live.content(PAGE) is None
    shutil.move(aside, place)
    live.refresh([str(place), str(aside)])
    assert b"First." in live.content(PAGE)


def test_a_source_that_failed_is_asked_again(live, folder):
    shutil.move(folder / "repositories", folder / "away")
    with pytest.raises(CallboardError, match="no folder"):
        live.refresh([str(folder / "repositories")])
    assert b"First." in live.content(PAGE)
    shutil.move(folder / "away", folder / "repositories")
    live.refresh([str(folder / "repositories")])
    assert b"First." in live.content(PAGE)


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_the_next_change_after_a_commit_knows_the_commit(live, folder):
    def git(*arguments):
        who = ["-c", "user.name=T", "-c", "user.email=t@example.org"]
        subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)

    file = folder / "repositories/shop/catalog-info.yaml"
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    live.refresh([str(folder / "repositories")])
    before = live._site.data.resolved.trees["here", "repositories/shop"].revision
    file.write_text(shop("Second."))
    git("commit", "-qam", "two")
    live.refresh([str(file)])
    assert live._site.data.resolved.trees["here", "repositories/shop"].revision not in {"", before}
    assert b"Second." in live.content(PAGE)


def test_another_schema_of_a_kind_is_another_portal(live, folder):
    (folder / "kinds").mkdir()
    schema = folder / "kinds/dataset.schema.json"
    schema.write_text(
        '{"type": "object", "description": "Rows.", "properties": {"kind": {"const": "Dataset"}, "spec": {"type": "object"}}}'
    )
    (folder / "sources.yaml").write_text(f"{SOURCES}kinds: [kinds/dataset.schema.json]\n")
    live.refresh([str(folder / "sources.yaml")])
    schema.write_text(schema.read_text().replace("Rows.", "Rows and columns."))
    live.refresh([str(schema)])
    assert b"Rows and columns." in live.content("schema/dataset.json")


def test_an_announcement_is_shown_once_its_file_is_saved_and_gone_with_it(live, folder):
    file = folder / "announcements/quiet.md"
    file.parent.mkdir()
    file.write_text("---\ntitle: Be quiet\nfrom: 2026-11-22\nuntil: 2026-11-23\n---\n")
    live.refresh([str(file)])
    assert b"Be quiet" in live.content("index.html")
    file.unlink()
    live.refresh([str(file)])
    assert b"Be quiet" not in live.content("index.html")


def test_hosts_are_asked_once_and_files_of_facts_after_each_change(folder, monkeypatch):
    asked = []
    collect = collect_integrations.collect_facts

    def collected(items, *rest):
        asked.extend(item.type for item in items)
        return collect(items, *rest) if items[0].type == "file" else IntegrationResult()

    monkeypatch.setattr(caches, "collect_facts", collected)
    (folder / "facts.yaml").write_text("facts: []\n")
    items = ["{name: mine, type: file, path: facts.yaml, family: incident}", "{name: status, type: statuspage, page: p, token: '${T}'}"]
    (folder / "sources.yaml").write_text(SOURCES + "integrations:\n" + "".join(f"  - {item}\n" for item in items))
    live = PreviewPortal(folder / "sources.yaml", {**os.environ, "T": "t"}, lambda: datetime(2026, 11, 22, 3, tzinfo=UTC))
    live.refresh()
    assert sorted(asked) == ["file", "statuspage"]
    live.refresh([str(folder / "repositories/shop/catalog-info.yaml")])
    assert sorted(asked) == ["file", "file", "statuspage"]


def test_whoever_asks_while_it_changes_gets_one_whole_state_or_the_other(live, folder):
    file = folder / "repositories/shop/catalog-info.yaml"
    stop, seen, broken = threading.Event(), set(), []

    def ask():
        while not stop.is_set():
            body = live.content(PAGE)
            marks = [mark for mark in range(12) if f"Word{mark}.".encode() in body]
            if len(marks) != 1 and b"First." not in body:
                broken.append(body)
            seen.update(marks)
            live.content("index.html")
            live.content("api/catalog/names.json")

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for mark in range(12):
        file.write_text(shop(f"Word{mark}."))
        live.refresh([str(file)])
    stop.set()
    for thread in threads:
        thread.join()
    assert broken == []
    assert seen
