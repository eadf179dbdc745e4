"""What a preview answers is what a build writes, byte for byte: for the example, and in a part of it after edits of every sort."""

import os
import re
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from callboard.io.clock import Meter
from callboard.model.errors import CallboardError
from callboard.pipeline import BuildRequest, build
from callboard.plugins.portal_settings import read_settings
from callboard.preview.portal import PreviewPortal
from callboard.website.page_server import is_search_index
from support import EVERY_CASE, shared_caches

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[2]
HEAD = "apiVersion: backstage.io/v1alpha1\n"
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


@dataclass
class Both:
    """A portal that is built, and the same one that is kept in memory."""

    folder: Path
    live: PreviewPortal = field(init=False)
    before: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self):
        self.live = PreviewPortal(self.folder / "sources.yaml", os.environ, lambda: NOW)

    def built(self, *, remember=False):
        settings = read_settings(self.folder / "sources.yaml", os.environ)
        build(BuildRequest(settings, self.folder / "site", NOW, os.environ, accept_loss=True, remember=remember), Meter())
        files = (path for path in (self.folder / "site").rglob("*") if path.is_file())
        found = {path.relative_to(self.folder / "site").as_posix(): path for path in files}
        return {name: path.read_bytes() for name, path in found.items() if not name.startswith(".callboard") and not is_search_index(name)}

    def compare(self):
        """Fails with the names of all files that are not the same."""
        site = self.built()
        other = [name for name, content in site.items() if self.live.content(name) != content]
        assert other == []
        assert [name for name in self.before.keys() - site.keys() if self.live.content(name) is not None] == []
        changed = {name for name in site.keys() | self.before.keys() if site.get(name) != self.before.get(name)}
        self.before = site
        return changed

    def write(self, path, text):
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return self.live.refresh([str(file)])

    def edit(self, path, old, new):
        text = (self.folder / path).read_text(encoding="utf-8")
        assert old in text
        return self.write(path, text.replace(old, new, 1))


def portal(folder, *parts):
    """These parts of the example with two guides, built once and shown."""
    for part in ("directory", "facts", "scorecards", *parts):
        source, target = ROOT / "examples" / part, folder / "examples" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    shutil.copy(ROOT / "sources.yaml", folder)
    (folder / "guides").mkdir()
    (folder / "guides/index.md").write_text("# Guides\n\nFirst words.\n\n[One](one.md)\n")
    (folder / "guides/one.md").write_text("# One\n\nSomething.\n")
    with shared_caches.lent(folder):
        made = Both(folder)
        made.built(remember=True)
        made.live.refresh()
        made.compare()
    return made


def test_the_example_is_answered_as_it_is_built(tmp_path):
    assert len(portal(tmp_path, "acme").before) > 800


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Some fifty entities: a build of the whole example takes seconds, and there are thirty of them here."""
    organisation = ("org/catalog-info.yaml", "org/groups/shop.yaml", "org/landscape/systems.yaml")
    parts = ("accounts", "checkout-service", "checkout-web", "storefront", *organisation)
    return portal(tmp_path_factory.mktemp("portal"), *(f"acme/{part}" for part in parts))


WEB = "examples/acme/checkout-web/catalog-info.yaml"
PAGE = "catalog/default/component/checkout-web/index.html"


def test_an_edited_description_and_its_problems(both):
    news = both.edit(WEB, "metadata:", "metadata:\n  labels: {a/b/c: d}")
    assert {note.severity for note in news.notes} == {"error"}
    assert news.notes[0].place.endswith("examples/acme/checkout-web/catalog-info.yaml:5:12")
    assert PAGE in both.compare()


def test_a_broken_file_and_the_mended_one(both):
    text = (both.folder / WEB).read_text()
    news = both.write(WEB, text + "---\napiVersion: [\n")
    assert "error" in {note.severity for note in news.notes}
    assert f"{WEB.rpartition('/')[2]}:{len(text.splitlines()) + 2}" in news.text
    both.compare()
    news = both.write(WEB, re.sub(r"\n  labels: .*", "", text))
    assert "error" not in {note.severity for note in news.notes}
    both.compare()


def test_added_renamed_and_removed_repositories(both):
    new = "examples/acme/zz-new/catalog-info.yaml"
    text = f"{HEAD}kind: Component\nmetadata: {{name: NAME}}\nspec: {{type: service, lifecycle: production, owner: nobody}}\n"
    news = both.write(new, text.replace("NAME", "zz-new"))
    assert "REF001" in {note.code for note in news.notes}
    assert "catalog/default/component/zz-new/index.html" in both.compare()
    both.write(new, text.replace("NAME", "zz-newer"))
    both.compare()
    shutil.rmtree((both.folder / new).parent)
    both.live.refresh([str((both.folder / new).parent)])
    assert "catalog/default/component/zz-newer/index.html" in both.compare()


def test_a_file_that_a_descriptor_takes_its_text_from(both):
    place = "examples/acme/zz-text/"
    spec = "{type: openapi, lifecycle: production, owner: team-checkout, definition: {$text: ./api.yaml}}"
    api = f"{HEAD}kind: API\nmetadata: {{name: zz}}\nspec: {spec}\n"
    both.write(f"{place}catalog-info.yaml", api)
    both.compare()
    both.write(f"{place}api.yaml", "openapi: 3.0.0\ninfo: {title: One, version: '1'}\npaths: {}\n")
    both.compare()
    both.write(f"{place}api.yaml", "openapi: 3.0.0\ninfo: {title: Two, version: '1'}\npaths: {}\n")
    assert b"Two" in both.live.content("catalog/default/api/zz/index.html")
    both.compare()


def test_facts_in_a_file(both):
    file = both.folder / "examples/facts/incident.yaml"
    both.write("examples/facts/incident.yaml", file.read_text().replace("title:", "title: Again", 1))
    assert both.compare()


def test_a_template_a_style_and_words_of_the_portals_own(both):
    template = (ROOT / "templates/entity.html").read_text()
    both.write("templates/entity.html", template + "<p>Made here.</p>")
    assert b"Made here." in both.live.content(PAGE)
    both.compare()
    both.edit("templates/entity.html", "Made here.", "Made there.")
    both.compare()
    both.write("site_overrides/assets/portal.css", "main { color: teal }")
    both.compare()
    both.write("site_overrides/assets/portal.css", "main { color: navy }")
    assert both.compare() == {"assets/portal.css", "assets/page.css", "assets/docs.css"}
    both.write(
        "templates/strings/en.yaml", (ROOT / "templates/strings/en.yaml").read_text().replace("catalog: Catalog", "catalog: Register")
    )
    assert b"Register" in both.live.content("index.html")
    both.compare()


def test_a_broken_template_leaves_the_site_and_is_named_with_its_line(both):
    before, own = both.live.content(PAGE), both.folder / "templates/entity.html"
    text = (own if own.is_file() else ROOT / "templates/entity.html").read_text()
    with pytest.raises(CallboardError, match=r"entity\.html:\d+"):
        both.write("templates/entity.html", text + "\n{% if %}")
    assert both.live.content(PAGE) == before
    both.write("templates/entity.html", text)
    assert both.live.content(PAGE) == before
    both.compare()


def test_guides(both):
    both.write("guides/one.md", "# Two\n\nSomething else.\n")
    assert b"Something else" in both.live.content("guides/one/index.html")
    both.compare()
    both.write("guides/more/two.md", "# More\n")
    both.compare()
    (both.folder / "guides/more/two.md").unlink()
    both.live.refresh([str(both.folder / "guides/more/two.md")])
    both.compare()


@EVERY_CASE
def test_another_configuration_and_a_broken_one(both):
    both.edit("sources.yaml", "name: Acme developer portal", "name: Other")
    both.compare()
    before = both.live.content(PAGE)
    with pytest.raises(CallboardError, match=r"sources\.yaml:\d+"):
        both.edit("sources.yaml", "audience: internal", "audience: everybody")
    with pytest.raises(CallboardError, match="audience"):  # it is still broken when something else changes
        both.edit(WEB, "The checkout pages", "Newly the checkout pages")
    assert both.live.content(PAGE) == before
    both.edit("sources.yaml", "audience: everybody", "audience: public")
    assert b"Newly" in both.live.content(PAGE)
    both.compare()


def test_what_means_nothing_to_the_site_makes_no_other_site(both):
    (both.folder / "notes").mkdir()
    settings = (both.folder / "sources.yaml").read_text()
    both.write("sources.yaml", settings[: settings.index("integrations:")])
    assert both.write("notes/todo.txt", "buy milk") is None
