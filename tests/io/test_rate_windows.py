"""When a host's rate limits permit the next request: several windows at once, and every spelling of the time of their reset."""

import json
from datetime import UTC, datetime
from email.utils import formatdate

import pytest

from callboard.io.http.auth import bearer
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.io.http.limits import ClientLimits
from callboard.io.http.rate_windows import retry_after, seconds_until, used_up
from faulty import MIDNIGHT, PatientClock, Server, json_answer

LATER = MIDNIGHT + 40
ISO = datetime.fromtimestamp(LATER, UTC).isoformat()


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("40", 40), ("40.5", 40.5), (str(LATER), 40), (str(LATER * 1_000), 40), (ISO, 40), (ISO.replace("+00:00", "Z"), 40),
        (formatdate(LATER, usegmt=True), 40), ("-3", 0), (str(MIDNIGHT - 9), 0), ("100, 100;w=60", 100),
        ("soon", None), ("", None), ("nan", None), ("inf", None), ("9" * 400, None),
    ],
)  # fmt: skip
def test_the_time_of_a_reset_is_read_in_every_spelling(written, seconds):
    assert seconds_until(written, MIDNIGHT) == pytest.approx(seconds) if seconds is not None else seconds_until(written, MIDNIGHT) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(LATER)}, 40),  # GitHub
        ({"ratelimit-remaining": "3", "ratelimit-reset": "9", "ratelimit-user-remaining": "0", "ratelimit-user-reset": "40"}, 40),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "9", "ratelimit-user-remaining": "0", "ratelimit-user-reset": "40"}, 40),
        ({"x-ratelimit-global-remaining": "0", "x-ratelimit-route-remaining": "4", "x-ratelimit-reset": str(LATER * 1_000)}, 40),
        ({"x-ratelimit-remaining-minute": "0", "x-ratelimit-reset-minute": "40", "ratelimit-remaining": "9", "ratelimit-reset": "2"}, 40),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(LATER)}, 40),  # Okta
        ({"ratelimit": "limit=100, remaining=0, reset=40"}, 40), ({"ratelimit": '"a";r=9;t=3, "b";r=0;t=40'}, 40),
        ({"x-sentry-rate-limit-concurrentremaining": "0", "x-sentry-rate-limit-reset": str(LATER)}, None),
        ({"x-ratelimit-remaining": "0"}, None), ({"x-ratelimit-remaining": "7", "x-ratelimit-reset": "40"}, None), ({}, None),
    ],
)  # fmt: skip
def test_of_several_windows_the_one_that_is_used_up_and_lasts_longest_counts(headers, seconds):
    assert used_up(headers, MIDNIGHT) == seconds


def test_a_refusal_says_in_a_header_or_in_its_body_how_long_to_wait():
    body = json.dumps({"type": "too_many_requests", "rate_limit": {"retry_after": formatdate(LATER, usegmt=True)}}).encode()
    assert retry_after({}, MIDNIGHT, body) == 40
    assert retry_after({"retry-after": "7"}, MIDNIGHT, body) == 7
    assert [retry_after({}, MIDNIGHT, odd) for odd in (b"", b"[", b"7", b'{"rate_limit": 7}', b'{"retry_after": true}')] == [None] * 5


def asked(answers, tmp_path, **limits):
    clock = PatientClock()
    with Server(lambda request, wire: json_answer(wire, {}, **answers[request.number - 1])) as server:
        client = Client(server.url, bearer("t0ken"), clock=clock, limits=ClientLimits(**limits))
        found = [client.get(f"/{number}").status for number in range(2)]
    return found, sum(clock.slept), len(server.requests)


def test_a_client_waits_for_both_windows_and_for_a_wait_that_a_success_requires(tmp_path):
    user = {"headers": {"RateLimit-Remaining": "9", "RateLimit-Reset": "4", "RateLimit-User-Remaining": "0", "RateLimit-User-Reset": "30"}}
    assert asked([user, {}], tmp_path) == ([200, 200], pytest.approx(30, abs=1), 2)
    assert asked([{"headers": {"Retry-After": "12"}}, {}], tmp_path) == ([200, 200], pytest.approx(12, abs=1), 2)


def test_a_refusal_that_only_says_when_the_window_is_reset_is_repeated_then(tmp_path):
    refused = {"status": 429, "headers": {"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": str(MIDNIGHT + 20)}}
    found, slept, requests = asked([refused, {}, {}], tmp_path)
    assert (found, requests) == ([200, 200], 3)
    assert slept == pytest.approx(20, abs=1)


def test_a_wait_longer_than_a_build_may_wait_is_an_error(tmp_path):
    with pytest.raises(HttpError) as caught:
        asked([{"headers": {"RateLimit-Remaining": "0", "RateLimit-Reset": "2099-01-01T00:00:00Z"}}, {}], tmp_path)
    assert caught.value.kind == "rate-limited"
