"""Drift: every planted difference is found with its evidence and patch, and nothing else."""

import json
import socket
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from callboard.catalog.linking import link
from callboard.insights.drift.dismissals import dismissal_problems, in_settings
from callboard.insights.drift.evidence import DriftEvidence
from callboard.insights.drift.links import APART, LinkRecords
from callboard.insights.drift.manifests import read_manifest
from callboard.insights.drift.portal_drift import DriftBuild, portal_drift
from callboard.insights.drift.report import DriftReporter
from callboard.io.http.link_probe import LinkProbe, is_public_address
from callboard.model.facts.deployment import Deployment
from callboard.model.facts.drift import DriftKind
from callboard.model.facts.enumerations import RunState
from callboard.model.facts.fact import Fact
from callboard.model.facts.repository import RepositoryActivity
from callboard.onboarding.applying import changes_of
from callboard.plugins.portal_settings import read_settings
from callboard.plugins.sources import Repository
from callboard.sources.files.folder import FolderTree
from callboard.state.event_history import EVERYTHING, EventHistory
from callboard.state.facts import CollectedFacts
from callboard.state.values import CollectedState
from catalog_builders import KINDS, ref
from descriptor_reading import PLACE, read

NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)
GONE = "https://wiki.example/gone"
ORG = """
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: platform}
spec: {type: team, children: [empty], members: [ann, "bob"]}   # bob has left
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: empty}
spec: {type: team, children: [], parent: platform}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: ann}
spec: {memberOf: [platform]}
"""


def component(name, owner="platform", lifecycle="production", more="", spec="", type_="service"):
    return (
        f"apiVersion: backstage.io/v1alpha1\nkind: Component   # {name}\nmetadata:\n  name: {name}\n{more}spec:\n  type: {type_}\n"
        f"  lifecycle: {lifecycle}   # agreed\n  owner: {owner}   # of today\n{spec}"
    )


LINKS = f"  links:\n    - url: https://wiki.example/here\n    - url: {GONE}\n      title: Old\n"
SLUG = "  annotations:\n    github.com/project-slug: acme/old\n"
FILES = {
    "org/catalog-info.yaml": ORG,
    "good/catalog-info.yaml": component("good", spec="  dependsOn: [component:lib]\n"),
    "good/package.json": '{"name": "@acme/good", "dependencies": {"@acme/lib": "1", "react": "19"}}',
    "lib/catalog-info.yaml": component("lib", type_="library"),
    "lib/package.json": '{"name": "@acme/lib", "devDependencies": {"@acme/good": "1"}}',
    "resting/catalog-info.yaml": component("resting", type_="library"),
    "pilot/catalog-info.yaml": component("pilot", lifecycle="experimental"),
    "mistyped/catalog-info.yaml": component("mistyped", owner="platfrom"),
    "unowned/catalog-info.yaml": component("unowned", owner="group:nobody"),
    "dissolved/catalog-info.yaml": component("dissolved", owner="empty"),
    "personal/catalog-info.yaml": component("personal", owner="user:carol"),
    "archived/catalog-info.yaml": component("archived"),
    "renamed/catalog-info.yaml": component("renamed", more=SLUG),
    "deployed/catalog-info.yaml": component("deployed", lifecycle="experimental"),
    "idle/catalog-info.yaml": component("idle"),
    "linked/catalog-info.yaml": component("linked", more=LINKS),
    "using/catalog-info.yaml": component("using"),
    "using/package.json": '{"name": "@acme/using", "dependencies": {"@acme/lib": "^1"}}',
}
PLANTED = {
    "group:default/platform left bob": ['-spec: {type: team, children: [empty], members: [ann, "bob"]}   # bob has left',
                                        "+spec: {type: team, children: [empty], members: [ann]}   # bob has left"],
    "component:default/mistyped owner platfrom": ["-  owner: platfrom   # of today", "+  owner: platform   # of today"],
    "component:default/unowned owner group:nobody": [],
    "component:default/dissolved empty-owner empty": ["-  owner: empty   # of today", "+  owner: platform   # of today"],
    "component:default/personal left user:carol": [],
    "component:default/archived archived production": ["-  lifecycle: production   # agreed", "+  lifecycle: deprecated   # agreed"],
    "component:default/renamed renamed acme/old": ["-    github.com/project-slug: acme/old", "+    github.com/project-slug: acme/new"],
    "component:default/deployed deployed experimental": ["-  lifecycle: experimental   # agreed", "+  lifecycle: production   # agreed"],
    "component:default/idle idle production": ["-  lifecycle: production   # agreed", "+  lifecycle: deprecated   # agreed"],
    f"component:default/linked link {GONE}": [f"-    - url: {GONE}", "-      title: Old"],
    "component:default/using undeclared @acme/lib": ["+  dependsOn:", "+    - component:lib"],
}  # fmt: skip


def deployment(name, days, environment="production", state=RunState.SUCCEEDED):
    return Fact(ref(name), "deployment", "1", Deployment("1.2", NOW - timedelta(days=days), state), "argo", environment)


def repository(name, answer, source="github", archived=None):
    return Fact(ref(name), "repository", "r", RepositoryActivity(answer, is_archived=archived), source)


FACTS = [
    repository("renamed", "acme/new"), repository("archived", "acme/archived", archived=True), repository("good", "t/good", "git"),
    deployment("deployed", 3), deployment("pilot", 3, "staging"), deployment("pilot", 3, state=RunState.FAILED), deployment("idle", 400),
    deployment("good", 3), deployment("resting", 400),
]  # fmt: skip
HISTORIES = [EventHistory(ref(name), "deployment", "argo", EVERYTHING, NOW, EVERYTHING) for name in ("idle", "good", "resting")]


def evidence(folder, files=None, **changes):
    files = FILES if files is None else files
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    tree = FolderTree(folder, "t", "acme/all", "", sorted(files))
    entities = [
        entity
        for path, text in files.items()
        if path.endswith(".yaml")
        for entity in read(text, place=replace(PLACE, tree_id="t", path=path)).entities
    ]
    catalog, _ = link(entities, KINDS)
    by_subject: dict = {}
    for fact in FACTS:
        by_subject.setdefault(fact.subject, []).append(fact)
    made = DriftEvidence(
        catalog, {("here", "t"): tree}, (), by_subject, HISTORIES, {"argo": "Argo CD", "github": "GitHub"}, frozenset({"github"}), NOW,
        True, frozenset({"production"}), {GONE: "404"}, {GONE: NOW},
    )  # fmt: skip
    return replace(made, **changes)


def report(made, dismissed=None, previous=()):
    return DriftReporter(made, dismissed or {}, previous).report()


def changed_lines(fact):
    return [line for line in fact.value.patch.splitlines() if line[:1] in "+-" and line[:3] not in {"+++", "---"}]


def test_every_planted_difference_is_found_with_its_patch_and_nothing_else(tmp_path):
    found = report(evidence(tmp_path))
    assert {f"{fact.subject} {fact.key}": changed_lines(fact) for fact in found.facts} == PLANTED
    assert {fact.value.kind for fact in found.facts} == set(DriftKind)
    assert all(
        (fact.value.evidence, fact.value.since, fact.value.line > 0) == (fact.value.evidence or None, NOW, True) for fact in found.facts
    )
    proposals = {each.key: each.as_json() for each in found.proposals}
    assert len(proposals) == sum(1 for lines in PLANTED.values() if lines)
    assert (
        proposals["drift undeclared component:default/using @acme/lib"]["content"]
        == FILES["using/catalog-info.yaml"] + "  dependsOn:\n    - component:lib\n"
    )
    assert {key for each in proposals.values() for key in each} == {"repository", "path", "revision", "reason", "key", "content"}


def test_the_command_for_pull_requests_reads_every_proposal(tmp_path):
    for each in report(evidence(tmp_path)).proposals:
        (change,) = changes_of(json.dumps(each.as_json()), "https://git.example/acme/all", "")
        assert (change.proposal.content, change.proposal.key, change.errors) == (each.content, each.key, ())
        assert each.reason in change.proposal.body


def test_what_is_known_in_part_is_no_evidence(tmp_path):
    incomplete = evidence(tmp_path, is_complete=False, histories=(), gone_links={}, has_packages=False, facts={})
    assert report(incomplete).facts == ()


def test_the_metadata_of_a_source_say_that_a_repository_is_archived(tmp_path):
    host = Repository("here", "t", "acme/all", "https://git.example/acme/all", is_archived=True)
    kinds = [str(fact.subject) for fact in report(evidence(tmp_path, repositories=(host,))).facts if fact.value.kind is DriftKind.ARCHIVED]
    assert len(kinds) == sum(1 for path in FILES if path.endswith(".yaml")) - 1, "all components, each in place of what deployments say"


def test_a_finding_keeps_the_time_at_which_it_was_found_first(tmp_path):
    before = report(evidence(tmp_path)).facts
    later = report(evidence(tmp_path, now=NOW + timedelta(days=3)), previous=before[:-1]).facts
    assert [fact.value.since for fact in later] == [NOW] * (len(before) - 1) + [NOW + timedelta(days=3)]


def dismissed(line):
    more = f'  annotations:\n    callboard.dev/dismiss-drift: "{line}"\n'
    return {**FILES, "deployed/catalog-info.yaml": component("deployed", lifecycle="experimental", more=more)}


@pytest.mark.parametrize(
    ("line", "is_dismissed", "until", "problems"),
    [
        ("deployed until 2026-11-30: a pilot", True, date(2026, 11, 30), 0),
        ("deployed experimental until 2027-01-31: a pilot", True, date(2027, 1, 31), 0),
        ("deployed until 2026-11-29: a pilot", False, date(2026, 11, 29), 0),
        ("deployed beta until 2027-01-31: another value", False, None, 0),
        ("idle until 2027-01-31: another kind", False, None, 0),
        ("deployed: no end", False, None, 1),
        ("deployed until 2027-02-31: no such day", False, None, 1),
        ("deployd until 2027-01-31: no such kind", False, None, 1),
    ],
)
def test_a_line_in_the_descriptor_dismisses_a_finding_until_its_end(tmp_path, line, is_dismissed, until, problems):
    made = evidence(tmp_path, dismissed(line))
    found = report(made)
    (fact,) = (fact for fact in found.facts if fact.subject == ref("deployed"))
    assert (fact.value.is_open, fact.value.dismissed_until, bool(fact.value.patch)) == (not is_dismissed, until, not is_dismissed)
    assert [(each.code, each.span.line) for each in dismissal_problems(made.catalog)] == [("DRF001", 6)] * problems


def test_the_settings_dismiss_findings_too(tmp_path):
    lines = in_settings([{"entity": "component:idle", "kind": "idle", "reason": "frozen", "until": "2027-01-31"}])
    values = {str(fact.subject): fact.value for fact in report(evidence(tmp_path), lines).facts}
    assert (values["component:default/idle"].dismissed, values["component:default/using"].dismissed) == ("frozen", "")


def test_a_descriptor_with_a_secret_has_no_patch(tmp_path):
    secret = component("deployed", lifecycle="experimental", more="  description: ghp_abcdefghijklmnopqrstuvwxyz0123456789\n")
    found = report(evidence(tmp_path, {**FILES, "deployed/catalog-info.yaml": secret}))
    (fact,) = (fact for fact in found.facts if fact.subject == ref("deployed"))
    assert (fact.value.patch, fact.value.proposal, "ghp_" in str(found.proposals)) == ("", "", False)


@pytest.mark.parametrize(
    ("name", "text", "publishes", "uses"),
    [
        ("package.json", '{"name": "@a/b", "dependencies": {"c": "1"}, "devDependencies": {"d": "1"}}', ("npm", "@a/b"), [("npm", "c")]),
        ("pyproject.toml", '[project]\nname = "My_Lib"\ndependencies = ["Other.Lib>=1; x", "z[a]"]', ("pypi", "my-lib"),
         [("pypi", "other-lib"), ("pypi", "z")]),
        ("go.mod", "module acme.dev/a\n\nrequire acme.dev/b v1.0.0\nrequire (\n\tacme.dev/c v2.0.0\n\tacme.dev/d v1.0.0 // indirect\n)\n",
         ("go", "acme.dev/a"), [("go", "acme.dev/b"), ("go", "acme.dev/c")]),
        ("Cargo.toml", '[package]\nname = "a"\n[dependencies]\nb = "1"\nc = {package = "d"}', ("cargo", "a"),
         [("cargo", "b"), ("cargo", "d")]),
        ("composer.json", '{"name": "acme/a", "require": {"php": "8", "acme/b": "1"}}', ("composer", "acme/a"),
         [("composer", "php"), ("composer", "acme/b")]),
        ("bom.json", ('{"metadata": {"component": {"bom-ref": "r", "purl": "pkg:npm/%40a/b@1"}}, "components": [{"bom-ref": "c", "purl": '
         '"pkg:npm/c@2?x"}, {"bom-ref": "d", "purl": "pkg:npm/d@2"}], "dependencies": [{"ref": "r", "dependsOn": ["c"]}]}'),
         ("npm", "@a/b"), [("npm", "c")]),
    ],
)  # fmt: skip
def test_manifests_say_what_is_published_and_used(name, text, publishes, uses):
    manifest = read_manifest(name, text.encode())
    assert (manifest.publishes, list(manifest.uses)) == (publishes, uses)


@pytest.mark.parametrize(
    "content", [b"{", b"\xff", b"[]", b"[" * 100_000, b'{"dependencies": 5, "name": {}}', b'{"dependencies": {"5": 1}}']
)
def test_a_manifest_that_cannot_be_read_says_nothing(content):
    assert all(
        (found := read_manifest(name, content)) is None or not found.publishes for name in ("package.json", "pyproject.toml", "bom.json")
    )


def test_a_link_is_gone_when_two_builds_half_a_day_apart_find_it_missing(tmp_path):
    made, answers = evidence(tmp_path, {"linked/catalog-info.yaml": FILES["linked/catalog-info.yaml"]}), {GONE: "404"}

    def build(days, *, answer=answers.get):
        records = LinkRecords(tmp_path / "links.json")
        records.load()
        records.check(made.catalog, lambda url: answer(url, ""), lambda url: True, NOW + timedelta(days=days))
        records.save()
        return sorted(records.gone())

    assert build(0) == []
    assert build(0.1) == [], f"not before {APART}"
    assert build(1) == [GONE]
    assert build(2, answer=lambda url, _: None) == [GONE], "nothing could be said"
    assert build(3, answer=lambda url, _: "") == [], "it is there again"
    (tmp_path / "links.json").write_bytes(b"damaged")
    assert build(4) == []


class _Handler(BaseHTTPRequestHandler):
    seen: list = []  # noqa: RUF012 - of the class, as the server makes the instances

    def do_HEAD(self):
        self.seen.append((self.command, self.path))
        status = {"/gone": 404, "/no-head": 405, "/private": 403, "/moved": 302}.get(self.path, 200)
        self.send_response(
            404 if self.path == "/wrong-head" and self.command == "HEAD" else 200 if status == 405 and self.command == "GET" else status
        )
        self.send_header("Location", "/gone")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD  # noqa: N815 - as http.server names it

    def log_message(self, *_):
        """Nothing."""


@pytest.fixture(scope="module")
def server():
    made = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()


def test_head_is_asked_first_and_get_where_that_says_missing(server):
    port = int(server.rpartition(":")[2])
    probe = LinkProbe(100, is_allowed=lambda address: True, ports=frozenset({port}))
    _Handler.seen.clear()
    answers = {path: probe.missing(server + path) for path in ("/here", "/gone", "/no-head", "/wrong-head", "/private", "/moved")}
    assert answers == {"/here": "", "/gone": "404", "/no-head": "", "/wrong-head": "", "/private": "", "/moved": ""}
    assert [path for _, path in _Handler.seen].count("/gone") == 2, "a redirect is not followed"
    assert probe.requests == 100 - len(_Handler.seen)


def test_no_more_requests_than_allowed_are_sent(server):
    probe = LinkProbe(3, is_allowed=lambda address: True, ports=frozenset({int(server.rpartition(":")[2])}))
    _Handler.seen.clear()
    assert [probe.missing(f"{server}/gone") for _ in range(4)] == ["404", None, None, None]
    assert len(_Handler.seen) == 2


def test_private_addresses_are_never_reached(server):
    probe = LinkProbe(100, ports=frozenset({80, 443, int(server.rpartition(":")[2])}))
    _Handler.seen.clear()
    urls = [server, server.replace("127.0.0.1", "localhost"), "http://[::1]/", "http://169.254.169.254/latest", "http://user@example.com/",
            "ftp://example.com/", "http://example.com:22/", "http://2130706433/", "javascript:alert(1)", "http://"]  # fmt: skip
    assert [probe.missing(url) for url in urls] == [None] * len(urls)
    assert _Handler.seen == []


@pytest.mark.parametrize(
    ("address", "is_public"),
    [("93.184.216.34", True), ("2606:2800:220:1::1", True), ("127.0.0.1", False), ("10.1.2.3", False), ("172.16.0.1", False),
     ("192.168.1.1", False),
     ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False), ("::1", False), ("fe80::1%eth0", False),
     ("fd00::1", False), ("::ffff:10.0.0.1", False), ("64:ff9b::a00:1", False), ("2002:a00:1::", False), ("::ffff:93.184.216.34", True)],
)  # fmt: skip
def test_addresses_of_the_public_internet_are_told_from_others(address, is_public):
    assert is_public_address(address) is is_public


def test_a_host_that_does_not_exist_is_told_from_one_that_cannot_be_resolved_now(monkeypatch):
    def fail(number):
        def resolve(*_, **__):
            raise socket.gaierror(number, "no")

        return resolve

    monkeypatch.setattr("callboard.io.http.link_probe.socket.getaddrinfo", fail(socket.EAI_NONAME))
    assert LinkProbe(9).missing("https://gone.example/") == "no such host"
    monkeypatch.setattr("callboard.io.http.link_probe.socket.getaddrinfo", fail(socket.EAI_AGAIN))
    assert LinkProbe(9).missing("https://gone.example/") is None


def settings_of(folder, text):
    (folder / "sources.yaml").write_text(f"version: 1\nsources: [{{name: here, type: files, path: .}}]\n{text}")
    return read_settings(folder / "sources.yaml", {})


@pytest.mark.parametrize(
    ("text", "count", "hours"),
    [
        ("", 0, None),
        ("drift: {}\n", 1, 20),
        ("drift: {links: {requests: 2}}\n", 1, 12),
        ("portal: {audience: public}\ndrift: {}\n", 0, None),
        ("portal: {audience: public, expose: [drift]}\ndrift: {}\n", 1, 20),
    ],
)
def test_the_section_turns_drift_on_and_a_public_portal_has_to_expose_it(tmp_path, text, count, hours):
    made = evidence(tmp_path, {"org/catalog-info.yaml": ORG})
    state = CollectedState((), (), made.trees)
    build = DriftBuild(made.catalog, made.trees, state, CollectedFacts(), (), NOW, tmp_path, {}, has_network=False)
    found = portal_drift(settings_of(tmp_path, text), build)
    assert (len(found.facts), found.next_turn) == (count, None if hours is None else NOW + timedelta(hours=hours))
