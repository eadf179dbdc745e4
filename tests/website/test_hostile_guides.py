"""Guides and the files next to them, by an author who is not trusted: what is kept, what is removed, what is reported."""

import json
import os
import re
import sys
import time
from base64 import b64encode
from hashlib import sha256
from html import unescape
from itertools import pairwise

import pytest
from mkdocs.utils.meta import get_data

from callboard.io.time_limit import TimeLimitError, time_limit
from callboard.markdown.media import DrawingError, published_end, safe_drawing
from callboard.settings.invalid import portal_origin
from callboard.settings.settings import Portal
from callboard.website import mkdocs_project, overlays, theme_build
from callboard.website.guide_files import check_front_matter, read_order
from callboard.website.guide_html import safe_html, safe_text, safe_values
from callboard.website.guide_values import usable_values
from callboard.website.guides import read_guides
from callboard.website.links import guide_links

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('<p onclick="x()">a</p>', "<p>a</p>"),
        ("<script>x()</script>a", "a"),
        ('<a href="javascript:x()">a</a>', "<a>a</a>"),
        ('<a href="data:text/html,x">a</a>', "<a>a</a>"),
        ('<a href="https://github.com@e.example/">a</a>', "<a>a</a>"),
        ('<a href="/\\\\u@e.example/">a</a>', "<a>a</a>"),
        ('<a href="https://e.example/@a">a</a>', '<a href="https://e.example/@a">a</a>'),
        ('<a href="mailto:a@b.example">a</a>', '<a href="mailto:a@b.example">a</a>'),
        ('<a href="../b/#c">a</a>', '<a href="../b/#c">a</a>'),
        ('<iframe src="../x.html"></iframe><object data="x"></object><embed src="x">', ""),
        ('<meta http-equiv="refresh" content="0;url=//e"><base href="//e"><link rel="stylesheet" href="x">', ""),
        ('<div id="__config" class="md-search cb-x admonition note">a</div>', '<div class="admonition note">a</div>'),
        ('<input name="__tabbed_1" id="__drawer">', '<input name="__tabbed_1">'),
        ('<h2 id="_1">a</h2>', '<h2 id="_1">a</h2>'),
        ('<label for="__tabbed_1_2">a</label>', '<label for="__tabbed_1_2">a</label>'),
        ("<svg><script>x()</script></svg><math><mtext></p><style><img src=x onerror=x()></style></mtext></math>", ""),
        ('<img src="a.png" alt="b" onerror="x()" style="position:fixed">', '<img src="a.png" alt="b">'),
        ('<details open class="note"><summary>a</summary></details>', '<details open="" class="note"><summary>a</summary></details>'),
    ],
)  # fmt: skip
def test_html_of_a_guide_keeps_the_markup_of_texts_and_nothing_that_acts(written, shown):
    assert re.sub("<p></p>", "", safe_html(written)) == shown


def test_titles_and_front_matter_are_html_in_which_no_tag_begins():
    assert safe_text("</title><script>") == "&lt;/title&gt;&lt;script&gt;"
    assert safe_text("A &amp; B") == safe_text("A & B") == "A &amp; B"
    assert safe_values({"a": ['"><x', 1, None], '"b': {"c": True}}) == {"a": ["&quot;&gt;&lt;x", 1, None], "&quot;b": {"c": True}}


def test_front_matter_of_any_depth_and_with_any_number_of_aliases_ends():
    nested = []
    for _ in range(5_000):
        nested = [nested, nested]
    assert len(json.dumps(safe_values(nested))) < 20_000


@pytest.mark.parametrize(
    ("inside", "removed"),
    [
        ("<script>x()</script>", ("<script>",)),
        ('<rect onload="x()" width="1"/>', ("onload",)),
        ('<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>', ("<foreignObject>",)),
        ('<x:script xmlns:x="http://www.w3.org/1999/xhtml">x()</x:script>', ("<script>",)),
        ('<a href="javascript:x()"><rect/></a>', ("<a>",)),
        ('<image xlink:href="https://e.example/x.png"/>', ("href",)),
        ('<use xlink:href="#a"/><image href="data:image/png;base64,AA"/>', ()),
        ('<use href="data:image/svg+xml,x"/>', ("href",)),
        ('<set attributeName="href" to="javascript:x()"/><animate/>', ("<set>", "<animate>")),
        ("<style>.a { fill: url(#b) }</style>", ()),
        ("<style>@import 'x';</style>", ("<style>",)),
        ('<rect style="fill: url(https://e.example/)"/>', ("style",)),
        ('<rect fill="u\\72l(//e.example/)"/>', ("fill",)),
        ('<?xml-stylesheet href="x.xsl"?><rect/>', ()),
    ],
)
def test_a_drawing_is_shown_without_what_acts_or_loads(inside, removed):
    text, found = safe_drawing(SVG.format(inside).encode())
    assert found == removed
    assert not re.search(r"script|onload|xhtml|javascript|e\.example|@import|\\|xml-stylesheet", text)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<svg/>", "namespace"),
        (b"<svg", "not XML"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("&a;").encode(), "entities"),
        (b'<html xmlns="http://www.w3.org/1999/xhtml"/>', "namespace"),
        (SVG.format("<g>" * 50_000 + "</g>" * 50_000).encode(), "nested"),
        (SVG.format(" " * 2_000_001).encode(), "limit"),
    ],
    ids=["no-namespace", "cut", "entity", "html", "deep", "large"],
)
def test_a_file_that_is_no_drawing_is_left_out_with_the_reason(content, reason):
    with pytest.raises(DrawingError, match=reason):
        safe_drawing(content)


def test_a_file_whose_name_has_an_end_that_servers_execute_is_not_published():
    assert [published_end(name) for name in ("a.PNG", "b/c.v1.2.csv", "x.tar.zip")] == [".png", ".csv", ".zip"]
    for name in ("x.html", "x.html.toml", "x.php.png", "x.js", "x.xml", "x", ".svg", "x.gz", "x.css", "x.shtml.txt"):
        assert published_end(name) is None


def test_files_next_to_guides_are_published_by_their_type_and_the_others_reported_once_for_each(tmp_path):
    folder = tmp_path / "guides"
    folder.mkdir()
    for name in ("a.md", "a.png", "b.js", "c.js", "d.html"):
        (folder / name).write_text("x")
    (folder / "e.svg").write_text(SVG.format("<script/>"))
    (folder / "f#g.md").write_text("x")
    guides = read_guides(folder, tmp_path)
    assert guides.files == ("a.md", "a.png", "e.svg")
    assert [(p.code, p.origin.path, p.message.partition(" in the folder")[0]) for p in guides.problems] == [
        ("DOC003", "guides", "The name f#g.md has a `#`, which begins the name of a heading in addresses; the file is left out."),
        ("DOC003", "guides/e.svg", "The drawing is shown without <script>."),
        ("DOC003", "guides/b.js", "2 files with the ending `.js`"),
        ("DOC003", "guides/d.html", "1 file with the ending `.html`"),
    ]
    guides.copy_to(tmp_path / "copy")
    assert "script" not in (tmp_path / "copy/e.svg").read_text()


def test_the_processor_time_of_a_guide_is_bounded_within_one_regular_expression():
    started = time.process_time()
    with pytest.raises(TimeLimitError), time_limit(0.1):
        re.match(r"(a|aa)+$", "a" * 60 + "b")
    assert time.process_time() - started < 5


BOMB = "a: &a {x: 1}\n" + "".join(f"{b}: &{b} {{<<: [{', '.join([f'*{a}'] * 10)}]}}\n" for a, b in pairwise("abcdefghijklmnop"))
"""A kilobyte of merged aliases: ten to the power of fifteen values."""


@pytest.mark.parametrize(
    ("matter", "message"),
    [
        (f"---\n{BOMB}---\n", "The front matter cannot be read: aliases are not permitted; it is shown as text."),
        (f"---\r{BOMB}---\r".replace("\n", "\r"), "The front matter cannot be read: aliases are not permitted; it is shown as text."),
        (
            "---\nx: " + "[" * 30_000 + "\n---\n",
            "The front matter cannot be read: it is nested more than 20 levels deep; it is shown as text.",
        ),
        ("---\n" + "a: b\n" * 20_000 + "---\n", "The front matter has 100,008 characters, and is shown as text; the limit is 50,000."),
        ("a: b\n" * 20_000, "The front matter has 100,000 characters, and is shown as text; the limit is 50,000."),
    ],
)
def test_front_matter_that_takes_very_long_to_read_is_shown_as_text_that_mkdocs_does_not_read(tmp_path, matter, message):
    file = tmp_path / "a.md"
    file.write_bytes(f"{matter}# A\n".encode())
    problem, text = check_front_matter(file, portal_origin(file, tmp_path), ())
    assert problem.message == message
    assert get_data(text)[1] == {}


def test_values_that_the_theme_cannot_use_are_left_out_with_the_reason():
    values = {"template": "redirect.html", "icon": "no/icon", "hide": 5, "search": "x", "title": "<b>", "status": 2**4000}
    assert usable_values(values, {"main.html"}, {"material/cube"}.__contains__) == ({"title": "&lt;b&gt;"}, {
        "hide": "is not a list of parts of the page", "icon": "is not the name of an icon of the theme", "search": "is not a mapping",
        "template": "is not the name of a template for guides",
    })  # fmt: skip
    values = {"template": "main.html", "icon": "material/cube", "hide": "toc, footer", "search": {"exclude": True, "boost": [2]}}
    usable = {"template": "main.html", "icon": "material/cube", "hide": ["toc", "footer"], "search": {"exclude": True}}
    assert usable_values(values, {"main.html"}, {"material/cube"}.__contains__) == (usable, {})


@pytest.mark.parametrize("address", ["javascript://%0aalert(1)", "data://x", "https://user@evil.example/", "http://a\\@b/", "https://"])
def test_the_navigation_links_only_addresses_of_the_web_without_a_user(tmp_path, address):
    (tmp_path / "nav.yaml").write_text(json.dumps([{"x": address}, {"y": "https://x.example/a@b"}]))
    order, (problem,) = read_order(tmp_path / "nav.yaml", portal_origin(tmp_path / "nav.yaml", tmp_path), (), ())
    assert order == ({"y": "https://x.example/a@b"},)
    assert (problem.code, problem.span.line) == ("DOC002", 1)


ODD = [
    *["---\nhide: 5\nsearch: 5\n---\n"] * 7,  # more than the files that are left out in a build
    "---\nicon: no/icon\n---\n", "icon: ../x\n\n",
    "template: redirect.html\nlocation: https://evil.example/\n\n", '---\n{template: redirect.html, location: "https://evil.example/"}\n---\n',
]  # fmt: skip
"""Front matter that the theme cannot use."""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A theme build with hostile guides: one too slow, one that MkDocs cannot render, scripts in every title."""
    root = tmp_path_factory.mktemp("hostile")
    (root / "guides").mkdir()
    script = "<script>alert(1)</script>"
    (root / "guides/slow.md").write_text("# Slow\n\n" + ">[" * 40_000)
    (root / "guides/long.md").write_text("# Long\n\n[a]: http://x.example/" + "a" * 100_000 + "\n\n" + "[a] " * 300)
    (root / "guides/large.md").write_text("# Large\n\n[a]: http://x.example/" + "a" * 4_000_000 + "\n\n" + "[a] " * 500)
    (root / "guides/evil.md").write_text(
        f"---\ntitle: '</title>{script}'\ndescription: '\">{script}'\n---\n# A {script}\n\n## B {script}\n"
    )
    (root / "guides/entity.md").write_text("# &lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;\n")
    (root / "guides/nav.yaml").write_text(f"- '{script}':\n    - '\"{script}': evil.md\n    - slow.md\n    - entity.md\n")
    (root / "guides/odd").mkdir()
    for number, matter in enumerate(ODD):
        (root / f"guides/odd/{number}.html.md").write_text(
            f"{matter}# Руководство\n\n## 日本語\n\n## Own {{#__x}}\n\n## {script} {{#a&b}}\n"
        )
    portal = Portal(name="Acme", url="https://x.example/")
    read = overlays.read_overlays(root, portal)
    project = mkdocs_project.MkDocsProject(portal, root, read.files, read.labels, read.guides, guide_seconds=0.3)
    return theme_build.ThemeBuild(project, root / "cache", sys.executable, os.environ).finish()


@pytest.mark.long
def test_a_guide_that_takes_too_long_is_plain_text_and_a_problem_and_the_rest_is_built(built):
    (problem,) = (problem for problem in built.problems if problem.origin.path == "guides/slow.md")
    assert (problem.code, problem.origin.path, problem.span.line) == ("DOC003", "guides/slow.md", 1)
    assert problem.message == "The guide takes more than 0.3 s to render; it is shown as plain text."
    assert "&gt;[&gt;[" in built.files["guides/slow/index.html"].read_text()
    assert "guides/evil/index.html" in built.files


@pytest.mark.long
@pytest.mark.parametrize("name", ["long", "large"])
def test_a_guide_whose_html_would_be_many_times_as_long_is_plain_text(built, name):
    (problem,) = (problem for problem in built.problems if problem.origin.path == f"guides/{name}.md")
    assert re.match(
        "The guide (has more than 10,000,000 characters as HTML|takes more than .*); it is shown as plain text", problem.message
    )
    assert built.files[f"guides/{name}/index.html"].stat().st_size < 5_000_000


@pytest.mark.long
def test_guides_with_odd_front_matter_headings_and_ids_are_pages_whose_contents_lead_to_their_headings(built):
    for number in range(len(ODD)):
        html = built.files[f"guides/odd/{number}.html/index.html"].read_text()
        assert 'http-equiv="refresh"' not in html
        links = guide_links(html, f"guides/odd/{number}.html/")
        assert {target.partition("#")[2] for target in links.ours if "#" in target} - {"__x"} <= {*links.ids, ""}
        assert {"_1", "_2"} <= {*links.ids}
    assert sum("`icon`" in problem.message for problem in built.problems) == 2
    assert sum("`template`" in problem.message for problem in built.problems) == 2


@pytest.mark.long
def test_only_the_themes_inline_scripts_are_in_the_policy_of_guides_and_frames(built):
    pages = [path.read_text() for name, path in built.files.items() if name.endswith("index.html")]
    pages += ["".join(frame.fitted("", "../", "Acme", "").parts) for frame in built.frames.values()]
    assert len(pages) == 8 + len(ODD)
    assert sum("__md_scope=" in html for html in pages) == 5 + len(ODD)  # the guides; pages with data have no inline script of the theme
    for html in pages:
        assert "<script>alert" not in html
        policy = unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1])
        scripts = [code for attributes, code in re.findall(r"<script([^>]*)>(.*?)</script>", html, re.DOTALL) if not attributes]
        hashes = [b64encode(sha256(code.encode()).digest()).decode() for code in scripts]
        assert set(re.findall(r"'sha256-([^']*)'", policy)) == set(hashes)
