"""The table of plugins: built-in and installed ones alike."""

import subprocess
import sys
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

import pytest

from callboard.model.errors import PluginError
from callboard.plugins import API_VERSION, loader


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


def test_two_plugins_of_one_name_are_an_error_that_names_both_only_when_it_is_used():
    table = loader.load("callboard.sources", installed(("git", "evil:Git")))
    assert table["files"].load().__name__ == "FilesSource"
    for use in (table["git"].load, table["git"].schema):
        with pytest.raises(PluginError, match=r'type "git".*callboard.sources.git.source:GitSource.*evil:Git'):
            use()
    assert "evil:Git" in loader.described(table["git"]).failure


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


@pytest.mark.parametrize(
    ("version", "message"),
    [
        (2, "needs version 2 of the plugin API; Callboard .* has version 1"),
        (0, "needs version 0 of the plugin API; Callboard .* supports 1 and later"),
        ("1", "has the api_version '1', which is not an integer"),
        (True, "has the api_version 'True', which is not an integer"),
    ],
)
@pytest.mark.parametrize("of_module", [False, True])
def test_a_plugin_that_needs_another_version_of_the_api_is_refused(monkeypatch, version, message, of_module):
    module = ModuleType("acme_versions")
    module.Plugin = type("Plugin", (), {"__module__": "acme_versions", "schema": {}} | ({} if of_module else {"api_version": version}))
    if of_module:
        module.api_version = version
    monkeypatch.setitem(sys.modules, "acme_versions", module)
    plugin = loader.load("callboard.sources", installed(("acme", "acme_versions:Plugin")))["acme"]
    with pytest.raises(PluginError, match=message):
        plugin.load()
    assert message.split()[0] in loader.described(plugin).failure


def test_a_plugin_that_states_the_current_version_or_none_is_loaded(monkeypatch):
    module = ModuleType("acme_versions")
    module.Plugin = type("Plugin", (), {"__module__": "acme_versions", "__doc__": "As now.", "schema": {}, "api_version": API_VERSION})
    monkeypatch.setitem(sys.modules, "acme_versions", module)
    plugin = loader.load("callboard.sources", installed(("acme", "acme_versions:Plugin")))["acme"]
    assert loader.described(plugin).description == "As now."
    del module.Plugin.api_version
    assert plugin.load() is module.Plugin


def test_a_plugin_without_a_schema_of_its_options_is_described_as_one_that_cannot_be_used():
    plugin = loader.load("callboard.sources", installed(("svn", "collections:OrderedDict")))["svn"]
    assert "has no schema: collections:OrderedDict is not a class with the attribute schema" in loader.described(plugin).failure


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("acme plug !!", "entry point 'acme plug !!' does not have the form module:object"),
        ("", "entry point '' does not have the form module:object"),
        ("acme_exit:Plugin", "cannot be loaded from acme_exit:Plugin: SystemExit: go away"),
    ],
)
def test_an_entry_point_that_is_none_or_ends_the_process_is_an_error_like_any_other(tmp_path, monkeypatch, target, reason):
    (tmp_path / "acme_exit.py").write_text("import sys\nsys.exit('go away')\n")
    monkeypatch.syspath_prepend(tmp_path)
    plugin = loader.load("callboard.sources", installed(("svn", target)))["svn"]
    assert reason in loader.described(plugin).failure


def test_entry_points_are_read_once_per_process(monkeypatch):
    reads = []
    monkeypatch.setattr(loader, "entry_points", lambda: reads.append(1) or entry_points())
    loader._installed_plugins.cache_clear()
    for group in loader.GROUPS * 3:
        loader.load(group)
    assert reads == [1]


@pytest.mark.parametrize("first", ["yaml_text", "descriptor_text"])
def test_a_lazy_name_is_never_the_module_of_the_same_name(first):
    """``descriptor_text`` is a function of the module ``descriptor_text``; whichever name is imported first, it is the function."""
    code = (
        f"from callboard.plugins.sources import {first}; from callboard.plugins.sources import descriptor_text as it; print(callable(it))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
