"""Folders of repositories → sets: what is read, what is wrong, and what a second build converts again."""

from dataclasses import replace
from pathlib import Path

import pytest

from callboard.documentation import links
from callboard.documentation.cross_links import CrossLinks
from callboard.documentation.excluding import Patterns
from callboard.documentation.model import SetKind
from callboard.model.ref import EntityRef
from callboard.settings.settings import DocsSettings, ExcludedDocs
from markdown import util
from support.documented_portal import PAYMENTS, DocumentedPortal


@pytest.fixture
def portal(tmp_path):
    return DocumentedPortal(tmp_path).entity(ref="dir:.")


@pytest.mark.parametrize(
    ("files", "kind", "pages"),
    [
        ({"mkdocs.yml": "docs_dir: handbook", "handbook/a.md": "# A"}, SetKind.MKDOCS, ["a.md"]),
        ({"mkdocs.yaml": "site_name: X", "docs/a.md": "# A"}, SetKind.MKDOCS, ["a.md"]),
        ({"docs/index.md": "# A", "README.md": "# R"}, SetKind.FOLDER, ["index.md"]),
        ({"README.md": "# R", "other.md": "# O"}, SetKind.README, ["README.md"]),
        ({"src/x.py": "x"}, SetKind.NONE, []),
        ({"mkdocs.yml": "docs_dir: ../../etc", "docs/a.md": "# A"}, SetKind.MKDOCS, ["a.md"]),
        ({"mkdocs.yml": "a: [", "docs/a.md": "# A"}, SetKind.MKDOCS, ["a.md"]),
        ({"mkdocs.yml": "exclude_docs: |\n  drafts/\n  !drafts/b.md", "docs/a.md": "#", "docs/drafts/x.md": "#"}, SetKind.MKDOCS, ["a.md"]),
        (
            {"mkdocs.yml": "exclude_docs: [drafts/, '*a*a*a*a*', '!']", "docs/a.md": "# A", "docs/drafts/x.md": "#"},
            SetKind.MKDOCS,
            ["a.md"],
        ),
        (
            {
                "mkdocs.yml": "INHERIT: conf/base.yml\nnav: [a.md]",
                "conf/base.yml": "INHERIT: ../up.yml\nsite_name: Base",
                "up.yml": "docs_dir: !ENV [HOME, book]",
                "book/a.md": "# A",
            },
            SetKind.MKDOCS,
            ["a.md"],
        ),
        ({"mkdocs.yml": "INHERIT: ../../up.yml", "docs/a.md": "# A"}, SetKind.MKDOCS, ["a.md"]),
        ({"mkdocs.yml": "docs_dir: [x]\nnav: a.md", "docs/a.md": "# A"}, SetKind.MKDOCS, ["a.md"]),
        ({"docs/index.html.md": "# X", "docs/a.md": "# A", f"docs/{'x' * 160}.md": "# Y"}, SetKind.FOLDER, ["a.md"]),
    ],
)
def test_a_set_is_what_the_folder_has(portal, files, kind, pages):
    made = portal.write(**files).made()
    assert (made.kind, [*made.pages]) == (kind, pages)


@pytest.mark.parametrize(
    "files",
    [
        {"mkdocs.yml": "site_name: X"},
        {"mkdocs.yml": "nav: [index.md, run.md]", "docs/run.md": "# Run"},
        {"docs/notes.txt": "x", "mkdocs.yml": "plugins: [techdocs-core]"},
    ],
)
def test_a_readme_is_the_start_page_of_a_set_without_one_and_keeps_its_links(portal, files):
    text = "# Pay\n\n![Plan](img/plan.png) [run](docs/run.md) [code](src/x.py)\n"
    built = portal.write(**{**files, "README.md": text, "img/plan.png": b"\x89PNG\r\n\x1a\n", "src/x.py": "x"}).built()
    made = built.sets[PAYMENTS]
    assert (made.start.path, made.start.title, made.repository_path("index.md")) == ("index.md", "Pay", "README.md")
    assert [*made.files] == ["img/plan.png"]
    assert [link.file for link in made.start.details.open_links] == ["src/x.py"]
    assert made.start.details.linked == (("run.md",) if "docs/run.md" in files else ())


def test_a_set_without_pages_is_a_problem(portal):
    built = portal.write(**{"mkdocs.yml": "docs_dir: book", "docs/a.md": "# A"}).built()
    assert {(problem.code, problem.message) for problem in built.problems} == {
        ("DOC010", "`docs_dir` names `book`, which has no files."), ("DOC010", "There is no documentation in book.")
    }  # fmt: skip


def test_what_has_no_effect_in_a_configuration_is_reported(portal):
    maps = "{a.md: b.md, chain.md: old.md, old.md: b.md, x.md: y.md, y.md: x.md, gone.md: none.md, js.md: 'javascript:x'}"
    text = f"docs_dir: docs\nINHERIT: none.yml\nnav: [a.md, Lost: null]\nexclude_docs: '!'\nplugins: [redirects: {{redirect_maps: {maps}}}]"
    built = portal.write(**{"mkdocs.yml": text, "docs/a.md": "# A", "docs/b.md": b"# caf\xe9"}).built()
    assert [(problem.code, problem.message.split("`")[1].split(" (")[0]) for problem in built.problems if "`" in problem.message] == [
        ("DOC012", "INHERIT: none.yml"), ("DOC012", "!"), ("DOC011", "Lost"),
        *(("DOC011", name) for name in ("a.md", "x.md", "y.md", "gone.md", "js.md")),
    ]  # fmt: skip
    assert [problem.message for problem in built.problems if "UTF-8" in problem.message] == [
        "The file is not in UTF-8; letters that cannot be read are shown as \ufffd."
    ]


def test_a_change_log_links_to_the_documentation(portal):
    made = portal.write(**{"docs/a.md": "# A\n\n[log](../CHANGELOG.md)", "CHANGELOG.md": "# Log\n\n[a](docs/a.md) [b](docs/b.md)"}).made()
    assert made.pages["CHANGELOG.md"].details.linked == ("a.md",)
    assert made.pages["a.md"].details.linked == ("CHANGELOG.md",)
    assert [each.address for each in made.pages["CHANGELOG.md"].details.missing] == ["docs/b.md"]


@pytest.mark.parametrize(
    ("name", "folder"),
    [("Ärger & Co", "arger-co"), ("Bob's set", "bob-s-set"), ("my_set 2", "my-set-2"), ("a.b (c)", "a-b-c"),
     ("1,000 things", "1000-things"), ("Übersicht Größe", "ubersicht-grosse"),
     ("svc/B", "svc/B"), ("C++ lib", "c-lib"), ("入门 指南", "入门-指南")],
)  # fmt: skip
def test_an_included_set_has_the_folder_of_the_plugin(portal, name, folder):
    made = portal.write(**{
        "mkdocs.yml": "nav:\n  - '!include part/mkdocs.yml'\n", "part/mkdocs.yml": f'site_name: "{name}"', "part/docs/a.md": "# A",
    }).made()  # fmt: skip
    assert [*made.pages] == [f"{folder}/a.md"]
    assert made.navigation.items[0].title == name


@pytest.mark.parametrize(
    ("reference", "folder"),
    [("dir:.", ""), (".", ""), ("dir:./sub", "sub"), ("dir:sub/", "sub"), ("dir:..", None), ("url:https://elsewhere.test/x", None)],
)
def test_the_annotation_names_a_folder_of_the_repository(portal, reference, folder):
    portal.write(**{"docs/a.md": "# A", "sub/docs/a.md": "# B"}).entity(ref=reference)
    built = portal.built()
    if folder is None:
        assert [problem.code for problem in built.problems] == ["DOC010"]
        assert built.sets[PAYMENTS].kind is SetKind.NONE
    else:
        assert built.sets[PAYMENTS].place.folder == folder
        assert not built.problems


def test_a_file_with_an_ending_in_upper_case_is_no_page_and_is_reported(portal):
    made = portal.write(**{"docs/index.md": "# A\n\n[how](HOW.MD)\n", "docs/HOW.MD": "# How\n"}).made()
    assert [*made.pages] == ["index.md"]
    assert ("DOC013", "docs/HOW.MD") in [(problem.code, problem.origin.path) for problem in made.problems]


def test_several_entities_show_one_set_without_a_copy(portal):
    portal.write(**{"docs/a.md": "# A"}).entity("other", ref="dir:.").entity("third", entity="component:payments", entity_path="/a/")
    built = portal.built()
    assert [ref.name for ref in built.sets] == ["other"]
    assert {ref.name: (shared.ref.name, shared.path) for ref, shared in built.shared.items()} == {"payments": ("other", "")}
    assert built.of(PAYMENTS) is built.sets[EntityRef("component", "default", "other")]


def test_included_sets_are_one_set_with_links_between_them(portal):
    made = portal.write(**{
        "mkdocs.yml": "site_name: All\nnav:\n  - index.md\n  - API: '!include ./api/mkdocs.yml'\n  - '*include ./parts/*/mkdocs.yml'\n"
                      "  - Out: '!include ../out/mkdocs.yml'\n",
        "docs/index.md": "# Home\n\n[x](api/a.md) [y](../api/docs/a.md)\n",
        "api/mkdocs.yml": "site_name: api\nnav:\n  - Start: a.md\n", "api/docs/a.md": "# A\n\n[up](../index.md) [code](../src/x.py)\n",
        "api/src/x.py": "x", "parts/one/mkdocs.yml": "site_name: Part One", "parts/one/docs/index.md": "# One",
    }).made()  # fmt: skip
    assert [*made.pages] == ["index.md", "api/a.md", "part-one/index.md"]
    assert made.navigation.order() == ("index.md", "api/a.md", "part-one/index.md")
    assert made.repository_path("api/a.md") == "api/docs/a.md"
    assert made.pages["index.md"].details.linked == ("api/a.md",)
    assert made.pages["api/a.md"].details.linked == ("index.md",)
    assert [link.file for link in made.pages["api/a.md"].details.open_links] == ["api/src/x.py"]
    assert [problem.code for problem in made.problems] == ["DOC011"]


def test_titles_of_navigation_and_contents_are_text(portal):
    image = '<img src="https://elsewhere.example/x.svg">'
    made = portal.write(**{
        "mkdocs.yml": f"site_name: All\nnav:\n  - '<b class=\"x\">Rate &amp; limit {image}</b>': index.md\n  - 'a < b': other.md\n",
        "docs/index.md": "# Load & `<b>`\n", "docs/other.md": "# Other\n",
    }).made()  # fmt: skip
    assert [made.pages[path].title for path in ("index.md", "other.md")] == ["Rate & limit", "a < b"]
    assert made.pages["index.md"].details.headings[0].text == "Load & <b>"


def test_settings_without_effect_are_reported_once(portal):
    built = portal.write(**{"mkdocs.yml": "plugins: [macros]\nmarkdown_extensions: [mkdocs-click]\n", "docs/a.md": "# A"}).built()
    assert [problem.code for problem in built.problems] == ["DOC012"]
    assert "`plugin macros`, `extension mkdocs-click`" in built.problems[0].message


def test_snippets_come_from_the_repository_only(portal):
    secret = portal.folder / "sources.yaml"
    secret.write_text("token: secret")
    text = '--8<-- "part.txt"\n\n--8<-- "../sources.yaml"\n\n--8<-- "/etc/hostname"\n\n--8<-- "https://host.test/x"\n\nlast\n'
    built = portal.write(**{"docs/index.md": text, "part.txt": "inside\n"}).built()
    html = built.html(built.sets[PAYMENTS], built.sets[PAYMENTS].pages["index.md"])
    assert html == "<p>inside</p>\n<p>last</p>"
    assert [(problem.code, problem.span.line) for problem in built.problems] == [("DOC014", 3), ("DOC014", 5), ("DOC014", 7)]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("part.txt:2", "two|three|four"), ("part.txt:2:3", "two|three"), ("part.txt:1:1,3:4", "one|three|four"),
        ("part.txt:-2", "three|four"),
        ("part.txt:-3:-2", "two|three"), ("marks.txt:a", "in|more"), ("marks.txt:none", ""),
    ],
)  # fmt: skip
def test_snippets_are_lines_and_sections_as_in_mkdocs(portal, written, shown):
    marks = "# --8<-- [start:a]\nin\n# --8<-- [start:b]\nmore\n# --8<-- [end:a]\n# --8<-- [start:a]\nlate\n"
    files = {
        "part.txt": "one\ntwo\nthree\nfour\n",
        "marks.txt": marks,
        "mkdocs.yml": "markdown_extensions: [pymdownx.snippets: {auto_append: [end.md]}]",
    }
    built = portal.write(**{"docs/index.md": f'--8<-- "{written}"\n', "end.md": "last\n", **files}).built()
    html = built.html(built.sets[PAYMENTS], built.sets[PAYMENTS].pages["index.md"])
    assert html.replace("\n", "|") == "|".join(f"<p>{text}</p>" for text in (shown, "last") if text)


def test_snippets_count_among_the_bytes_of_a_set(portal):
    portal.docs = DocsSettings(set_bytes=50_000)
    built = portal.write(**{"docs/a.md": '--8<-- "part.txt"\n' * 3, "docs/b.md": "# B", "part.txt": "x" * 30_000}).built()
    assert not built.sets[PAYMENTS].pages
    assert "more than 50,000 bytes" in built.problems[0].message


@pytest.mark.parametrize(("audience", "address"), [("internal", "me@acme.example"), ("public", "")])
def test_secrets_are_masked_in_every_text_and_addresses_on_public_portals(portal, audience, address):
    portal.audience = audience
    token = "ghp_" + "a1B2" * 9
    text = f'# A\n\nUse `{token}`, or ask me@acme.example.\n\n--8<-- "part.md"\n'
    built = portal.write(**{"docs/index.md": text, "part.md": f"token: {token}\n"}).built()
    html = built.html(built.sets[PAYMENTS], built.sets[PAYMENTS].pages["index.md"])
    assert token not in html
    assert ("me@acme.example" in html) == bool(address)


def test_only_what_changed_is_converted_again(portal):
    portal.write(**{"docs/a.md": "# A", "docs/b.md": "# B\n\n[a](a.md)"})
    assert portal.built().converted == 2
    assert portal.built().converted == 0
    assert portal.write(**{"docs/a.md": "# A2"}).built().converted == 1
    again = portal.built()
    assert again.converted == 0
    assert again.html(again.sets[PAYMENTS], again.sets[PAYMENTS].pages["a.md"]).startswith('<h1 id="a2">')
    assert portal.built("2").converted == 2


def test_a_damaged_pack_is_made_again(portal):
    portal.write(**{"docs/a.md": "# A"}).built()
    pack = next((portal.folder / ".callboard/cache/documentation").iterdir())
    for content in (b"", b"00000020garbage", pack.read_bytes()[:-3]):
        pack.write_bytes(content)
        portal.write(**{"docs/b.md": f"# {len(content)}"})
        built = portal.built()
        assert built.html(built.sets[PAYMENTS], built.sets[PAYMENTS].pages["a.md"]).startswith('<h1 id="a">')


@pytest.mark.parametrize(
    ("link", "path", "title", "reason"),
    [
        ("component:orders", "catalog/default/component/orders/", "", ""),
        ("component:default/orders", "catalog/default/component/orders/", "", ""),
        ("component:orders/", "docs/default/component/orders/", "Orders", ""),
        ("component:orders/run.md#restore-it", "docs/default/component/orders/run/#restore-it", "Restore it", ""),
        ("component:default/orders/run", "docs/default/component/orders/run/", "Run", ""),
        ("component:orders/run.md#gone", "docs/default/component/orders/run/", "Run", "anchor"),
        ("component:orders/gone.md", "", "", "page"),
        ("component:gone", "", "", "entity"),
        ("compnent:orders", "", "", "entity"),
        ("../src/x.py", "", "", ""),
        ("../src/gone.py", "", "", "outside"),
    ],
)
def test_links_between_sets_lead_to_pages_and_headings(portal, link, path, title, reason):
    portal.write(
        **{
            "docs/index.md": f"# A\n\n[]({link})\n",
            "src/x.py": "x",
            "o/docs/index.md": "# Orders",
            "o/docs/run.md": "# Run\n\n## Restore it\n",
        }
    )
    portal.entity("orders", ref="dir:o")
    built = portal.built()
    links = CrossLinks(built, portal.catalog, portal.trees)
    target = links.target(built.sets[PAYMENTS], built.sets[PAYMENTS].pages["index.md"].details.open_links[0])
    assert (target.path, target.title, target.reason) == (path, title, reason)
    assert [problem.span.line for problem in built.problems] == ([3] if reason else [])
    assert bool(links.mentions()) == (not reason and link.startswith("component:"))


def test_a_misspelled_kind_is_a_problem_that_names_the_right_one_and_other_schemes_are_none(portal):
    text = "# A\n\n[x](compnent:orders/run.md) <systme:a> [t](tel:1) [m](mailto:a@b.test) [i](apt:vim) [v](vscode:open) [c](callto:x)\n"
    problems = portal.write(**{"docs/index.md": text}).built().problems
    assert [(problem.code, problem.span.line) for problem in problems] == [("DOC014", 3)] * 2
    assert [problem.hint.partition("`")[2] for problem in problems] == ["component:orders/run.md`?", "system:a`?"]


def test_bounds_and_rules_leave_out_pages_files_and_sets(portal):
    portal.write(**{
        "docs/a.md": "# A\n\n![x](big.png) ![y](x.html) ![z](lfs.png) ![s](bad.svg)\n", "docs/b.md": "# B", "docs/secret/c.md": "# C",
        "docs/big.png": b"x" * 2_000, "docs/x.html": "x", "docs/lfs.png": "version https://git-lfs.github.com/spec/v1\n",
        "docs/bad.svg": "<!DOCTYPE x [<!ENTITY a 'b'>]><svg/>",
    })  # fmt: skip
    portal.docs = DocsSettings((ExcludedDocs(path="docs/secret/**"),), set_pages=1, file_bytes=1_000)
    made = portal.made()
    assert [*made.pages] == ["a.md"]
    assert [*made.left_out] == ["big.png", "x.html", "lfs.png", "bad.svg"]
    assert {problem.code for problem in made.problems} == {"DOC013", "DOC015"}
    portal.docs = replace(portal.docs, exclude=(ExcludedDocs(entity="component:*/payments", repository="acme/*"),))
    assert not portal.built().sets


def test_a_repository_of_real_documentation_becomes_a_set(tmp_path):
    folder = Path(__file__).parent.parent.parent / "examples/acme/checkout-service"
    portal = DocumentedPortal(tmp_path).entity(ref="dir:.")
    portal.repository = folder
    made = portal.made()
    assert made.title == "Checkout service"
    assert made.navigation.order()[0] == "index.md"
    assert len(made.pages) == 6


def test_files_that_there_is_no_time_to_compare_are_left_out():
    patterns = Patterns(["drafts/"], seconds=0)
    assert (patterns("a.md"), patterns("b.md"), patterns.is_used_up) == (False, True, True)


def test_the_mark_of_ampersands_is_that_of_the_library():
    assert links._AMPERSAND == util.AMP_SUBSTITUTE


def test_sizes_of_images_are_known_with_the_set_and_after_a_change(portal):
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="20"/>'
    portal.write(
        **{"docs/a.md": "# A\n\n![x](x.svg) [y](y.txt)\n", "docs/x.svg": drawing.format(30), "docs/y.txt": "<svg width='1' height='1'>"}
    )
    assert portal.made().sizes == {"x.svg": (30, 20)}
    assert portal.made().sizes == {"x.svg": (30, 20)}
    assert portal.write(**{"docs/x.svg": drawing.format(40)}).made().sizes == {"x.svg": (40, 20)}
