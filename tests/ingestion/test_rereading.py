"""Descriptors that are kept come back as they were read, and only then."""

from pathlib import Path

import pytest

from callboard.api_reference import loading
from callboard.api_reference.parsed import PARSED
from callboard.descriptors.kinds import builtin_kinds
from callboard.descriptors.reading import read_file
from callboard.ingestion import entity_cache
from callboard.ingestion.entity_cache import EntityCache
from callboard.model.errors import MissingFileError
from callboard.model.tree import DescriptorFile
from callboard.settings.settings import Limits

KINDS, LIMITS = builtin_kinds(), Limits()
HEAD = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a, description: Words.}\n"
GOOD = f"{HEAD}spec: {{type: service, lifecycle: production, owner: b, deep: [1, 1.5, true, null, -0.0, 1e3, .nan, {{1: a}}, ünïcode]}}\n"


class Memory:
    """A tree with one file; counts how often it is read."""

    id, repository, revision, addresses = "t", "r", "", ()

    def __init__(self, text):
        self.text = text

    def read(self, path, limit):
        return self.text.encode()


class Several(Memory):
    """A tree with these files."""

    def read(self, path, limit):
        if path not in self.text:
            raise MissingFileError(path)
        return self.text[path].encode()


def read(folder, text):
    """Reads it with what is kept; the result, and whether it was kept from before."""
    reread = EntityCache(folder / "kept.jsonl", "program")
    reread.load(KINDS, LIMITS)
    before = set(reread.entries)
    result = reread.read(file_of(text), KINDS, LIMITS)
    reread.save()
    return repr(result), bool(before & set(reread.used))


def keep(folder, texts):
    """Reads all of them with what is kept; the number of those that were parsed."""
    reread = EntityCache(folder / "kept.jsonl", "program")
    reread.load(KINDS, LIMITS)
    assert [repr(reread.read(file_of(text), KINDS, LIMITS)) for text in texts] == [as_new(text) for text in texts]
    reread.save()
    return reread.parsed


def file_of(text):
    return DescriptorFile("s", Memory(text), "catalog-info.yaml")


def as_new(text):
    """The result without anything that is kept."""
    return repr(read_file(file_of(text), KINDS, LIMITS))


def again(folder, text):
    """Whether it was kept from before; it always comes back as it was read."""
    result, was_kept = read(folder, text)
    assert result == as_new(text)
    return was_kept


def test_what_is_kept_comes_back_as_it_was_read(tmp_path):
    assert [again(tmp_path, GOOD), again(tmp_path, GOOD), again(tmp_path, GOOD + "# x"), again(tmp_path, GOOD)] == [
        False,
        True,
        False,
        False,
    ]


PLAIN = HEAD + "spec: {type: service, lifecycle: production, owner: b}\n"


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "spec: {type: 7}\n",
        PLAIN.replace("Words.", "TODO"),
        PLAIN.replace("name: a", "name: -a-"),
        PLAIN.replace("Words.", "It costs $5.").replace("owner: b", "owner: ${{ owner }}"),
        PLAIN.replace("owner: b", "owner: b, number: 0x1ffffffffffffffffffff"),
        PLAIN.replace("owner: b", "owner: b, number: .inf"),
        PLAIN.replace("owner: b", "owner: b, keys: {1: a}"),
        PLAIN + "---\nnothing: of ours\n",
        "- a\n",
        "a: [",
        "",
    ],
)
def test_problems_and_skipped_documents_are_kept_with_their_file(tmp_path, text):
    assert [again(tmp_path, text), again(tmp_path, text)] == [False, True]


@pytest.mark.parametrize(
    "text",
    [
        PLAIN.replace("owner: b", "owner: b, text: {$yaml: https://example.com/x.yaml}"),
        PLAIN.replace("owner: b", 'owner: b, text: {"\\x24text": "https://example.com/x.yaml"}'),
    ],
)
def test_what_is_made_of_other_repositories_is_read_each_time(tmp_path, text):
    assert [again(tmp_path, text), again(tmp_path, text)] == [False, False]


@pytest.mark.parametrize("key", ["$text", '"\\x24text"', '"\\x24te\\x78t"'])
def test_what_is_made_of_more_files_is_kept_as_long_as_these_are_the_same(tmp_path, key):
    files = {"catalog-info.yaml": PLAIN.replace("owner: b", f"owner: b, text: {{{key}: ./x}}"), "x": "one"}

    def parsed():
        cache = EntityCache(tmp_path / "kept.jsonl", "program")
        cache.load(KINDS, LIMITS)
        result = cache.read(DescriptorFile("s", Several(files), "catalog-info.yaml"), KINDS, LIMITS)
        cache.save()
        assert repr(result) == repr(read_file(DescriptorFile("s", Several(files), "catalog-info.yaml"), KINDS, LIMITS))
        return cache.parsed

    found = [parsed(), parsed()]
    files["x"] = "two"
    found += [parsed(), parsed()]
    del files["x"]
    found += [parsed(), parsed()]
    files["x"] = "two"
    assert [*found, parsed()] == [1, 0, 1, 0, 1, 0, 1]


def test_whatever_byte_of_the_file_is_damaged_the_entity_is_as_it_was_read(tmp_path):
    again(tmp_path, GOOD)
    kept = Path(tmp_path / "kept.jsonl")
    whole = kept.read_bytes()
    for place in range(len(whole)):
        for bad in (whole[:place], whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :]):
            kept.write_bytes(bad)
            assert not again(tmp_path, GOOD)
            assert kept.read_bytes() == whole


def test_only_the_damaged_entry_is_read_again(tmp_path):
    texts = [GOOD.replace("type: service", f"type: kind-{number}") for number in range(5)]
    keep(tmp_path, texts)
    kept = Path(tmp_path / "kept.jsonl")
    lines = kept.read_bytes().split(b"\n")
    kept.write_bytes(b"\n".join([*lines[:2], lines[2].replace(b"kind-2", b"kind-3"), *lines[3:]]))
    assert (keep(tmp_path, texts), keep(tmp_path, texts)) == (1, 0)


API = """apiVersion: backstage.io/v1alpha1
kind: API
metadata: {{name: api-{0}}}
spec:
  type: openapi
  lifecycle: production
  owner: b
  definition: |
    openapi: 3.1.0
    info: {{title: Api {0}, version: "1"}}
    paths: {{}}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {{name: part-{0}, description: TODO}}
spec: {{type: service, lifecycle: production, owner: b}}
"""


def test_files_read_ahead_by_other_processes_are_as_if_read_here_and_their_definitions_are_parsed_once(tmp_path, monkeypatch):
    monkeypatch.setattr(entity_cache, "MIN_PARALLEL", 4)
    monkeypatch.setattr(entity_cache, "BATCH", 2)
    monkeypatch.setattr(entity_cache, "can_fork", lambda: True)  # where it cannot, this process reads the batches
    texts = [API.format(number) for number in range(5)]
    texts += [HEAD + "spec: {type: 7}\n", "- a\n", PLAIN.replace("owner: b", "owner: b, text: {$yaml: https://example.com/x.yaml}")]
    expected = [as_new(text) for text in texts]
    files = [file_of(text) for text in texts]
    PARSED.clear()
    loading._known_documents.cache_clear()
    cache = EntityCache(tmp_path / "kept.jsonl", "program")
    cache.load(KINDS, LIMITS)
    cache.read_ahead(files, KINDS, LIMITS)
    assert len(cache.ahead) == 7, "all but the one that may read another repository"
    monkeypatch.setattr(loading, "read_documents", None)
    for number in range(5):
        definition = f'openapi: 3.1.0\ninfo: {{title: Api {number}, version: "1"}}\npaths: {{}}\n'
        assert loading.load(definition) == {"openapi": "3.1.0", "info": {"title": f"Api {number}", "version": "1"}, "paths": {}}
    monkeypatch.setattr(entity_cache, "_content", lambda file, limits: file.tree.text.encode() if "$yaml" in file.tree.text else None)
    assert [repr(cache.read(file, KINDS, LIMITS)) for file in files] == expected
    assert cache.parsed == len(texts)
    cache.save()
    assert len(cache.used) == 7
    monkeypatch.undo()
    assert keep(tmp_path, texts) == 1
