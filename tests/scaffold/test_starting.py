"""A new portal: its files can be read whatever people typed, and nothing that is there is changed."""

import os
import pty
import subprocess
import sys

import pytest
from click.testing import CliRunner

import yaml
from callboard.cli.init import SERVICES, SOURCES, command
from callboard.model.errors import CallboardError, SettingsError
from callboard.plugins import loader
from callboard.plugins.portal_settings import read_settings
from callboard.scaffold import new_portal
from callboard.scaffold.new_portal import ScaffoldOptions, example_files, portal_files, write_new

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


@pytest.mark.parametrize("source", [source for source in SOURCES if source in loader.load("callboard.sources")])
@pytest.mark.parametrize("service", SERVICES)
def test_every_choice_makes_settings_and_a_workflow_that_can_be_read(tmp_path, source, service):
    location = "https://git.acme.example/x.git" if source == "git" else "acme"
    files = portal_files(ScaffoldOptions("Acme", "Acme", "https://portal.acme.example/", source, location, service))
    write_new(tmp_path, files)
    settings = read_settings(tmp_path / "sources.yaml", {"PORTAL_TOKEN": "secret"})
    assert settings.portal.url == "https://portal.acme.example/"
    assert settings.sources[0].type == source
    for path in set(files) - {"sources.yaml", ".gitignore"}:
        assert yaml.safe_load(files[path])
    assert "@" not in "".join(line for line in files["sources.yaml"].splitlines() if not line.startswith("#"))


def test_choices_of_the_command_are_those_of_the_files():
    assert SOURCES == new_portal.SOURCES
    assert SERVICES == new_portal.SERVICES


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


def test_without_a_terminal_a_source_that_needs_a_location_says_so(tmp_path):
    result = run(tmp_path, "--source", "git")
    assert result.exit_code == 2
    assert "--source git also requires --location" in result.output
    assert not (tmp_path / "sources.yaml").exists()


def test_a_wrong_address_is_told_with_its_line(tmp_path):
    result = run(tmp_path, "--url", "portal.acme.example", "--no-build")
    assert isinstance(result.exception, SettingsError)
    assert "portal.url" in str(result.exception)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


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
    # source, location, organization, audience, address, what builds it: the address is left as proposed
    os.write(leader, b"git\nhttps://git.acme.example/x.git\nAcme\npublic\n\ngitlab\n")
    _, said = process.communicate(timeout=60)
    os.close(leader)
    assert process.returncode == 0, said.decode()
    assert b"Where are your descriptors" in said
    assert b"Name of the portal" not in said
    settings = read_settings(tmp_path / "portal/sources.yaml", {"PORTAL_TOKEN": "x"})
    assert (settings.portal.name, settings.portal.organization) == ("Acme portal", "Acme")
    assert settings.portal.audience == "public"
    assert settings.sources[0].options["url"] == "https://git.acme.example/x.git"
    assert (tmp_path / "portal/.gitlab-ci.yml").is_file()


class KilledHereError(Exception):
    pass


@pytest.mark.parametrize("number", range(8))
def test_a_run_that_died_at_any_moment_is_made_good_by_the_next(tmp_path, number):
    """Two operations for each of the four files: the settings, what git leaves alone, the workflow, the example."""
    options = ScaffoldOptions("Acme")
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
