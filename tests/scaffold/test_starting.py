"""A new portal: its files can be read whatever people typed, and nothing that is there is changed."""

import json
import os
import pty
import subprocess
import sys

import pytest
from click.testing import CliRunner

import yaml
from callboard.cli.init import SERVICES, SOURCES, command
from callboard.cli.main import group
from callboard.model.errors import CallboardError, SettingsError
from callboard.plugins import loader
from callboard.plugins.portal_settings import read_settings
from callboard.scaffold import install_line, workflows
from callboard.scaffold.first_sources import first_source, source_types
from callboard.scaffold.new_portal import WITHOUT_TOOLS, ScaffoldOptions, example_files, portal_files, starter_scorecards, write_new
from callboard.scaffold.secrets import portal_needs
from callboard.scaffold.tools import first_tool, tool_types

ODD = [
    "plain",
    'with "quotes" and \\',
    "${HOME} $${x}",
    "line\nbreak: {a}",
    "# comment",
    "- list",
    "ünïcode 字",
    "a\x07\x7fb",
    "@NAME@ @SOURCE@",
    "a: b",
]


def run(folder, *arguments, **more):
    return CliRunner().invoke(command, [str(folder), *arguments], **more)


@pytest.mark.parametrize("text", ODD)
def test_whatever_is_typed_comes_back_out_of_the_settings(tmp_path, text):
    write_new(tmp_path, portal_files(ScaffoldOptions(name=text, organization=text, location=text)))
    settings = read_settings(tmp_path / "sources.yaml", {"HOME": "leaked"})
    shown = "".join(c for c in " ".join(text.split()) if c.isprintable()).replace("$${", "${")
    assert settings.portal.organization.replace("$${", "${") == shown
    assert settings.sources[0].options["path"].replace("$${", "${") == shown


LOCATIONS = {
    "files": ("repositories", {}),
    "git": ("https://git.acme.example/x.git", {}),
    "github": ("acme", {"url": "https://github.acme.example"}),
    "gitlab": ("acme/shop", {}),
    "gitea": ("acme", {"url": "https://git.acme.example"}),
    "http": ("https://files.acme.example/a.yaml https://files.acme.example/b.yaml", {}),
    "ldap": ("ldaps://ldap.acme.example", {"users.base": "ou=p,dc=acme", "groups.base": "ou=g,dc=acme", "user": "cn=reader,dc=acme"}),
    "azure-devops": ("acme", {}),
    "bitbucket-cloud": ("acme", {}),
    "bitbucket-datacenter": ("https://bitbucket.acme.example", {}),
    "aws": ("eu-west-1 us-east-1", {}),
    "entra": ("acme.onmicrosoft.com", {"client_id": "0a1b"}),
    "okta": ("https://acme.okta.com", {}),
    "keycloak": ("https://sso.acme.example", {"realm": "acme", "client_id": "portal"}),
    "scim": ("https://idp.acme.example/scim/v2", {}),
    "backstage": ("https://backstage.acme.example", {}),
}
VARIABLES = ("PORTAL_TOKEN", "LDAP_PASSWORD", "ENTRA_CLIENT_SECRET", "OKTA_TOKEN", "KEYCLOAK_CLIENT_SECRET", "SCIM_TOKEN")


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("service", SERVICES)
def test_every_choice_makes_settings_and_a_workflow_that_can_be_read(tmp_path, source, service):
    location, more = LOCATIONS[source]
    files = portal_files(ScaffoldOptions("Acme", "Acme", "https://portal.acme.example/", source, location, service, answers=more))
    write_new(tmp_path, files)
    settings = read_settings(tmp_path / "sources.yaml", dict.fromkeys(VARIABLES, "secret"))
    assert settings.portal.url == "https://portal.acme.example/"
    assert (settings.sources[0].type, settings.sources[0].failure) == (source, "")
    assert len(settings.scorecards) == len(WITHOUT_TOOLS)
    for path in set(files) - {"sources.yaml", ".gitignore"}:
        assert yaml.safe_load(files[path])
    assert "@" not in "".join(line for line in files["sources.yaml"].splitlines() if not line.startswith("#"))


def test_choices_of_the_command_are_those_of_the_files_and_every_built_in_type_of_source():
    assert source_types() == SOURCES
    assert set(SOURCES) == set(loader.BUILT_IN["callboard.sources"])
    assert SERVICES == workflows.SERVICES


@pytest.mark.parametrize("type_", tool_types())
def test_each_tool_that_can_be_connected_has_valid_settings_and_its_secrets_in_the_workflow(tmp_path, type_):
    tool = first_tool(type_)
    value = {"url": "https://tool.acme.example", "path": "facts.csv"}
    answers = {question.key: value.get(question.key, "acme") for question in tool.questions}
    files = portal_files(ScaffoldOptions("Acme", tools={type_: answers}))
    write_new(tmp_path, files)
    (tmp_path / "facts.csv").write_text("")
    settings = read_settings(tmp_path / "sources.yaml", dict.fromkeys(tool.secrets.values(), "x" * 20))
    (item,) = settings.sections["integrations"]
    assert item == {"name": type_, "type": type_, **answers, **dict.fromkeys(tool.secrets, "x" * 20)}
    build = yaml.safe_load(files[".github/workflows/portal.yml"])["jobs"]["build"]["steps"]
    (env,) = [step["env"] for step in build if step.get("name") == "Build"]
    assert {name for name in env if name != "SCHEDULE"} == set(tool.secrets.values())
    assert not any(name.startswith("GITHUB_") for name in env)


def test_most_tools_can_be_connected_at_once():
    by_hand = set(loader.BUILT_IN["callboard.integrations"]) - set(tool_types())
    assert by_hand == {"prometheus", "http-json", "incident-io"}  # they need queries and mappings


def test_the_starter_scorecards_are_there_and_those_that_need_tools_are_comments(tmp_path):
    assert set(WITHOUT_TOOLS) < set(starter_scorecards())
    files = portal_files(ScaffoldOptions("Acme"))
    for name in starter_scorecards():
        assert f"scorecards/{name}.yaml" in files
        assert (f"  - scorecards/{name}.yaml" in files["sources.yaml"]) == (name in WITHOUT_TOOLS)
    assert "scorecards" not in yaml.safe_load(portal_files(ScaffoldOptions("Acme", has_scorecards=False))["sources.yaml"])


WRONG_ANSWERS = [
    (["--url", "portal.acme.example"], '--url: "portal.url"'),
    (["--source", "fils"], '--source: there is no "fils"; did you mean "files"?'),
    (["--source", "gitea", "--location", "acme", "--set", "url=git.acme.example"], "--set url=…"),
    (["--source", "gitea", "--location", "acme"], "--set url=… is required"),
    (["--source", "git"], "--source git --location is required: uRL"),
    (["--source", "git", "--location", "htp://x/y"], "--source git --location"),
    (["--source", "git", "--location", "https://x:ghp_0123456789abcdefghijABCDEFGHIJ012345@h/x.git"], "--source git --location"),
    (["--source", "ldap", "--location", "http://ldap"], "--source ldap --location"),
    (["--source", "http", "--location", "example.com/catalog-info.yaml"], "--source http --location"),
    (["--integration", "pager-duty"], '--integration: there is no "pager-duty"; did you mean "pagerduty"?'),
    (["--integration", "prometheus"], "add it to sources.yaml afterwards"),
    (["--integration", "jira"], "--set jira.url=… is required"),
    (["--integration", "jira", "--set", "jira.url=acme"], "--set jira.url=…"),
    (["--set", "x"], "must be KEY=VALUE"),
    (["--set", "x=y"], "there is no option x to set here"),
    (["--audience", "all"], "is not one of"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG_ANSWERS, ids=lambda value: str(value)[:40])
def test_a_wrong_option_is_reported_before_anything_is_written_or_asked(tmp_path, arguments, message):
    result = run(tmp_path / "portal", *arguments, "--no-build")
    assert result.exit_code == 2, result.output
    assert message.lower() in result.output.lower()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("arguments", "command"), [
    ([], "pip install 'callboard[mermaid]=={version}'"),
    (["--package", "acme-callboard"], "pip install 'acme-callboard[mermaid]=={version}'"),
    (["--git", "https://git.acme.example/callboard.git@v1.2.0"],
     "pip install 'callboard[mermaid] @ git+https://git.acme.example/callboard.git@v1.2.0'"),
    (["--index-url", "https://pip.acme.example/simple/"],
     "pip install --index-url https://pip.acme.example/simple/ 'callboard[mermaid]=={version}'"),
    (["--extra", "s3", "--extra", "github-app"], "pip install 'callboard[github-app,mermaid,s3]=={version}'"),
    (["--source", "ldap", "--location", "ldaps://l", "--set", "users.base=a=b", "--set", "groups.base=a=b"],
     "pip install 'callboard[ldap,mermaid]=={version}'"),
])  # fmt: skip
def test_the_install_line_has_the_package_the_place_and_the_extras(tmp_path, arguments, command):
    for service, file in (
        ("github", ".github/workflows/portal.yml"),
        ("github-server", ".github/workflows/portal.yml"),
        ("gitlab", ".gitlab-ci.yml"),
    ):
        result = run(tmp_path / service, *arguments, "--ci", service, "--no-build")
        assert result.exit_code == 0, result.output
        text = (tmp_path / service / file).read_text()
        assert command.format(version=install_line.__version__) in text
        assert yaml.safe_load(text)


@pytest.mark.parametrize("arguments", [
    ["--git", "https://user:secret@git.acme.example/x.git@v1"], ["--git", "git@git.acme.example:x.git"], ["--git", "https://h/x.git@v1;rm"],
    ["--index-url", "https://user:secret@packages.acme.example/simple"], ["--index-url", "http://packages.acme.example/simple"],
    ["--package", "callboard; rm -rf /"],
])  # fmt: skip
def test_a_place_that_is_not_safe_in_a_command_or_has_a_password_is_refused(tmp_path, arguments):
    result = run(tmp_path / "portal", *arguments, "--no-build")
    assert isinstance(result.exception, CallboardError)
    assert "secret" not in str(result.exception)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("record", "command"), [
    ({"url": "https://git.acme.example/callboard.git", "vcs_info": {"vcs": "git", "requested_revision": "v2", "commit_id": "a" * 40}},
     "pip install 'callboard @ git+https://git.acme.example/callboard.git@v2'"),
    ({"url": "https://git.acme.example/callboard.git", "vcs_info": {"vcs": "git", "commit_id": "a" * 40}},
     f"pip install 'callboard @ git+https://git.acme.example/callboard.git@{'a' * 40}'"),
    ({"url": "https://u:secret@git.acme.example/callboard.git", "vcs_info": {"vcs": "git", "commit_id": "a" * 40}}, None),
    ({"url": "file:///home/me/callboard", "dir_info": {"editable": True}}, None),
    ({}, None),
])  # fmt: skip
def test_a_workflow_installs_what_this_callboard_was_installed_from(monkeypatch, record, command):
    monkeypatch.setattr(install_line, "_direct_url", lambda: record)
    assert install_line.installation().command() == (command or f"pip install callboard=={install_line.__version__}")


WITH_LATER_TOOLS = """
version: 1
sources:
  - {name: main, type: github, organization: acme, app: {id: 1, key: "${APP_KEY}"}}
  - {name: people, type: ldap, url: "ldaps://l", users: {base: a=b}, groups: {base: a=b}, user: x, password: "${LDAP_PASSWORD}"}
integrations:
  - {name: duty, type: pagerduty, token: "${PAGERDUTY_TOKEN}"}
  - {type: snyk, token: "${GITHUB_SNYK}"}
publish:
  - {type: s3, bucket: b, secret_key: "${S3_KEY}"}
"""


def workflow_command(folder, *arguments):
    return CliRunner().invoke(group, ["workflow", "--config", str(folder / "sources.yaml"), *arguments])


@pytest.mark.parametrize("service", ["github", "github-server", "gitlab"])
def test_an_integration_that_is_added_later_says_which_secret_to_add_where(tmp_path, service):
    assert run(tmp_path, "--no-build", "--ci", service).exit_code == 0
    assert workflow_command(tmp_path).exit_code == 0
    (tmp_path / "sources.yaml").write_text(WITH_LATER_TOOLS.replace("GITHUB_SNYK", "SNYK_TOKEN"))
    result = workflow_command(tmp_path)
    assert result.exit_code == 1
    assert "PAGERDUTY_TOKEN  integration duty" in result.output
    assert "S3_KEY" not in result.output
    assert "without the extra ldap. Write callboard[ldap]" in result.output
    assert ("does not pass PAGERDUTY_TOKEN to the step Build" in result.output) == (service != "gitlab")
    assert ("Settings, CI/CD, Variables" in result.output) == (service == "gitlab")
    result = workflow_command(tmp_path, "--write")
    assert result.exit_code == 0, result.output
    text = (tmp_path / workflows.WORKFLOWS[service]).read_text()
    assert f"pip install 'callboard[github-app,ldap,mermaid]=={install_line.__version__}'" in text
    if service != "gitlab":
        (build,) = [step for job in yaml.safe_load(text)["jobs"].values() for step in job["steps"] if step.get("name") == "Build"]
        assert build["env"] == {
            "SCHEDULE": "${{ github.event.schedule }}",
            **{name: f"${{{{ secrets.{name} }}}}" for name in ("APP_KEY", "LDAP_PASSWORD", "PAGERDUTY_TOKEN", "SNYK_TOKEN")},
        }
    before = text
    assert workflow_command(tmp_path, "--write").exit_code == 0
    assert (tmp_path / workflows.WORKFLOWS[service]).read_text() == before


def test_a_name_that_github_refuses_for_secrets_is_reported(tmp_path):
    assert run(tmp_path, "--no-build").exit_code == 0
    (tmp_path / "sources.yaml").write_text(WITH_LATER_TOOLS)
    result = workflow_command(tmp_path, "--write")
    assert result.exit_code == 1
    assert "rename GITHUB_SNYK in sources.yaml" in result.output


def test_a_missing_workflow_is_written_for_the_portal_as_it_is_now(tmp_path):
    (tmp_path / "sources.yaml").write_text(WITH_LATER_TOOLS + "portal: {audience: public}\n")
    assert "There is no workflow" in workflow_command(tmp_path).output
    assert workflow_command(tmp_path, "--ci", "gitlab", "--write").exit_code == 0
    assert "The portal is public" in (tmp_path / ".gitlab-ci.yml").read_text()


def test_a_workflow_of_ones_own_is_not_changed_at_random(tmp_path):
    (tmp_path / "sources.yaml").write_text(WITH_LATER_TOOLS)
    (tmp_path / ".gitlab-ci.yml").write_text("build: {script: [make portal]}\n")
    assert workflow_command(tmp_path).exit_code == 0  # GitLab passes variables by itself, and Callboard comes from elsewhere
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/portal.yml").write_text("jobs: {}\n")
    result = workflow_command(tmp_path, "--write")
    assert isinstance(result.exception, CallboardError)
    assert (tmp_path / ".github/workflows/portal.yml").read_text() == "jobs: {}\n"


def test_secrets_are_those_of_values_not_of_comments_or_literals():
    needs = portal_needs('sources:\n  - {type: git, url: "$${NOT}", token: "${A}${B}"}\n  # token: ${C}\n')
    assert [used.name for used in needs.variables] == ["A", "B"]
    assert portal_needs("- [").variables == ()


def test_the_workflow_as_data_for_scripts(tmp_path):
    (tmp_path / "sources.yaml").write_text(WITH_LATER_TOOLS)
    data = json.loads(workflow_command(tmp_path, "--format", "json").output)
    assert data["exists"] is False
    assert {"name": "PAGERDUTY_TOKEN", "used_by": ["integration duty"]} in data["secrets"]


def test_the_first_question_of_each_source_is_its_location():
    assert all(first_source(type_).questions for type_ in SOURCES)


@pytest.mark.long
def test_the_command_writes_a_portal_and_builds_it(tmp_path):
    result = run(tmp_path / "portal", "--name", "Acme portal")
    assert result.exit_code == 0, result.output
    assert "Acme portal" in (tmp_path / "portal/site/index.html").read_text()
    assert (tmp_path / "portal/site/catalog/default/component/example/index.html").is_file()
    assert (tmp_path / "portal/.github/workflows/portal.yml").is_file()


def test_a_portal_that_is_there_is_left_alone(tmp_path):
    (tmp_path / "sources.yaml").write_text("mine")
    result = run(tmp_path)
    assert isinstance(result.exception, CallboardError)
    assert [path.name for path in tmp_path.iterdir()] == ["sources.yaml"]
    assert (tmp_path / "sources.yaml").read_text() == "mine"


def test_other_files_that_are_there_stay_as_they_are_and_are_told(tmp_path):
    (tmp_path / ".gitignore").write_text("mine")
    (tmp_path / ".gitlab-ci.yml").symlink_to(tmp_path / "elsewhere")
    result = run(tmp_path, "--no-build", "--ci", "gitlab")
    assert result.exit_code == 0, result.output
    assert f"kept: {tmp_path / '.gitignore'}" in result.output
    assert (tmp_path / ".gitignore").read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("service", SERVICES)
def test_the_targets_in_the_comments_can_be_used_as_they_are(tmp_path, service):
    files = portal_files(ScaffoldOptions("Acme", service=service))
    head, heading, section = files["sources.yaml"].partition("# publish:\n" if service == "none" else "publish:\n")
    used = "\n".join(line.replace("# ", "", 1) if "A build warns" not in line else "" for line in (heading + section).splitlines())
    (tmp_path / "sources.yaml").write_text(head.replace("scorecards/", "") + used)
    for name in WITHOUT_TOOLS:
        (tmp_path / f"{name}.yaml").write_text("")
    (tmp_path / "repositories").mkdir()
    settings = read_settings(tmp_path / "sources.yaml", {"PUBLISH_TOKEN": "x" * 20})
    assert [target["type"] for target in settings.sections["publish"]] == ["folder", "git", "s3"]


def test_settings_that_are_refused_at_the_end_leave_nothing_behind(tmp_path, monkeypatch):
    def refuse(*_):
        raise SettingsError("refused")

    monkeypatch.setattr("callboard.plugins.portal_settings.read_settings", refuse)
    (tmp_path / "portal").mkdir()
    (tmp_path / "portal/mine.txt").write_text("mine")
    result = run(tmp_path / "portal", "--no-build")
    assert isinstance(result.exception, SettingsError)
    assert [path.name for path in (tmp_path / "portal").rglob("*")] == ["mine.txt"]


def test_a_first_build_that_fails_leaves_the_files_and_says_so(tmp_path):
    result = run(tmp_path / "portal", "--source", "git", "--location", f"file://{tmp_path}/none.git")
    assert isinstance(result.exception, CallboardError)
    assert "The files were written, but the first build failed" in str(result.exception)
    assert (tmp_path / "portal/sources.yaml").is_file()


def test_no_example_is_put_into_a_folder_elsewhere(tmp_path):
    result = run(tmp_path / "portal", "--location", "../else", "--no-build")
    assert result.exit_code == 0, result.output
    assert not (tmp_path / "else").exists()


def test_on_a_terminal_it_asks_for_what_no_option_says(tmp_path):

    leader, follower = pty.openpty()
    program = "from callboard.cli.init import command; command()"
    command = [sys.executable, "-c", program, str(tmp_path / "portal"), "--no-build", "--name", "Acme portal"]
    process = subprocess.Popen(command, stdin=follower, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    os.close(follower)
    # organization, source, location, tools, audience, address, what builds it; wrong answers are asked for again at once
    answers = [
        "Acme", "gti", "git", "htp://x", "https://git.acme.example/x.git", "pager", "pagerduty", "public",
        "portal.acme.example", "https://portal.acme.example", "gitlab",
    ]  # fmt: skip
    os.write(leader, "".join(f"{answer}\n" for answer in answers).encode())
    _, said = process.communicate(timeout=60)
    os.close(leader)
    assert process.returncode == 0, said.decode()
    assert b"Where are your descriptors" in said
    assert b"Name of the portal" not in said
    assert b'Error: there is no "gti"; did you mean "git"?' in said
    assert said.count(b"URL of the repository") == 2
    assert said.count(b"Error: ") == 4
    assert b"PAGERDUTY_TOKEN  integration pagerduty" in said
    settings = read_settings(tmp_path / "portal/sources.yaml", {"PAGERDUTY_TOKEN": "x" * 20})
    assert (settings.portal.name, settings.portal.organization) == ("Acme portal", "Acme")
    assert settings.portal.audience == "public"
    assert settings.sources[0].options["url"] == "https://git.acme.example/x.git"
    assert (tmp_path / "portal/.gitlab-ci.yml").is_file()


class KilledHereError(Exception):
    pass


@pytest.mark.parametrize("number", range(8))
def test_a_run_that_died_at_any_moment_is_made_good_by_the_next(tmp_path, number):
    """Two operations for each of the four files: the settings, what git leaves alone, the workflow, the example."""
    options = ScaffoldOptions("Acme", has_scorecards=False)
    whole, half = tmp_path / "whole", tmp_path / "half"
    steps = []

    def files(folder):
        return {**portal_files(options), **example_files(options, folder)}

    def die(step):
        steps.append(step)
        if len(steps) > number:
            raise KilledHereError

    write_new(whole, files(whole))
    with pytest.raises(KilledHereError):
        write_new(half, files(half), die)
    assert not (half / "sources.yaml").exists()
    write_new(half, files(half))
    there = {path.relative_to(half): path.read_text() for path in half.rglob("*") if path.is_file()}
    assert there == {path.relative_to(whole): path.read_text() for path in whole.rglob("*") if path.is_file()}
    assert len(there) == 4


def test_descriptors_that_are_there_are_joined_by_no_example(tmp_path):
    assert example_files(ScaffoldOptions("Acme"), tmp_path)
    (tmp_path / "repositories/mine").mkdir(parents=True)
    assert example_files(ScaffoldOptions("Acme"), tmp_path)
    (tmp_path / "repositories/mine/README.md").write_text("mine")
    assert not example_files(ScaffoldOptions("Acme"), tmp_path)
