"""The form for a descriptor in Chromium: guesses, checks in place, the file, and the editor of its host; by keyboard, and with axe."""

import sys
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from small_site import axe_source

import yaml
from faulty import Server
from support import FULL, portal

pytestmark = [pytest.mark.browser, pytest.mark.long]
SHOP = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: shop}
spec: {type: service, lifecycle: production, owner: team-shop}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: team-shop}
spec: {type: team, children: []}
"""
BOOKS = """---
# Kept by accounting.
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: books
  labels: {tier: "1"}
spec:
  type: service
  lifecycle: production
  owner: team-shop  # until May
"""
LEDGER = {"CODEOWNERS": "* @acme/team-shop\n", "README.md": "# Ledger\n\nKeeps the books of the whole company.\n"}


@pytest.fixture(scope="module")
def site(serve, tmp_path_factory):
    sys.path.append(str(Path(__file__).parent.parent / "sources"))
    from test_gitea import FakeGitea

    folder = portal.write(tmp_path_factory.mktemp("register"), shop=SHOP)
    with Server(FakeGitea({"ledger": LEDGER, "books": {"docs/catalog-info.yaml": BOOKS}}, ledger={"topics": ["java"]})) as host:
        source = f"sources:\n  - {{name: git, type: gitea, url: {host.url}, organization: acme, include: ['**/catalog-info.yaml']}}\n"
        (folder / "sources.yaml").write_text((folder / "sources.yaml").read_text().replace("sources:\n", source, 1))
        done = portal.callboard(folder, "build")
    assert done.returncode == 0, done.stderr
    return serve(folder / "site")


@pytest.fixture
def page(chromium, site):
    context = chromium.new_context(viewport={"width": 400, "height": 800})
    opened = context.new_page()
    messages = []
    opened.on("pageerror", lambda error: messages.append(str(error)))
    opened.on("console", lambda message: messages.append(message.text) if message.type in {"error", "warning"} else None)
    opened.goto(f"{site}status/undescribed/")
    opened.locator("a[href*='acme%2Fledger']").click(timeout=10_000)
    opened.wait_for_selector("form[data-ready]")
    yield opened
    assert messages == []
    context.close()


def text(page):
    return page.locator("[data-yaml]").text_content()


def test_a_repository_without_descriptor_fills_the_form_and_each_guess_is_marked(page):
    assert page.input_value("#name") == "ledger"
    assert page.input_value("#owner") == "team-shop"
    assert page.text_content("#guess-owner") == "Guess, from CODEOWNERS line 1"
    assert "owner: team-shop  # guess: from CODEOWNERS line 1" in text(page)
    assert page.text_content("[data-state]") == "To fix: 2"
    assert "Type is required" in page.text_content("[data-problems]")
    page.fill("#owner", "user:jane")
    assert page.is_hidden("#guess-owner")
    assert 'owner: "user:jane"\n' in text(page)


def test_the_form_is_filled_by_keyboard_and_the_hosts_editor_gets_the_file(page):
    page.focus("#type")
    page.keyboard.type("service")
    page.keyboard.press("Tab")
    page.keyboard.type("production")
    page.locator("#tags [data-add]").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Bad Tag")
    page.keyboard.press("Tab")
    assert "Bad Tag may have only lower-case letters" in page.text_content("#error-tags")
    assert page.locator("#tags [aria-invalid]").count() == 1
    page.locator("#tags li").last.locator("[data-remove]").focus()
    page.keyboard.press("Enter")
    assert page.text_content("[data-state]") == "No errors found."
    address = urlsplit(page.get_attribute("[data-open]", "href"))
    assert address.path == "/acme/ledger/_new/main/"
    query = parse_qs(address.query, strict_parsing=True)
    assert query == {"filename": ["catalog-info.yaml"], "value": [text(page)]}
    assert yaml.safe_load(query["value"][0])["spec"] == {"type": "service", "lifecycle": "production", "owner": "team-shop"}
    assert "callboard describe --apply catalog-info.yaml --repository http" in page.text_content("[data-command]")


@pytest.mark.parametrize(
    ("address", "link", "note"),
    [
        ("https://gitlab.com/acme/x", "https://gitlab.com/acme/x/-/new/main?file_name=catalog-info.yaml", True),
        ("https://git.example/acme/x", "https://git.example/acme/x", True),
        ("javascript:alert(1)", None, False),
    ],
)
def test_other_hosts_get_a_copy_button_and_a_link(page, address, link, note):
    page.fill("#repository", address)
    assert page.is_visible("[data-open]") == (link is not None)
    if link:
        assert page.get_attribute("[data-open]", "href") == link
        assert page.is_visible("[data-note]") == note


def test_a_name_that_is_taken_leads_to_the_page_of_its_entity(page):
    page.wait_for_selector("form[data-names]")
    page.fill("#name", "unheard-of")
    assert page.is_hidden("[data-exists]")
    page.fill("#name", "Shop")
    assert page.get_attribute("[data-exists] a", "href") == "/catalog/default/component/shop/"
    assert page.get_attribute("[data-edit]", "href") == "?entity=component%3Adefault%2Fshop"


def test_an_entity_is_edited_with_its_comments_and_what_the_form_does_not_have(page, site):
    page.goto(f"{site}catalog/default/component/books/")
    page.locator("a:text('Edit in a form')").click()
    page.wait_for_selector("form[data-names]")
    assert page.is_disabled("#name")
    assert page.text_content("[data-kept]") == "Not in the form, and left as it is: labels"
    assert text(page) == BOOKS
    page.fill("#owner", "team-books")
    page.fill("#title", "Books")
    expected = BOOKS.replace("owner: team-shop", "owner: team-books").replace('"1"}\n', '"1"}\n  title: Books\n')
    assert text(page) == page.get_attribute("[data-copy-file]", "data-copy") == expected
    assert urlsplit(page.get_attribute("[data-open]", "href")).path == "/acme/books/_edit/main/docs/catalog-info.yaml"
    assert "/acme/books --path docs/catalog-info.yaml --pull-request" in page.text_content("[data-command]")
    page.fill("#owner", "")
    assert "Owner is required" in page.text_content("[data-problems]")


@pytest.mark.parametrize(
    ("entity", "said"),
    [("component:default/shop", "more than this one document"), ("component:default/none", "does not publish"), ("<b>", "not publish")],
)
def test_what_the_form_cannot_edit_is_said_and_left(page, site, entity, said):
    page.goto(f"{site}create/register/?entity={quote(entity)}")
    page.wait_for_selector("form[data-names]", state="attached")
    assert said in page.text_content("[data-editing]")
    assert page.is_hidden("form[data-register]")


def test_a_long_file_is_copied(page):
    page.fill("#description", "word " * 2_000)
    assert len(page.get_attribute("[data-open]", "href")) < 200
    assert "Copy the file" in page.text_content("[data-note]")
    assert page.get_attribute("[data-copy-file]", "data-copy") == text(page)


def test_the_form_fits_a_phone_and_has_no_barriers(page):
    page.select_option("#kind", "API")
    assert page.is_visible("#definition")
    assert page.is_hidden("#providesApis")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 400
    source = axe_source()
    if source is None:
        (pytest.fail if FULL else pytest.skip)("needs axe-core")
    page.evaluate(source)
    found = page.evaluate("async () => (await axe.run()).violations.map((v) => `${v.id}: ${v.nodes[0].html}`)")
    assert found == []
