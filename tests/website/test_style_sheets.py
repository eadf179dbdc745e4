"""The style sheet of pages: which rules of the theme it keeps, and what it leaves as it was."""

import pytest

from callboard.website.style_sheets import compact, used_rules, words_in

WORDS = words_in(['<a class="md-nav md-nav__link--active">', 'classList.add("js")'])


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
    assert used_rules(css, WORDS) == (css if kept is None else kept)


def test_what_is_left_out_of_our_own_style_sheets_is_no_string():
    css = "/* why */ a {\n    b: c;\n}\n\nd::before { content: '  /* */\\'  '; }\n"
    assert compact(css) == "a {\nb: c;\n}\nd::before { content: '  /* */\\'  '; }"
