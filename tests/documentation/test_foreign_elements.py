"""What pages cannot have, and DOC019 about it."""

import re
from pathlib import Path

import material
import pytest

from callboard.documentation.cleaning import own_id, safe_page
from callboard.documentation.foreign_elements import ForeignElements


@pytest.mark.parametrize(
    ("written", "shown", "removed"),
    [
        ('<iframe src="https://v.example/1" title="How &amp; why"></iframe>', '<a href="https://v.example/1">How &amp; why</a>',
         [("iframe", "is shown as a link")]),
        ("<IFRAME SRC='//v.example/1'>", '<a href="//v.example/1">//v.example/1</a>', [("iframe", "is shown as a link")]),
        ('<iframe src="javascript:alert(1)"></iframe>', "", [("iframe", "is left out")]),
        ('<iframe srcdoc="&lt;script>alert(1)&lt;/script>"></iframe>', "", [("iframe", "is left out")]),
        ('<video controls src="a.mp4">none</video>', '<a href="a.mp4">a.mp4</a>none', [("video", "is shown as a link")]),
        ('<audio><source src="a.mp3"></audio>', '<a href="a.mp3">a.mp3</a>', [("audio", "is shown as a link")]),
        ('<object data="a.pdf"></object>', '<a href="a.pdf">a.pdf</a>', [("object", "is shown as a link")]),
        ('<picture><source srcset="d.png"><img src="l.png"></picture>', '<picture><img src="l.png"></picture>', []),
        ("<p>a<script>alert(1)</script >b</p>", "<p>ab</p>", [("script", "is left out")]),
        ("<style>p {}</style>a", "a", [("style", "is left out")]),
        ('a<svg viewBox="0 0 1 1"><path d="M0"/></svg>', "a", [("svg", "is left out")]),
        ('<p onclick="a()">b</p>', "<p>b</p>", [("onclick", "is left out")]),
        ("<form><select><option>a</select></form>", "&lt;select&gt;&lt;option&gt;a&lt;/select&gt;",
         [("form", "has no effect"), ("select", "has no effect")]),
        ('<center><font color="red">a</font></center><nav>b</nav>', "ab", []),
        ("a <!-- b --> c <!-- d", "a  c &lt;!-- d", []),
        ("get <object> of <source>, <form>, <nav>, <your-name>, <script>",
         "get &lt;object&gt; of &lt;source&gt;, &lt;form&gt;, &lt;nav&gt;, &lt;your-name&gt;, &lt;script&gt;", []),
    ],
)  # fmt: skip
def test_what_a_page_cannot_have_is_a_link_or_left_out_and_its_author_learns_it(written, shown, removed):
    elements = ForeignElements(written)
    assert safe_page(written, foreign=elements) == shown
    assert [(each.name, each.outcome) for each in elements.removed] == removed
    assert all(each.hint and each.line == 1 for each in elements.removed)


def test_a_heading_keeps_its_links_where_the_theme_has_its_id():
    written = '<h2 id="{0}search">x<a href="#{0}search">¶</a></h2><a href="#__tabbed_1_1">t</a><h2 id="{1}">c<a href="x/#{1}">¶</a></h2>'
    assert safe_page(written.format("__", "content")) == written.format("doc__", "doccontent")
    assert safe_page('<h2 id="__gnu_pbds">x</h2><h2 id="__init__">y</h2>') == '<h2 id="__gnu_pbds">x</h2><h2 id="__init__">y</h2>'


def test_no_heading_gets_the_id_of_a_control_of_the_theme():
    templates = Path(material.__file__).parent / "templates"
    written = {name for path in templates.rglob("*.html") for name in re.findall(r"[\"'=#](__[a-z]+)", path.read_text())}
    assert "__drawer" in written
    names = [name + end for name in written - {"__tabbed"} for end in ("", "_1", "_1_2_label")]
    assert [name for name in names if own_id(name) == name] == []


def test_the_line_is_that_of_the_first_one_outside_of_code():
    written = '<iframe src="a"></iframe>'
    elements = ForeignElements(f"# Title\n\n```html\n{written}\n```\n\n{written}\n\n{written}\n")
    elements.without(written * 2)
    assert [each.line for each in elements.removed] == [7]


@pytest.mark.parametrize(
    "start", ["<form>", "<script>", "<iframe ", '<iframe "', "<a on", "<!--", "<source ", '<a onclick="', "<svg><a x=", "<video>"]
)
def test_many_beginnings_without_an_end_take_time_that_grows_with_the_text(start):
    elements = ForeignElements("")
    elements.without(start * 20_000)
    assert len(elements.removed) <= 2
