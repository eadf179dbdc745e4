"""Plugins of other packages that misbehave, in real processes: each costs one clear failure, and nothing else in this process changes."""

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from callboard.io.worker_process import WorkerProcess, _Deadline
from callboard.model.errors import TooLargeError, TreeError
from callboard.model.ref import EntityRef
from callboard.plugins.containment import plugin_process
from callboard.plugins.containment.plugin_process import CallLimits, forget_plugins, printed_by_plugins
from callboard.plugins.guarded_tree import tree_failures
from callboard.plugins.integrations.base import IntegrationContext, IntegrationSettings, Target
from callboard.plugins.publishers.base import PublishContext, Site
from callboard.plugins.run_integrations import collect_facts
from callboard.plugins.run_publishers import PublishTarget, publish_all
from callboard.plugins.run_sources import collect_all
from callboard.plugins.sources.base import SourceContext
from callboard.redaction.redactor import Redactor
from callboard.settings.settings import Portal, Settings, SourceSettings
from support import EVERY_CASE
from support.plugin_package import installed
from support.wild_plugin import CODE, FAILURES, HARMLESS, KINDS, entry_points, files

pytestmark = pytest.mark.long
SECRET = "t0p-s3cret-value"
SHOP = Target(EntityRef("component", "default", "shop"), {"wild/id": "1"})
NOW = datetime(2026, 11, 30, tzinfo=UTC)
REDACTOR = Redactor.of([SECRET])
OF = "of wild-plugin 1.0"


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "pids").mkdir()
    with installed(folder, "wild_plugin", CODE, entry_points(), files=files()):
        yield folder
    forget_plugins()


@pytest.fixture
def quick(monkeypatch, package):
    """Limits that a busy machine keeps, and that a hanging plugin reaches soon."""
    for file in (package / "pids").iterdir():
        file.unlink()
    monkeypatch.setattr(plugin_process.LIMITS, "current", CallLimits(20, 3, 3, 3, 1_000_000))


def options(moment, action):
    return {"at": moment, "do": action, "token": SECRET}


def type_of(moment, action):
    return f"import-{action}" if moment == "import" else "wild"


def source_failures(tmp_path, items):
    """By name: the message of the failure, or nothing where the descriptor could be read."""
    settings = Settings(tmp_path, tmp_path / "sources.yaml", sources=tuple(SourceSettings(n, t, o) for n, (t, o) in items.items()))
    got = collect_all(settings, SourceContext(tmp_path, tmp_path / "cache", {}, REDACTOR))
    found = {failure.source: failure for failure in got.failures}
    assert all(file.tree.read(file.path, 100) == b"kind: Wild # catalog-info.yaml" for file in got.files)
    assert {file.source for file in got.files} == items.keys() - found.keys()
    assert len(got.failures) == len(found), "each costs one failure"
    return {name: failure_text(failure) for name, failure in found.items()}


def integration_failures(tmp_path, items):
    context = IntegrationContext(tmp_path, NOW, tmp_path / "cache", {}, REDACTOR)
    got = collect_facts([IntegrationSettings(n, t, o) for n, (t, o) in items.items()], [SHOP], context).gathered
    found = {failure.integration: failure for failure in got.failures}
    assert {fact.source for fact in got.facts} == items.keys() - found.keys()
    assert len(got.failures) == len(found), "each costs one failure"
    return {name: failure_text(failure) for name, failure in found.items()}


def publisher_failures(tmp_path, items):
    targets = [PublishTarget(n, t, o) for n, (t, o) in items.items()]
    context = PublishContext(tmp_path, tmp_path, NOW, Portal(), {}, REDACTOR)
    with ThreadPoolExecutor(4) as pool:  # a command publishes to one after the other, which would take this test longer
        outcomes = [outcome for (outcome,) in pool.map(lambda each: [*publish_all([each], Site(tmp_path, {}), context)], targets)]
    assert all(outcome.failure or outcome.published.where == "there" for outcome in outcomes)
    return {outcome.target.name: f"{outcome.failure} {outcome.failure.hint} {outcome.traceback}" for outcome in outcomes if outcome.failure}


def failure_text(failure):
    return f"{failure.message} {failure.hint} {failure.traceback}"


RUN = {"source": source_failures, "integration": integration_failures, "publisher": publisher_failures}


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        if sys.platform == "linux":
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def assert_none_is_left(package):
    """Every process that noted its number is gone, those that plugins started included."""
    deadline = time.monotonic() + 10
    left = [int(file.name) for file in (package / "pids").iterdir()]
    while (left := [pid for pid in left if is_alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []
    for file in (package / "pids").iterdir():
        file.unlink()


@pytest.mark.parametrize(
    ("kind", "moment"),
    [
        pytest.param(kind, moment, marks=() if moment == "call" or (kind, moment) == ("source", "import") else EVERY_CASE)
        for kind in KINDS
        for moment in ("import", "create", "call")
    ],
)
def test_what_a_plugin_does_costs_its_own_item_one_failure_and_nothing_else(package, quick, tmp_path, monkeypatch, kind, moment):
    monkeypatch.setattr(
        plugin_process.LIMITS, "current", CallLimits(8, 3, 3, 3, 1_000_000) if moment == "import" else plugin_process.LIMITS.current
    )
    before = Path.cwd(), dict(os.environ), sorted(sys.modules)
    items = {action: (type_of(moment, action), options(moment, action)) for action in (*FAILURES, *HARMLESS, "nothing")}
    items["nothing"] = ("wild", {})
    failed = RUN[kind](tmp_path, items)
    assert (Path.cwd(), dict(os.environ)) == before[:2]
    assert not {name for name in sys.modules if name.startswith("wild_plugin")}, "it is never imported here"
    assert failed.keys() == FAILURES.keys()
    for action, text in failed.items():
        expected = FAILURES[action].replace("raised ", "") if moment == "import" else FAILURES[action]
        assert re.search(expected, text), (action, text)
        assert OF in text or action == "contract", text
        assert SECRET not in text
    forget_plugins()
    assert_none_is_left(package)
    assert SECRET not in repr(printed_by_plugins())


@pytest.mark.parametrize(
    ("kind", "returns", "message"),
    [
        *((kind, "huge", "answered with .* bytes, and at most 1,000,000 are accepted") for kind in ("integration", "publisher")),
        ("source", "huge", "cannot be sent|has no attribute"),
        ("source", "wrong", '"collect" of the source returned a value of the class list, not a Collected'),
        ("integration", "wrong", "returned a value of a wrong type"),
        ("integration", "no-batch", '"collect" of the connector returned a value of the class NoneType, not a FactBatch'),
        ("publisher", "wrong", "returned a value of a wrong type: Expected `int`, got `str` - at `\\$.written`"),
    ],
)
def test_an_answer_that_is_too_large_or_of_a_wrong_type_is_a_failure(package, quick, tmp_path, kind, returns, message):
    failed = RUN[kind](tmp_path, {"bad": ("wild", {"returns": returns}), "good": ("wild", {})})
    assert failed.keys() == {"bad"}
    assert re.search(message, failed["bad"]), failed["bad"]


def one_tree(tmp_path, **given):
    settings = Settings(tmp_path, tmp_path / "sources.yaml", sources=(SourceSettings("wild", "wild", {"token": SECRET, **given}),))
    got = collect_all(settings, SourceContext(tmp_path, tmp_path / "cache", {}, REDACTOR))
    assert got.failures == ()
    return got.trees[0]


@pytest.mark.parametrize("method", ["read", "glob", "fetch"])
@pytest.mark.parametrize("action", ["exit", "os-exit", "segfault", "hang", "secret", "odd", "close"])
def test_a_tree_that_fails_later_is_one_failure_of_its_source(package, quick, tmp_path, method, action):
    tree = one_tree(tmp_path, at=method, do=action)
    calls = {"read": lambda: tree.read("a", 99), "glob": lambda: tree.glob("*"), "fetch": lambda: tree.fetch(["a"])}
    for _ in range(2):
        if method == "fetch":
            calls[method]()
        else:
            with pytest.raises(TreeError, match=FAILURES[action]):
                calls[method]()
    (failure,) = tree_failures([tree])
    assert re.search(FAILURES[action], failure.message)
    assert OF in failure.message
    assert SECRET not in repr(failure)
    assert SECRET not in failure.traceback


def test_what_a_tree_returns_is_bounded_and_checked(package, quick, tmp_path):
    with pytest.raises(TooLargeError):
        one_tree(tmp_path, tree="huge").read("a", 500)
    with pytest.raises(TreeError, match="returned a value of the class str, not bytes"):
        one_tree(tmp_path, tree="wrong").read("a", 500)
    tree = one_tree(tmp_path)
    assert (tree.read("a", 99), tree.glob("**"), tree.view_url("a", 3), tree.edit_url("a"), tree.last_change("a")) == (
        b"kind: Wild # a", ("catalog-info.yaml",), "https://wild.example/a#3", "", None,
    )  # fmt: skip


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that fork")
def test_a_process_that_is_forked_reads_the_same_tree(package, quick, tmp_path):
    tree = one_tree(tmp_path)
    pids = []
    for number in range(3):
        pid = os.fork()
        if pid == 0:
            same = all(tree.read(f"{number}-{each}", 99) == f"kind: Wild # {number}-{each}".encode() for each in range(50))
            os._exit(0 if same else 1)
        pids.append(pid)
    assert all(tree.read(f"p-{each}", 99) == f"kind: Wild # p-{each}".encode() for each in range(50))
    assert [os.waitpid(pid, 0)[1] for pid in pids] == [0, 0, 0]
    assert tree.read("after", 99) == b"kind: Wild # after"


def test_a_plugin_sees_the_variables_that_it_names_and_what_it_prints_of_them_is_masked(package, quick, tmp_path, monkeypatch):
    monkeypatch.setenv("CI_SECRET", "of-another-job")
    settings = Settings(tmp_path, tmp_path / "s", sources=(SourceSettings("wild", "wild", options("call", "leak")),))
    environ = {"WILD_VARIABLE": "variable-value", "CI_SECRET": "of-another-job"}
    printed_by_plugins()
    collect_all(settings, SourceContext(tmp_path, tmp_path / "cache", environ, REDACTOR))
    ((name, text),) = printed_by_plugins()
    assert (name, text) == (f'the plugin "wild" {OF}', "the token is *** and ***")


def test_a_process_ends_with_its_tree(package, quick, tmp_path):
    tree = one_tree(tmp_path, at="call", do="nothing")
    (pid,) = (int(file.name) for file in (package / "pids").iterdir())
    assert is_alive(pid)
    del tree
    assert_none_is_left(package)


def test_a_child_ends_when_its_parent_is_killed(package, quick, tmp_path):
    script = f"""
import os, sys
sys.path[:] = {sys.path!r}
from pathlib import Path
from callboard.plugins.run_sources import collect_all
from callboard.plugins.sources.base import SourceContext
from callboard.settings.settings import Settings, SourceSettings
root = Path({str(tmp_path)!r})
options = {{"at": "call", "do": "nothing"}}
got = collect_all(Settings(root, root, sources=(SourceSettings("wild", "wild", options),)), SourceContext(root, root))
assert got.trees
os.kill(os.getpid(), 9)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9
    assert [*(package / "pids").iterdir()]
    assert_none_is_left(package)


def test_an_answer_that_nobody_waited_for_is_not_taken_for_the_next():
    program = "from callboard.plugins.containment import child\nchild._reply = lambda host, content: content\nchild.main({}, {}, {})"
    process = WorkerProcess(lambda *pipes: (sys.executable, "-c", program.format(*pipes)), environ=os.environ)
    try:
        process._send(12345, b"of a process that is gone", _Deadline(time.monotonic() + 20, 20))
        assert process.exchange(b"mine", timeout=20, limit=100, respond=bytes) == b"mine"
    finally:
        process.stop()
