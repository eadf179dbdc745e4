"""The reference in docs/reference is what the code says now."""

import importlib
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from callboard.cli.manual import plugin_api, tables, token_scopes
from callboard.cli.reference import command
from callboard.descriptors.kinds import builtin_kinds
from callboard.plugins import loader
from callboard.plugins.rules import all_rules
from callboard.settings.checks import sources_schema

COMMITTED = Path(__file__).parents[2] / "docs/reference"
WRITTEN_BY_HAND = {"differences.md"}


def written(folder):
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.md")}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference")
    result = CliRunner().invoke(command, ["--output", str(folder)])
    assert result.exit_code == 0, result.output
    return written(folder)


def test_the_committed_reference_is_what_the_code_writes(made):
    committed = {path: text for path, text in written(COMMITTED).items() if path not in WRITTEN_BY_HAND}
    assert sorted(committed) == sorted(made)
    stale = [path for path in made if committed[path] != made[path]]
    assert not stale, f"stale: {stale}; run `callboard reference` (make reference)"


def test_every_rule_and_every_kind_has_a_page(made):
    assert {f"problems/{code.lower()}.md" for code in all_rules()} <= set(made)
    assert {f"kinds/{name}.md" for name in builtin_kinds().by_name} <= set(made)


def test_every_name_of_the_plugin_api_is_documented_under_an_anchor_of_its_own(made):
    page = made["plugin-api.md"]
    names = {name for module in plugin_api.MODULES for name in importlib.import_module(f"callboard.plugins.{module}").__all__}
    headings = re.findall(r"^### `(\w+)`\n\nIn .*\n\n```python\n(.*)", page, re.MULTILINE)
    assert {name for name, _ in headings} == names
    assert len({name.lower() for name in names}) == len(names) == len(headings)
    assert set(re.findall(r"\(#(\w+)\)", page)) == {name.lower() for name in names}


def test_every_setting_says_what_it_means():
    silent = [field.path for field in tables.fields(sources_schema()) if not field.schema.get("description")]
    for group in ("callboard.sources", "callboard.publishers"):
        for name, plugin in loader.load(group).items():
            silent += [f"{name}.{field.path}" for field in tables.fields(plugin.load().schema) if not field.schema.get("description")]
    assert not silent


def test_every_field_of_a_kind_says_what_it_means():
    fields = [(kind.name, field) for kind in builtin_kinds().by_name.values() for field in tables.fields(kind.schema)]
    assert not [(name, field.path) for name, field in fields if not field.schema.get("description")]


def test_pages_of_a_rule_that_went_away_are_removed(tmp_path):
    (tmp_path / "problems").mkdir()
    (tmp_path / "problems/old999.md").write_text("# OLD999\n")
    (tmp_path / "own.md").write_text("mine\n")
    assert CliRunner().invoke(command, ["--output", str(tmp_path)]).exit_code == 0
    assert not (tmp_path / "problems/old999.md").exists()
    assert (tmp_path / "own.md").read_text() == "mine\n"


def test_a_bar_and_a_line_break_do_not_break_a_table():
    assert tables.table(("A", "B"), [("x|y", "one\ntwo")]).splitlines()[-1] == "| x\\|y | one two |"


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string"}, "string"),
        ({"type": "array", "items": {"type": "string"}}, "list of strings"),
        ({"enum": ["a", "b"]}, "`a`, `b`"),
        ({"const": 1}, "`1`"),
        ({}, "any"),
        ({"type": ["string", "null"]}, "string or null"),
    ],
)
def test_types_are_said_in_words(schema, words):
    assert tables.type_words(schema) == words


SECRETS = {"token", "password", "api_key", "application_key", "private_key", "access_key", "secret_key"}
GROUPS = [("sources", token_scopes.SOURCES), ("integrations", token_scopes.INTEGRATIONS), ("publishers", token_scopes.PUBLISHERS)]


@pytest.mark.parametrize(("group", "scopes"), GROUPS, ids=[name for name, _ in GROUPS])
def test_every_option_with_a_secret_has_its_permissions_in_the_manual(group, scopes):
    documented = {(scope.type, option) for scope in scopes for option in scope.options}
    options = {
        (plugin.type, field.path)
        for plugin in loader.load(f"callboard.{group}", installed=lambda **_: ()).values()
        for field in tables.fields(plugin.load().schema)
    }
    assert {(name, path) for name, path in options if path.rpartition(".")[2] in SECRETS} - documented == set()
    assert documented - options == set()
