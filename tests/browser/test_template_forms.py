"""The form of a template in Chromium: by keyboard alone, with conditions, lists, pickers, checks in place, the review, and axe."""

import json
import shlex
import urllib.parse

import pytest
from small_site import axe_source

import yaml
from support import FULL, NOTHING_MOVES, portal

pytestmark = [pytest.mark.browser, pytest.mark.long]
TEMPLATE = {
    "apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template",
    "metadata": {"name": "svc", "title": "Service", "description": "Makes a service.", "tags": ["java", "new"]},
    "spec": {
        "owner": "team-shop", "type": "service",
        "parameters": [
            {"title": "What", "required": ["name", "owner"], "properties": {
                "name": {"title": "Name", "type": "string", "pattern": "^[a-z0-9-]+$"},
                "owner": {"title": "Owner", "type": "string", "ui:field": "OwnerPicker"},
                "token": {"title": "Token", "type": "string", "ui:field": "Secret"},
                "blue": {"title": "Blue", "type": "string", "ui:field": "EntityPicker",
                         "ui:options": {"catalogFilter": {"kind": ["Component"], "metadata.tags": "blue"}}},
                "sure": {"title": "Sure", "type": "boolean", "ui:widget": "radio"},
                "odd": {"title": "Odd", "type": "string", "ui:field": "AcmePicker"}}},
            {"title": "How", "properties": {
                "db": {"title": "Database", "type": "boolean", "default": False},
                "ports": {"title": "Ports", "type": "array", "items": {"type": "object", "required": ["number"], "properties": {
                    "number": {"title": "Number", "type": "integer", "minimum": 1}, "note": {"title": "Note", "type": "string"}}}},
                "envs": {"title": "Environments", "type": "array", "items": {"type": "string", "enum": ["test", "prod"]}, "minItems": 1,
                         "default": ["test"]}},
             "dependencies": {"db": {"oneOf": [
                 {"properties": {"db": {"const": True}, "size": {"title": "Size", "enum": ["s", "l"], "enumNames": ["Small", "Large"]}},
                  "required": ["size"]},
                 {"properties": {"db": {"const": False}}}]}}},
            {"title": "Where", "required": ["repoUrl"], "properties": {
                "repoUrl": {"title": "Repository", "type": "string", "ui:field": "RepoUrlPicker",
                            "ui:options": {"allowedHosts": ["github.com"]}}}},
        ],
        "steps": [{"id": "f", "action": "fetch:template", "input": {
            "url": "./skeleton", "values": {"name": "${{ parameters.name }}", "owner": "${{ parameters.owner }}"}}}],
    },
}  # fmt: skip
MARK = "<img src=x onerror=document.title='broken'>"
EVIL = f"{MARK} ' \" --> ]]> {{{{ 7*7 }}}} ${{{{ 7*7 }}}}"
HOSTILE = {
    **TEMPLATE, "metadata": {"name": "evil", "title": EVIL, "description": EVIL, "tags": ["<b>"]},
    "spec": {
        "owner": "team-shop", "type": EVIL, "parameters": [{"title": EVIL, "description": EVIL, "properties": {
            EVIL: {"title": EVIL, "description": EVIL, "default": EVIL, "ui:placeholder": EVIL},
            "e": {"title": EVIL, "enum": [EVIL, "b"], "enumNames": [EVIL, EVIL], "default": EVIL},
            "r": {"title": EVIL, "enum": [EVIL], "ui:widget": "radio"}, "u": {"title": EVIL, "ui:field": EVIL, "default": EVIL},
            "p": {"ui:field": "EntityPicker", "ui:options": {"catalogFilter": [{"kind": EVIL, "metadata.tags": EVIL}]}},
            "repo": {"ui:field": "RepoUrlPicker", "ui:options": {"allowedHosts": [EVIL], "allowedOwners": [EVIL]}},
            "l": {"type": "array", "title": EVIL, "default": [EVIL], "items": {"type": "string", "title": EVIL}},
            "n": {"title": EVIL, "type": "string"}}}],
        "steps": [{"action": "fetch:template", "input": {"url": "./skeleton", "values": {"name": EVIL, "owner": EVIL}}}]},
}  # fmt: skip
PAGED = {
    **TEMPLATE, "metadata": {"name": "paged", "title": "Paged"},
    "spec": {"owner": "team-shop", "type": "service", "parameters": [
        {"title": "First", "properties": {"kind": {"title": "Kind", "enum": ["a", "b"], "default": "a"}}},
        {"title": "Second", "when": "${{ parameters.kind === 'b' }}", "required": ["size"], "properties": {"size": {"title": "Size"}}},
        {"title": "Third", "oneOf": [
            {"title": "By name", "properties": {"name": {"title": "Name", "type": "string"}}, "required": ["name"]},
            {"title": "By number", "properties": {"id": {"title": "Id", "type": "integer"}}, "required": ["id"]}]}],
        "steps": [{"action": "debug:log", "input": {"message": "x"}}]},
}  # fmt: skip
TAGGED = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: sky, tags: [blue]}
spec: {type: service, lifecycle: production, owner: team-shop}
"""
DESCRIPTOR = "kind: Component\nmetadata: {name: ${{ values.name }}}\nspec: {owner: ${{ values.owner }}}\n"


@pytest.fixture(scope="module")
def site(chromium, serve, tmp_path_factory):
    folder = portal.write(
        tmp_path_factory.mktemp("forms"), templates=yaml.safe_dump_all([TEMPLATE, HOSTILE, PAGED], sort_keys=False), sky=TAGGED
    )
    (folder / "sources.yaml").write_text(
        portal.SOURCES.replace('"*"}', '"*", view_url: "https://github.com/acme/{repository}/blob/main/{path}"}')
    )
    skeleton = folder / "repositories/templates/skeleton"
    skeleton.mkdir()
    (skeleton / "catalog-info.yaml").write_text(DESCRIPTOR)
    (skeleton / "${{ values.name }}.txt").write_text("x")
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
    opened.goto(f"{site}create/default/svc/")
    opened.wait_for_selector("form[data-ready]")
    yield opened
    assert messages == []
    context.close()


def type_in(page, selector, text):
    """Go to a control with the Tab key, as somebody without a mouse does, and type."""
    for _ in range(80):
        if page.evaluate("(s) => document.activeElement === document.querySelector(s)", selector):
            page.keyboard.type(text)
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} cannot be reached by keyboard")


def test_three_pages_are_filled_in_by_keyboard_alone_and_end_with_a_command(page):
    page.evaluate("() => document.querySelector('#page-0').focus()")
    type_in(page, "#f0-name", "orders")
    type_in(page, "#f0-owner", "group:default/team-shop")
    page.wait_for_function("() => document.querySelector('#f0-owner-list').childElementCount >= 2")
    type_in(page, "#f0-token", "hunter2")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-page='1']:not([hidden])")
    type_in(page, "#f1-db", " ")
    page.wait_for_function("() => document.querySelector('[data-field=size]').closest('[data-part]').hidden === false")
    type_in(page, "#f1-c1-c1-size", "L")
    page.evaluate("() => document.querySelector('[data-page=\"1\"] [data-add]').focus()")
    page.keyboard.press("Enter")
    page.keyboard.type("8080")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-page='2']:not([hidden])")
    type_in(page, "#f2-repoUrl [data-repository=owner]", "acme")
    type_in(page, "#f2-repoUrl [data-repository=repo]", "orders")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-review][data-rendered]")
    assert page.inner_text("[data-descriptor] code").splitlines()[1:] == [
        "metadata: {name: orders}", "spec: {owner: group:default/team-shop}",
    ]  # fmt: skip
    assert page.locator("[data-files] li").all_inner_texts() == ["catalog-info.yaml", "orders.txt"]
    expected = {"name": "orders", "owner": "group:default/team-shop", "db": True, "ports": [{"number": 8080}], "envs": ["test"],
                "size": "l", "repoUrl": "github.com?owner=acme&repo=orders"}  # fmt: skip
    link = page.get_attribute("[data-download]", "href")
    assert json.loads(urllib.parse.unquote(link.partition(",")[2])) == expected
    words = shlex.split(page.inner_text("[data-command]"))
    assert words[:6] == ["uvx", "--from", "callboard[new]", "callboard", "new", "catalog-info.yaml"]
    assert 'ports=[{"number":8080}]' in words
    assert "hunter2" not in page.inner_text("[data-review]") + page.evaluate("() => JSON.stringify(localStorage)")
    assert "This portal has no field of the type AcmePicker" in page.inner_html("form")


def test_what_is_wrong_is_said_in_place_and_the_focus_goes_there(page):
    page.fill("#f0-name", "NOT OK")
    page.click("[data-page='0'] button[type=submit]")
    page.wait_for_selector("[data-summary]:not([hidden])")
    assert page.inner_text("#f0-name-error") == "Name must match ^[a-z0-9-]+$"
    assert page.get_attribute("#f0-name", "aria-invalid") == "true"
    assert page.locator("[data-summary] a").all_inner_texts() == ["Owner is required", "Name must match ^[a-z0-9-]+$"]
    page.click("[data-summary] a >> nth=1")
    assert page.evaluate("() => document.activeElement.id") == "f0-name"


def test_a_picker_offers_entities_with_its_tag_and_a_yes_or_no_is_in_words(page):
    page.focus("#f0-blue")
    page.wait_for_function("() => document.querySelector('#f0-blue-list').childElementCount > 0")
    assert page.evaluate("() => [...document.querySelector('#f0-blue-list').options].map((each) => each.value)") == [
        "component:default/sky"
    ]
    assert [text.strip() for text in page.locator("#f0-sure label").all_inner_texts()] == ["Yes", "No"]


def test_hostile_texts_are_only_text_in_the_form_and_in_the_review(page, site):
    page.goto(f"{site}create/default/evil/")
    page.wait_for_selector("form[data-ready]")
    page.click("[data-go='1']")
    page.wait_for_selector("[data-review][data-rendered]")
    for place in ("h1", "[data-answers] dt >> nth=0", "[data-answers] dd >> nth=0"):
        assert "<img src=x" in page.inner_text(place)
    assert page.locator("form img, h1 img").count() == 0
    assert page.title() != "broken"
    words = shlex.split(page.inner_text("[data-command]"))
    assert f"e={EVIL}" in words
    page.goto(f"{site}create/")
    assert page.locator("main img, main article b").count() == 0


def answers_of(page):
    page.wait_for_selector("[data-review]:not([hidden])")
    return json.loads(urllib.parse.unquote(page.get_attribute("[data-download]", "href").partition(",")[2]))


def test_a_page_is_skipped_by_its_condition_and_one_of_several_variants_is_asked(page, site):
    page.goto(f"{site}create/default/paged/")
    page.wait_for_selector("form[data-ready]")
    page.click("[data-page='0'] button[type=submit]")
    page.wait_for_selector("[data-page='2']:not([hidden])")
    assert not page.is_visible("[data-go='1']")
    assert [page.is_visible(f"[data-field={name}]") for name in ("name", "id")] == [True, False]
    page.select_option("[data-variants]", label="By number")
    page.wait_for_function("() => !document.querySelector('[data-field=id]').closest('[data-part]').hidden")
    page.fill("[data-field=id] input", "7")
    page.click("[data-page='2'] button[type=submit]")
    assert answers_of(page) == {"kind": "a", "id": 7}
    page.click("[data-go='0']")
    page.select_option("#f0-kind", label="b")
    page.click("[data-page='0'] button[type=submit]")
    page.wait_for_selector("[data-page='1']:not([hidden])")
    page.fill("#f1-size", "large")
    page.click("[data-page='1'] button[type=submit]")
    page.click("[data-page='2'] button[type=submit]")
    assert answers_of(page) == {"kind": "b", "size": "large", "id": 7}


def test_create_is_in_the_navigation_of_portals_with_templates_only(chromium, site, address):
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    for portal_address, is_shown in ((site, True), (address, False)):
        for path in ("", "catalog/"):
            opened.goto(portal_address + path)
            assert opened.is_visible(".md-tabs__item:has-text('Create')") is is_shown
            assert opened.is_visible(".md-tabs__item:has-text('Catalog')")
    context.close()


def test_answers_are_kept_until_they_are_cleared(page):
    page.fill("#f0-name", "orders")
    page.wait_for_function("() => JSON.stringify(localStorage).includes('orders')")
    page.reload()
    page.wait_for_selector("form[data-ready]")
    assert page.input_value("#f0-name") == "orders"


AXE = "async () => (await axe.run()).violations.map((each) => [each.id, each.nodes.map((node) => node.html.slice(0, 120))])"


@pytest.mark.parametrize("path", ["create/", "create/default/svc/", "create/default/paged/", "create/default/evil/"])
def test_axe_finds_nothing_in_both_palettes_and_a_phone_needs_no_scrolling_sideways(page, site, path):
    source = axe_source()
    if source is None:
        (pytest.fail if FULL else pytest.skip)("needs axe-core")
    page.goto(site + path)
    page.evaluate(source)
    for number in range(_states(page, path)):
        _show_state(page, path, number)
        for palette, scheme in (("light", "default"), ("dark", "slate")):
            page.emulate_media(color_scheme=palette)
            page.wait_for_function("(s) => document.body.getAttribute('data-md-color-scheme') === s", arg=scheme)
            page.wait_for_function(NOTHING_MOVES)
            assert page.evaluate(AXE) == [], (number, palette)
        assert page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def _states(page, path):
    """Pages of the form with their errors, and the review."""
    if path == "create/":
        return 1
    page.wait_for_selector("form[data-ready]")
    return page.locator("[data-page]").count() + 1


def _show_state(page, path, number):
    if path != "create/":
        parts = "[...document.querySelectorAll('[data-page], [data-review]')]"
        page.evaluate(f"(number) => {parts}.forEach((each, i) => {{ each.hidden = i !== number; }})", number)
    if path == "create/default/evil/" and number == 1:
        page.click("[data-go='1']")
        page.wait_for_selector("[data-review][data-rendered]")
    if path == "create/default/svc/" and number == 0:
        page.click("[data-page='0'] button[type=submit]")
