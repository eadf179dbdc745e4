"""Every connector that asks a vendor, against hosts in every trouble: what is missing counts as incomplete, and no token is told."""

import dataclasses

import pytest
from faulty import ENDLESS, MODES, Server, closed_port, json_answer
from faulty.modes import cross_host_next, redirect
from play_argocd import PlayedArgoCd
from play_datadog import PlayedDatadog
from play_github import PlayedGitHub
from play_gitlab import PlayedGitLab
from play_jira import PlayedJira
from play_kubernetes import PlayedKubernetes
from play_pagerduty import PlayedPagerDuty
from play_prometheus import PlayedAlertmanager, PlayedPrometheus
from play_sentry import PlayedSentry
from play_snyk import PlayedSnyk
from play_sonarqube import PlayedSonarQube
from play_statuspage import PlayedStatuspage
from vendors import TOKEN, facts, known, measured, played

from generator.outside.http import Limits

pytestmark = pytest.mark.long

PLAYS = (
    PlayedAlertmanager,
    PlayedArgoCd,
    PlayedKubernetes,
    PlayedPrometheus,
    PlayedSonarQube,
    PlayedDatadog,
    PlayedGitHub,
    PlayedGitLab,
    PlayedJira,
    PlayedPagerDuty,
    PlayedSentry,
    PlayedSnyk,
    PlayedStatuspage,
)
SHORT = Limits(connect_seconds=0.5, silence_seconds=0.2, request_seconds=0.4, tries=2, body_bytes=1_000_000, pages=5)
SHORTEST = dataclasses.replace(SHORT, silence_seconds=0.05, request_seconds=0.1)
"""For hosts of which nothing but the end of patience is expected."""
MOST_REQUESTS = 60
named = pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.type)


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
def test_trouble_from_the_first_request_on_is_told_and_nothing_is_complete(play, mode, tmp_path):
    playing = play()
    with Server(MODES.get(mode, MODES["500"])) as server:
        url = f"http://127.0.0.1:{closed_port()}" if mode == "refused" else server.url
        got = known(playing.type, url, playing.subjects, tmp_path, SHORTEST if mode in ENDLESS else SHORT, **playing.options)
    assert got.facts == ()
    no_token(got, tmp_path)
    assert len(server.requests) <= MOST_REQUESTS
    assert all(failure.hint for failure in got.failures)
    if mode in {"endless-pages", "circle"} and getattr(play, "has_lists", False):
        return  # an empty list is what this vendor answers where there is nothing
    assert got.failures
    asked = {(one.subject.name, one.family) for one in got.measurements}
    assert asked
    assert not any(one.complete for one in got.measurements)


@named
@pytest.mark.parametrize("way", ["next", "redirect"])
def test_nothing_is_sent_to_another_host(play, way, tmp_path):
    playing = play()
    with Server(MODES["500"]) as other:
        mode = cross_host_next(other.url) if way == "next" else redirect(f"{other.url}/x")
        played(_Instead(playing, mode), playing.subjects, tmp_path, SHORT)
    assert other.requests == []


@named
@pytest.mark.parametrize("mode", ["401", "429", "500", "truncated-json", "wrong-type"])
def test_whichever_request_fails_what_is_missing_is_incomplete(play, mode, tmp_path):
    good, asked = played(play(), play().subjects, tmp_path / "good")
    assert good.failures == ()
    for number in range(1, len(asked) + 1):
        playing = play()
        got, _ = played(_Failing(playing, MODES[mode], number), playing.subjects, tmp_path / str(number))
        assert got.failures, f"request {number} failed unnoticed"
        for family in families(good):
            whole, now, complete = facts(good, family), facts(got, family), measured(got, family)
            for name in measured(good, family):
                is_less = now.get(name) != whole.get(name)
                assert not (is_less and complete.get(name, False)), f"{name} {family} looks complete without request {number}"
        no_token(got, tmp_path / str(number))


@named
@pytest.mark.parametrize("value", [None, [], {}, "a text", 7, [None], [[]], [7], [{}], {"data": 7}, {"data": {}}])
def test_answers_of_any_other_shape_never_raise(play, value, tmp_path):
    playing = play()
    got, _ = played(_Instead(playing, lambda asked, wire: json_answer(wire, value)), playing.subjects, tmp_path)
    assert "please report" not in repr(got.failures)
    assert got.facts == ()


@named
def test_values_of_any_other_type_never_raise(play, tmp_path):
    for odd in (None, [], {}, 7, True, "x" * 3_000, [[{}]]):
        playing = play()
        got, _ = played(_Spoiling(playing, odd), playing.subjects, tmp_path / str(odd)[:9].replace("/", "_"))
        assert "please report" not in repr(got.failures), got.failures


@dataclasses.dataclass
class _Instead:
    """Answers all questions in the way of ``mode``."""

    play: object
    mode: object

    def __call__(self, asked, wire):
        self.mode(asked, wire)

    def __getattr__(self, name):
        return getattr(self.play, name)


@dataclasses.dataclass
class _Failing(_Instead):
    """Answers well, but for one request."""

    number: int

    def __call__(self, asked, wire):
        (self.mode if asked.number == self.number else self.play)(asked, wire)


@dataclasses.dataclass
class _Spoiling(_Instead):
    """Answers with the right names, and below the listing every other value replaced."""

    def __call__(self, asked, wire):
        self.play(asked, _Spoiler(wire, self.mode))


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
