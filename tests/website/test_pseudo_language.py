"""A portal whose labels all stand in brackets: what its pages and scripts say without brackets is data, or is hard-wired."""

import csv
import json
import re
import shutil
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

import yaml
from callboard.diagrams import graph
from callboard.plugins.rules import all_rules
from callboard.website.labels import builtin_labels
from callboard.website.script_labels import PATHS, named_labels, with_labels
from support import portal

ROOT = Path(__file__).parents[2]
ENGLISH = builtin_labels(ROOT / "templates")
LANGUAGE = "eo"
"""A language that the theme has and that no portal file has: the theme's own words are then in it, see ``OF_THE_THEME``."""
ATTRIBUTES = frozenset({"title", "aria-label", "placeholder", "alt", "data-text", "data-label", "aria-description"})
OF_PEOPLE = frozenset({"code", "pre", "script", "style", "kbd", "noscript"})
"""Elements whose text is data: code, addresses, keys."""
OF_AUTHORS = re.compile(r"\b(cb-prose|md-typeset|cb-avatar|cb-code)\b")
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
LABELLED = re.compile(r"⟦[^⟦⟧]*⟧")
SEPARATORS = re.compile(r"[·,:|()\n→/=]|\s-\s")
HAS_WORD = re.compile(r"[A-Za-z]{2}")
NOT_TRANSLATED = {
    "CSV": "name of a format",
    "JSON": "name of a format", "OpenAPI": "name of a format", "AsyncAPI": "name of a format", "GraphQL": "name of a format",
    "gRPC": "name of a format", "Protocol Buffers": "name of a format",
    "README": "name of a file", "LICENSE": "name of a file", "CONTRIBUTING": "name of a file", "SECURITY": "name of a file",
    "PowerShell": "name of a program",
    "unary": "word of gRPC",
    "server stream": "word of gRPC",
    "subscription": "word of GraphQL",
    "requestBody application": "place in a definition", "requestBody image": "place in a definition",
    "RankResponse.Ranked": "place in a definition", "#templates": "address in a document",
    "API definitions": "source of facts, in English", '`channel` cannot be "letter"': "finding about a definition, in English",
    "The diagram is shown as its text": "finding about a document, in English",
    "contains structural characters; quote it to use them": "finding about a document, in English",
    "UTC": "time zone", "CEST": "time zone", "CET": "time zone",
}  # fmt: skip


class Texts(HTMLParser):
    """Texts and readable attributes of a page, without those of elements that hold data or are marked as English."""

    def __init__(self, html):
        super().__init__()
        self.found, self._open = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        is_data = tag in OF_PEOPLE or bool(OF_AUTHORS.search(values.get("class") or "")) or values.get("lang") == "en"
        if not any(self._open):
            self.found += [values[name] for name in ATTRIBUTES & values.keys() if values[name] and not is_data]
        if tag not in VOID:
            self._open.append(is_data)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID:
            self._open.pop()

    def handle_data(self, data):
        if not any(self._open):
            self.found.append(data)


def pieces(text):
    """What the text says outside of brackets."""
    before = None
    while before != text:
        before, text = text, LABELLED.sub("\n", text)
    return [piece for part in SEPARATORS.split(text) if HAS_WORD.search(piece := part.strip(" +–…0123456789%.×"))]


def scalars(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from scalars(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from scalars(inner)
    else:
        yield str(value)


def definition_texts(text):
    """Comments and strings of a GraphQL schema or a file of Protocol Buffers, and the names that it declares. Keywords are no data."""
    yield from (found.strip() for found in re.findall(r"//+(.*)|#(.*)", text) for found in found)
    yield from (" ".join(found.split()) for pair in re.findall(r'"""(.*?)"""|"([^"\n]*)"', text, re.DOTALL) for found in pair)
    yield from re.findall(r"\b(?:package|service|message|enum|rpc|type|interface|input|union|scalar)\s+([\w.]+)", text)
    yield from re.findall(r"\bgoogle\.protobuf\.\w+", text)


def data_of(folder):
    """Every key and value of descriptors, facts and settings, in pieces."""
    for file in sorted(folder.rglob("*")):
        text = file.read_text("utf-8", "replace") if file.suffix in {".yaml", ".yml", ".json", ".csv", ".graphql"} else ""
        try:
            values = list(yaml.safe_load_all(text)) if file.suffix != ".csv" else [list(csv.reader(text.splitlines()))]
        except yaml.YAMLError:
            values = text.splitlines()
        yield from scalars(values)
        if file.suffix == ".md":
            words = file.read_text("utf-8", "replace")
            yield words
            yield from re.findall(r"[\w.-]+", words)
        if file.suffix in {".graphql", ".proto"}:
            yield from definition_texts(file.read_text("utf-8"))
        yield from (file.parent.name, file.name)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pseudo")
    shutil.copytree(ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns("plugins", "*.png"))
    settings = (ROOT / "sources.yaml").read_text("utf-8").replace("language: en", f"language: {LANGUAGE}")
    (folder / "sources.yaml").write_text(settings, "utf-8")
    (folder / "templates/strings").mkdir(parents=True)
    labels = {key: f"⟦{text}⟧" for key, text in ENGLISH.items()}
    (folder / f"templates/strings/{LANGUAGE}.yaml").write_text(yaml.safe_dump(labels, allow_unicode=True, width=9999), "utf-8")
    built = portal.callboard(folder, "build", "--quiet")
    assert built.returncode == 0, built.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def of_the_theme(site):
    """Words of the theme's own language file, which the site's pages have around their content."""
    import material

    text = (Path(material.__path__[0]) / f"templates/partials/languages/{LANGUAGE}.html").read_text("utf-8")
    return frozenset(re.findall(r'": "([^"]+)"', text))


@pytest.fixture(scope="module")
def hard_wired(site, of_the_theme):
    """Returns what a page says that is neither a label nor data."""
    data = {
        piece for value in data_of(site.parent) for piece in (value, *pieces(value), *(line.strip(' "#.') for line in value.splitlines()))
    }
    data |= {part for piece in data for part in pieces(piece)}
    headings = {piece for rule in all_rules().values() for piece in (*pieces(f"{rule.code} {rule.name.replace('-', ' ')}"), rule.code[:3])}
    known = headings | data | {value.lower() for value in data} | of_the_theme | NOT_TRANSLATED.keys()

    @cache  # most texts of a page are those of others
    def unknown(text):
        rest = [piece for piece in pieces(text) if piece not in known and piece.lower() not in known]
        return [piece for piece in rest if not ("…" in text and any(value.startswith(piece) for value in data))]

    def found(html):
        for text in Texts(html).found:
            yield from unknown(text)

    return found


@pytest.mark.long
def test_every_word_on_a_page_is_a_label_or_data(site, hard_wired):
    found = {}
    for page in sorted(site.rglob("*.html")):
        for piece in hard_wired(page.read_text("utf-8")):
            found.setdefault(piece, page.relative_to(site).as_posix())
    assert not found, "\n".join(f"{page}: {piece}" for piece, page in found.items())


DRAWN = [
    ("catalog/?kind=component", "[data-catalog][data-ready]", ""),
    ("", "[data-my-team] [data-body] button", "[data-my-team] [data-body] button"),
    ("teams/", "[data-search-open]", "[data-search-open]"),
]
"""Address, what is there when the scripts have drawn it, and what to click then. Hits of the full text are pieces of pages."""


@pytest.mark.browser
@pytest.mark.long
def test_every_word_that_a_script_draws_is_a_label_or_data(site, hard_wired, chromium, serve):
    address, page, found = serve(site), chromium.new_page(), {}
    for path, ready, click in DRAWN:
        page.goto(f"{address}/{path}", wait_until="networkidle")
        page.locator(ready).first.wait_for(state="attached")
        if click:
            page.locator(click).first.click()
            page.wait_for_load_state("networkidle")
        for piece in hard_wired(page.evaluate("new XMLSerializer().serializeToString(document.body)")):
            found.setdefault(piece, path)
    page.close()
    assert not found, "\n".join(f"{path}: {piece}" for piece, path in found.items())


def test_the_scripts_of_the_site_have_the_labels_of_its_language(site):
    script = (site / "assets/words.js").read_text("utf-8")
    assert '"search":"⟦Search⟧"' in script
    assert '"en kinds_component":"Components"' in script
    as_file = (site / "assets/as-file.js").read_text("utf-8")
    assert '"opened_as_file":"⟦' in as_file
    of_pages, joined = ((site / f"assets/{name}.js").read_text("utf-8") for name in ("page-words", "scripts"))
    assert "labels" not in of_pages
    assert '"star":"⟦' in joined
    assert "const labels = {};" not in script + as_file + joined


def test_every_label_that_the_scripts_name_exists():
    scripts = [(ROOT / "site_overrides" / path).read_text("utf-8") for path in PATHS]
    named = [key for script in scripts for key in named_labels(script) if not key.endswith("_1")]
    assert len(named) > 60
    assert [key for key in named if key not in ENGLISH] == []


def test_a_script_of_the_portal_without_the_line_is_left_as_it_is():
    assert with_labels("export const words = {};", ENGLISH, ENGLISH) == "export const words = {};"


LITERAL = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|`((?:[^`\\]|\\.)*)`")
WORDS = re.compile(r"[A-Z][a-z]+ [a-z]+|[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")
CODE_NAMES = re.compile(r"[\w$:/#.,>*~@\[\]()=^'\"{}+;!?&|<-]*")


def test_scripts_have_their_texts_from_labels():
    """Literals that read as a sentence, and those that become a text or a name of an element."""
    found = []
    for file in sorted((ROOT / "site_overrides/assets").glob("*.js")):
        code = re.sub(r"^\s*//.*|/\*.*?\*/", "", file.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
        code = re.sub(r"\s// .*", "", code)
        named = re.findall(
            r"(?:textContent|innerText|title|placeholder|ariaLabel|\"aria-label\")\s*[:=]\s*(?:\"([^\"]*)\"|`([^`$]*)`)", code
        )
        texts = [one or two for one, two in named] + [text for pair in LITERAL.findall(code) for text in pair if WORDS.search(text)]
        found += [(file.name, text) for text in texts if HAS_WORD.search(text)]
    assert found == []


def test_diagrams_have_the_english_labels_of_the_portal():
    assert {key: ENGLISH[key] for key in graph.WORDS} == dict(graph.WORDS)
    assert {key for key in ENGLISH if key.startswith("diagram_") and key != "diagram_scrolls"} == set(graph.WORDS)


def test_kinds_have_the_english_labels_of_the_portal():
    from callboard.descriptors.kinds import builtin_kinds

    for key, kind in builtin_kinds().by_name.items():
        assert (ENGLISH[f"kind_{key}"], ENGLISH[f"kinds_{key}"]) == (kind.name if key != "airesource" else "AI resource", kind.plural)


def test_a_label_of_scripts_is_json_whatever_it_holds():
    hostile = {"search": '"</script>\u2028\n\\', "kind_api": "API", "kinds_api": "APIs"}
    script = with_labels('const labels = {};\nconst KINDS = ["api"];\nt("search")', hostile, ENGLISH)
    assert json.loads(re.search(r"const labels = (.*);", script)[1])["search"] == hostile["search"]
