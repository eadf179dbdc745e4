"""The client against a host in trouble: what comes out, how often it asked, and that the token went nowhere else."""

import dataclasses

import pytest

from callboard.io.http.auth import bearer
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.io.http.limits import ClientLimits
from faulty import ENDLESS, MODES, PatientClock, Server, closed_port
from faulty.modes import cross_host_next, redirect

TOKEN = "t0ken-very-secret"
BOUNDED = ClientLimits(tries=3, body_bytes=1_000_000, pages=5, failures_in_a_row=100)
"""With the usual patience: on a busy machine an answer takes long."""
SHORT = dataclasses.replace(BOUNDED, silence_seconds=0.25, request_seconds=0.5)
"""For hosts that never answer."""
MATRIX = {
    "timeout": ("timeout", 3),
    "slow-drip": ("timeout", 3),
    "slow-headers": ("timeout", 3),
    "401": ("status", 1),
    "403": ("status", 1),
    "404": ("status", 1),
    "429": ("rate-limited", 3),
    "500": ("status", 3),
    "reset-mid-body": ("reset", 3),
    "short-body": ("reset", 3),
    "truncated-json": ("not-json", 1),
    "page-for-people": ("not-json", 1),
    "wrong-type": ("wrong-type", 1),
    "endless-pages": ("too-many-pages", 5),
    "circle": ("repeated-url", 4),
    "huge-body": ("too-large", 1),
    "announced-huge-body": ("too-large", 1),
    "packed-huge-body": ("too-large", 1),
}


def client(url, tmp_path, clock=None, **more):
    return Client(url, bearer(TOKEN), limits=more.pop("limits", BOUNDED), cache=tmp_path / "http", clock=clock or PatientClock(), **more)


def outcome(asking):
    """All pages read as lists, as a connector does."""
    with pytest.raises(HttpError) as caught:
        [answer.array() for answer in asking.pages("/things")]
    return caught.value


def told(error):
    return f"{error} {error.hint} {error!r}"


def no_secret_in(folder):
    for file in folder.rglob("*"):
        assert TOKEN not in file.name
        assert file.is_dir() or TOKEN.encode() not in file.read_bytes()


@pytest.mark.parametrize("mode", MATRIX)
@pytest.mark.long
def test_each_trouble_is_told_after_a_bounded_number_of_requests(mode, tmp_path):
    kind, requests = MATRIX[mode]
    with Server(MODES[mode]) as server:
        asking = client(server.url, tmp_path, limits=SHORT if mode in ENDLESS else BOUNDED)
        error = outcome(asking)
    assert (error.kind, len(server.requests)) == (kind, requests)
    assert asking.counts.requests == requests
    assert error.hint
    assert TOKEN not in told(error)
    no_secret_in(tmp_path)


def test_all_modes_are_in_the_matrix():
    assert MATRIX.keys() == MODES.keys()


def test_a_host_that_refuses_is_asked_again_and_then_left(tmp_path):
    asking = client(f"http://127.0.0.1:{closed_port()}", tmp_path)
    error = outcome(asking)
    assert (error.kind, asking.counts.requests, asking.counts.retries) == ("refused", 3, 2)
    assert "cannot be reached" in str(error)


def test_a_host_that_is_down_is_not_asked_for_ever(tmp_path):
    asking = client(f"http://127.0.0.1:{closed_port()}", tmp_path, limits=ClientLimits(tries=4, failures_in_a_row=2))
    for _ in range(10):
        outcome(asking)
    assert asking.counts.requests == 4 + 4 + 8 * 1


def test_a_next_page_on_another_host_is_not_asked(tmp_path):
    with Server(MODES["wrong-type"]) as other, Server(cross_host_next(other.url)) as server:
        error = outcome(client(server.url, tmp_path))
    assert error.kind == "other-host"
    assert other.url in str(error)
    assert (len(server.requests), other.requests) == (1, [])


@pytest.mark.parametrize("number", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_is_not_followed(number, tmp_path):
    with Server(MODES["wrong-type"]) as other, Server(redirect(f"{other.url}/x", number)) as server:
        error = outcome(client(server.url, tmp_path))
    assert (error.kind, len(server.requests), other.requests) == ("other-host", 1, [])


@pytest.mark.parametrize(
    "target",
    ["//evil.example/x", "ftp://127.0.0.1/x", "https://127.0.0.1/x", "http://user@127.0.0.1/", "file:///etc/passwd", "http://[::1", ""],
)
def test_a_redirect_to_an_odd_place_is_told(target, tmp_path):
    with Server(redirect(target)) as server:
        error = outcome(client(server.url, tmp_path))
    assert error.kind in {"other-host", "status"}
    assert len(server.requests) == 1


def test_a_circle_of_redirects_ends(tmp_path):
    with Server(redirect("/again")) as server:
        error = outcome(client(server.url, tmp_path))
    assert (error.kind, len(server.requests)) == ("too-many-redirects", 6)


def test_an_error_names_what_the_host_says_but_not_our_token(tmp_path):
    with Server(MODES["401"]) as server:
        error = outcome(client(server.url, tmp_path))
    assert "rejected the authentication (status 401: no (Bearer ***))" in str(error)


def test_a_huge_body_is_never_held(tmp_path):
    import tracemalloc

    with Server(MODES["huge-body"]) as server:
        tracemalloc.start()
        outcome(client(server.url, tmp_path))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 12_000_000
    assert len(server.requests) == 1


def test_an_answer_that_holds_our_token_is_not_kept(tmp_path):
    def echo(asked, wire):
        wire.answer(200, f'["{asked.headers["authorization"]}"]', {"ETag": '"1"'})

    with Server(echo) as server:
        assert client(server.url, tmp_path).get("/x").array() == [f"Bearer {TOKEN}"]
    no_secret_in(tmp_path)
