"""The table of plugins: built-in and installed ones alike."""

from importlib.metadata import EntryPoint

import pytest

from callboard.model.errors import PluginError
from callboard.plugins import loader


def installed(*points):
    return lambda group: [EntryPoint(name, value, group) for name, value in points]


def test_the_built_in_sources_are_there_and_load():
    table = loader.load("callboard.sources")
    assert {"files", "git"} <= set(table)
    for name in ("files", "git"):
        assert table[name].load().schema["properties"]


def test_every_group_can_be_loaded():
    for group in loader.GROUPS:
        assert isinstance(loader.load(group), dict)


def test_an_installed_plugin_is_in_the_table_of_the_built_in_ones():
    table = loader.load("callboard.sources", installed(("svn", "collections:OrderedDict")))
    assert list(table) == sorted([*loader.BUILT_IN["callboard.sources"], "svn"])
    assert table["svn"].load().__name__ == "OrderedDict"


def test_two_plugins_of_one_name_are_an_error_that_names_both():
    with pytest.raises(PluginError, match=r'type "git".*callboard.sources.git.source:GitSource.*evil:Git'):
        loader.load("callboard.sources", installed(("git", "evil:Git")))


def test_the_same_entry_twice_is_one():
    assert len(loader.load("callboard.sources", installed(("git", "callboard.sources.git.source:GitSource")))) == len(
        loader.BUILT_IN["callboard.sources"]
    )


@pytest.mark.parametrize("target", ["no_such_module:X", "collections:NoSuchClass"])
def test_a_broken_plugin_is_an_error_only_when_it_is_used(target):
    broken = loader.load("callboard.sources", installed(("broken", target)))["broken"]
    with pytest.raises(PluginError, match=r'the plugin "broken" .* cannot be loaded'):
        broken.load()
    assert "cannot be loaded" in loader.described(broken).failure


def test_a_description_is_the_first_line_of_the_docstring():
    assert loader.described(loader.load("callboard.sources")["files"]).description == "Descriptors in a local folder."
