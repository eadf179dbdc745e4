"""Every connector that asks a vendor, against hosts in every trouble: what is missing counts as incomplete, and no token is told."""

import dataclasses

import pytest
from fake_argocd_api import FakeArgoCd
from fake_azure_devops_api import FakeAzureDevOps
from fake_bitbucket_apis import FakeBitbucketCloud, FakeBitbucketDatacenter
from fake_buildkite_api import FakeBuildkite
from fake_circleci_api import FakeCircleCi
from fake_codecov_api import FakeCodecov
from fake_cost_apis import FakeCostExplorer, FakeOpenCost
from fake_datadog_api import FakeDatadog
from fake_dependency_track_api import FakeDependencyTrack
from fake_dynatrace_api import FakeDynatrace
from fake_firehydrant_api import FakeFireHydrant
from fake_github_api import FakeGitHub
from fake_gitlab_api import FakeGitLab
from fake_grafana_apis import FakeGrafana, FakeGrafanaOnCall
from fake_incident_io_api import FakeIncidentIo
from fake_jenkins_api import FakeJenkins
from fake_jira_api import FakeJira
from fake_jsm_operations_api import FakeJsmOperations
from fake_kubernetes_api import FakeKubernetes
from fake_new_relic_api import FakeNewRelic
from fake_opsgenie_api import FakeOpsgenie
from fake_pagerduty_api import FakePagerDuty
from fake_prometheus_api import FakeAlertmanager, FakePrometheus
from fake_rootly_api import FakeRootly
from fake_sentry_api import FakeSentry
from fake_snyk_api import FakeSnyk
from fake_sonarqube_api import FakeSonarQube
from fake_statuspage_api import FakeStatuspage
from vendors import TOKEN, collect, collect_from, facts, measured

from callboard.io.http.limits import ClientLimits
from callboard.plugins import loader
from callboard.plugins.integrations.base import GROUP
from faulty import ENDLESS, MODES, Server, closed_port, json_answer
from faulty.modes import cross_host_next, redirect

pytestmark = pytest.mark.long

FAKES = (
    FakeAzureDevOps,
    FakeAlertmanager,
    FakeArgoCd,
    FakeKubernetes,
    FakePrometheus,
    FakeSonarQube,
    FakeBitbucketCloud,
    FakeBitbucketDatacenter,
    FakeBuildkite,
    FakeCircleCi,
    FakeCodecov,
    FakeCostExplorer,
    FakeOpenCost,
    FakeDatadog,
    FakeDependencyTrack,
    FakeDynatrace,
    FakeFireHydrant,
    FakeNewRelic,
    FakeGitHub,
    FakeGitLab,
    FakeGrafana,
    FakeGrafanaOnCall,
    FakeIncidentIo,
    FakeJenkins,
    FakeJira,
    FakeJsmOperations,
    FakeOpsgenie,
    FakePagerDuty,
    FakeRootly,
    FakeSentry,
    FakeSnyk,
    FakeStatuspage,
)
BOUNDED = ClientLimits(tries=2, body_bytes=1_000_000, pages=5)
"""With the usual patience: on a busy machine an answer takes long."""
SHORT = dataclasses.replace(BOUNDED, silence_seconds=0.05, request_seconds=0.1)
"""For hosts that never answer."""
MOST_REQUESTS = 60
named = pytest.mark.parametrize("fake", FAKES, ids=lambda fake: fake.type)


def test_each_integration_that_talks_http_is_here():
    """``http-json`` has the matrix beside its other tests; ``file``, ``git`` and ``reports`` send no request."""
    own = {name for name, one in loader.load(GROUP).items() if one.package == "callboard"}
    assert own - {"file", "git", "reports", "http-json"} == {fake.type for fake in FAKES}


def families(got):
    return sorted({one.family for one in got.measurements})


def no_token(got, folder):
    said = repr((got.facts, got.measurements, got.problems, got.failures))
    assert TOKEN not in said
    assert "Traceback" not in said
    assert "please report" not in said
    for file in (f for f in folder.rglob("*") if f.is_file()):
        assert TOKEN.encode() not in file.read_bytes()


@named
@pytest.mark.parametrize("mode", [*MODES, "refused"])
def test_trouble_from_the_first_request_on_is_told_and_nothing_is_complete(fake, mode, tmp_path):
    playing = fake()
    with Server(MODES.get(mode, MODES["500"])) as server:
        url = f"http://127.0.0.1:{closed_port()}" if mode == "refused" else server.url
        got = collect(playing.type, url, playing.targets, tmp_path, SHORT if mode in ENDLESS else BOUNDED, **playing.options)
    assert got.facts == ()
    no_token(got, tmp_path)
    assert len(server.requests) <= MOST_REQUESTS
    assert all(failure.hint for failure in got.failures)
    if mode in {"endless-pages", "circle"} and getattr(fake, "has_lists", False):
        return  # an empty list is what this vendor answers where there is nothing
    assert got.failures
    requests = {(one.subject.name, one.family) for one in got.measurements}
    assert requests
    assert not any(one.complete for one in got.measurements)


RESETS = {
    "seconds": {"Retry-After": "7"},
    "date": {"Retry-After": "Sun, 17 May 2026 02:00:09 GMT"},
    "time stamp": {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1778983209"},
    "seconds to go": {"RateLimit-Remaining": "0", "RateLimit-Reset": "7"},
    "nothing": {},
    "nonsense": {"Retry-After": "soon", "X-RateLimit-Reset": "never"},
    "years": {"Retry-After": "99999999999"},
}
"""Ways in which tools tell when requests are accepted again."""


@named
@pytest.mark.parametrize("reset", RESETS)
def test_too_many_requests_are_told_in_words_whichever_way_the_reset_is_written(fake, reset, tmp_path):
    playing = fake()
    with Server(lambda asked, wire: json_answer(wire, {"message": "slow down"}, 429, RESETS[reset])) as server:
        got = collect(playing.type, server.url, playing.targets, tmp_path, BOUNDED, **playing.options)
    no_token(got, tmp_path)
    assert got.failures
    assert all(failure.hint for failure in got.failures)
    assert "too many requests" in got.failures[0].message, got.failures[0]
    assert not any(one.complete for one in got.measurements)
    assert len(server.requests) <= MOST_REQUESTS


@named
@pytest.mark.parametrize("way", ["next", "redirect"])
def test_nothing_is_sent_to_another_host(fake, way, tmp_path):
    playing = fake()
    with Server(MODES["500"]) as other:
        mode = cross_host_next(other.url) if way == "next" else redirect(f"{other.url}/x")
        collect_from(_Instead(playing, mode), playing.targets, tmp_path, BOUNDED)
    assert other.requests == []


@named
@pytest.mark.parametrize("mode", ["401", "429", "500", "truncated-json", "wrong-type"])
def test_whichever_request_fails_what_is_missing_is_incomplete(fake, mode, tmp_path):
    good, requests = collect_from(fake(), fake().targets, tmp_path / "good")
    assert good.failures == ()
    for number in range(1, len(requests) + 1):
        playing = fake()
        got, _ = collect_from(_Failing(playing, MODES[mode], number), playing.targets, tmp_path / str(number))
        assert got.failures, f"request {number} failed unnoticed"
        for family in families(good):
            whole, now, complete = facts(good, family), facts(got, family), measured(got, family)
            for name in measured(good, family):
                is_less = now.get(name) != whole.get(name)
                assert not (is_less and complete.get(name, False)), f"{name} {family} looks complete without request {number}"
        no_token(got, tmp_path / str(number))


@named
@pytest.mark.parametrize("value", [None, [], {}, "a text", 7, [None], [[]], [7], [{}], {"data": 7}, {"data": {}}])
def test_answers_of_any_other_shape_never_raise(fake, value, tmp_path):
    playing = fake()
    got, _ = collect_from(_Instead(playing, lambda request, wire: json_answer(wire, value)), playing.targets, tmp_path)
    assert "please report" not in repr(got.failures)
    assert got.facts == ()


@named
def test_values_of_any_other_type_never_raise(fake, tmp_path):
    for odd in (None, [], {}, 7, True, "x" * 3_000, [[{}]]):
        playing = fake()
        got, _ = collect_from(_Spoiling(playing, odd), playing.targets, tmp_path / str(odd)[:9].replace("/", "_"))
        assert "please report" not in repr(got.failures), got.failures


@dataclasses.dataclass
class _Instead:
    """Answers all questions in the way of ``mode``."""

    fake: object
    mode: object

    def __call__(self, request, wire):
        self.mode(request, wire)

    def __getattr__(self, name):
        return getattr(self.fake, name)


@dataclasses.dataclass
class _Failing(_Instead):
    """Answers well, but for one request."""

    number: int

    def __call__(self, request, wire):
        (self.mode if request.number == self.number else self.fake)(request, wire)


@dataclasses.dataclass
class _Spoiling(_Instead):
    """Answers with the right names, and below the listing every other value replaced."""

    def __call__(self, request, wire):
        self.fake(request, _Spoiler(wire, self.mode))


@dataclasses.dataclass
class _Spoiler:
    wire: object
    odd: object

    def answer(self, status=200, body=b"", headers=()):
        import json

        value = json.loads(body if isinstance(body, str) else body.decode())
        self.wire.answer(status, json.dumps(self._spoilt(value, 0)), headers)

    def _spoilt(self, value, depth):
        if isinstance(value, dict):
            return {k: self._spoilt(v, depth + 1) if number % 2 or depth < 1 else self.odd for number, (k, v) in enumerate(value.items())}
        if isinstance(value, list):
            return [self._spoilt(item, depth) for item in value]
        return value
