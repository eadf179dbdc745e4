"""The style sheet of pages: which rules of the theme it keeps, and what it leaves as it was."""

import re
from pathlib import Path

import pytest

from callboard.website.css_rules import Markup, compact, used_rules, without_unused_properties
from callboard.website.style_sheets import classes_in

MARKUP = Markup(classes_in(['<a class="md-nav md-nav__link--active">'], ['classList.add("js")']))
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (".md-nav{a:b}", ".md-nav{a:b}"),
        (".md-tabs{a:b}", ""),
        (".md-nav .md-tabs{a:b}.md-nav .md-nav__link--active{c:d}", ".md-nav .md-nav__link--active{c:d}"),
        (".md-tabs,.md-nav>li,.x{a:b}", ".md-nav>li{a:b}"),
        (".js .md-nav:not(.md-tabs){a:b}", ".js .md-nav:not(.md-tabs){a:b}"),
        (":is(.x,.md-nav):hover,a:where(.y .z,b){a:b}", ":is(.x,.md-nav):hover,a:where(.y .z,b){a:b}"),
        ("[data-md-color-scheme=slate][href$='.md'] a{a:b}", "[data-md-color-scheme=slate][href$='.md'] a{a:b}"),
        (":root{--x:url('data:image/svg+xml;charset=utf-8,<svg d=\"{.x}\"/>');a:b}", None),
        ("@media print{.md-tabs{a:b}.md-nav{c:d}}", "@media print{.md-nav{c:d}}"),
        ("@media print{.md-tabs{a:b}}", ""),
        ("@supports (a:b){@media (x){.md-nav{c:d}}}", None),
        ("@keyframes x{0%{a:b}to{c:d}}", None),
        ("@font-face{src:url(x.woff)}", None),
        ('@charset "UTF-8";a{b:c}', None),
        ("a{b:c", "a{b:c}"),
        ("a{b:'}'}c{d:e}", None),
        ("}{.x", "}{.x}"),
    ],
)
def test_rules_that_can_match_are_kept_whole(css, kept):
    assert used_rules(css, MARKUP) == (css if kept is None else kept)


def test_what_is_left_out_of_our_own_style_sheets_is_no_string():
    css = "/* why */ a,\n b :hover {\n    b: c , d;\n}\n\n@media (a: 1px) and (b) {\n d::before { content: '  /* */\\'  ; '; }\n}\n"
    assert compact(css) == "a,b :hover{b:c,d;}@media (a:1px) and (b){d::before{content:'  /* */\\'  ; ';}}"


def test_classes_are_words_that_are_quoted_or_values_of_class_or_begin_like_the_themes():
    html, script = (
        """<a class="x {{ 'y' if z }}"> it <b class=single>""",
        "add('one', \"two\", `three ${four}`); five(mdx, md-six); // md-seven",
    )
    assert classes_in([html], [script]) >= {"x", "y", "single", "one", "two", "three", "md-six", "md-seven"}
    assert not classes_in([html], [script]) & {"it", "five", "mdx"}


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        ("[data-md-color-primary=teal]{a:b}[data-md-color-primary=white]{c:d}", "[data-md-color-primary=white]{c:d}"),
        ('[data-md-color-scheme="slate"][data-md-color-primary=teal]{a:b}', ""),
        ("[data-md-color-scheme]:not([data-md-color-primary=teal]){a:b}", None),
        ("[data-md-component=palette] a,[data-md-toggle=drawer]:checked{a:b}", "[data-md-toggle=drawer]:checked{a:b}"),
        ("[data-age]{a:b}[dir=rtl]{c:d}", None),
    ],
)
def test_a_rule_for_an_attribute_of_the_theme_that_no_page_has_is_left_out(css, kept):
    markup = Markup(frozenset(), frozenset({"data-md-toggle"}), frozenset({"slate", "white"}))
    assert used_rules(css, markup) == (css if kept is None else kept)
    assert used_rules(css, Markup(frozenset())) == css


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (":root{--a:1;--b:2}x{y:var(--a)}", ":root{--a:1;}x{y:var(--a)}"),
        (":root{--a:1}@media print{x{--b:var(--a)}}", ""),
        (":root{--a:url(\"data:x;--b:{}\");--c:';'}x{y:var( --a, 1)}", ':root{--a:url("data:x;--b:{}");}x{y:var( --a, 1)}'),
        (":root{--own:1;--script:2;c:d}", None),
        ("@keyframes x{0%{--a:1}}", None),
    ],
)
def test_custom_properties_that_nothing_refers_to_are_left_out(css, kept):
    assert without_unused_properties(css, ("x{y:var(--own)}", 'getPropertyValue("--script")')) == (css if kept is None else kept)


def test_each_class_of_our_style_sheets_is_written_by_a_template_a_script_or_the_program():
    """A class with a variable part, ``cb-state--{{ tone }}``, is named without it."""
    places = [("templates", "*.html"), ("site_overrides", "*.html"), ("site_overrides", "*.js"), ("generator/callboard", "*.py")]
    names = {
        name
        for folder, pattern in places
        for file in (ROOT / folder).rglob(pattern)
        for name in re.findall(r"[\w-]+", file.read_text("utf-8"))
    }
    sheets = [compact(file.read_text("utf-8")) for file in (ROOT / "site_overrides/assets").rglob("*.css")]
    classes = {name for css in sheets for name in re.findall(r"\.(cb-[\w-]+)", css)}
    assert len(classes) > 300
    assert [name for name in sorted(classes) if name not in names and f"{name.rpartition('-')[0]}-" not in names] == []
