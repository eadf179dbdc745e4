"""Small values that all pages share."""

from dataclasses import dataclass

import pytest

from callboard.descriptors.formats import LINK_SCHEMES
from callboard.model.entity import Origin
from callboard.pages.safe_text import initials, mail_of, text_of, web_url
from callboard.pages.search_text import alias, words_of
from callboard.pages.shared_views import catalog_path, fix_url, problem_code_path, with_code


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("order-svc", ("order", "svc")),
        ("orderSvc", ("order", "svc")),
        ("OrderService", ("order", "service")),
        ("HTTPServer_v2", ("http", "server", "v", "2")),
        ("größe-db", ("größe", "db")),
        ("", ()),
    ],
)
def test_a_name_is_cut_into_its_words(name, words):
    assert words_of(name) == words


@pytest.mark.parametrize("name", ["order-svc", "orderSvc", "OrderService", "order_service"])
def test_all_spellings_of_a_name_share_their_aliases(name):
    assert {"order", "orderservice", "ordersvc"} <= {*alias(name).split(), name.lower()}


def test_a_very_long_name_has_bounded_aliases():
    assert len(alias("-".join(["service"] * 500))) <= 400


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, ""), (True, ""), (3, "3"), ({"a": 1}, ""), (["x"], ""), ("  two\n lines ", "two lines"), ("x" * 500, "x" * 399 + "…")],
)
def test_a_value_of_any_type_becomes_a_short_text(value, shown):
    assert text_of(value) == shown


@pytest.mark.parametrize("url", ["https://x.example/a?b=c#d", "http://localhost:8080", "mailto:a@b.example"])
def test_addresses_of_the_web_are_kept(url):
    assert web_url(f" {url} ") == url


@pytest.mark.parametrize(
    ("url", "is_link"),
    [("slack://channel?team=T1&id=C1", True), ("tel:+493012", True), ("msteams:/l/chat", True), ("SLACK://x", True), ("tel:", False),
     ("javascript:alert(1)", False), ("vscode://file/x", False), ("data:text/html,x", False)],
)  # fmt: skip
def test_links_of_descriptors_may_open_programs_for_messages_and_calls(url, is_link):
    assert web_url(url, LINK_SCHEMES) == url * is_link
    assert web_url(url) == ""


@pytest.mark.parametrize(
    "url", ["javascript:x", "HTTPS:", "https://[::1", "https://x.example/\na", "https://u:secret@x.example/", "x" * 3_000, 7]
)
def test_other_addresses_are_refused(url):
    assert web_url(url) == ""


@pytest.mark.parametrize(
    ("value", "mail"), [("a@b.example", "a@b.example"), ("a@b?cc=x", ""), ("a b@c", ""), ("@b", ""), ("", ""), (5, "")]
)
def test_a_mail_address_cannot_carry_anything_else(value, mail):
    assert mail_of(value) == mail


@pytest.mark.parametrize(
    ("name", "letters"), [("Ann Lee", "AL"), ("ann.lee", "AL"), ("ann", "AN"), ("נועה לוי", "נל"), ("  ", "?"), ("Q", "Q"), ("--x", "X")]
)
def test_initials_are_the_first_letters_of_the_outer_words(name, letters):
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("`a` and `b`", "<code>a</code> and <code>b</code>"),
        ("one ` alone", "one ` alone"),
        ("`a` and ` alone", "<code>a</code> and ` alone"),
        ("`<b>` & c", "<code>&lt;b&gt;</code> &amp; c"),
    ],
)
def test_backticks_of_a_message_make_code(text, html):
    assert with_code(text) == html


def test_filters_of_the_catalog_are_quoted():
    assert catalog_path(tag="c++ & more") == "catalog/?tag=c%2B%2B%20%26%20more"
    assert catalog_path(owner="group:default/x") == "catalog/?owner=group:default/x"
    assert problem_code_path("REF001") == "problems/ref001/"


@dataclass(frozen=True)
class Hosted:
    """A file at a host, as its web addresses."""

    view: str
    edit: str

    def view_url(self, path, line=None):
        return f"{self.view}#L{line}"

    def edit_url(self, path):
        return self.edit


HOSTS = {
    "https://github.com/a/b/edit/main/c.yaml": "https://github.com/a/b/edit/main/c.yaml#L31",
    "https://gitlab.com/a/b/-/edit/main/c.yaml": "https://gitlab.com/a/b/-/edit/main/c.yaml#L31",
    "https://git.example/a/b/edit/main/c.yaml#L1": "https://git.example/a/b/edit/main/c.yaml#L31",
    "https://codeberg.org/a/b/_edit/main/c.yaml": "https://host.example/c.yaml#L31",
    "https://bitbucket.org/a/b/src/main/c.yaml?mode=edit&spa=0&at=main": "https://host.example/c.yaml#L31",
    "javascript:alert(1)//edit/": "https://host.example/c.yaml#L31",
    "": "https://host.example/c.yaml#L31",
}


@pytest.mark.parametrize(("edit", "url"), HOSTS.items())
def test_a_problem_opens_the_editor_of_hosts_whose_editor_knows_lines(edit, url):
    origin = Origin("here", "tree", "a/b", "", "c.yaml", 0, 5)
    trees = {("here", "tree"): Hosted("https://host.example/c.yaml", edit)}
    assert fix_url(origin, 31, trees) == url
    assert fix_url(origin, None, trees) == url.replace("#L31", "#L5")
    assert fix_url(origin, 31, {}) == ""
