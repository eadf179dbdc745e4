"""Files with documents that are no descriptors, rendered with the real templates."""

import re
from datetime import UTC, datetime

from page_builders import RENDERER, Outline, shared_context

from callboard.catalog.linking import link
from callboard.descriptors.kinds import builtin_kinds
from callboard.model.skipped import SkippedFile
from callboard.pages.changes import skipped, status, undescribed
from callboard.pages.changes.status import Freshness
from callboard.pages.indexes.context import index_context
from callboard.pages.indexes.problems import problems_view
from callboard.plugins.sources import Undescribed
from callboard.settings.settings import Portal

NOW = datetime(2026, 11, 2, 3, tzinfo=UTC)
README = SkippedFile("here", "acme/shop", "svc/README.md", "not-a-descriptor")
SKELETON = SkippedFile("here", "acme/<b>", "tpl/catalog-info.yaml", "template-skeleton", 2)


def pages_of(*found, audience="internal", bare=()):
    context = shared_context(link([], builtin_kinds())[0], (), Portal(audience=audience))
    planned = status.plan(context, Freshness((), (), bare, NOW, found))
    return {page.path: RENDERER.render(page, page.view()) for page in planned}


def rows(html):
    table = html[html.index("<tbody>") : html.index("</tbody>")]
    return [re.sub("<[^>]+>", "|", row).strip("| ").split("||") for row in table.split("</tr>")[:-1]]


def test_each_file_stands_with_its_repository_and_reason():
    pages = pages_of(README, SKELETON)
    found = [[cell for cell in re.split(r"\|+", "|".join(row)) if cell.strip()] for row in rows(pages[skipped.PATH])]
    assert found == [
        ["acme/&lt;b&gt;", "tpl/catalog-info.yaml", "Template skeleton", "2"],
        ["acme/shop", "svc/README.md", "No apiVersion and kind", "1"],
    ]
    assert 'href="../problems/skipped/">Skipped files: 2</a>' in pages["status/"]
    Outline(pages[skipped.PATH])


def test_the_pages_about_data_quality_lead_to_it_and_from_it():
    pages = pages_of(README, bare=(Undescribed("s", "acme/x", "", "kind: Component\n"),))
    assert re.findall(r'href="([^"]*)"', pages[undescribed.PATH]).count("../../problems/skipped/") == 1
    assert '<a href="../../status/undescribed/">' in pages[skipped.PATH]
    context = shared_context(link([], builtin_kinds())[0], (), Portal())
    assert problems_view(index_context(context, (), skipped_path=skipped.PATH)).skipped_path == skipped.PATH


def test_without_skipped_files_there_is_no_page_and_a_public_portal_names_none():
    assert list(pages_of()) == ["status/"]
    assert "skipped" not in pages_of()["status/"]
    assert list(pages_of(README, audience="public")) == ["status/"]


def test_some_hundreds_stand_on_one_page_and_the_rest_on_further_ones():
    files = [SkippedFile("s", "r", f"{number:04}", "empty") for number in range(skipped.ROWS + 7)]
    pages = pages_of(*files)
    assert list(pages) == ["status/", skipped.PATH, f"{skipped.PATH}2/"]
    assert 'rel="next" href="../../problems/skipped/2/"' in pages[skipped.PATH]
    assert 'rel="prev" href="../../../problems/skipped/"' in pages[f"{skipped.PATH}2/"]
    listed = [path for page in pages.values() for path in re.findall(r"<code><bdi>(\d+)</bdi></code>", page)]
    assert listed == [file.path for file in files]
