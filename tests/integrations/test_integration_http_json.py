import pytest
from vendors import NOW, context, target

from callboard.plugins.integrations.base import IntegrationSettings
from callboard.plugins.run_integrations import collect_facts
from faulty import MODES, Server, json_answer

SHOP, LEDGER = target("shop", annotations={"rota.example/id": "shop team"}), target("ledger")
FIELDS = {"name": "rota", "shifts": "people[].{person: name, start: since, end: until}"}


def told(tmp_path, answer, targets=(SHOP, LEDGER), **options):
    with Server(answer) as server:
        item = IntegrationSettings("rota", "http-json", {"url": f"{server.url}/api", "family": "on-call", "fields": FIELDS, **options})
        return collect_facts([item], targets, context(tmp_path)).gathered, server.requests


def rota(request, wire):
    json_answer(wire, {"rota": "shop", "people": [{"name": "Ada", "since": NOW.isoformat(), "until": None}]})


def test_one_request_for_each_entity_that_carries_the_annotation(tmp_path):
    got, requests = told(tmp_path, rota, annotation="rota.example/id", path="/teams/{id}/now")
    assert [request.target for request in requests] == ["/api/teams/shop%20team/now"]
    assert [(f.subject.name, f.value.shifts[0].person, f.value.shifts[0].end) for f in got.facts] == [("shop", "Ada", None)]
    assert [(m.subject.name, m.complete) for m in got.measurements] == [("shop", True)]
    assert got.traffic[0].traffic.counts.requests == 1


@pytest.mark.parametrize("value", ["../../admin", "a/b", "..", ".", "a?x=1", "a#b", "http://other.example/", "%2e%2e", "\u202e"])
def test_a_value_stays_one_segment_of_the_path(tmp_path, value):
    _, requests = told(
        tmp_path, rota, [target("x", annotations={"rota.example/id": value})], annotation="rota.example/id", path="/t/{id}/now"
    )
    assert len(requests) == 1
    path = requests[0].path
    assert path.startswith("/api/t/")
    assert path.endswith("/now")
    assert path.count("/") == 4
    assert "/../" not in path
    assert requests[0].query == {}


def test_values_in_the_query_are_encoded(tmp_path):
    _, requests = told(tmp_path, rota, annotation="rota.example/id", path="/now", query={"team": "{id}&admin=1"})
    assert requests[0].query == {"team": "shop team&admin=1"}


def test_one_request_may_be_for_all_and_who_is_not_in_it_has_nothing(tmp_path):
    def all_of_them(request, wire):
        json_answer(
            wire,
            {"incidents": [{"on": "shop", "no": 7, "what": "Down", "at": "2026-05-17T01:00:00Z"}, {"on": "unknown", "what": "x", "at": 0}]},
        )

    got, requests = told(
        tmp_path, all_of_them, family="incident", path="/incidents", items="incidents", match="on",
        fields={"key": "no", "title": "what", "opened": "at"},
    )  # fmt: skip
    assert len(requests) == 1
    assert [(f.subject.name, f.key, f.value.title) for f in got.facts] == [("shop", "7", "Down")]
    assert [(m.subject.name, m.complete) for m in got.measurements] == [("ledger", True), ("shop", True)]


def test_the_token_goes_in_the_header_that_is_named_and_nowhere_else(tmp_path):
    got, requests = told(tmp_path, rota, annotation="rota.example/id", path="/{id}", token="t0p-secret", header="X-Api-Key")
    assert requests[0].headers["x-api-key"] == "t0p-secret"
    assert "authorization" not in requests[0].headers
    assert "t0p-secret" not in repr(got)


def test_what_the_tool_does_not_know_is_a_problem_with_the_annotation(tmp_path):
    got, _ = told(tmp_path, lambda request, wire: json_answer(wire, {}, 404), annotation="rota.example/id", path="/{id}")
    assert [(p.code, p.field) for p in got.problems] == [("INT003", "metadata.annotations.rota.example/id")]
    assert [m.complete for m in got.measurements] == [False]


def test_an_odd_answer_is_a_problem_and_incomplete(tmp_path):
    got, _ = told(tmp_path, lambda request, wire: json_answer(wire, {"people": "many"}), annotation="rota.example/id", path="/{id}")
    assert [p.code for p in got.problems] == ["INT001"]
    assert [m.complete for m in got.measurements] == [False]
    assert not got.facts


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"fields": {"name": "a ["}}, "not a JMESPath expression"), ({"fields": {"titel": "a"}}, 'no field "titel"'),
        ({"path": "/{host}"}, "no placeholder {host}"), ({"path": "/all"}, "match is missing"),
        ({"path": "/", "body": {"a": ["{host}"]}}, "no placeholder {host}"), ({"pages": {"by": "cursor", "parameter": "a"}}, "pages.field"),
        ({"pages": {"by": "page"}}, "pages.parameter"), ({"pages": {"by": "next-link", "field": "["}}, "pages.field is not a JMESPath"),
        ({"body": {}, "query": {"a": 1}}, "query cannot be used with body"), ({"token": "a", "user": "b"}, "token and user are both set"),
        ({"oauth": {"token_url": "https://x.example", "client_id": "a"}}, "client_secret or private_key"),
    ],
)  # fmt: skip
def test_options_that_cannot_work_are_told(tmp_path, options, said):
    got, requests = told(tmp_path, rota, **{"path": "/{id}", **options})
    assert said in got.failures[0].message
    assert not requests


INCIDENT = {"key": "no", "title": "what", "opened": "at"}


def incidents(*numbers):
    return [{"on": "shop", "no": number, "what": "Down", "at": "2026-05-17T01:00:00Z"} for number in numbers]


@pytest.mark.parametrize(
    ("pages", "answer_of", "targets"),
    [
        ({"by": "next-link", "field": "links.next"}, lambda url, query: {"links": {"next": None if query else f"{url}/api/all?p=2"}},
         ["/api/all", "/api/all?p=2"]),
        ({"by": "cursor", "field": "meta.next", "parameter": "after"},
         lambda url, query: {"meta": {"next": None if "after" in query else "c/1"}}, ["/api/all?size=1", "/api/all?after=c%2F1&size=1"]),
        ({"by": "cursor", "field": "meta.next", "parameter": "after", "alone": True},
         lambda url, query: {"meta": {"next": None if "after" in query else "c1"}}, ["/api/all?size=1", "/api/all?after=c1"]),
        ({"by": "offset", "parameter": "skip", "size": 1},
         lambda url, query: {"incidents": [] if query.get("skip") == "2" else incidents(1 + len(query))},
         ["/api/all?size=1", "/api/all?size=1&skip=1", "/api/all?size=1&skip=2"]),
        ({"by": "offset", "parameter": "startIndex", "first": 1, "field": "total"}, lambda url, query: {"total": 2},
         ["/api/all?size=1&startIndex=1", "/api/all?size=1&startIndex=2"]),
        ({"by": "page", "parameter": "page", "size": 1, "field": "more"}, lambda url, query: {"more": "page" not in query},
         ["/api/all?size=1", "/api/all?page=2&size=1"]),
    ],
    ids=["link", "cursor", "alone", "offset", "total", "page"],
)  # fmt: skip
def test_all_pages_are_read_in_every_way_in_which_tools_split_their_answers(pages, answer_of, targets, tmp_path):
    def answer(request, wire):
        url = f"http://{request.headers['host']}"
        json_answer(
            wire, {"incidents": incidents(request.number), **answer_of(url, {k: v for k, v in request.query.items() if k != "size"})}
        )

    query = {} if pages["by"] == "next-link" else {"size": 1}
    got, requests = told(
        tmp_path, answer, family="incident", path="/all", items="incidents", match="on", fields=INCIDENT, pages=pages, query=query
    )
    assert [request.target for request in requests] == targets
    assert got.failures == ()
    assert [fact.key for fact in got.facts] == ["1", "2"]


def test_a_query_in_a_body_has_the_values_of_the_entity_and_the_cursor_of_the_next_page(tmp_path):
    def answer(request, wire):
        sent = request.json()
        json_answer(wire, {"incidents": incidents(request.number), "next": None if sent["page"].get("after") else "c1"})

    got, requests = told(
        tmp_path, answer, family="incident", path="/search?v=2", annotation="rota.example/id", items="incidents", fields=INCIDENT,
        body={"filter": [{"team": "{id}", "limit": 5}], "page": {}}, pages={"by": "cursor", "field": "next", "parameter": "page.after"},
    )  # fmt: skip
    assert [(request.method, request.target) for request in requests] == [("POST", "/api/search?v=2")] * 2
    assert [request.json()["page"] for request in requests] == [{}, {"after": "c1"}]
    assert requests[0].json()["filter"] == [{"team": "shop team", "limit": 5}]
    assert [fact.key for fact in got.facts] == ["1", "2"]


GRAPHQL = {"query": "query ($id: String!) { service(name: $id) {id} }", "variables": {"id": "{name}"}}


@pytest.mark.parametrize(
    ("value", "complete", "said"),
    [
        ({"data": {"incidents": incidents(1)}}, True, ""),
        ({"data": None, "errors": [{"message": "no such field"}]}, False, "no such field"),
        ({"data": {"incidents": incidents(1)}, "errors": [{"message": "not all"}]}, False, "not all"), ({"errors": "odd"}, False, "odd"),
    ],
)  # fmt: skip
def test_an_error_that_graphql_reports_with_status_200_is_no_empty_answer(value, complete, said, tmp_path):
    got, requests = told(
        tmp_path, lambda request, wire: json_answer(wire, value), family="incident", path="/graphql", items="data.incidents",
        fields=INCIDENT, graphql=GRAPHQL, targets=(SHOP,),
    )  # fmt: skip
    assert requests[0].json() == {"query": GRAPHQL["query"], "variables": {"id": "shop"}}
    assert [m.complete for m in got.measurements] == [complete]
    assert len(got.facts) == complete
    assert said in "".join(failure.message for failure in got.failures)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("team a/job/b", "/t/team%20a/job/b/now"),
        ("/a/../../b/", "/t/a/%2E%2E/%2E%2E/b/now"),
        ("a//b", "/t/a//b/now"),
        ("..", "/t/%2E%2E/now"),
    ],
)
def test_an_id_with_slashes_keeps_them_where_the_path_says_so_and_leads_nowhere_else(value, path, tmp_path):
    _, requests = told(
        tmp_path, rota, [target("x", annotations={"rota.example/id": value})], annotation="rota.example/id", path="/t/{id:path}/now"
    )
    assert [request.path for request in requests] == [f"/api{path}"]


def test_tokens_of_an_oauth_server_authenticate_and_count_as_requests(tmp_path):
    def answer(request, wire):
        if request.path == "/api/token":
            return json_answer(wire, {"access_token": "short-lived", "expires_in": 60})
        return rota(request, wire)

    with Server(answer) as server:
        oauth = {"token_url": f"{server.url}/api/token", "client_id": "portal", "client_secret": "s3cret-of-client"}
        options = {"annotation": "rota.example/id", "path": "/{id}", "family": "on-call", "fields": FIELDS, "headers": {"X-Version": "2"}}
        item = IntegrationSettings("rota", "http-json", {"url": f"{server.url}/api", "oauth": oauth, **options})
        got = collect_facts([item], (SHOP,), context(tmp_path)).gathered
    assert [request.headers.get("authorization") for request in server.requests] == [None, "Bearer short-lived"]
    assert server.requests[1].headers["x-version"] == "2"
    assert len(got.facts) == 1
    assert [one.traffic.counts.requests for one in got.traffic] == [2]


@pytest.mark.long
@pytest.mark.parametrize(
    "mode", [name for name in MODES if name not in {"timeout", "slow-drip", "slow-headers", "slow_drip", "slow_headers"}]
)
def test_a_tool_in_trouble_makes_its_family_incomplete_and_nothing_else(tmp_path, mode):
    got, _ = told(tmp_path, MODES[mode], annotation="rota.example/id", path="/{id}", token="t0p-secret")
    assert not got.facts
    assert [m.complete for m in got.measurements] == [False]
    assert "t0p-secret" not in repr(got)
