"""``callboard publish``: places by name, each on its own, exit codes."""

import pytest
from click.testing import CliRunner
from sites import NEW, OLD, built

from callboard.cli.publish import command
from callboard.model.errors import PublishError, SettingsError
from callboard.plugins.portal_settings import read_settings
from callboard.plugins.run_publishers import targets
from callboard.settings.invalid import InvalidSettingsError

HEAD = "sources:\n  - {name: here, type: files, path: .}\n"
TWO = HEAD + "publish:\n  - {type: folder, path: public}\n  - {name: mirror, type: folder, path: mirror}\n"


def write(tmp_path, text):
    (tmp_path / "sources.yaml").write_text(text)
    return tmp_path / "sources.yaml"


def run(tmp_path, text, *arguments, site="site"):
    file = write(tmp_path, text)
    return CliRunner().invoke(command, ["--config", str(file), "--site", str(tmp_path / site), *arguments])


def test_all_places_or_those_of_a_name_are_published(tmp_path):
    built(tmp_path / "site", OLD)
    result = run(tmp_path, TWO, "mirror")
    assert result.exit_code == 0, result.output
    assert not (tmp_path / "public").exists()
    assert (tmp_path / "mirror/index.html").read_bytes() == OLD["index.html"]
    built(tmp_path / "site", NEW)
    result = run(tmp_path, TWO)
    assert result.exit_code == 0, result.output
    assert "folder: " in result.output
    assert "mirror: " in result.output
    assert "3 files written, 1 removed, 4 unchanged" in result.output


def test_a_place_that_fails_does_not_hinder_the_others_and_the_exit_code_is_2(tmp_path):
    built(tmp_path / "site", OLD)
    (tmp_path / "public").mkdir()
    (tmp_path / "public/mine.txt").write_text("mine")
    result = run(tmp_path, TWO)
    assert result.exit_code == 2
    assert "folder: not published:" in result.output
    assert (tmp_path / "mirror/index.html").exists()


def test_a_place_whose_disk_fails_is_told_like_any_other(tmp_path):
    (tmp_path / "file").write_text("in the way")
    built(tmp_path / "site", OLD)
    result = run(tmp_path, TWO.replace("path: public", "path: file/public"))
    assert result.exit_code == 2
    assert "folder: not published:" in result.output
    assert (tmp_path / "mirror/index.html").exists()


def test_an_unset_token_fails_its_place_alone(tmp_path):
    built(tmp_path / "site", OLD)
    text = TWO + "  - {type: git, url: https://git.acme.example/portal.git, token: '${CALLBOARD_TEST_UNSET_TOKEN}'}\n"
    result = run(tmp_path, text)
    assert result.exit_code == 2
    assert "git: not published: The environment variable ${CALLBOARD_TEST_UNSET_TOKEN} is not set" in result.output
    assert (tmp_path / "public/index.html").exists()


def test_a_folder_that_was_not_built_is_not_published(tmp_path):
    (tmp_path / "private").mkdir()
    (tmp_path / "private/secret.txt").write_text("secret")
    result = run(tmp_path, TWO, site="private")
    assert isinstance(result.exception, PublishError)
    assert not (tmp_path / "public").exists()


def test_without_a_section_publish_the_command_says_what_to_add(tmp_path):
    with pytest.raises(SettingsError, match="has no publish: targets"):
        targets(read_settings(write(tmp_path, HEAD), {}))


def test_an_unknown_name_lists_the_known_ones(tmp_path):
    with pytest.raises(SettingsError) as caught:
        targets(read_settings(write(tmp_path, TWO), {}), ["miror"])
    assert caught.value.hint == "Known targets: folder, mirror."


@pytest.mark.parametrize(
    ("publish", "told"),
    [
        ("[{type: foldr, path: x}]", 'unknown publisher type "foldr"'),
        ("[{type: folder}]", 'the key "path" is missing in "publish[0]"'),
        ("[{type: folder, path: x, colour: red}]", 'unknown key "publish[0].colour"'),
        ("[{type: folder, path: x}, {type: folder, path: y}]", 'the name "folder" is already used'),
        ("[{type: s3, bucket: portal, access_key: a}]", '"publish[0]"'),
        ("[{type: s3, bucket: portal, prefix: ../x}]", '"publish[0].prefix"'),
        ("[{type: git, url: x, branch: '-f'}]", '"publish[0].branch"'),
        ("[{type: git, url: x, branch: 'a..b'}]", '"publish[0].branch"'),
        ("3", '"publish" must be a list or a mapping'),
        ("{type: folder}", 'unknown key "publish.type"; known keys: host, index_links, targets'),
        ("{index_links: often}", '"publish.index_links" must be a boolean'),
        ("{targets: [{type: foldr, path: x}]}", 'unknown publisher type "foldr"'),
        ("{targets: [{type: folder}]}", 'the key "path" is missing in "publish.targets[0]"'),
    ],
)
def test_what_is_wrong_in_the_section_is_told_when_settings_are_read(tmp_path, publish, told):
    with pytest.raises(InvalidSettingsError) as caught:
        read_settings(write(tmp_path, f"{HEAD}publish: {publish}\n"), {})
    assert told in str(caught.value)
