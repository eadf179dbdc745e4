"""The GraphQL client: partial data, errors by kind, pages and portions that become smaller."""

import pytest

from callboard.io.graphql import GraphqlClient, UnknownFieldError, in_portions
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.io.http.limits import ClientLimits
from faulty import PatientClock, Server, json_answer


def graphql(server):
    return GraphqlClient(Client(server.url, limits=ClientLimits(tries=1), clock=PatientClock()), "Example")


def answering(value):
    return Server(lambda asked, wire: json_answer(wire, value))


def test_data_is_used_although_some_of_it_is_missing():
    errors = [
        {"type": "NOT_FOUND", "path": ["r1"], "message": "no r1"},
        {"type": "NOT_FOUND", "path": ["r0", "x"], "message": "no x"},
        {"type": "FORBIDDEN", "path": ["r0", "y"], "message": "not yours"},
    ]
    with answering({"data": {"r0": {"x": None}, "r1": None}, "errors": errors}) as server:
        response = graphql(server).query("query", {})
        with pytest.raises(HttpError, match="did not answer the query: no r1; no x; not yours"):
            graphql(server).query("query", {}, is_partial_accepted=False)
    assert (response.data["r0"], response.not_found, response.missing) == ({"x": None}, {"r1"}, "not yours")


def test_names_that_do_not_exist_are_no_failure():
    with answering({"data": {"r0": None}, "errors": [{"type": "NOT_FOUND", "path": ["r0"], "message": "no r0"}]}) as server:
        response = graphql(server).query("query", {})
    assert (response.not_found, response.missing) == ({"r0"}, "")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"type": "RATE_LIMITED", "message": "slow down"}, "rate-limited"),
        ({"type": "RESOURCE_LIMITS_EXCEEDED", "message": "too much"}, "too-large"),
        ({"message": "Query has complexity of 310, which exceeds max complexity of 250"}, "too-large"),
        ({"message": "Field 'x' doesn't exist on type 'Y'"}, "wrong-type"),
        ({"type": "FORBIDDEN", "message": "not yours"}, "wrong-type"),
        ("odd", "wrong-type"),
    ],
)
@pytest.mark.parametrize("data", [None, {"r0": None}])
def test_a_response_without_data_is_an_error_of_its_kind(data, error, kind):
    with answering({"data": data, "errors": [error]}) as server, pytest.raises(HttpError) as caught:
        graphql(server).query("query", {})
    assert caught.value.kind == kind
    assert isinstance(caught.value, UnknownFieldError) == ("doesn't exist" in str(error))
    assert isinstance(error, str) or error["message"] in str(caught.value)


def test_a_page_that_is_too_large_is_queried_in_smaller_parts():
    sizes = []

    def answer(asked, wire):
        variables = asked.json()["variables"]
        sizes.append(variables["size"])
        if variables["size"] > 10:
            return json_answer(wire, {"message": "timed out"}, 502)
        start = int(variables["cursor"] or 0)
        end = min(start + variables["size"], 12)
        page = {"nodes": [{"n": n} for n in range(start, end)], "pageInfo": {"hasNextPage": end < 12, "endCursor": str(end)}}
        return json_answer(wire, {"data": {"list": page}})

    with Server(answer) as server:
        nodes = [*graphql(server).nodes("query", {}, ("list",), 20, pytest.fail)]
    assert ([node["n"] for node in nodes], sizes) == ([*range(12)], [20, 6, 6])


def test_portions_become_smaller_and_end_where_nothing_can_succeed():
    def query(names):
        if len(names) > 2:
            raise HttpError("too-large", "too many")
        if "e" in names:
            raise HttpError("rate-limited", "slow down")
        if "c" in names:
            raise HttpError("wrong-type", "odd")
        return [*names]

    results = [*in_portions("abcdefg", 6, 2, query)]
    assert [portion for portion, _ in results] == ["ab", "cd", "efg"]
    assert results[0][1] == ["a", "b"]
    assert [result.kind for _, result in results[1:]] == ["wrong-type", "rate-limited"]
