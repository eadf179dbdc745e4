"""What people get wrong in settings, templates, labels, icons, guides and plugins: each has a code, a place and a sentence."""

import sys
from typing import NamedTuple

import pytest

from callboard.cli import main as command_line
from support.plugin_package import forget

SOURCES = "sources:\n  - {name: a, type: files, path: repositories}\n"
COMPONENT = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: a}
spec: {type: service, lifecycle: production, owner: user:guest}
"""


class Mistake(NamedTuple):
    """A file of the portal with a mistake, and what ``callboard lint`` prints about it."""

    file: str
    text: str | bytes
    exit_code: int
    line: str
    """Place, severity, code and message."""
    hint: str = ""


MISTAKES = [
    # settings
    Mistake("sources.yaml", "portal:\n  nmae: Acme\n" + SOURCES, 2,
            'sources.yaml:2:3: error CFG002 unknown key "portal.nmae"; did you mean "name"?'),
    Mistake("sources.yaml", SOURCES + "notices:\n  - {text: Down on Sunday}\n", 2,
            'sources.yaml:3:1: error CFG002 unknown key "notices"; known keys: announcements, api_changes, badges, create, data, delivery, '
            "docs, drift, guides, history, innersource, integrations, kinds, limits, portal, publish, scorecards, search, sources, "
            "version"),
    Mistake("sources.yaml", "portal: {timezone: berlin}\n" + SOURCES, 2,
            'sources.yaml:1:20: error CFG003 "portal.timezone" is "berlin", which is not a time zone; did you mean "Europe/Berlin"?'),
    Mistake("sources.yaml", "sources:\n\t- {name: a}\n", 2,
            "sources.yaml:2:1: error CFG001 this line is indented with a tab; YAML allows only spaces; replace the tab with spaces"),
    Mistake("sources.yaml", 'portal: {url: "https://${PORTAL_HOST}"}\n' + SOURCES, 2,
            'sources.yaml:1:15: error CFG004 "portal.url": the environment variable ${PORTAL_HOST} is not set'),
    Mistake("sources.yaml", "portal: {language: de}\n" + SOURCES, 0,
            'sources.yaml:1:20: warning OVL005 There are no labels in the language "de", so the site is in English.',
            "Translate the labels in templates/strings/de.yaml, or remove the key language."),
    # plugins
    Mistake("sources.yaml", "sources:\n  - {name: a, type: fils, path: repositories}\n", 2,
            'sources.yaml:2:21: error CFG005 unknown source type "fils"; did you mean "files"?'),
    Mistake("sources.yaml", SOURCES + "integrations:\n  - {name: rota, type: acme-rota}\n", 2,
            'sources.yaml:4:24: error CFG005 the plugin "acme-rota" of acme-rota 1.0 cannot be loaded from acme_rota:Rota: '
            "ModuleNotFoundError: No module named 'acme_rota'; update or uninstall the package acme-rota"),
    # templates
    Mistake("templates/home.html", "<p>\n{% endfr %}</p>\n", 1,
            "templates/home.html:2:1: error OVL001 Encountered unknown tag 'endfr'."),
    Mistake("templates/home.html", "<p>{{ view.name|nope }}</p>\n", 1,
            "templates/home.html:1:1: error OVL001 No filter named 'nope'."),
    Mistake("templates/home.html", "<p>\n\n{{ t.catlog }}</p>\n", 1,
            'templates/home.html:3:6: error OVL001 There is no label "catlog".', 'Did you mean "catalog"?'),
    Mistake("templates/home.html", "{% include 'macros/chp.html' %}\n", 1,
            'templates/home.html:1:13: error OVL001 There is no template "macros/chp.html".', 'Did you mean "macros/chip.html"?'),
    Mistake("templates/home.html", '{{ icon("serach") }}\n', 1,
            'templates/home.html:1:10: error OVL001 There is no icon "serach".', 'Did you mean "search"?'),
    Mistake("templates/home.html", b"<p>\n\xff</p>\n", 1,
            "templates/home.html:2:1: error OVL001 This line is not valid UTF-8.", "Save the file as UTF-8."),
    Mistake("site_overrides/main.html", b"{# \xff #}\n", 1,
            "site_overrides/main.html:1:1: error OVL001 This line is not valid UTF-8.", "Save the file as UTF-8."),
    Mistake("site_overrides/main.html", '{% extends "bas.html" %}\n', 1,
            'site_overrides/main.html:1:13: error OVL001 There is no template "bas.html".', 'Did you mean "base.html"?'),
    # labels
    Mistake("templates/strings/en.yaml", "home: [\n", 1,
            "templates/strings/en.yaml:1:8: error OVL002 Expected a comma or a closing bracket for the bracket opened in line 1; "
            "close the bracket, separate items by commas, or put a string with brackets in quotes."),
    Mistake("templates/strings/en.yaml", "- a\n", 1,
            "templates/strings/en.yaml:1:1: error OVL002 The file must be a mapping of keys to strings, not a list.",
            "Write each entry as `key: string`."),
    Mistake("templates/strings/en.yaml", '# ours\nseverity_n: "Stufe {:,} von {}"\n', 1,
            'templates/strings/en.yaml:2:13: error OVL002 "severity_n" has other placeholders than the English label: it can have {}, in '
            "this order or numbered from {0} on.",
            'The English label is "Severity {}".'),
    Mistake("templates/strings/en.yaml", "n_problems: 12\n", 1,
            'templates/strings/en.yaml:1:13: error OVL002 "n_problems" must be a string, but is an integer.',
            "Write a string, in quotation marks if it looks like another value."),
    Mistake("templates/strings/en.yaml", "catlog: Register\n", 0,
            'templates/strings/en.yaml:1:1: warning OVL003 No page uses a label "catlog".', 'Did you mean "catalog"?'),
    # icons
    Mistake("templates/icons.yaml", "foo: [\n", 1,
            "templates/icons.yaml:1:7: error OVL004 Expected a comma or a closing bracket for the bracket opened in line 1; "
            "close the bracket, separate items by commas, or put a string with brackets in quotes."),
    Mistake("templates/icons.yaml", "component: material/cubee\n", 1,
            'templates/icons.yaml:1:12: error OVL004 "component" names the icon "material/cubee", which the theme does not bundle.',
            "Choose one from material/… or simple/…, or add it to site_overrides/.icons/."),
    Mistake("templates/icons.yaml", "component: {path: material/cube}\n", 1,
            'templates/icons.yaml:1:12: error OVL004 "component" must be a string, but is a mapping.',
            "Write a string, in quotation marks if it looks like another value."),
    # guides
    Mistake("guides/a.md", b"# A\n\n\xff\n", 1,
            "guides/a.md:3:1: error DOC003 This line is not valid UTF-8; the guide is left out.", "Save the file as UTF-8."),
    Mistake("guides/a.md", "---\ntemplate: playn.html\n---\n# A\n", 1,
            'guides/a.md:2:11: error DOC003 There is no template "playn.html"; the guide is shown without it.',
            "Add it to site_overrides/, or remove the line."),
    Mistake("guides/a.md", "---\ntitle: a: b\n---\n# A\n", 0,
            "guides/a.md:2:9: warning DOC003 The front matter cannot be read: mapping values are not allowed here; it is shown as text.",
            "Correct it, or put the value into quotation marks."),
    Mistake("guides/a.md", "# A\n\nSee the [readme](../README.md).\n", 0,
            "guides/a.md:3:18: warning DOC001 The guide has a link to '../README.md', which does not exist.",
            "Write the path of another guide relative to this file, or that of a page relative to the guide's page in the site."),
    Mistake("guides/a.md", "# A\n\nSee [it](compnent:x).\n", 0,
            "guides/a.md:3:10: warning DOC001 The guide has a link to 'compnent:x', which does not exist.",
            "There is no such kind; did you mean `component:x`?"),
    Mistake("guides/a.md", "# A\n\n```callboard-table\nfilter: ownr:x\n```\n", 0,
            "guides/a.md:4:1: warning DOC017 The block callboard-table: a filter has no field `ownr`.", "Did you mean `owner`?"),
    Mistake("guides/nav.yaml", "- a.md\n- Home: indx.md\n", 0,
            "guides/nav.yaml:2:9: warning DOC002 There is no guide `indx.md`; the navigation omits it.", "Did you mean `index.md`?"),
    Mistake("guides/nav.yaml", "a.md: A\n", 1,
            "guides/nav.yaml:1:1: error DOC004 This is neither a page nor a section of the guides; the guides are sorted by name.",
            "Write a list: `- page.md`, `- Title: page.md`, or `- Section:` with a list below it."),
]  # fmt: skip


@pytest.fixture
def portal(tmp_path, monkeypatch):
    """A portal without problems, in which one package declares a plugin that cannot be imported."""
    for name, text in {"sources.yaml": SOURCES, "repositories/catalog-info.yaml": COMPONENT, "guides/index.md": "# Home\n"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    package = tmp_path / "installed/acme_rota-1.0.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-rota\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text("[callboard.integrations]\nacme-rota = acme_rota:Rota\n")
    monkeypatch.syspath_prepend(str(tmp_path / "installed"))
    monkeypatch.chdir(tmp_path)
    forget()
    yield tmp_path
    monkeypatch.undo()
    forget()


@pytest.fixture
def run(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["callboard", *arguments])
        try:
            command_line.main()
        except SystemExit as end:
            return end.code or 0, capsys.readouterr()
        return 0, capsys.readouterr()

    return run


def write(portal, file, text):
    path = portal / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize("mistake", MISTAKES, ids=[f"{mistake.file}-{mistake.text!r:.40}" for mistake in MISTAKES])
def test_a_mistake_has_a_place_a_code_a_sentence_and_never_a_traceback(portal, run, mistake):
    write(portal, mistake.file, mistake.text)
    code, output = run("lint", "--ignore", "ORP,REF,OWN")
    assert mistake.line in output.out.splitlines()
    assert not mistake.hint or f"  hint: {mistake.hint}" in output.out.splitlines()
    assert code == mistake.exit_code
    assert "Traceback" not in output.err
    assert "bug in Callboard" not in output.err


def test_a_portal_without_mistakes_has_no_problems_of_its_own(portal, run):
    assert run("lint", "--select", "CFG,DOC,OVL")[0] == 0
    assert run("lint", "--select", "CFG,DOC,OVL")[1].out == "No problems found. Checked 1 file, 1 document.\n"


def test_an_excerpt_with_carets_shows_the_mistake(portal, run):
    write(portal, "templates/home.html", "<p>\n  {{ t.catlog }}</p>\n")
    output = run("lint", "--select", "OVL")[1].out
    assert "  2 |   {{ t.catlog }}</p>\n    |        ^^^^^^\n" in output
    assert "docs: callboard explain OVL001" in output


@pytest.mark.parametrize(
    ("style", "part"),
    [
        ("github", "::error file=templates/home.html,line=2,endLine=2,title=OVL001,col=8,endColumn=14::"),
        ("sarif", '"uri": "templates/home.html"'),
        ("junit", 'name="OVL001 at templates/home.html:2:8"'),
        ("gitlab", '"path": "templates/home.html"'),
        ("json", '"path": "templates/home.html"'),
    ],
)
def test_every_format_names_the_file_of_the_portal(portal, run, style, part):
    write(portal, "templates/home.html", "<p>\n  {{ t.catlog }}</p>\n")
    code, output = run("lint", "--select", "OVL", "--format", style)
    assert code == 1
    assert part in output.out


@pytest.mark.parametrize("style", ["text", "github", "sarif", "junit", "gitlab", "json"])
def test_every_format_has_the_errors_of_invalid_settings_and_lint_ends_with_2(portal, run, style):
    write(portal, "sources.yaml", "portal: {nmae: Acme}\n" + SOURCES)
    code, output = run("lint", "--format", style)
    assert code == 2
    assert "CFG002" in output.out
    assert output.err.splitlines()[-1] == "callboard: sources.yaml cannot be used: 1 error."


def test_another_command_prints_the_errors_of_invalid_settings_with_carets(portal, run):
    write(portal, "sources.yaml", "portal: {nmae: Acme}\n" + SOURCES)
    code, output = run("publish")
    assert code == 2
    assert output.err.startswith("callboard: sources.yaml cannot be used: 1 error.\n\nsources.yaml:1:10: error CFG002 unknown key")
    assert "    |          ^^^^\n" in output.err
