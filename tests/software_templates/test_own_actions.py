"""An action of another package: installed by its entry point, and run in a template; the example of the manual."""

import re

import pytest

import yaml
from callboard.plugins.testing import action_step
from software_templates.git_hosts import GitHosts
from support.plugin_package import installed
from support.portal import ROOT

EXAMPLE = ROOT / "examples/plugins/licence"
TEMPLATE = {
    "apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": {"name": "t"},
    "spec": {"owner": "a", "type": "b", "steps": [
        {"id": "licence", "action": "acme:licence", "input": {"holder": "Acme", "year": "${{ parameters.year }}"}},
        {"action": "debug:log", "input": {"message": "wrote ${{ steps.licence.output.path }}"}},
    ]},
}  # fmt: skip


@pytest.fixture
def package(tmp_path):
    code = (EXAMPLE / "callboard_licence/__init__.py").read_text()
    with installed(
        tmp_path / "plugins", "callboard_licence", code, {"callboard.actions": {"acme:licence": "callboard_licence:AddLicence"}}
    ):
        yield


@pytest.mark.usefixtures("package")
@pytest.mark.long
def test_an_installed_action_runs_and_its_input_is_checked(tmp_path):
    hosts = GitHosts(tmp_path / "hosts")
    (tmp_path / "template.yaml").write_text(yaml.safe_dump(TEMPLATE))
    file = str(tmp_path / "template.yaml")
    done = hosts.new(tmp_path / "here", file, "out", "--set-json", "year=2026")
    assert done.returncode == 0, done.stderr
    assert "note: wrote LICENSE" in done.stderr
    assert (tmp_path / "here/out/LICENSE").read_text().startswith("Copyright 2026 Acme")
    wrong = hosts.new(tmp_path / "here", file, "other", "--set", "year=soon")
    assert wrong.returncode == 2
    assert "steps[0]: acme:licence: its input is not valid: year:" in wrong.stderr


@pytest.mark.usefixtures("package")
def test_the_kit_runs_an_action_without_a_template(tmp_path):
    action = __import__("callboard_licence").AddLicence()
    (tmp_path / "files").mkdir()
    step = action_step(tmp_path / "files", holder="Acme", year=2026)
    assert action.run(step) == {"path": "LICENSE"}
    assert step.files.paths() == ["LICENSE"]


def test_the_manual_shows_the_example():
    shown = re.search(r"class AddLicence.*?return \{[^\n]*\n", (ROOT / "docs/how-to/write-an-action.md").read_text(), re.DOTALL)
    code = (EXAMPLE / "callboard_licence/__init__.py").read_text()
    plain = code.replace(": ClassVar[Mapping[str, Any]]", "").replace(" -> Mapping[str, Any]", "")
    assert shown is not None
    assert shown[0] in plain
