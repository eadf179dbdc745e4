"""Every command of the manual is run on a portal, or at least read by the program; each option, setting and link in it exists."""

import re
import shlex
import subprocess

import click
import pytest

import yaml
from callboard.cli.main import COMMANDS, group
from callboard.cli.manual.tables import fields
from callboard.settings.checks import sources_schema
from pages import FOLLOWED_ELSEWHERE, ROOT, all_blocks, anchors, inline, links, pages, text_of
from support import portal

SHELL = frozenset({"console", "sh", "bash"})
CHECKED_LANGUAGES = SHELL | {"yaml"}
OTHER_BLOCKS = {
    ("docs/how-to/announce.md", "markdown"): "test_the_announcement_of_the_manual_can_be_shown",
    ("docs/how-to/show-badges.md", "text"): "Markdown with the address of a picture; tests/pages/test_badges.py makes such badges",
    ("docs/how-to/connect-any-tool.md", "text"): "rows of a CSV file; tests/integrations/test_integration_file.py reads such files",
    ("docs/how-to/editor-completion.md", "json"): "settings of an editor; tests/website/language_server.py has the same",
    ("docs/how-to/editor-completion.md", "lua"): "settings of an editor",
    ("docs/how-to/host-the-site.md", "nginx"): "tests/browser/test_names_of_authors.py serves a site with it",
    ("docs/how-to/host-the-site.md", "apache"): "tried by hand with Apache 2.4: types, compression, headers, 404",
    ("docs/how-to/host-the-site.md", "caddyfile"): "tried by hand with Caddy 2.6: types, compression, headers, 404",
    ("docs/how-to/host-the-site.md", "lighttpd"): "tests/browser/test_names_of_authors.py serves a site with it",
    ("docs/how-to/write-a-check.md", "python"): "examples/plugins/runtime/ has the same; tests/plugins/test_contained_checks.py runs it",
    ("docs/how-to/write-a-check.md", "toml"): "of the same package",
    ("docs/how-to/write-an-action.md", "python"): "examples/plugins/licence/ has the same, and a test runs it",
    ("docs/how-to/write-an-action.md", "toml"): "of the same package",
    ("docs/how-to/restrict-access.md", "nginx"): "needs a provider of sign-ins; the rest of the configuration is tested",
    ("docs/how-to/own-look.md", "css"): "test_own_styles_are_joined_to_those_of_pages_and_the_footer_is_replaced",
    ("docs/how-to/own-look.md", "html"): "test_own_styles_are_joined_to_those_of_pages_and_the_footer_is_replaced",
    ("docs/how-to/write-guides.md", "text"): "front matter; tests/website/test_search.py leaves such guides out",
    ("docs/how-to/write-guides.md", "markdown"): "test_the_links_of_the_page_about_guides_work",
    ("docs/how-to/host-the-site.md", "cron"): "a time and two commands that other pages have",
    ("docs/how-to/two-audiences.md", "text"): "a list of files",
    ("docs/explanation/architecture.md", "text"): "a drawing",
    ("docs/explanation/speed.md", "text"): "output of a benchmark",
    ("docs/explanation/plugin-stability.md", "python"): "a part of the plugin that the tutorial builds",
}  # fmt: skip
"""By page and language: why a block that is neither commands nor YAML is right."""
OTHER_PROGRAMS = frozenset({"mkdir", "cd", "cp", "mv", "rm", "cat", "git", "export"})
NOT_RUN = {
    "pip": "would install from a package index",
    "python3": "would make an environment",
    ".": "belongs to the environment",
    "git clone": "needs the network",
    "rsync": "needs another machine",
    "docker": "needs Docker",
    "systemctl": "needs systemd; tests/examples/test_deploy.py checks the units",
    "journalctl": "needs systemd",
    "/opt/callboard/bin/pip": "would install from a package index",
    "ssh": "needs another machine",
    "curl": "needs the network",
    "callboard lint --portal https": "needs a published portal; tests/lint/test_portal_names.py has one",
    "make": "tests/ would run themselves",
    "callboard try-integration": "needs a tool; tests/cli/test_try_integration.py has some",
    "callboard serve": "runs until it is stopped; tests/preview/ runs it",
    "callboard collect --only gitlab": "needs GitLab; tests/cli/ runs it with other sources",
    "callboard build --skip gitlab": "needs GitLab; tests/cli/ runs it with other sources",
    "callboard publish bucket": "needs an object store; tests/publish/ has one",
    "callboard describe": "needs repositories or a host; tests/onboarding/ has fakes of three",
    "callboard new": "needs a portal or a template; tests/software_templates/ has both",
    "callboard init": "asks on a terminal; tests/scaffold/ runs it",
    "callboard workflow": "needs a workflow; tests/scaffold/ has one",
    "callboard score --portal https": "needs a published portal; tests/pipeline/test_scorecards_build.py has one",
    "callboard score": "needs scorecards; tests/pipeline/test_scorecards_build.py runs it",
}  # fmt: skip
"""By the beginning of a command: why it is only read."""
ENVIRONMENT = frozenset(
    {
        "CALLBOARD_PORTAL_HEADER",
        "CALLBOARD_SECRET_",
        "CALLBOARD_TEST_FULL",
        "CALLBOARD_TEST_LONG",
        "CALLBOARD_TEST_DATA",
        "CALLBOARD_DIGEST",
        "CALLBOARD_SLACK_WEBHOOK",
        "CALLBOARD_TEAMS_WEBHOOK",
        "CALLBOARD_SMTP_URL",
        "CALLBOARD_MAIL_FROM",
        "CALLBOARD_MAIL_TO",
    }
)
"""Variables that are no options."""
OPTIONS_OF_OTHERS = re.compile(
    r"^--(constraint|depth|format json|offline|force-with-lease|user|volume|publish|rm|mount|dirty|upgrade|net|repo|tag"
    r"|env-file|now|unit)\b"
)
PROMPT = re.compile(r"^\$ (.*)$", re.MULTILINE)
PORTAL = "publish:\n  - {type: folder, path: published}\n  - {name: backup, type: folder, path: backup}\n"


def commands(block):
    """The simple commands of a block, without comments."""
    lines = PROMPT.findall(block.text) if block.language == "console" else block.text.splitlines()
    for line in lines:
        for command in re.split(r" && | ; ", re.sub(r"(^|\s+)# .*", "", line)):
            if command.strip():
                yield command.strip()


def parsed(command):
    """The program's own reading of a command; ends the test if it is misspelt."""
    words = shlex.split(re.sub(r" > \S+$", "", command))[1:]
    with group.make_context("callboard", words, resilient_parsing=False) as context:
        args = [*context._protected_args, *context.args]  # click has no other way to the rest
        if args:
            name, found, rest = group.resolve_command(context, args)
            found.make_context(name, rest, parent=context)


def test_each_kind_of_block_is_checked_or_has_a_reason():
    used = {(block.page, block.language) for block in all_blocks() if block.language not in CHECKED_LANGUAGES}
    assert used - OTHER_BLOCKS.keys() == set()


SHELL_BLOCKS = [pytest.param(block, id=str(block)) for block in all_blocks(*SHELL)]


@pytest.mark.parametrize("block", SHELL_BLOCKS)
def test_each_command_is_one_that_the_program_understands(block, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("catalog-info.yaml", "sources.yaml", ".callboard-baseline.json", "state.tar", "old.yaml", "new.yaml"):
        (tmp_path / name).write_text("")
    for folder in ("portal", "before", "old/.callboard", ".callboard", "site"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    for command in commands(block):
        if command.startswith("callboard"):
            try:
                parsed(command)
            except click.exceptions.Exit:
                pass
            except click.ClickException as error:
                pytest.fail(f"{block}: {command}: {error.format_message()}")
        else:
            assert command.split()[0] in OTHER_PROGRAMS or command.startswith(tuple(NOT_RUN)), f"{block}: {command}"


FAILS = {
    ("docs/how-to/run-in-a-container.md", "cp callboard.service callboard.timer /etc/systemd/system/"): "tests/examples/test_deploy.py",
    ("docs/how-to/overlay-a-template.md", "callboard build"): "shows an error; tests/pipeline/test_broken_overlays.py runs it",
    ("docs/how-to/own-kinds.md", "callboard lint"): "shows errors; tests/cli/test_user_mistakes.py runs it",
    ("docs/explanation/history.md", "callboard diff old/.callboard .callboard --format markdown"): "two states: see upgrade.md",
    ("docs/explanation/history.md", "callboard diff old/.callboard .callboard --format digest"): "two states: see upgrade.md",
}  # fmt: skip
"""Commands that need more than a portal."""
BUILT_BEFORE = frozenset(
    {"docs/explanation/history.md", "docs/how-to/upgrade.md", "docs/how-to/send-digests.md", "docs/how-to/use-the-catalog.md"}
)
"""Pages for somebody who has built the portal already."""
PAYMENTS = "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: payments}\nspec: {type: team, children: []}\n"
"""A team that the manual names."""
FOLDERS = {"docs/how-to/two-audiences.md": ("internal", "public")}
"""Folders with a portal that the commands of a page expect."""
PAGES_WITH_COMMANDS = sorted(
    {block.page for block in all_blocks(*SHELL)} - {"docs/tutorial/first-portal.md", "README.md", "CONTRIBUTING.md"}
)


@pytest.mark.long
@pytest.mark.parametrize("page", PAGES_WITH_COMMANDS)
def test_the_commands_of_a_page_succeed_one_after_the_other(page, tmp_path):
    portal.write(tmp_path, payments=PAYMENTS)
    (tmp_path / "sources.yaml").write_text(portal.SOURCES + PORTAL)
    (tmp_path / "catalog-info.yaml").write_text(portal.LEDGER)
    for name in ("old.yaml", "new.yaml"):
        (tmp_path / name).write_text("openapi: 3.1.0\ninfo: {title: Orders}\npaths: {/orders: {get: {}}}\n")
    for folder in FOLDERS.get(page, ()):
        portal.write(tmp_path / folder)
    of_page = [block for block in all_blocks(*SHELL) if block.page == page]
    if page in BUILT_BEFORE:
        assert portal.callboard(tmp_path, "build").returncode == 0
    for block in of_page:
        for command in commands(block):
            if command.startswith(tuple(NOT_RUN)) or (page, command) in FAILS:
                continue
            if command.startswith("callboard"):
                done = portal.callboard(tmp_path, *shlex.split(command)[1:])
            else:
                done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{block}: {command}\n{done.stdout}{done.stderr}"


@pytest.mark.long
@pytest.mark.parametrize("page", ["docs/tutorial/first-portal.md", "docs/tutorial/first-descriptor.md"])
def test_the_files_of_a_tutorial_are_a_portal(page, tmp_path):
    """Files are named in the text before their block: "Write `sources.yaml`"."""
    text = text_of(page)
    for path, content in re.findall(r"Write `([^`]+)`[^\n]*\n\n```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content)
    if not (tmp_path / "sources.yaml").exists():
        done = portal.callboard(tmp_path, "lint", "catalog-info.yaml")
        assert (done.returncode, "No problems found" in done.stdout) == (0, True), done.stdout
        return
    done = portal.callboard(tmp_path, "build")
    assert done.returncode == 0, done.stderr
    html = (tmp_path / "site/catalog/default/component/greeter/index.html").read_text()
    assert "Write team-hello" in html or "team-hello" in html
    assert "REF001" in html


INLINE = [(page, code) for page in pages() for code in inline(page)]


def options():
    context = click.Context(group)
    found = (group.get_command(context, name) for name in COMMANDS)
    return {spelling for command in found if command for option in command.params for spelling in (*option.opts, *option.secondary_opts)}


def test_commands_in_the_text_exist():
    wrong = []
    for page, code in INLINE:
        words = code.split()
        if words and words[0] == "callboard" and len(words) > 1 and words[1].isalpha() and words[1] not in COMMANDS:
            wrong.append((page, code))
    assert wrong == []


def test_options_in_the_text_exist():
    known = options() | {"--help", "--version"}
    named = {
        (page, found)
        for page, code in INLINE
        for found in re.findall(r"(?<![\w-])--[a-z][a-z-]+", code)
        if page not in {*FOLLOWED_ELSEWHERE, "docs/explanation/speed.md"}  # that page names options of the benchmark
    }
    assert sorted((page, option) for page, option in named if option not in known and not OPTIONS_OF_OTHERS.match(option)) == []


def test_settings_in_the_text_exist():
    """Dotted names, such as `portal.audience`, and single keys of a section, such as `data: {by_name: false}`."""
    schema = sources_schema()
    known = {field.path.replace("[]", "") for field in fields(schema)}
    sections = "|".join(schema["properties"])
    wrong = []
    for page, code in INLINE:
        for name in re.findall(rf"^((?:{sections})(?:\.[a-z_]+)+)\b(?!/)", code):
            wrong += [(page, name)] if name not in known and not name.endswith((".yaml", ".md", ".html", ".json")) else []
        value = yaml.safe_load(code) if re.fullmatch(rf"({sections}): \{{[^…$]*\}}", code) else {}
        wrong += [(page, f"{section}.{key}") for section, keys in value.items() for key in keys if f"{section}.{key}" not in known]
    assert wrong == []


def test_environment_variables_in_the_text_exist():
    context = click.Context(group)
    found = ((name, group.get_command(context, name)) for name in COMMANDS)
    known = {option.envvar or f"CALLBOARD_{name}_{option.name}".upper() for name, command in found if command for option in command.params}
    named = {(page, name) for page in pages() for name in re.findall(r"CALLBOARD_[A-Z_]+", text_of(page))}
    assert sorted((page, name) for page, name in named if name not in known | ENVIRONMENT) == []


@pytest.mark.parametrize("page", pages())
def test_links_lead_to_pages_and_headings_that_exist(page):
    broken = []
    for target in links(page):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / page).parent / path if path else ROOT / page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


def nav_pages(items):
    for item in items:
        for value in [item] if isinstance(item, str) else item.values():
            yield from [value] if isinstance(value, str) else nav_pages(value)


def test_every_page_is_in_the_navigation_once():
    listed = list(nav_pages(yaml.safe_load(text_of("docs/nav.yaml"))))
    assert len(listed) == len(set(listed))
    assert sorted(path for path in listed if not (ROOT / "docs" / path).is_file()) == []
    by_hand = {page.removeprefix("docs/") for page in pages() if page.startswith("docs/")}
    by_hand |= {f"decisions/{path.name}" for path in (ROOT / "docs/decisions").glob("*.md")}
    assert sorted(by_hand - set(listed)) == []


@pytest.mark.parametrize("page", [page for page in pages() if "/how-to/" in page])
def test_a_how_to_page_says_first_what_it_is_for(page):
    """A heading, then at least one sentence before the next heading, table or block."""
    first = text_of(page).split("\n\n")[1]
    assert re.match(r"[A-Z`*\[].*[.:]$", first, re.DOTALL), first


@pytest.fixture(scope="module")
def dressed(tmp_path_factory):
    """A portal with the styles, the footer and the guide that the manual shows, built."""
    folder = portal.write(tmp_path_factory.mktemp("dressed"))
    shown = {(block.page, block.language): block.text for block in all_blocks("css", "html", "markdown")}
    files = {
        "site_overrides/assets/own.css": shown["docs/how-to/own-look.md", "css"],
        "site_overrides/partials/copyright.html": shown["docs/how-to/own-look.md", "html"],
        "guides/welcome.md": f"# Welcome\n\n{shown['docs/how-to/write-guides.md', 'markdown']}",
        "guides/start/new-service.md": "# New services\n",
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    done = portal.callboard(folder, "build")
    assert done.returncode == 0, done.stderr
    return folder / "site", done.stderr


@pytest.mark.long
def test_own_styles_are_joined_to_those_of_pages_and_the_footer_is_replaced(dressed):
    site, _ = dressed
    for sheet in ("page.css", "portal.css"):
        assert "--md-primary-fg-color:#0b3d2e" in (site / "assets" / sheet).read_text("utf-8")
    assert 'href="https://wiki.acme.example/imprint"' in (site / "teams/index.html").read_text("utf-8")


@pytest.mark.long
def test_the_links_of_the_page_about_guides_work(dressed):
    site, printed = dressed
    assert "DOC001" not in printed
    assert 'href="../../catalog/default/component/shop/"' in (site / "guides/welcome/index.html").read_text("utf-8")
