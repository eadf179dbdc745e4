"""GitHub's rate limits in all their forms, and single sign-on: octokit throttling#824, githubkit#271, backstage#8232."""

import pytest

from callboard.io.graphql import GraphqlClient
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.io.http.limits import ClientLimits
from faulty import PatientClock, Server, json_answer

QUERY = "query { viewer { login } }"
DATA = {"data": {"viewer": {"login": "ada"}}}
USED_UP = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "3"}
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}


def asked(answers):
    """The response to one query, the requests, and the seconds waited."""
    given = iter(answers)
    with Server(lambda request, wire: json_answer(wire, *next(given))) as server:
        client = Client(server.url, limits=ClientLimits(tries=2), clock=PatientClock())
        result = None
        try:
            result = GraphqlClient(client, "GitHub").query(QUERY, {}).data
        except HttpError as error:
            result = error
        return result, len(server.requests), client.counts.waited


@pytest.mark.parametrize("kind", ["RATE_LIMITED", "RATE_LIMIT"])
def test_a_query_is_sent_again_when_the_limit_is_reset(kind):
    limited = {"errors": [{"type": kind, "code": "graphql_rate_limit", "message": "API rate limit exceeded"}]}
    result, requests, waited = asked([(limited, 200, USED_UP), (DATA, 200)])
    assert (result, requests) == (DATA["data"], 2)
    assert waited == pytest.approx(3, abs=0.5)


@pytest.mark.parametrize("kind", ["RATE_LIMITED", "RATE_LIMIT"])
def test_a_limit_without_a_time_ends_all_further_queries(kind):
    limited = {"errors": [{"type": kind, "message": "API rate limit exceeded"}]}
    result, requests, _ = asked([(limited, 200)] * 2)
    assert (result.kind, requests) == ("rate-limited", 2)


@pytest.mark.parametrize("status", [403, 429])
def test_the_secondary_limit_requires_a_minute_although_no_header_says_so(status):
    result, requests, waited = asked([(SECONDARY, status), (DATA, 200)])
    assert (result, requests) == (DATA["data"], 2)
    assert waited == pytest.approx(60, abs=1)


def test_the_secondary_limit_with_status_200_is_a_limit_and_its_message_is_shown():
    result, _, _ = asked([(SECONDARY, 200)] * 2)
    assert result.kind == "rate-limited"
    assert "secondary rate limit" in str(result)


def test_a_403_without_a_limit_is_not_repeated():
    result, requests, _ = asked([({"message": "Resource not accessible"}, 403)])
    assert (result.kind, result.status, requests) == ("status", 403, 1)


def test_a_token_without_single_sign_on_gets_a_hint_about_it():
    message = "Resource protected by organization SAML enforcement. You must grant your token access to this organization."
    result, _, _ = asked([({"data": {"viewer": None}, "errors": [{"type": "FORBIDDEN", "message": message}]}, 200)])
    assert "single sign-on" in result.hint
