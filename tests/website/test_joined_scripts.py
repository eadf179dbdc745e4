"""The scripts of all pages are one module, in which one that fails disables no other; a portal's own scripts stay apart."""

import re
from pathlib import Path

import pytest

from callboard.website.joined_scripts import ENTRIES, JOINED_PATH, joined_scripts, page_scripts
from callboard.website.portal_files import find_portal_files

ROOT = Path(__file__).parents[2]
ASSETS = ROOT / "site_overrides/assets"
FILES = {f"assets/{file.name}": file for file in ASSETS.glob("*.js")}
OTHERS = ("labels.js", "page-words.js", "elements.js", "mine.js")
NAMED = re.compile(r"^import \{ ([^}]*) \} from \"(?:\.\./|\./)([\w-]+\.js)\"", re.MULTILINE)


@pytest.fixture
def joined(tmp_path):
    return {path: content.decode() for path, content in joined_scripts(FILES, find_portal_files(tmp_path)).items()}


def test_pages_load_one_module(joined, tmp_path):
    assert page_scripts(find_portal_files(tmp_path)) == ("scripts.js",)
    assert joined.keys() == {JOINED_PATH, "assets/stars.js", *(f"assets/{name}" for name in OTHERS)}


def test_other_modules_find_what_they_import(joined):
    exported = {
        path: set(re.findall(r"[\w$]+", re.search(r"export \{ (.*?) \}", text)[1])) for path, text in joined.items() if path != JOINED_PATH
    }
    imports = [(file, found) for file in ASSETS.rglob("*.js") for found in NAMED.findall(file.read_text("utf-8"))]
    of_joined = [(names, f"assets/{other}") for _, (names, other) in imports if f"assets/{other}" in exported]
    assert len(of_joined) > 30
    for names, other in of_joined:
        assert set(names.split(", ")) <= exported[other], other
    for names in exported.values():
        assert all(re.search(rf"^export const \{{[^}}]*\b{re.escape(name)}\b", joined[JOINED_PATH], re.MULTILINE) for name in names)


def test_no_text_of_several_lines_loses_its_indentation():
    lines = [line for name in (*ENTRIES, *OTHERS) for line in (ASSETS / name).read_text("utf-8").splitlines()]
    assert [line for line in lines if line.count("`") % 2] == []


def test_a_replaced_script_keeps_all_apart(tmp_path):
    own = tmp_path / "site_overrides/assets"
    own.mkdir(parents=True)
    (own / "brand.js").write_text("")
    assert page_scripts(find_portal_files(tmp_path)) == ("scripts.js",)
    (own / "mine.js").write_text("export const {")
    assert page_scripts(find_portal_files(tmp_path)) == ENTRIES
    assert joined_scripts(FILES, find_portal_files(tmp_path)) == {}


def test_a_statement_that_cannot_be_joined_is_an_error(tmp_path):
    for statement in ("export default 1;", 'import * as all from "./mine.js";', "await 0;", "export let count = 0;"):
        (tmp_path / "search.js").write_text(statement)
        with pytest.raises(ValueError, match=r"search\.js"):
            joined_scripts(FILES | {"assets/search.js": tmp_path / "search.js"}, find_portal_files(tmp_path))


SHOWN = """<button data-copy="text" id="copy">copy</button>
<button data-star="component:default/a" data-title="A" data-hidden><i></i></button>
<ul data-on-call><li data-start="2026-05-17T00:00:00Z" data-end="2026-05-18T00:00:00Z">over</li></ul>
<div data-operations><input data-filter-operations><p class="cb-op">get</p><p class="cb-op">put</p></div>"""


@pytest.mark.browser
@pytest.mark.parametrize("broken", ["on-call.js", "search.js", "mine.js"])
def test_an_exception_in_one_script_is_reported_and_the_others_run(chromium, tmp_path, broken):
    (tmp_path / broken).write_text((ASSETS / broken).read_text("utf-8") + '\nthrow new Error("broken");\n')
    content = joined_scripts(FILES | {f"assets/{broken}": tmp_path / broken}, find_portal_files(tmp_path))[JOINED_PATH].decode()
    page, errors = chromium.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route("**/*", lambda route: route.fulfill(body=SHOWN, content_type="text/html"))
    page.goto("http://portal.example/")
    page.add_script_tag(content=content, type="module")
    page.locator("[data-filter-operations]").fill("get")
    seen = page.evaluate("[...document.querySelectorAll('.cb-op')].map((row) => row.hidden)")
    starred = page.evaluate("!document.querySelector('[data-star]').hasAttribute('data-hidden')")
    page.close()
    assert [error.split("\n")[0] for error in errors] == ["broken"]
    assert seen == [False, True]
    assert starred == (broken != "mine.js")
