"""``callboard describe``: a list first, then files or requests; what stops one repository stops no other."""

import json

import pytest
from click.testing import CliRunner

import yaml
from callboard.cli.main import group
from callboard.model.errors import SourceError

ENVELOPE = "kind: X\napiVersion: v1\nmetadata: {}\n"


def run(*arguments, stdin=None):
    return CliRunner().invoke(group, ["describe", *arguments], input=stdin)


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "go.mod").write_text("module shop")
    (folder / "CODEOWNERS").write_text("* @acme/shop-team\n")
    return folder


def test_a_list_comes_first_and_nothing_is_written(shop):
    result = run("shop")
    assert "owner: shop-team  (from CODEOWNERS line 1)" in result.output
    assert "lifecycle: unknown, to be added" in result.output
    assert "lint: A Component requires `spec.lifecycle`." in result.output
    assert "1 file would be written" in result.output
    assert not (shop / "catalog-info.yaml").exists()


def test_a_file_is_written_once_and_never_changed(shop):
    assert run("shop", "--write").exit_code == 0
    written = (shop / "catalog-info.yaml").read_text()
    assert yaml.safe_load(written)["spec"] == {"type": "library", "owner": "shop-team"}
    assert "skipped: it has catalog-info.yaml already" in run("shop", "--write").output
    assert (shop / "catalog-info.yaml").read_text() == written


def test_a_change_is_shown_and_written_to_a_folder(shop):
    run("shop", "--write")
    changed = (shop / "catalog-info.yaml").read_text().replace("owner: shop-team", "owner: other")
    patch = json.dumps({"repository": "shop", "path": "catalog-info.yaml", "content": changed})
    assert "+  owner: other" in run("--apply", "-", stdin=patch).output
    assert run("--apply", "-", "--write", stdin=patch).exit_code == 0
    assert (shop / "catalog-info.yaml").read_text() == changed


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        ([], None, "Name a repository or a folder, or give --all."),
        (["shop", "--write", "--pull-request"], None, "not both"),
        (["shop", "--apply", "x"], None, "not both"),
        (["shop", "--token-env", "NOT_SET"], None, "NOT_SET is not set"),
        (["--apply", "-"], ENVELOPE, "which repository"),
        (["--apply", "-", "--repository", "shop"], "name: CI\non: push\n", "is no descriptor"),
        (["--apply", "-", "--repository", "shop"], "a: [", "catalog-info.yaml:1"),
        (["--apply", "-", "--repository", "shop", "--path", "../x.yaml"], ENVELOPE, "leads out"),
        (["--apply", "-", "--repository", "shop", "--path", ".github/workflows/x.yaml"], ENVELOPE, "is not the path"),
        (["--apply", "-", "--repository", "shop", "--path", "run.sh"], ENVELOPE, "is not the path"),
    ],
)  # fmt: skip
def test_mistakes_get_a_message(shop, arguments, stdin, message):
    result = run(*arguments, stdin=stdin)
    assert result.exit_code != 0
    assert message in (str(result.exception) if isinstance(result.exception, SourceError) else result.output)


def test_a_repository_of_no_source_fails_alone(shop):
    result = run("acme/else", "shop")
    assert "acme/else: failed: no source has the repository acme/else" in result.output
    assert "shop-team" in result.output
    assert result.exit_code == 1
