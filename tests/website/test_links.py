"""Links: which are found, which lead somewhere."""

import pytest

from callboard.website.links import PageLinks, broken_links, guide_links, page_links


@pytest.mark.parametrize(
    ("href", "page", "target"),
    [
        ("../../b/", "a/x/", "b/"),
        ("./", "a/x/", "a/x/"),
        ("#top-of", "a/x/", "a/x/#top-of"),
        ("../x/?kind=a&amp;b=c#d", "a/y/", "a/x/#d"),
        ("entity.json", "a/x/", "a/x/entity.json"),
        ("../../", "a/x/", ""),
        ("../../../etc/", "a/x/", "../etc/"),
        ("../..", "a/x/", ""),
        ("/portal/catalog/", "404.html", "catalog/"),
        ("/elsewhere/", "404.html", "../elsewhere/"),
        ("%7Ex%20y/", "a/", "a/~x y/"),
    ],
)
def test_an_address_is_resolved_against_its_page(href, page, target):
    assert page_links(f'<a href="{href}">x</a>', page, "/portal/").ours == (target,)


@pytest.mark.parametrize("href", ["https://x.example/", "mailto:a@x.example", "//x.example/", "data:image/png;base64,x", "tel:1"])
def test_other_hosts_and_schemes_are_not_looked_at(href):
    assert page_links(f'<a href="{href}">x</a>', "").ours == ()


def test_images_and_parts_of_sprites_are_addresses_too():
    html = '<img src="../i.png"><svg><use href="../assets/icons.svg#i-x"/><image xlink:href="../j.png"/></svg>'
    assert page_links(html, "a/").ours == ("i.png", "assets/icons.svg#i-x", "j.png")


@pytest.mark.parametrize("attribute", ["title", "data-x", "aria-label"])
@pytest.mark.parametrize("text", ["see href=", "see id=", "a src= href=", "\thref="])
@pytest.mark.parametrize("around", ["{}", '<div class="cb-prose">{}</div>'])
def test_text_that_ends_as_an_attribute_begins_is_neither_a_link_nor_an_anchor(attribute, text, around):
    html = around.format(f'<i {attribute}="{text}" id="here" hidden></i><a {attribute}="{text}" href="b/">x</a><img alt="" src="c.png"/>')
    found = page_links(html, "")
    assert (found.ids, found.ours + found.prose) == (("here",), ("b/", "c.png"))


def test_an_address_may_end_with_an_equals_sign():
    assert page_links('<a id="a=" href="b/?q=">x</a> <a href="c/?q=">x</a>', "") == PageLinks(("a=",), ("b/", "c/"))


def test_peoples_text_that_looks_like_markup_is_none():
    html = '<div class="cb-prose"><p title="<a href=">&lt;a href="x" id="y"&gt;</p> a > b href="z"</div><i id="ours"></i>'
    assert page_links(html, "") == PageLinks(("ours",))


def test_a_long_address_takes_no_longer_than_its_length():
    address = "a" * 5_000 + "-b." * 5_000 + "!"
    assert page_links(f'<a href="../{address}">x</a>', "p/").ours == (address,)


def test_text_after_the_word_for_prose_is_still_ours():
    assert page_links('<p>cb-prose</p><a href="1/"></a><i class="x" title="cb-prose"></i><a href="2/"></a>', "").ours == ("1/", "2/")


def test_links_in_peoples_text_are_told_apart_and_the_text_ends_where_its_element_ends():
    html = '<a href="1/"></a><div class="md-typeset cb-prose"><div><img src="2"><br><a href="3/"></a></div></div><a href="4/"></a>'
    found = page_links(html, "")
    assert (found.ours, found.prose) == (("1/", "4/"), ("2", "3/"))


def test_a_class_that_only_begins_like_prose_is_ours():
    assert page_links('<div class="cb-prose-not"><a href="1/"></a></div>', "").ours == ("1/",)


FILES = frozenset({"index.html", "a/index.html", "a/entity.json", "api/x"})
PAGES = {"": PageLinks(("one",)), "a/": PageLinks(("two",))}


def anchors_of(pages):
    return {path: frozenset(links.ids) for path, links in pages.items()}


@pytest.mark.parametrize("target", ["", "#one", "a/", "a", "a/#two", "a#two", "a/entity.json", "api/x", "a/entity.json#anything", "a/#top"])
def test_good_links_lead_somewhere(target):
    pages = PAGES | {"p/": PageLinks((), (target,))}
    assert list(broken_links(pages.items(), FILES, anchors_of(pages))) == []


@pytest.mark.parametrize("target", ["b/", "a/#three", "#two", "../", "api/", "a/index", "icons.svg#i-y"])
def test_bad_links_are_told_with_their_page(target):
    pages = PAGES | {"p/": PageLinks((), (), (target,))}
    found = list(broken_links(pages.items(), {*FILES, "icons.svg"}, anchors_of(pages) | {"icons.svg": frozenset({"i-x"})}))
    assert [(link.page, link.target, link.in_prose) for link in found] == [("p/", target, True)]


def test_markup_that_a_guide_shows_as_code_has_no_links():
    text = '<p><code>&lt;use href="…#i-x" id="no"/&gt;</code> <a href="../real/" id="yes">x</a></p>'
    html = f'<nav href="../n/"></nav><article>{text}</article>'
    assert guide_links(html, "guides/") == PageLinks(("yes",), ("n/",), ("real/",))
