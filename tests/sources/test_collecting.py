"""All sources of a portal together."""

from pathlib import Path
from typing import ClassVar

import pytest
from company import commit, context, descriptor, found, put, repository

from callboard.build_request import failure_messages
from callboard.plugins import loader
from callboard.plugins.portal_settings import read_settings
from callboard.plugins.run_sources import collect_all
from callboard.plugins.sources import SourceFailure

SETTINGS = """
sources:
  - {name: second, type: git, url: "${ORIGIN}"}
  - {name: gone, type: files, path: nowhere}
  - {name: locked, type: git, url: "https://${USER_OF_GIT}:${NO_SUCH_TOKEN}@git.acme.example/x"}
  - {name: first, type: files, path: folder}
"""


def test_sources_are_joined_in_the_order_of_the_settings_and_failures_are_values(tmp_path):
    put(tmp_path, {"sources.yaml": SETTINGS, "folder/catalog-info.yaml": descriptor("a")})
    remote = repository(tmp_path / "remote" / "payments", {"catalog-info.yaml": descriptor("b")})
    got = collect_all(read_settings(tmp_path / "sources.yaml", {"ORIGIN": f"file://{remote}"}), context(tmp_path))
    assert found(got) == ["payments: catalog-info.yaml", "folder: catalog-info.yaml"]
    assert [file.source for file in got.files] == ["second", "first"]
    assert [(f.source, f.message) for f in got.failures] == [
        ("gone", "there is no folder nowhere"),
        ("locked", "the environment variables ${USER_OF_GIT}, ${NO_SUCH_TOKEN} are not set"),
    ]
    assert all(f.hint for f in got.failures)


def test_two_runs_agree(tmp_path):
    put(tmp_path, {"sources.yaml": "sources: [{name: a, type: git, urls: [r/x, r/y, r/z]}]"})
    for name in "zyx":
        repository(tmp_path / "r" / name, {"catalog-info.yaml": descriptor(name)})
    settings = read_settings(tmp_path / "sources.yaml", {})
    first, second = collect_all(settings, context(tmp_path)), collect_all(settings, context(tmp_path))
    assert found(first) == found(second) == [f"{name}: catalog-info.yaml" for name in "xyz"]
    assert [t.revision for t in first.trees] == [t.revision for t in second.trees]
    commit(tmp_path / "r/y", {"catalog-info.yaml": "new"})
    assert collect_all(settings, context(tmp_path)).trees[1].read("catalog-info.yaml", 10) == b"new"


class Angry:
    """A source of somebody else that raises what nobody expects."""

    schema: ClassVar = {"type": "object"}

    def __init__(self, settings, context):
        self.secret = settings.options["path"]

    def collect(self):
        raise KeyError(self.secret)


def test_a_foreign_source_that_raises_takes_nobody_along(tmp_path, monkeypatch):
    angry = loader.Plugin("callboard.sources", "files", "angry", "1", f"{__name__}:Angry")
    put(tmp_path, {"sources.yaml": 'sources: [{name: a, type: files, path: "${TOKEN}"}]'})
    settings = read_settings(tmp_path / "sources.yaml", {"TOKEN": "hunter2!"})
    monkeypatch.setattr(loader, "load", lambda group: {"files": angry})
    (failure,) = collect_all(settings, context(tmp_path)).failures
    assert failure.message == "the plugin \"files\" of angry 1 raised KeyError: '***'"
    assert "callboard build --debug" in failure.hint
    assert "hunter2!" not in failure.traceback


def test_no_sources_give_nothing(tmp_path):
    put(tmp_path, {"sources.yaml": "sources: []"})
    assert collect_all(read_settings(tmp_path / "sources.yaml", {}), context(tmp_path)).trees == ()


EXAMPLE = Path(__file__).parents[2] / "examples" / "acme"


@pytest.mark.skipif(not EXAMPLE.is_dir(), reason="the example lies in the source checkout alone")
def test_the_example_counts_its_repositories(tmp_path):
    put(tmp_path, {"sources.yaml": f'sources: [{{name: acme, type: files, path: "{EXAMPLE}", repositories: "*"}}]'})
    got = collect_all(read_settings(tmp_path / "sources.yaml", {}), context(tmp_path))
    folders = {p.name for p in EXAMPLE.iterdir() if p.is_dir() and not p.name.startswith(".")}
    assert folders <= {tree.repository.removeprefix("acme/") for tree in got.trees}
    assert got.files


@pytest.mark.parametrize(("message", "hint", "told"), [
    ("the host said no", "Ask again.", "the host said no. Ask again."),
    ("The host said no.", "Ask again.", "The host said no. Ask again."),
    ("the host said no", "", "the host said no."),
])  # fmt: skip
def test_a_failure_is_told_in_sentences(message, hint, told):
    failures = [SourceFailure("acme", "", message, hint), SourceFailure("acme", "acme/shop", message, hint)]
    assert failure_messages(failures) == (
        f"The source 'acme' could not be read: {told}",
        f"The source 'acme' (acme/shop) could not be read: {told}",
    )
