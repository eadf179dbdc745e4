import os
import re
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import markdown
from callboard.documentation.configuration import ConfigurationError, SetConfiguration, read_configuration
from callboard.documentation.conversion import PageWork, SetSource, converted_pages
from callboard.documentation.files import SetFiles
from callboard.documentation.inline_patterns import make_selective
from callboard.documentation.navigation import navigation_of

LARGEST_PAGE = 512 * 1024


class Made:
    """A page with its HTML."""

    def __init__(self, result):
        self.page, self.html = result.page, result.html.decode()

    def __getattr__(self, name):
        return getattr(self.page, name)


def made(texts, configuration=None, seconds=10, others=(), folder=None, kinds=("component",)):
    configuration = configuration or SetConfiguration()
    files = SetFiles((*texts, *others), folder)
    source = SetSource(configuration, files, navigation_of(configuration.nav, files), texts, frozenset(kinds))
    work = [PageWork(source, page.path, "key") for page in files.pages if page.path in texts]
    return {result.page.path: Made(result) for result in converted_pages(work, seconds)}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("- a\n  - b\n", "<ul>\n<li>a<ul>\n<li>b</li>"),
        ("> [!CAUTION]\n> no", '<div class="admonition danger">\n<p class="admonition-title">Caution</p>\n<p>no</p>'),
        (
            "1. a\n\n    > [!NOTE] *Own*\n    > one\n\n    > [!TIP]\n    > two",
            'note">\n<p class="admonition-title"><em>Own</em></p>\n<p>one</p>',
        ),
        ("1. a\n\n    > [!NOTE]\n    > one\n\n    > [!TIP]\n    > two", '<p class="admonition-title">Tip</p>\n<p>two</p>\n</div>\n</li>'),
        ("- a\n  - b\n    > [!TIP]\n    > c", '<li>b<div class="admonition tip">'),
        ("- a\n\n  > quote\n\n  > [!TIP]\n  > c", "<blockquote>\n<p>quote</p>\n</blockquote>\n<div class="),
        ("> [!NOTE]\nlazy", '<p class="admonition-title">Note</p>\n<p>lazy</p>'),
        ('=== "One"\n\n    x\n', 'class="tabbed-set tabbed-alternate" data-tabs="1:1"'),
        ("- [x] done\n", '<input type="checkbox" disabled="" checked="">'),
        (":smile:", "😄"),
        ("|a|\n|:-:|\n|b|\n", '<td align="center">b</td>'),
        ("[x](other/page.md#y)", '<a href="other/page/#y">x</a>'),
        ("![x](img/a.png)", '<img alt="x" src="img/a.png">'),
        ("[x](component:payments)", '<a href="#\ue0f00\ue0f1">x</a>'),
        ("<component:payments>", '<a href="#\ue0f00\ue0f1">\ue0f20\ue0f1</a>'),
        ("`<component:payments>`", "&lt;component:payments&gt;"),
        ("[x](other/page/)", '<a href="other/page/">x</a>'),
        ('<img src=" img/b c.png ">', '<img src="img/b c.png">'),
        ("## Content\n\n[x](#content)", '<h2 id="doccontent">'),
        ("[x](#content) [y](other/page.md#content)", '<a href="#doccontent">x</a> <a href="other/page/#doccontent">y</a>'),
        ("## `__init__`\n\n[x](#__init__)", '<a href="#__init__">x</a>'),
        ('<a href="other/page.md#y">x</a>', '<a href="other/page/#y">x</a>'),
        ("![chart](https://host.test/a.png)", '<a href="https://host.test/a.png">chart</a>'),
        ("[![badge](https://host.test/a.svg)](https://host.test/)", '<a href="https://host.test/"><span>badge</span></a>'),
        ("\ue0f00\ue0f1", "<p>0</p>"),
        ("Use <NAME> here", "Use &lt;NAME&gt; here"),
        ("`<textarea>` and\n\nmore", "<p>more</p>"),
        ("a <textarea> b\n\nmore", "more"),
        ("<!-- no end\n\nmore", "more"),
    ],
)
def test_markdown_becomes_the_html_of_techdocs(text, wanted):
    pages = made({"index.md": text, "other/page.md": "# P"}, others=("img/a.png", "img/b c.png"))
    assert wanted in pages["index.md"].html


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('<img src="https://o.test/a.png" alt="Build &amp; <b> state">', '<span class="cb-noimage">Build &amp; &lt;b&gt; state</span>'),
        ('<picture><img src="https://other.test/a.png" alt="Logo"></picture>', '<p><span class="cb-noimage">Logo</span></p>'),
        ('<a href="https://ci.test/"><img src="//o.test/a.png" title="Build"></a>', '/"><span class="cb-noimage">Build</span></a>'),
        ('a <img src="" alt=""> b', "a  b"),
        ('<img alt="x src=">', '<span class="cb-noimage">x src=</span>'),
        ('<img src="img/a.png" alt="own">', '<img src="img/a.png" alt="own">'),
    ],
)  # fmt: skip
def test_an_image_that_cannot_be_shown_is_its_text(text, wanted):
    html = made({"index.md": text}, others=("img/a.png",))["index.md"].html
    assert wanted in html
    assert all(' src="' in image for image in re.findall("<img[^>]*>", html))


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "<a href=' java\nscript:alert(1)'>x</a>",
        "<iframe src=https://evil.test></iframe>", "<p style='x:y'>a</p>", "a\n{: onclick=alert(1) }", "<svg onload=alert(1)></svg>",
        "<object data=x></object>", "<form action=https://evil.test><button>x</button></form>", "<base href=https://evil.test>",
        "![x](https://evil.test/pixel.png)", "![x](//evil.test/pixel.png)", "<img src='\\\\evil.test/x'>",
        "<a href='https://github.com@evil.test/'>x</a>", "<label for=__search class=md-overlay>x</label>", '--8<-- "/etc/hostname"',
    ],
)  # fmt: skip
def test_nothing_of_a_page_is_executed_or_loads_from_another_host(text):
    html = made({"index.md": text})["index.md"].html
    for tag in ("<script", "<iframe", "<svg", "<object", "<form", "<button", "<base", "<style"):
        assert tag not in html
    for attribute in (
        ' style="',
        " onclick",
        ' href="java',
        ' src="https:',
        ' src="//',
        ' src="\\',
        '@evil.test/"',
        '"__search"',
        "md-overlay",
    ):
        assert attribute not in html
    assert Path("/etc/hostname").read_text().strip() not in html or os.uname().nodename in text


@pytest.mark.skipif(sys.platform != "linux", reason="pages are bounded where processes can be forked")
@pytest.mark.long
def test_a_page_that_takes_too_long_becomes_plain_text_and_the_others_are_made():
    slow = "<a " * 40_000  # the parser's time grows with the square: more than a minute on any machine
    pages = made({"index.md": "# One", "slow.md": slow, "z.md": "# Last"}, seconds=1)
    assert pages["index.md"].title == "One"
    assert pages["z.md"].title == "Last"
    assert pages["slow.md"].as_text.startswith("takes more than 1 s")
    assert pages["slow.md"].html.startswith("<pre><code>&lt;a &lt;a ")


def test_a_page_that_is_too_large_is_shown_as_its_beginning():
    page = made({"index.md": "*a* " * LARGEST_PAGE})["index.md"]
    assert page.as_text == "has more than 524,288 characters"
    assert len(page.html) < LARGEST_PAGE + 100


@pytest.mark.parametrize(
    ("text", "path", "nav", "title"),
    [
        ("# Heading [^1]\n\n[^1]: x\n", "a.md", "", "Heading"),
        ("---\ntitle: Front\n---\n# Heading\n", "a.md", "", "Front"),
        ("Title: Old style\n\n# Heading\n", "a.md", "", "Old style"),
        ("# Heading\n", "a.md", "Nav", "Nav"),
        ("---\ntitle: 2026-01-31\n---\n# Heading\n", "a.md", "", "2026-01-31"),
        ("---\ntitle: |\n  Two\n  lines\n---\n# Heading\n", "a.md", "", "Two lines"),
        ("# He\x00ad\x0cing\n", "a.md", "", "He ad ing"),
        ("text\n", "index.md", "", "Home"),
        ("text\n", "how-to_run.md", "", "How to run"),
    ],
)
def test_the_title_comes_from_the_first_place_that_has_one(text, path, nav, title):
    configuration = SetConfiguration(nav=[{nav: path}]) if nav else None
    assert made({path: text}, configuration)[path].title == title


@pytest.mark.parametrize("name", ["footnotes", "markdown.extensions.footnotes"])
def test_options_of_extensions_that_are_loaded_by_another_one_arrive(name):
    configuration = read_configuration(f"markdown_extensions: [{{{name}: {{BACKLINK_TEXT: Back}}}}]".encode())
    html = made({"index.md": "x[^1]\n\n[^1]: note\n"}, configuration)["index.md"].html
    assert ">Back</a>" in html
    assert configuration.ignored == ()


@pytest.mark.parametrize("text", ["---\ntitle: [open\n---\n\nmore", "---\nonly text\n---\n\nmore", "---\nx: {{ y }}: z\n...\n\nmore"])
def test_front_matter_that_is_no_yaml_mapping_stays_on_the_page(text):
    html = made({"a.md": text})["a.md"].html
    assert text.split("\n")[1] in html
    assert "more" in html


def test_a_configuration_may_have_thousands_of_redirects_but_not_of_merged_keys():
    maps = "".join(f"        p{number}.md: a.md\n" for number in range(2_500))
    configuration = read_configuration(f"nav: [a.md]\nplugins:\n  - redirects:\n      redirect_maps:\n{maps}".encode())
    assert (configuration.nav, len(configuration.redirects)) == (["a.md"], 2_000)
    assert configuration.ignored == ("redirect_maps after 2,000 redirects",)
    merged = "".join(
        f"{name}: {{<<: [*{before}, *{before}], {name}: 1}}\n".replace(":", f": &{name}", 1) for before, name in pairwise("abcd")
    )
    many = ", ".join(f"k{number}: 1" for number in range(1_500))
    with pytest.raises(ConfigurationError, match="merges more than 2,000 keys"):
        read_configuration(f"a: &a {{{many}}}\n{merged}".encode())


def test_missing_files_are_told_with_their_addresses_as_written():
    page = made({"a/index.md": "[x](b.md) ![y](../../z.png) [mail](mailto:a@b.c) [host](https://x.test/a.md) [here](#x)"})["a/index.md"]
    assert [(each.address, each.line, each.is_image) for each in page.details.missing] == [("b.md", 1, False), ("../../z.png", 1, True)]


def test_links_out_of_the_documentation_folder_name_files_of_the_repository():
    text = "# A\n\n[code](../../src/x.py#L3) [gone](../gone.md) [out](../../../../etc/x.md)\n"
    page = made({"a/index.md": text, "b.md": "# B"}, folder="docs")["a/index.md"]
    assert [(each.address, each.file, each.line) for each in page.details.open_links] == [("../../src/x.py#L3", "src/x.py", 3)]
    assert [each.address for each in page.details.missing] == ["../gone.md", "../../../../etc/x.md"]


def test_links_to_headings_and_pages_are_collected_for_checks():
    page = made({"a.md": "# A\n\n[x](b.md#gone) [y](#here) [z](#a)\n\n<a id=here></a>", "b.md": "# B"})["a.md"]
    assert [(each.path, each.anchor) for each in page.details.jumps] == [("b.md", "gone")]
    assert (page.details.linked, page.details.anchors) == (("b.md",), ("a", "here"))


def test_pages_have_the_addresses_of_mkdocs():
    files = SetFiles(["index.md", "README.md", "b.md", "a/README.md", "a/x y.md", ".hidden/x.md", "templates/x.md", "img.png"])
    assert [(file.path, file.url) for file in files.pages] == [
        ("index.md", ""),
        ("b.md", "b/"),
        ("a/README.md", "a/"),
        ("a/x y.md", "a/x%20y/"),
    ]
    twice = SetFiles(["x.md", "x/README.md", "y.md"])
    assert [file.path for file in twice.pages] == ["y.md", "x/README.md"]
    assert {hidden: shown.path for hidden, shown in twice.hidden.items()} == {"x.md": "x/README.md"}
    assert navigation_of(["x.md", "y.md"], twice).order() == ("x/README.md", "y.md")
    assert twice.target("x.md#a", "y.md")[0] == twice.by_path["x/README.md"]


def test_a_navigation_names_pages_sections_and_links():
    files = SetFiles(["index.md", "a.md", "b.md"])
    nav = navigation_of(["index.md", {"More": [{"A": "a.md"}, {"Web": "https://x.test/"}, {"Gone": "gone.md"}, None]}], files)
    assert nav.order() == ("index.md", "a.md")
    assert nav.titles() == {"index.md": "", "a.md": "A"}
    assert (nav.outside, nav.missing) == (("b.md",), ("gone.md",))
    assert nav.items[1].children[1].url == "https://x.test/"
    twice = navigation_of(["a.md", "b.md", "index.md", {"Again": ["a.md", "a.md", "b.md"]}], files)
    assert twice.neighbours() == {"a.md": ("", "b.md"), "b.md": ("a.md", ""), "index.md": ("b.md", "a.md")}


def test_tags_plugins_and_dangerous_options_of_a_configuration_have_no_effect(tmp_path):
    configuration = read_configuration(b"""site_name: !ENV [SECRET, x]
plugins: [search, {exec: {on_pre_build: x}}]
hooks: [x.py]
theme: {custom_dir: x}
markdown_extensions:
  - toc: {permalink: "#", slugify: !!python/object/apply:os.system ["touch hit"]}
  - pymdownx.snippets: {base_path: [/etc]}
  - pymdownx.superfences: {custom_fences: [{name: x, format: !!python/name:os.system }]}
""")
    assert configuration.site_name == "x"
    assert dict(configuration.extensions)["toc"] == (("permalink", "#"),)
    assert "pymdownx.snippets" not in dict(configuration.extensions)
    assert configuration.snippet_folders == (".",)
    assert configuration.ignored == (
        "plugin exec", "hooks", "theme.custom_dir", "option toc.slugify", "option pymdownx.superfences.custom_fences",
    )  # fmt: skip


@pytest.mark.parametrize("text", [b"a: [", b"- x", b"\xff", b"x: " + b"[" * 5_000, b"a: &a [x]\nb: [" + b"*a," * 60 + b"]", b"x" * 300_000])
def test_a_configuration_that_cannot_be_read_is_an_error_with_a_reason(text):
    with pytest.raises(ConfigurationError, match=r"^it (is|has|uses)"):
        read_configuration(text)


def test_patterns_that_are_tried_only_where_they_can_match_give_the_same_html():
    configured = {name: dict(options) for name, options in SetConfiguration().extensions}
    plain, selective = (markdown.Markdown(extensions=list(configured), extension_configs=configured) for _ in range(2))
    make_selective(selective)
    for page in sorted((Path(__file__).parent.parent.parent / "docs").rglob("*.md"))[::6]:
        text = page.read_text("utf-8")
        assert selective.reset().convert(text) == plain.reset().convert(text)
