import pytest
from markupsafe import Markup

from callboard.website.short_links import short_links

PAGE = "catalog/default/component/shop/"
UP = "../../../../"


@pytest.mark.parametrize(
    ("long", "short"),
    [
        (f"{UP}catalog/default/component/orders/#about", "../orders/#about"),
        (f"{UP}catalog/default/group/team/", "../../group/team/"),
        (f"{UP}catalog/other/api/orders/", "../../../other/api/orders/"),
        (f"{UP}catalog/?affected-by=component:default/shop", "../../../?affected-by=component:default/shop"),
        (f"{UP}catalog/default/component/shop/reference/", "../shop/reference/"),
        (f"{UP}catalogs/", f"{UP}catalogs/"),
        (f"{UP}teams/", f"{UP}teams/"),
        ("#about", "#about"),
        ("https://host.example/catalog/default/group/team/", "https://host.example/catalog/default/group/team/"),
    ],
)
@pytest.mark.parametrize("prose", ["", '<div class="cb-prose">a</div>'])
@pytest.mark.parametrize("form", [str, Markup])
def test_a_link_to_a_page_nearby_leaves_out_the_way_to_the_root(long, short, prose, form):
    assert short_links(form(f'{prose}<a class="cb-ref" href="{long}">x</a>'), PAGE) == f'{prose}<a class="cb-ref" href="{short}">x</a>'


def test_text_that_looks_like_a_link_stays_as_it_was_written():
    text = f'<p class="cb-prose">&lt;b href="{UP}catalog/default/group/team/" <a title="x" href="{UP}catalog/default/group/team/">y</a></p>'
    assert short_links(text, PAGE) == text.replace(f'"x" href="{UP}catalog/default/group', '"x" href="../../group')


@pytest.mark.parametrize("path", ["", "404.html", "catalog/"])
def test_pages_at_the_root_have_no_shorter_links(path):
    html = '<a href="../catalog/default/group/team/">x</a>'
    assert short_links(html, path) == html
