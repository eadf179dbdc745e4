"""sources.yaml to values: what is good, and how what is bad is told."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from callboard.descriptors.portal_kinds import portal_kinds
from callboard.model.errors import PluginError, SettingsError
from callboard.plugins.portal_settings import read_settings
from callboard.settings.document import read_document
from callboard.settings.invalid import InvalidSettingsError, did_you_mean, portal_origin
from callboard.settings.loading import parse_settings

GOOD = """\
version: 1
portal:
  name: Acme portal
  url: https://portal.acme.example/dev
  audience: public
  timezone: Europe/Berlin
  colours: {primary: indigo, accent: teal}
sources:
  - name: acme
    type: files
    path: repos
  - name: hosted
    type: git
    urls: ["https://git.acme.example/a.git", "https://${GIT_USER}:${GIT_TOKEN}@git.acme.example/b.git"]
limits: {depth: 12}
kinds: [kinds/engagement.json]
integrations:
  - {name: drop, type: file, path: "${PD}"}
"""


def read(tmp_path, text, environ=None):
    file = tmp_path / "sources.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_settings(file, environ or {})


def findings(tmp_path, text, environ=None):
    with pytest.raises(InvalidSettingsError) as raised:
        read(tmp_path, text, environ)
    return [f"{p.span.line}:{p.span.column}: {p.message}" for p in raised.value.problems]


def test_a_good_file_is_read_whole(tmp_path):
    (tmp_path / "kinds").mkdir()
    (tmp_path / "kinds/engagement.json").write_text("{}")
    got = read(tmp_path, GOOD, {"GIT_USER": "bot", "GIT_TOKEN": "s3cr3t", "PD": "pd-key"})
    assert got.portal.url == "https://portal.acme.example/dev/"
    assert (got.portal.name, got.portal.audience, got.portal.colours["primary"]) == ("Acme portal", "public", "indigo")
    assert [(s.name, s.type, s.failure) for s in got.sources] == [("acme", "files", ""), ("hosted", "git", "")]
    assert got.sources[1].options["urls"][1] == "https://bot:s3cr3t@git.acme.example/b.git"
    assert got.limits.depth == 12
    assert got.limits.documents_per_file == 1_000
    assert got.kinds == ("kinds/engagement.json",)
    assert got.sections == {"integrations": [{"name": "drop", "type": "file", "path": "pd-key"}]}
    assert (got.root, got.file) == (tmp_path, tmp_path / "sources.yaml")


def test_a_file_needs_only_its_sources(tmp_path):
    assert read(tmp_path, "sources: []").sources == ()


def test_a_byte_order_mark_and_crlf_are_read(tmp_path):
    assert read(tmp_path, b"\xef\xbb\xbfversion: 1\r\nsources: []\r\n").sources == ()


def test_texts_are_yaml_1_2(tmp_path):
    options = "{on: no, at: 12:30, day: 2024-01-01, octal: 0o17, big: 1_000}"
    got = read_document(f"publish: {options}", portal_origin(tmp_path / "sources.yaml", tmp_path)).data
    assert got["publish"] == {"on": "no", "at": "12:30", "day": "2024-01-01", "octal": 15, "big": "1_000"}


BAD = [
    ("souces: []", ['1:1: the key "sources" is missing', '1:1: unknown key "souces"; did you mean "sources"?']),
    ('version: "1"\nsources: []', ['1:10: "version" cannot be "1"; write 1']),
    ("version: 2\nsources: []", ['1:10: "version" cannot be 2; write 1']),
    ("sources: []\nportal: {audience: intern}", ['2:20: "portal.audience" cannot be "intern"; did you mean "internal"?']),
    ("sources: []\nportal:\n  colurs: {}", ['3:3: unknown key "portal.colurs"; did you mean "colours"?']),
    ("sources: []\nportal: {colours: {primary: indgo}}", ['did you mean "indigo"?']),
    (
        "sources: []\nportal: {timezone: Europe/Berln}",
        ['2:20: "portal.timezone" is "Europe/Berln", which is not a time zone; did you mean "Europe/Berlin"'],
    ),
    (
        "sources: []\nportal: {timezone: berlin}",
        ['2:20: "portal.timezone" is "berlin", which is not a time zone; did you mean "Europe/Berlin"?'],
    ),
    ("sources: []\nportal: {timezone: ../../etc/passwd}", ["is not a time zone"]),
    ("sources: []\nportal: {url: portal.acme.example}", ["must begin with https:// or http://"]),
    ("sources: []\nportal: {url: 'https://[broken'}", ["is not a valid URL"]),
    ("sources: []\nportal: {url: 'https://u:p@h/'}", ["must not contain a user or a password"]),
    ("sources: []\nportal: {url: 'https://h/?a'}", ["must not have a query (?) or a fragment (#)"]),
    ("sources: []\nportal: {logo: ../logo.svg}", ["must be a path below the folder"]),
    ("sources: []\nportal: {logo: logo.svg}", ["there is no such file"]),
    ("sources: []\nportal:\n", ['"portal" must be a mapping, but has no value']),
    ("sources: []\nlimits: {depth: lots}", ['2:17: "limits.depth" must be an integer, not the string "lots"']),
    ("sources: []\nlimits: {depth: 0}", ["must be at least 1, not 0"]),
    ("sources: []\nsources: []", ['2:1: the key "sources" is duplicated: first in line 1; keep one']),
    ("sources: [{name: a, type: file, path: x}]", ['1:27: unknown source type "file"; did you mean "files"?']),
    ("sources: [{name: a, type: carrier-pigeon}]", ["installed: aws, azure-devops, backstage, bitbucket-cloud"]),
    (
        "sources:\n- name: a\n  type: files\n  pat: x",
        ['2:3: the key "path" is missing in "sources[0]"', '4:3: unknown key "sources[0].pat"'],
    ),
    (
        "sources:\n- {name: a, type: files, path: x}\n- {name: a, type: files, path: y}",
        ['3:10: the name "a" is already used by the source in line 2'],
    ),
    ("sources: [{name: A b, type: files, path: x}]", ['must be a name of lower-case letters, digits and hyphens, not "A b"']),
    ("sources: [{name: a, type: git}]", ["must be a git source with the key url"]),
    ("sources: [{name: a, type: git, url: x, urls: [y]}]", ["not both"]),
    ("sources: [{name: a, type: git, url: x, ref: --upload-pack=evil}]", ["must be a branch or a tag"]),
    ("sources: [1, null, [x]]", ['"sources[0]" must be a mapping', '"sources[1]" must be', '"sources[2]" must be']),
    ("- a", ["must be a mapping, not a list"]),
    ("", ["the file is empty"]),
    ("# only a comment", ["the file is empty"]),
    ("a: [1\nb: 2", ["2:2: expected a comma or a closing bracket for the bracket opened in line 1"]),
    ("a: 1\n\tb: 2", ["2:1: this line is indented with a tab"]),
    ("sources: []\n--- \nsources: []", ["3:1: only one document is allowed here"]),
    ("sources: &a [*a]", ["an alias is inside the value that it refers to"]),
    ("? {a: b}\n: 1\nsources: []", ['unknown key "{ a: b }"']),
    ("sources: []\nx: !!python/object:os.system {}", ['unknown key "x"']),
    (b"sources: []\n# \xff", ["2:1: this line is not valid UTF-8"]),
]


@pytest.mark.parametrize(("text", "expected"), BAD, ids=[str(text)[:60] for text, _ in BAD])
def test_a_mistake_is_told_with_its_place_and_what_was_meant(tmp_path, text, expected):
    got = findings(tmp_path, text)
    for part in expected:
        assert any(part in line for line in got), got


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path):
    got = findings(tmp_path, "version: 3\nportl: {}\nsources:\n- {name: a, type: file}\nlimits: {depht: 1}\n")
    assert [line.split(":")[0] for line in got] == ["1", "2", "4", "5"]


def test_the_message_names_the_file_as_it_was_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("sources.yaml").write_text("souces: []")
    with pytest.raises(SettingsError, match=r"^sources.yaml cannot be used: 2 errors.\n  sources.yaml:1:1: "):
        read_settings(Path("sources.yaml"), {})


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(SettingsError, match="There is no file") as raised:
        read_settings(tmp_path / "sources.yaml", {})
    assert "--config" in raised.value.hint


def test_an_unset_variable_fails_its_source_alone(tmp_path):
    got = read(tmp_path, 'sources:\n- {name: a, type: git, url: "https://${A}:${B}@h/x"}\n- {name: b, type: files, path: x}\n', {"A": "x"})
    assert [s.failure for s in got.sources] == ["the environment variable ${B} is not set", ""]


def test_an_unset_variable_where_the_schema_wants_something_else_is_told_once(tmp_path):
    got = read(tmp_path, 'sources:\n- {name: a, type: git, url: "x", depth: "${DEPTH}"}\n')
    assert "${DEPTH}" in got.sources[0].failure


def test_an_unset_variable_of_the_portal_is_a_finding(tmp_path):
    got = findings(tmp_path, 'sources: []\nportal: {name: "${WHO}"}')
    assert got == ['2:16: "portal.name": the environment variable ${WHO} is not set']


def test_an_unset_variable_of_a_section_is_noted_at_its_path(tmp_path):
    got = read(tmp_path, 'sources: []\nintegrations: [{name: drop, type: file, path: "${PD}"}]')
    assert got.failures == {"integrations[0].path": "the environment variable ${PD} is not set"}


def test_a_doubled_dollar_is_a_plain_one_and_values_are_not_expanded_again(tmp_path):
    names = [f"{{name: n{at}, type: file, path: '{path}'}}" for at, path in enumerate(("$${HOME}", "${X}", "$5 {x}"))]
    got = read(tmp_path, f"sources: []\nintegrations: [{', '.join(names)}]", {"X": "${Y}"})
    assert [item["path"] for item in got.sections["integrations"]] == ["${HOME}", "${Y}", "$5 {x}"]


def test_a_dollar_that_names_nothing_is_a_finding(tmp_path):
    assert "${a-b}, which is not a variable" in findings(tmp_path, 'sources: []\nportal: {name: "${a-b}"}')[0]


def test_a_value_from_the_environment_never_stands_in_a_finding_nor_in_a_repr(tmp_path):
    text = 'sources: [{name: a, type: git, url: "https://u:${T}@h", depth: 1}]\nportal: {url: "${T}"}'
    got = findings(tmp_path, text, {"T": "hunter2!"})
    assert "hunter2!" not in json.dumps(got)
    fine = read(tmp_path, text.split("\n", maxsplit=1)[0], {"T": "hunter2!"})
    assert "hunter2!" not in repr(fine)
    assert fine.redactor.redact("fatal: https://u:hunter2!@h/x and hunter2%21") == "fatal: https://***@h/x and ***"


@example(text="${a}")
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet="sourcen:-[]{}&*!|>'\"#%$ \n\tax1~", max_size=60))
def test_any_text_gives_settings_or_findings(tmp_path, text):
    try:
        outcome = read(tmp_path, text).root
    except InvalidSettingsError as error:
        outcome = error.problems
    assert outcome


def test_schemas_of_kinds_must_be_there_and_below_the_folder(tmp_path):
    (tmp_path / "outside.json").symlink_to("/etc/hostname")
    text = "version: 1\nsources: []\nkinds:\n  - kinds/none.json\n  - ../other.json\n  - outside.json\n"
    (tmp_path / "sources.yaml").write_text(text)
    with pytest.raises(SettingsError) as error:
        read_settings(tmp_path / "sources.yaml", {})
    assert 'sources.yaml:4:5: "kinds[0]" is kinds/none.json, but there is no such file' in str(error.value)
    assert 'sources.yaml:5:5: "kinds[1]" is ../other.json, but must be a path below' in str(error.value)
    assert 'sources.yaml:6:5: "kinds[2]" is outside.json, a link that leads out' in str(error.value)


def test_a_file_that_is_no_mapping_is_called_the_file(tmp_path):
    file = tmp_path / "sources.yaml"
    file.write_text("- a\n")
    with pytest.raises(SettingsError, match=r"sources\.yaml:1:1: the file must be a mapping"):
        read_settings(file, {})


@pytest.mark.parametrize(("word", "meant"), [("pat", "path"), ("lang", "language"), ("lgo", "logo"), ("lo", ""), ("re", ""), ("xyz", "")])
def test_a_typing_error_or_an_abbreviation_is_recognized(word, meant):
    found = did_you_mean(word, ["path", "language", "logo", "repositories", "read_only"])
    assert found == (f'; did you mean "{meant}"?' if meant else "")


CODES = [
    ("a: [1\nb: 2", "CFG001", "2:2 2:3"),
    ("sources: []\nsources: []", "CFG001", "2:1 2:8"),
    (b"sources: []\n# \xff", "CFG001", "2:1 2:2"),
    ("sources: []\nportal:\n  colurs: {}", "CFG002", "3:3 3:9"),
    ("sources: [{name: a, type: files, path: x, pth: y}]", "CFG002", "1:43 1:46"),
    ("sources: []\nlimits: {depth: lots}", "CFG003", "2:17 2:21"),
    ('sources: []\nportal: {name: "${WHO}"}', "CFG004", "2:16 2:24"),
    ('sources: []\nportal: {name: "${a-b}"}', "CFG004", "2:16 2:24"),
    ("sources: [{name: a, type: file, path: x}]", "CFG005", "1:27 1:31"),
]


@pytest.mark.parametrize(("text", "code", "span"), CODES, ids=[str(text)[:60] for text, _, _ in CODES])
def test_a_mistake_has_a_code_and_the_range_that_carets_mark(tmp_path, text, code, span):
    with pytest.raises(InvalidSettingsError) as raised:
        read(tmp_path, text)
    (problem,) = raised.value.problems
    at = problem.span
    assert (problem.code, f"{at.line}:{at.column} {at.end_line}:{at.end_column}") == (code, span)
    assert (problem.severity, problem.origin.path, bool(problem.fingerprint)) == ("error", "sources.yaml", True)


@pytest.mark.parametrize("section", ["notices: []", "catalog: {}"])
def test_a_section_that_does_nothing_is_an_unknown_key(tmp_path, section):
    assert findings(tmp_path, f"sources: []\n{section}")[0].startswith(f'2:1: unknown key "{section.partition(":")[0]}"')


SCHEMAS = [
    ({"type": "strng"}, 'the schema of the options of the plugin "files" is not valid JSON Schema: "strng" is not valid'),
    (["type"], "is not valid JSON Schema: it is of the type list, not a mapping"),
    (PluginError("it cannot be imported", "Uninstall it."), "it cannot be imported; uninstall it"),
]


@pytest.mark.parametrize(("schema", "message"), SCHEMAS, ids=["not-valid", "no-mapping", "cannot-be-loaded"])
def test_a_plugin_that_cannot_be_used_is_a_problem_at_its_type(tmp_path, schema, message):
    def of_plugin():
        if isinstance(schema, PluginError):
            raise schema
        return schema

    (tmp_path / "sources.yaml").write_text("sources: [{name: a, type: files, path: x}]")
    with pytest.raises(InvalidSettingsError) as raised:
        parse_settings(tmp_path / "sources.yaml", {}, lambda _: {"files": of_plugin})
    (problem,) = raised.value.problems
    assert (problem.code, problem.span.line, problem.span.column) == ("CFG005", 1, 27)
    assert message in problem.message


def test_two_plugins_of_one_type_are_a_problem_at_an_item_of_the_group(tmp_path):
    def schemas(group):
        raise PluginError(f"two plugins of {group} have one type", "Uninstall one.")

    (tmp_path / "sources.yaml").write_text("sources: [{name: a, type: files, path: x}]")
    with pytest.raises(InvalidSettingsError, match=r"1:27: two plugins of callboard\.sources have one type; uninstall one"):
        parse_settings(tmp_path / "sources.yaml", {}, schemas)


def test_an_error_in_the_schema_of_a_kind_has_a_code_and_a_range(tmp_path):
    (tmp_path / "kind.yaml").write_text("x-callboard: {kind: Dataset, plurl: x}\nproperties: {spec: {type: strng}}\n")
    with pytest.raises(InvalidSettingsError) as raised:
        portal_kinds(read(tmp_path, "sources: []\nkinds: [kind.yaml]"))
    places = [(problem.code, problem.origin.path, problem.span.line, problem.span.column) for problem in raised.value.problems]
    assert places == [("CFG002", "kind.yaml", 1, 30), ("CFG006", "kind.yaml", 2, 27)]
