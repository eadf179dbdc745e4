"""Files beside the program with what is made of it alone."""

import sys

import pytest

from callboard.catalog.linking import link
from callboard.descriptors.kinds import builtin_kinds
from callboard.settings.settings import Portal
from callboard.website import editor_schemas, program_cache
from callboard.website.editor_schemas import schema_files_later


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """The folder for files of the program, which is an empty one."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path


def made(key="of the catalog"):
    (file,) = (each for each in schema_files_later(link((), builtin_kinds())[0], Portal(), key) if each.path == "schema/sources.json")
    return file.make(pytest.fail)


def test_the_schema_of_the_settings_is_made_once_for_all_portals_of_a_program(beside, monkeypatch):
    schema = made()
    assert b'"gitlab"' in schema
    (file,) = beside.rglob("schema-sources.*")
    content = file.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(editor_schemas, "editor_schema", lambda: pytest.fail("made again"))
        assert made("of another catalog") == schema
    with monkeypatch.context() as patch:
        patch.setattr(program_cache, "code_digest", lambda: "of another version")
        patch.setattr(editor_schemas, "editor_schema", lambda: {"made": "again"})
        assert made() == b'{"made":"again"}\n'
    assert made() == schema
    file.write_bytes(content[:-1] + b"?")
    assert made() == schema
    assert file.read_bytes() == content


def test_with_plugins_of_other_packages_it_is_made_of_those_that_are_installed(beside, monkeypatch):
    monkeypatch.setattr(editor_schemas, "is_contained", lambda plugin: True)
    assert b'"gitlab"' in made()
    assert not [*beside.rglob("schema-sources.*")]


def test_python_that_writes_no_compiled_files_writes_no_others(beside, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert program_cache.made_once("x", b"x 1", lambda: b"made") == b"made"
    monkeypatch.setattr(sys.implementation, "cache_tag", None)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    assert program_cache.made_once("x", b"x 1", lambda: b"made") == b"made"
    assert not [*beside.rglob("*")]
