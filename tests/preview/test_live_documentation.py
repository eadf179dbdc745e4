"""Documentation kept in memory: after an edit, its set and those that link to it are derived again, and pages are as from scratch."""

import os
from datetime import UTC, datetime

import pytest

from callboard.documentation import health
from callboard.documentation.cross_links import CrossLinks
from callboard.documentation.reading import SetReader
from callboard.preview.portal import PreviewPortal
from support import shared_caches

SOURCES = """\
version: 1
portal: {name: Small, url: "https://portal.example/"}
sources:
  - {name: here, type: files, path: repositories, repositories: "*"}
"""
NAMES = ("edited", "linking", "other", "another")
PAGES = [
    *(f"docs/default/component/{name}/index.html" for name in NAMES),
    *(f"catalog/default/component/{name}/index.html" for name in NAMES),
]
LISTS = ["problems/index.html", "docs/index.html", "api/facts/documentation.json"]


def write(folder, name, text="# Start\n\n[gone](gone.md)\n"):
    repository = folder / "repositories" / name
    (repository / "docs").mkdir(parents=True, exist_ok=True)
    (repository / "catalog-info.yaml").write_text(
        f"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\n"
        "  annotations: {backstage.io/techdocs-ref: 'dir:.'}\n"
        "spec: {type: service, lifecycle: production, owner: nobody}\n"
    )
    page = repository / "docs/index.md"
    page.write_text(text)
    return str(page)


def portal(folder):
    made = PreviewPortal(folder / "sources.yaml", os.environ, lambda: datetime(2026, 11, 22, 3, tzinfo=UTC))
    made.refresh()
    return made


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sources.yaml").write_text(SOURCES)
    for name in NAMES:
        write(tmp_path, name)
    write(tmp_path, "linking", "# Linking\n\n[there](component:edited#restore)\n")
    with shared_caches.lent(tmp_path):
        yield tmp_path


@pytest.fixture
def derived(monkeypatch):
    """Names of the sets that were read, whose links were resolved, and whose defects were derived."""
    counts = {"read": [], "links": [], "defects": []}

    def counted(owner, name, kind, of):
        real = getattr(owner, name)

        def wrapper(*args, **options):
            counts[kind].append(of(args))
            return real(*args, **options)

        monkeypatch.setattr(owner, name, wrapper)

    counted(SetReader, "read", "read", lambda args: args[1].id)
    counted(CrossLinks, "_derived", "links", lambda args: args[1].ref.name)
    counted(health, "_defects", "defects", lambda args: args[0].ref.name)
    return counts


def test_an_edit_derives_its_set_again_and_those_that_link_to_it(folder, derived):
    live = portal(folder)
    assert sorted(derived["links"]) == sorted(derived["defects"]) == sorted(NAMES)  # once each, for problems, facts and pages together
    for text, is_broken in (("# Start\n\n## Restore\n", False), ("# Start\n\n## Backup\n", True)):
        for names in derived.values():
            names.clear()
        news = live.refresh([write(folder, "edited", text)])
        assert len(derived["read"]) == 1
        assert sorted(derived["links"]) == sorted(derived["defects"]) == ["edited", "linking"]
        assert ("a heading that does not exist" in news.text) == is_broken
    fresh = portal(folder)
    assert all(live.content(path) is not None for path in PAGES)
    assert [path for path in (*PAGES, *LISTS) if live.content(path) != fresh.content(path)] == []


def test_an_entity_that_goes_and_comes_back_breaks_and_mends_links_to_it(folder):
    live = portal(folder)
    descriptor = folder / "repositories/edited/catalog-info.yaml"
    text = descriptor.read_text()
    descriptor.write_text(text.replace("name: edited", "name: renamed"))
    assert "which the catalog does not have" in live.refresh([str(descriptor)]).text
    assert live.content(PAGES[1]) == portal(folder).content(PAGES[1])
    descriptor.write_text(text)
    live.refresh([str(descriptor)])
    assert [path for path in (*PAGES, *LISTS) if live.content(path) != portal(folder).content(path)] == []
