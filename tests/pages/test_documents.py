"""Sets of documentation → their pages: navigation, links, what stands around the text, and pages at former addresses."""

import re

import pytest
from page_builders import RENDERER, shared_context

from callboard.incremental.key_digests import name_of
from callboard.pages.blocks.results import BlockResults
from callboard.pages.documents import plan as documents
from callboard.pages.documents.context import documents_context
from callboard.pages.documents.entity_section import DocumentsSection, newest_version
from callboard.pages.documents.navigation import WHOLE
from support.documented_portal import PAYMENTS, DocumentedPortal

START = "docs/default/component/payments/"


@pytest.fixture
def portal(tmp_path):
    return DocumentedPortal(tmp_path).entity(ref="dir:.")


def context_of(portal):
    built = portal.built()
    context = shared_context(portal.catalog)
    page = type(context)(**{**{name: getattr(context, name) for name in context.__slots__}, "trees": portal.trees})
    return documents_context(page, built, BlockResults(page, dict))


def pages_of(portal):
    return {page.path: page for page in documents.plan(context_of(portal))}


def rendered(pages, path):
    return RENDERER.render(pages[path], pages[path].view())


def test_a_page_has_its_navigation_neighbours_and_addresses_at_the_host(portal):
    nav = "nav:\n  - Start: index.md\n  - More:\n    - more/b.md\n    - Web: https://host.test/\n"
    portal.write(**{"mkdocs.yml": f"site_name: Payments\n{nav}", "docs/index.md": "# A", "docs/more/b.md": "# B", "docs/c.md": "# C"})
    pages = pages_of(portal)
    view = pages[f"{START}more/b/"].view()
    assert [(entry.title, entry.href) for entry in view.navigation] == [("Start", "../../"), ("More", "")]
    assert [(entry.title, entry.href, entry.is_current) for entry in view.navigation[1].children] == [
        ("B", "../../more/b/", True), ("Web", "https://host.test/", False),
    ]  # fmt: skip
    assert (view.previous.href, view.next) == ("../../", None)
    assert view.edit == "https://github.com/acme/payments/edit/main/docs/more/b.md"
    assert view.report.startswith("https://github.com/acme/payments/issues/new?title=Documentation%3A%20B&body=docs%2Fmore%2Fb.md")
    assert [entry.title for entry in pages[START].view().others] == ["C"]
    assert pages[f"{START}c/"].view().is_outside


def test_the_navigation_of_a_large_set_has_the_open_branch_only(portal):
    portal.write(**{f"docs/s{number % 3}/p{number}.md": f"# P{number}" for number in range(WHOLE + 2)})
    portal.write(**{"docs/index.md": "# Start"})
    pages = pages_of(portal)
    entries = pages[f"{START}s1/p1/"].view().navigation
    assert [(entry.title, entry.is_cut, bool(entry.children)) for entry in entries] == [
        ("Start", False, False), ("S0", True, False), ("S1", False, True), ("S2", True, False),
    ]  # fmt: skip
    assert f"{START}~all/" not in pages


def test_links_are_filled_in_when_the_page_is_shown(portal):
    portal.write(**{"docs/index.md": "# A\n\n[](component:orders) [](b.md) [s](../src/x.py#L3) [no](component:gone) ![i](big.png)\n",
                    "docs/b.md": "# The second", "src/x.py": "x", "docs/big.png": b"0" * 6_000_000}).entity("orders")  # fmt: skip
    html = rendered(pages_of(portal), START)
    for wanted in (
        '<a href="../../../../catalog/default/component/orders/">orders</a>', '<a href="b/">The second</a>',
        '<a href="https://github.com/acme/payments/blob/main/src/x.py#L3">s</a>', '<a class="cb-broken">no</a>',
        '<span class="cb-noimage">i</span>',
    ):  # fmt: skip
        assert wanted in html


def test_images_of_the_set_have_their_sizes_on_every_page_that_shows_them(portal):
    html = '<img src="plan.svg" alt="a > b" width="75"> <img height="9" src="plan.svg"> <img src="plan.svg" width="50%">'
    portal.write(**{
        "docs/index.md": "# A\n\n![own](plan.svg) ![none](flat.svg)\n", "docs/b.md": f"# B\n\n{html}\n",
        "docs/plan.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="150" height="60"/>',
        "docs/flat.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>',
    })  # fmt: skip
    pages = pages_of(portal)

    def images(path):
        found = re.findall(r"<img [^>]*?plan[^>]*>", rendered(pages, path).replace("a &gt; b", "").replace("a > b", ""))
        return [dict(re.findall(r"(src|width|height)=\"([^\"]*)\"", image)) for image in found]

    assert images(START) == [{"src": "plan.svg", "width": "150", "height": "60"}]
    written = [{"width": "75", "height": "30"}, {"height": "9"}, {"width": "50%"}]
    assert images(f"{START}b/") == [{"src": "../plan.svg"} | each for each in written]
    assert [image.get("height") for image in images(f"{START}~all/")] == ["60", "30", "9", None]
    assert "height" not in re.search(r"<img [^>]*flat[^>]*>", rendered(pages, START))[0]


def test_one_page_has_all_pages_with_links_between_them(portal):
    start = '# A {#top}\n\n[b](b.md#c) `id="x"`\n\n![i](img/i.png)'
    portal.write(**{"docs/index.md": start, "docs/b.md": "# B\n\n## C {#c}\n\n[a](index.md)",
                    "docs/img/i.png": b"0"})  # fmt: skip
    html = rendered(pages_of(portal), f"{START}~all/")
    for wanted in ('<h2 id="p1-top">', 'href="#p2-c"', '<h3 id="p2-c">', 'href="#p1">a', 'src="../img/i.png"', 'id="x"</code>'):
        assert wanted in html
    assert html.count("<h1") == 1


def test_former_addresses_and_entities_that_share_a_set_lead_to_it(portal):
    maps = "plugins: [{redirects: {redirect_maps: {old/x.md: new.md, 'gone.md': 'https://host.test/', '../../../etc.md': new.md}}}]"
    portal.write(**{"mkdocs.yml": maps, "docs/new.md": "# New"}).entity("orders", entity="component:payments", entity_path="/new")
    pages = pages_of(portal)
    moved = {path: page.view().target for path, page in pages.items() if page.template == "moved.html"}
    assert moved == {path: page.moved_to for path, page in pages.items() if page.moved_to}
    assert moved == {
        START: "../../../../docs/default/component/payments/new/",
        f"{START}old/x/": "../../../../../../docs/default/component/payments/new/",
        f"{START}gone/": "https://host.test/",
        "docs/default/component/orders/": "../../../../docs/default/component/payments/new/",
    }
    assert documents.addresses(context_of(portal))[next(ref for ref in portal.entities if ref.name == "orders")] == f"{START}new/"


def test_a_redirect_keeps_only_an_anchor_that_its_page_has(portal):
    maps = "{old.md: 'new.md#gone', chain.md: 'old2.md', old2.md: 'new.md#größe', frame.md: 'new.md#content', odd.md: 'new.md#\"><b>'}"
    portal.write(
        **{"mkdocs.yml": f"plugins: [redirects: {{redirect_maps: {maps}}}]", "docs/new.md": "# New\n\n## Größe {#größe}\n\n## Content\n"}
    )
    built = portal.built()
    moved = {path[len(START) :]: page.view().target for path, page in pages_of(portal).items() if page.template == "moved.html"}
    assert {old: target.rpartition("/")[2] for old, target in moved.items()} == {
        "": "", "old/": "", "chain/": "#gr%C3%B6%C3%9Fe", "old2/": "#gr%C3%B6%C3%9Fe", "frame/": "#doccontent", "odd/": "",
    }  # fmt: skip
    assert [problem.message.split("`")[1] for problem in built.problems] == ["old.md", "odd.md"]


def test_no_set_has_two_files_in_one_place(portal):
    drawn = "_diagrams/0123456789abcdef0123.svg"
    maps = ["'~all.md'", "img.png.md", "b/index.html/c.md", f"{drawn}.md", "fine.md"]
    redirects = ", ".join(f"{old}: x.md" for old in maps)
    portal.write(**{
        "mkdocs.yml": f"nav: [index.md, x.md, b.md]\nplugins: [{{redirects: {{redirect_maps: {{{redirects}}}}}}}]",
        "docs/index.md": f"# A\n\n[x](x.md) ![i](img.png) ![t](x.png) ![d]({drawn})", "docs/img.png": b"0", "docs/x.png": b"0",
        "docs/x.png.md": "# P", f"docs/{drawn}": "<svg xmlns='http://www.w3.org/2000/svg'/>", f"docs/{drawn}.md": "# D",
        "docs/x.md": "# First", "docs/x/README.md": "# Last", "docs/b.md": "# B",
    })  # fmt: skip
    context = context_of(portal)
    paths = [f"{page.path}index.html" for page in documents.plan(context)] + [path for path, *_ in documents.files(context)]
    folders = {"/".join(path.split("/")[:number]) for path in paths for number in range(1, path.count("/") + 1)}
    assert (len(paths), folders & {*paths}) == (len({*paths}), set())
    made = context.documentation.sets[PAYMENTS]
    assert [*made.pages] == ["index.md", "x/README.md", "b.md", "x.png.md"]
    assert (made.navigation.order(), [*made.files]) == (("index.md", "x/README.md", "b.md"), ["img.png"])
    assert f"{START}fine/" in {page.path for page in documents.plan(context)}
    said = " ".join(problem.message for problem in context.documentation.problems)
    for wanted in (
        "`x.md` is not shown: `x/README.md` has the same address `x/`.",
        "a page has the address `x.png/`",
        "that no address can have",
    ):
        assert wanted in said


def test_an_entity_without_documentation_gets_a_page_that_says_how_to_add_it(portal):
    html = rendered(pages_of(portal.write(**{"src/x.py": "x"})), START)
    assert "backstage.io/techdocs-ref: dir:." in html
    assert "has no documentation yet" in html


def test_the_section_of_an_entity_names_its_set_its_change_log_and_pages_that_mention_it(portal):
    portal.write(
        **{
            "docs/index.md": "# A",
            "docs/run.md": "# Run",
            "CHANGELOG.md": "# Changes\n\n## 2.0\n",
            "o/README.md": "[](component:payments/run.md)",
        }
    )
    portal.entity("orders", ref="dir:o")
    context = context_of(portal)
    section = DocumentsSection(context)(context.catalog.entities[PAYMENTS])
    view = section.content
    assert (view.own.pages, [page.title for page in view.pages]) == (3, ["Run", "Changes"])
    assert (view.change_log.title, view.change_log.path) == ("2.0", f"{START}CHANGELOG/")
    assert [page.path for page in view.mentions] == ["docs/default/component/orders/"]


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ({"docs/b.md": "# B2"}, {"b.md", "index.md", "c.md", ""}),
        ({"docs/b.md": "# B\n\nmore"}, {"b.md"}),
        ({"o/README.md": "# Other title"}, {"index.md"}),
    ],
)
def test_a_page_is_made_again_only_if_something_that_it_shows_has_changed(portal, change, changed):
    portal.write(**{"docs/index.md": "# A\n\n[](component:orders/)", "docs/b.md": "# B", "docs/c.md": "# C", "o/README.md": "# O"})
    portal.entity("orders", ref="dir:o")
    before = documents.fingerprints(context_of(portal))
    after = documents.fingerprints(context_of(portal.write(**change)))
    found = {name_of(key).partition(f"{PAYMENTS} ")[2] for key in after if str(PAYMENTS) in name_of(key) and before.get(key) != after[key]}
    assert found == changed


@pytest.mark.parametrize(
    ("text", "newest"),
    [
        ("# Changelog\n\n## [Unreleased]\n\n### Added\n\n- x\n\n## [1.2.0] - 2026-01-31\n", "1.2.0 - 2026-01-31"),
        ("# Changelog\n\n## [1.2.0](https://host.test/compare) (2026-01-31)\n\n### Features\n", "1.2.0 (2026-01-31)"),
        ("# [2.0.0](https://host.test/x) (2026-01-31)\n\n### Features\n\n## [1.9.1](https://host.test/y)\n", "2.0.0 (2026-01-31)"),
        ("## [unreleased]\n\n## Sunday\n", "Sunday"),
        ("# Changes\n\n## Unreleased\n", ""),
    ],
)
def test_the_newest_version_of_a_change_log_is_found_in_every_common_format(portal, text, newest):
    made = portal.write(**{"docs/index.md": "x", "CHANGELOG.md": text}).built().sets[PAYMENTS]
    assert newest_version(made.pages["CHANGELOG.md"].details.headings) == newest
