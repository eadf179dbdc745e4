"""Secrets that are written into ``sources.yaml`` are problems, and their values are not repeated."""

import pytest

from callboard.plugins.portal_settings import read_settings
from callboard.settings.document import read_document
from callboard.settings.invalid import InvalidSettingsError, portal_origin
from callboard.settings.literal_secrets import literal_secret_problems

GITHUB = "ghp_" + "a1B2" * 9


def found(tmp_path, text):
    document = read_document(text, portal_origin(tmp_path / "sources.yaml", tmp_path))
    return [(problem.code, problem.field, problem.span.line) for problem in literal_secret_problems(document)]


@pytest.mark.parametrize(("line", "field"), [
    ("token: correct-horse", "sources[0].token"),
    ("password: '1234'", "sources[0].password"),
    ("app: {id: 1, private_key: abc}", "sources[0].app.private_key"),
    ("headers: {Authorization: Basic x, Accept: text/plain}", "sources[0].headers.Authorization"),
    ("headers: {X-Api-Key: x}", "sources[0].headers.X-Api-Key"),
    (f"owner: {GITHUB}", "sources[0].owner"),
    (f"token: '{GITHUB}${{SUFFIX}}'", "sources[0].token"),
    ("url: https://ada:letmein@git.example/x.git", "sources[0].url"),
    ("urls: [https://x.example/a, https://ada:letmein@git.example/x.git]", "sources[0].urls[1]"),
])  # fmt: skip
def test_a_literal_secret_is_found_by_its_key_or_its_shape(tmp_path, line, field):
    assert found(tmp_path, f"sources:\n  - name: a\n    {line}\n") == [("CFG007", field, 3)]


@pytest.mark.parametrize("line", [
    "token: ${TOKEN}", "token: Bearer ${TOKEN}", "token: ''", "token: null", "url: https://${USER}:${TOKEN}@git.example/x.git",
    "headers: {Accept: text/plain}", "url: https://git@git.example/x.git", "key: PROJECT", "tokens: 4", "access_key: ${KEY}",
])  # fmt: skip
def test_a_variable_and_what_is_no_secret_is_none(tmp_path, line):
    assert found(tmp_path, f"sources:\n  - name: a\n    {line}\n") == []


def test_the_command_refuses_it_and_does_not_repeat_it(tmp_path):
    text = 'version: 1\nsources:\n  - {name: a, type: git, url: "https://git.example/x.git", token: correct-horse}\n'
    (tmp_path / "sources.yaml").write_text(text)
    with pytest.raises(InvalidSettingsError, match=r'"sources\[0\]\.token" is a literal secret; write \$\{NAME\}') as caught:
        read_settings(tmp_path / "sources.yaml", {})
    assert "correct-horse" not in str(caught.value)
