import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.markdown import rendering
from callboard.markdown.links import DEAD
from callboard.markdown.rendering import _cleaner, _parser, first_sentence, plain, to_html, with_headings_from
from callboard.markdown.simple import simple_html

DANGEROUS = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "&#106;avascript:alert(1)", "%0ajavascript:alert(1)",
    "data:text/html,<script>", "vbscript:x", "file:///etc/passwd", "//evil.example", "/\\evil.example", "\\\\\\\\evil.example",
    "/\t/evil.example", "http:evil", "https:/evil", "ftp://x/y", "https:///x",
]  # fmt: skip


@pytest.mark.parametrize("href", DANGEROUS)
@pytest.mark.parametrize("form", ["[x](<{}>)", "[x]({})", "<{}>", "![x](<{}>)", "[x][r]\n\n[r]: <{}>"])
def test_a_link_that_may_not_be_followed_is_text(href, form):
    html = to_html(form.format(href), resolve=lambda link: link)
    assert not re.search(r"<a |<img ", html), html


def test_a_dead_link_is_marked():
    assert to_html("see [x](javascript:y)") == f'<p>see <span class="cb-deadlink" title="{DEAD}">x</span></p>\n'


def test_relative_links_go_where_resolve_says():
    html = to_html("[a](docs/a.md) [b](b.md) [c](c)", {"docs/a.md": "../../docs/a/", "b.md": "https://git.example/b.md", "c": "data:x"}.get)
    assert '<a href="../../docs/a/" rel="noopener">a</a> <a href="https://git.example/b.md" rel="noopener">b</a> <span' in html


def test_an_image_of_another_host_becomes_a_link_and_one_of_the_site_stays():
    html = to_html("![far](https://h.example/i.png) ![near](near.png) ![gone](gone.png)", {"near.png": "../near.png"}.get)
    assert '<a href="https://h.example/i.png" rel="noopener">far</a> <img src="../near.png" alt="near"> <span class="cb-deadlink"' in html


def test_a_badge_in_a_link_is_its_words():
    assert to_html("[![Build](https://b.example/x.svg)](https://ci.example)") == (
        '<p><a href="https://ci.example" rel="noopener">Build</a></p>\n'
    )


def test_raw_html_is_shown_as_text():
    html = to_html('<script>alert(1)</script> and <b onclick="x">y</b> *z*\n\n<div>\n<img src=x onerror=y>\n</div>')
    assert set(re.findall(r"<(\w+)", html)) == {"p", "em"}
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_headings_begin_below_the_pages_own():
    assert to_html("# a\n\n## b\n\n###### c") == "<h4>a</h4>\n<h5>b</h5>\n<h6>c</h6>\n"


def test_headings_leave_out_no_level():
    assert to_html("###### a\n\n## b\n\n##### c\n\n#### d\n\n# e") == "<h4>a</h4>\n<h4>b</h4>\n<h5>c</h5>\n<h5>d</h5>\n<h4>e</h4>\n"


def test_headings_of_a_text_below_the_title_of_a_page_are_raised_and_code_is_not():
    html = to_html("### a\n\n##### b\n\n    <h4>c</h4>")
    assert with_headings_from(html, 2) == "<h2>a</h2>\n<h3>b</h3>\n<pre><code>&lt;h4&gt;c&lt;/h4&gt;\n</code></pre>\n"


def test_tables_strikethrough_and_code_have_their_tags_and_no_style():
    html = to_html('| a |\n|--:|\n| ~~b~~ |\n\n```python\nx<1\n```\n\n```a b="c\n```\n')
    assert "<td><s>b</s></td>" in html
    assert '<code class="language-python">x&lt;1' in html
    assert "style" not in html


def test_bare_addresses_become_links_without_the_punctuation_behind():
    html = to_html(
        "(see https://a.example/x_y_(z)), or http://b.example/?q=1&r=2. `https://no.example` [https://c.example](https://d.example)"
    )
    assert re.findall(r'href="([^"]*)"', html) == ["https://a.example/x_y_(z)", "http://b.example/?q=1&amp;r=2", "https://d.example"]


def test_a_very_long_text_is_cut():
    html = to_html("**a** " * 100_000)
    assert html.endswith("…</p>\n")
    assert len(html) < 8 * rendering.MAX_CHARACTERS


def test_lone_surrogates_are_replaced():
    assert to_html("a \ud800 **b**") == "<p>a \ufffd <strong>b</strong></p>\n"


@given(st.text(st.characters() | st.sampled_from("ab .,:;-+=#'\"()!?/1\u00a0"), max_size=60).map(lambda s: "A" + s))
def test_the_short_way_says_the_same_as_the_parser(text):
    bounded = rendering._bounded(text)
    assert to_html(text) == rendering._cleaner().clean(rendering._parser().render(bounded, {}))


PIECES = [*"ab <>[]()!`*_~#|\\\n&;:/\"'-jh", "javascript:", "http://", "<script", "onload=", "]("]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_nothing_but_allowed_tags_and_attributes_comes_out(text):
    html = to_html(text, resolve=lambda link: f"x/{link}")
    tags = re.findall(r"<(/?[a-z0-9]+)((?: [a-z]+=\"[^\"<>]*\")*)>", html)
    assert html.count("<") == len(tags)
    assert {name for _, attributes in tags for name in re.findall(r' ([a-z]+)="', attributes)} <= {
        "href", "rel", "src", "alt", "start", "class", "title",
    }  # fmt: skip


def test_plain_has_the_words_alone():
    assert plain("# Title\n\nSome **bold** [link](x)\nand `code` ![alt](y).\n\n- item") == "Title\n\nSome bold link and code alt.\n\nitem"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Takes money. Gives receipts.", "Takes money."),
        ("Runs v1.2.3, e.g. Java 21, daily. Then more.", "Runs v1.2.3, e.g. Java 21, daily."),
        ("**Pays** people\nwell\n\nSecond paragraph", "Pays people well"),
        ("支払い。次", "支払い。"),
        ("", ""),
    ],
)
def test_the_first_sentence_ends_where_people_end_it(text, first):
    assert first_sentence(text) == first


def test_a_long_first_sentence_is_cut_at_a_word():
    assert first_sentence("word " * 100, 22) == "word word word word…"


@pytest.mark.parametrize("url", ["https://github.com@evil.example/x", "https://user****@evil.example/", "HTTP://u:p@h/x"])
def test_an_address_with_a_user_is_no_link(url):
    """It leads to another host than it seems to, or nowhere if its password is masked."""
    for written in (f"[a]({url})", f"see {url} there", f"<{url}>", f"![a]({url})"):
        assert "href" not in to_html(written)
    assert 'href="https://x.example/@user"' in to_html("[a](https://x.example/@user)")


@pytest.mark.parametrize("control", ["%E2%80%AE", "%e2%81%a6", "&#x202e;", "&#8294;"])
def test_an_address_has_no_character_that_changes_the_order_in_which_it_is_shown(control):
    assert to_html(f"[a](https://x.example/{control}b)") == '<p><a href="https://x.example/b" rel="noopener">a</a></p>\n'


PIECES = (
    *"ab_*`[]():!.,-#><&\\~|=+é漢\u00a0\u200b \n",
    *("B9", "**", "``", "1.", "  ", "\n\n", "`code`", "**bold**", "[words](https://docs.acme.example/a/b_c#d)", "[`x`](https://a.example)"),
    *("![x](https://a.example/i.png)", "https://a.example", "snake_case", "(see", "- item", "http:", "xn--", "[a]: https://a.example"),
)


def test_a_text_of_plain_paragraphs_gives_the_html_that_the_parser_gives():
    chance, quick = random.Random(7), 0
    for _ in range(5_000):
        text = "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 9))).strip()
        text = chance.choice(("", "Needs ", "One\n", "A `b` of ")) + text
        made = simple_html(text.strip())
        if made:
            quick += 1
            assert made == _cleaner().clean(_parser().render(text.strip(), {"resolve": None})), text
    assert quick > 500
