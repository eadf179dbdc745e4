"""The tutorial about plugins, followed to the letter: every file that it shows and every command, in their order, in a new environment."""

import re

import pytest
from plugin_packages import ROOT, Environment, wheel

from support import shared_caches

pytestmark = pytest.mark.long

TUTORIAL = ROOT / "docs/tutorial/plugin.md"
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def blocks():
    """The code of the page in order: language, path of a file (empty for commands), text."""
    return BLOCK.findall(TUTORIAL.read_text("utf-8"))


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """A folder after the tutorial, and what each of its commands printed."""
    environment, folder = Environment(tmp_path_factory.mktemp("environment")), tmp_path_factory.mktemp("tutorial")
    environment.install(wheel(ROOT, tmp_path_factory.mktemp("wheels")))
    printed = {}
    (folder / "portal").mkdir()
    with shared_caches.lent(folder / "portal"):
        for language, path, text in blocks():
            if path:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text)
            elif language == "sh":
                for command in text.splitlines():
                    done = environment.run("sh", "-c", command, cwd=folder)
                    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
                    printed[command] = done.stdout + done.stderr
    return folder, printed


def test_every_block_is_a_file_or_commands():
    assert all(path or language == "sh" for language, path, _ in blocks())
    assert len({path for _, path, _ in blocks() if path}) == 9


def test_the_plugin_is_listed_tested_and_shown(followed):
    folder, printed = followed
    listed = printed["callboard plugins"]
    assert re.search(r"callboard\.integrations +flags +callboard-flags 1\.0\.0 +Feature flags of a flag server\.", listed)
    assert re.search(r"callboard\.families +feature-flag +callboard-flags 1\.0\.0 +Feature flags of components\.", listed)
    assert "3 passed" in printed["python -m pytest callboard-flags/tests"]
    page = (folder / "portal/site/catalog/default/component/shop/index.html").read_text()
    assert "Feature flags" in page
    assert "<code>new-till</code> on, 25 %" in page


def test_the_example_is_the_package_of_the_tutorial(followed):
    """The files that a reader of the repository has are those that the tutorial shows."""
    folder, _ = followed
    example = ROOT / "examples/plugins/flags"
    shown = {path.removeprefix("callboard-flags/") for _, path, _ in blocks() if path.startswith("callboard-flags/")}
    for path in sorted(shown):
        assert (example / path).read_text("utf-8") == (folder / "callboard-flags" / path).read_text("utf-8"), path
    kept = {file.relative_to(example).as_posix() for file in example.rglob("*") if file.is_file() and "__pycache__" not in file.parts}
    assert kept - shown == {"README.md", "callboard_flags/py.typed"}
