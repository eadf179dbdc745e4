"""The client with a host that is well: conditional requests, pace, paging, proxies, bounds."""

import gzip
import os
import threading
from email.utils import formatdate

import pytest

from callboard.io.http.auth import basic, bearer, header
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.io.http.limits import ClientLimits
from callboard.io.http.pagination import BodyCursor, Cursor, HeaderCursor, LinkHeader, NextLink, Offset, links
from faulty import MIDNIGHT, PatientClock, Server, json_answer


def client(server, tmp_path=None, **more):
    return Client(
        server.url,
        more.pop("credential", bearer("t0ken")),
        cache=tmp_path and tmp_path / "http",
        clock=more.pop("clock", PatientClock()),
        **more,
    )


def tagged(asked, wire):
    """Confirms what has not changed."""
    if asked.headers.get("if-none-match") == '"1"':
        wire.answer(304, b"", {"ETag": '"1"'})
    else:
        json_answer(
            wire, {"path": asked.path, "who": asked.headers.get("authorization", "")[-1:]}, headers={"ETag": '"1"', "Vary": "Accept"}
        )


def test_an_answer_is_asked_about_and_taken_from_the_cache_when_it_is_still_good(tmp_path):
    with Server(tagged) as server:
        first = client(server, tmp_path)
        assert first.get("/a").object() == {"path": "/a", "who": "n"}
        second = client(server, tmp_path)
        answer = second.get("/a")
    assert (answer.object()["path"], answer.is_cached) == ("/a", True)
    assert (first.counts.hits, second.counts.hits, second.counts.requests) == (0, 1, 1)
    assert first.counts.bytes > 0 == second.counts.bytes


def test_last_modified_serves_where_there_is_no_tag(tmp_path):
    moment = formatdate(0, usegmt=True)

    def answer(asked, wire):
        unchanged = asked.headers.get("if-modified-since") == moment
        wire.answer(304 if unchanged else 200, b"" if unchanged else b"[1]", {"Last-Modified": moment})

    with Server(answer) as server:
        assert [client(server, tmp_path).get("/a").array() for _ in range(2)] == [[1], [1]]
    assert [("if-modified-since" in r.headers) for r in server.requests] == [False, True]


def test_answers_are_kept_apart_by_credential_url_and_accepted_type(tmp_path):
    with Server(tagged) as server:
        client(server, tmp_path).get("/a")
        client(server, tmp_path, credential=bearer("0ther")).get("/a")
        client(server, tmp_path).get("/a", {"x": "1"})
        client(server, tmp_path).get("/a", accept="text/plain")
    assert not any("if-none-match" in request.headers for request in server.requests)


def test_what_can_never_change_is_asked_once(tmp_path):
    with Server(lambda _, wire: wire.answer(200, b"text")) as server:
        first, second = client(server, tmp_path), client(server, tmp_path)
        assert first.get("/at/c0ffee", immutable=True).body == second.get("/at/c0ffee", immutable=True).body == b"text"
    assert len(server.requests) == 1
    assert second.counts.saved == 1


def test_an_unusable_answer_is_not_confirmed_for_ever(tmp_path):
    broken = [True]

    def answer(asked, wire):
        if "if-none-match" in asked.headers:
            return wire.answer(304)
        return wire.answer(200, b'{"a": ' if broken.pop() else b"{}", {"ETag": '"1"'})

    with Server(answer) as server:
        with pytest.raises(HttpError, match="returned invalid JSON"):
            client(server, tmp_path).get("/a").object()
        broken.append(False)
        assert client(server, tmp_path).get("/a").object() == {}


def test_a_damaged_cache_counts_as_empty(tmp_path):
    with Server(tagged) as server:
        client(server, tmp_path).get("/a")
        for file in (f for f in tmp_path.rglob("*") if f.is_file()):
            file.write_bytes(file.read_bytes()[:-2])
        assert client(server, tmp_path).get("/a").object()["path"] == "/a"
    assert not any("if-none-match" in request.headers for request in server.requests)


@pytest.mark.parametrize("control", [{"Cache-Control": "no-store"}, {"Vary": "*"}])
def test_what_may_not_be_kept_is_not(tmp_path, control):
    with Server(lambda _, wire: wire.answer(200, b"[]", {"ETag": '"1"', **control})) as server:
        client(server, tmp_path).get("/a")
    assert not [f for f in tmp_path.rglob("*") if f.is_file()]


def test_answers_that_nobody_wants_go_in_the_end(tmp_path):
    clock = PatientClock()
    with Server(tagged) as server:
        asking = client(server, tmp_path, clock=clock)
        asking.get("/a")
        for file in (f for f in tmp_path.rglob("*") if f.is_file()):
            os.utime(file, (MIDNIGHT, MIDNIGHT))
        asking.prune()
        assert [f for f in tmp_path.rglob("*") if f.is_file()]
        clock.slept.append(31 * 86_400)
        asking.prune()
    assert not [f for f in tmp_path.rglob("*") if f.is_file()]


def script(*answers):
    """Statuses and headers, one for each request; the last for all others."""

    def answer(asked, wire):
        status, headers = answers[min(asked.number, len(answers)) - 1]
        wire.answer(status, b"[]", headers)

    return answer


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": formatdate(MIDNIGHT + 60, usegmt=True)}, 60),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(MIDNIGHT + 100)}, 100),
        ({"RateLimit-Remaining": "0", "RateLimit-Reset": "30"}, 30),
    ],
)
def test_a_client_waits_as_long_as_the_host_asks(headers, expected):
    clock = PatientClock()
    with Server(script((429, headers), (200, {}))) as server:
        asking = client(server, clock=clock)
        assert asking.get("/a").array() == []
    assert sum(clock.slept) == pytest.approx(expected, abs=3)
    assert asking.counts.retries == 1


def test_an_allowance_that_is_used_up_is_waited_for_before_the_next_request():
    clock = PatientClock()
    with Server(script((200, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(MIDNIGHT + 200)}), (200, {}))) as server:
        asking = client(server, clock=clock)
        asking.get("/a")
        assert sum(clock.slept) == 0
        asking.get("/b")
    assert sum(clock.slept) == pytest.approx(200, abs=3)
    assert asking.counts.waited == pytest.approx(200, abs=3)


def test_a_forbidden_that_is_a_used_up_allowance_is_told_apart():
    with Server(script((403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(MIDNIGHT + 50)}), (200, {}))) as server:
        assert client(server).get("/a").array() == []
    assert len(server.requests) == 2


@pytest.mark.parametrize("wait", ["100000", "1e300"])
def test_a_wait_that_is_too_long_is_an_error_at_once(wait):
    clock = PatientClock()
    with Server(script((429, {"Retry-After": wait}))) as server, pytest.raises(HttpError) as caught:
        client(server, clock=clock).get("/a")
    assert caught.value.kind == "rate-limited"
    assert (len(server.requests), clock.slept) == (1, [])


@pytest.mark.parametrize("wait", ["soon", "nan", "inf", "-5", ""])
def test_a_wait_that_is_no_time_is_passed_over(wait):
    clock = PatientClock()
    with Server(script((503, {"Retry-After": wait}), (200, {}))) as server:
        assert client(server, clock=clock).get("/a").array() == []
    assert sum(clock.slept) < 2


def test_a_host_cannot_make_us_wait_again_and_again():
    clock = PatientClock()
    used_up = {"RateLimit-Remaining": "0", "RateLimit-Reset": "400"}
    with Server(script((200, used_up))) as server:
        asking = client(server, clock=clock)
        with pytest.raises(HttpError, match="longer than this build may wait"):
            [asking.get("/a") for _ in range(10)]
    assert sum(clock.slept) <= 900


def test_tries_are_further_apart_each_time():
    clock = PatientClock()
    with Server(script((500, {}))) as server, pytest.raises(HttpError):
        client(server, clock=clock, limits=ClientLimits(tries=5)).get("/a")
    assert clock.slept == [0.375, 0.75, 1.5, 3.0]


def test_requests_have_a_pace_where_the_vendor_wants_one():
    clock = PatientClock()
    with Server(script((200, {}))) as server:
        asking = client(server, clock=clock, limits=ClientLimits(per_second=1))
        for _ in range(4):
            asking.get("/a")
    assert sum(clock.slept) == pytest.approx(3, abs=1)


def test_only_so_many_requests_are_on_the_way_at_once():
    now, most, lock = [0], [0], threading.Lock()

    def answer(asked, wire):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        wire.wait(0.02)
        with lock:
            now[0] -= 1
        wire.answer(200, b"[]")

    with Server(answer) as server:
        asking = client(server, limits=ClientLimits(at_once=3))
        threads = [threading.Thread(target=asking.get, args=(f"/{n}",)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (most[0], len(server.requests)) == (3, 12)


def test_requests_in_all_are_bounded():
    with Server(script((200, {}))) as server:
        asking = client(server, limits=ClientLimits(requests=3))
        with pytest.raises(HttpError) as caught:
            [asking.get(f"/{n}") for n in range(9)]
    assert (caught.value.kind, len(server.requests)) == ("too-many-requests", 3)


def test_a_limit_of_one_answer_holds_for_kept_ones_too(tmp_path):
    with Server(tagged) as server:
        client(server, tmp_path).get("/a")
        with pytest.raises(HttpError) as caught:
            client(server, tmp_path).get("/a", limit=3)
    assert caught.value.kind == "too-large"


def test_packed_answers_are_unpacked():
    with Server(lambda _, wire: wire.answer(200, gzip.compress(b'["\xc3\xa9"]'), {"Content-Encoding": "gzip"})) as server:
        assert client(server).get("/a").array() == ["é"]
    assert server.requests[0].headers["accept-encoding"] == "gzip"


def test_half_characters_do_not_reach_the_pages():
    with Server(lambda _, wire: wire.answer(200, rb'["\ud83d"]')) as server:
        assert client(server).get("/a").array() == ["?"]


def test_links_are_followed_on_the_same_host():
    def answer(asked, wire):
        page = int(asked.query.get("page", "1"))
        following = {"Link": f'</r/7?page={page + 1}>; rel="next", <x>; rel=last'} if page < 3 else {"Link": '</r/7?page=1>; rel="first"'}
        json_answer(wire, [page], headers=following)

    with Server(answer) as server:
        pages = [*client(server).pages("/slug", {"per_page": 100}, by=LinkHeader())]
    assert [p.array() for p in pages] == [[1], [2], [3]]
    assert [r.target for r in server.requests] == ["/slug?per_page=100", "/r/7?page=2", "/r/7?page=3"]


def test_kept_pages_lead_on(tmp_path):
    def answer(asked, wire):
        if "if-none-match" in asked.headers:
            wire.answer(304)
        else:
            json_answer(wire, [asked.target], headers={"ETag": '"1"'} | ({"Link": "</b>; rel=next"} if asked.path == "/a" else {}))

    with Server(answer) as server:
        for _ in range(2):
            assert [p.array() for p in client(server, tmp_path).pages("/a")] == [["/a"], ["/b"]]


def test_cursors_are_taken_along():
    def answer(asked, wire):
        cursor = int(asked.query.get("cursor", "0"))
        json_answer(wire, {"items": [cursor], "pageInfo": {"nextCursor": str(cursor + 1)} if cursor < 2 else {}})

    with Server(answer) as server:
        pages = [*client(server).pages("/q", {"limit": 5}, by=Cursor(("pageInfo", "nextCursor"), "cursor"))]
    assert [p.object()["items"] for p in pages] == [[0], [1], [2]]
    assert [r.target for r in server.requests] == ["/q?limit=5", "/q?cursor=1&limit=5", "/q?cursor=2&limit=5"]


def test_offsets_grow_by_what_came():
    def answer(asked, wire):
        offset = int(asked.query.get("offset", "0"))
        json_answer(wire, {"things": [1, 2] if offset < 4 else [1], "more": offset < 4})

    with Server(answer) as server:
        client_ = client(server)
        assert len([*client_.pages("/q", by=Offset("things", 2, more="more"))]) == 3
        assert len([*client_.pages("/q", by=Offset("things", 2))]) == 3


def test_a_redirect_on_the_same_host_is_followed():
    def answer(asked, wire):
        if asked.path == "/old":
            wire.answer(301, b"", {"Location": "/new?x=1"})
        else:
            json_answer(wire, [asked.target])

    with Server(answer) as server:
        got = client(server).get("/old")
    assert (got.array(), got.url) == (["/new?x=1"], f"{server.url}/new?x=1")


def test_quoted_paths_and_bases_with_a_path_stay_as_they_are():
    with Server(script((200, {}))) as server:
        Client(f"{server.url}/api/v4/", header("PRIVATE-TOKEN", "t0ken")).get("/projects/a%2Fb%20c/x%3Fy", {"ref": "a/b"})
    assert server.requests[0].target == "/api/v4/projects/a%2Fb%20c/x%3Fy?ref=a%2Fb"
    assert server.requests[0].headers["private-token"] == "t0ken"


def test_user_and_password_are_sent_as_basic():
    with Server(script((200, {}))) as server:
        Client(server.url, basic("ada", "p:w")).get("/")
    assert server.requests[0].headers["authorization"] == "Basic YWRhOnA6dw=="


def test_questions_may_be_posted_and_are_not_kept(tmp_path):
    with Server(script((502, {}), (200, {"ETag": '"1"'}))) as server:
        client(server, tmp_path).post("/graphql", {"query": "é"})
    assert [r.json() for r in server.requests] == [{"query": "é"}] * 2
    assert not [f for f in tmp_path.rglob("*") if f.is_file()]


@pytest.mark.parametrize("url", ["ftp://x/", "x", "https://user:pass@host/", "https://a b/", "https://[/", "https://host:99999/"])
def test_a_base_that_is_no_url_is_told(url):
    with pytest.raises(HttpError) as caught:
        Client(url)
    assert caught.value.kind == "bad-url"
    assert "pass" not in str(caught.value)


def test_a_proxy_of_the_environment_is_used_but_not_where_it_says_no():
    with Server(script((200, {}))) as proxy, Server(script((200, {}))) as server:
        Client("http://api.acme.example/x", environ={"HTTP_PROXY": f"http://u:p@{proxy.url[7:]}"}).get("/y")
        Client(server.url, environ={"HTTP_PROXY": proxy.url, "NO_PROXY": "127.0.0.1"}).get("/z")
    assert [r.target for r in proxy.requests] == ["http://api.acme.example/x/y"]
    assert proxy.requests[0].headers["proxy-authorization"] == "Basic dTpw"
    assert [r.target for r in server.requests] == ["/z"]


def test_authorities_that_cannot_be_read_are_told(tmp_path):
    with pytest.raises(HttpError, match=r"certificate authorities in none\.pem cannot be read"):
        Client("https://api.acme.example", environ={"SSL_CERT_FILE": str(tmp_path / "none.pem")})


def test_a_private_authority_is_trusted_where_it_is_named(tmp_path):
    import ssl
    import subprocess

    pem, key = tmp_path / "ca.pem", tmp_path / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", pem, "-days", "2", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*made, "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    server = Server(script((200, {})))
    server._http.socket = context.wrap_socket(server._http.socket, server_side=True)
    with server:
        url = server.url.replace("http:", "https:")
        assert Client(url, environ={"SSL_CERT_FILE": str(pem)}).get("/").array() == []
        with pytest.raises(HttpError) as caught:
            Client(url, clock=PatientClock()).get("/")
    assert caught.value.kind == "untrusted"
    assert "SSL_CERT_FILE" in caught.value.hint


@pytest.mark.parametrize(
    ("header_", "expected"),
    [
        ('<https://a/?page=2>; rel="next", <https://a/?page=9>; rel="last"', {"next": "https://a/?page=2", "last": "https://a/?page=9"}),
        ("<a,b;c>; title=\"x, y\"; rel='next'", {"'next'": "a,b;c"}),
        ("</x>; rel=next", {"next": "/x"}),
        ('<x>; rel="prev next"; results="false"', {"prev": "x", "next": "x"}),
        ("<" * 50_000, {}),
        ("<x>", {}),
        ("", {}),
    ],
)
def test_link_headers_are_read_as_the_standard_has_them(header_, expected):
    assert links(header_) == expected


def paged(by, answer, path="/q", query=None):
    """The requests of a listing whose pages a function makes of each request."""
    with Server(lambda request, wire: answer(request, wire, server)) as server:
        pages = [*client(server).pages(path, query or {}, by=by)]
    return [request.target for request in server.requests], pages


def test_a_cursor_may_be_sent_without_the_other_parameters():
    def answer(request, wire, server):
        json_answer(wire, {} if "nextPageKey" in request.query else {"nextPageKey": "AQ=="})

    targets, _ = paged(Cursor(("nextPageKey",), "nextPageKey", keeps=()), answer, query={"pageSize": 500, "from": "now-30d"})
    assert targets == ["/q?from=now-30d&pageSize=500", "/q?nextPageKey=AQ%3D%3D"]


@pytest.mark.parametrize("link", ["{url}/q?size=2&cursor=x%2Fy", "/q?size=2&cursor=x%2Fy", "?size=2&cursor=x%2Fy"])
def test_a_link_in_the_body_is_followed_as_it_is_written(link):
    def answer(request, wire, server):
        json_answer(wire, {"links": {"next": None if "cursor" in request.query else link.format(url=server.url)}})

    targets, _ = paged(NextLink(("links", "next")), answer, query={"limit": 2})
    assert targets == ["/q?limit=2", "/q?size=2&cursor=x%2Fy"]


def test_a_link_in_the_body_to_another_host_is_not_followed():
    with Server(lambda request, wire: json_answer(wire, {})) as other:
        with pytest.raises(HttpError) as caught:
            paged(NextLink(("next",)), lambda request, wire, server: json_answer(wire, {"next": f"{other.url}/q"}))
        assert (caught.value.kind, other.requests) == ("other-host", [])


def test_a_cursor_in_a_header_ends_with_the_response_that_lacks_it():
    def answer(request, wire, server):
        json_answer(wire, {}, headers={} if "continuationToken" in request.query else {"x-ms-continuationtoken": "p 2"})

    targets, _ = paged(HeaderCursor("x-ms-continuationtoken", "continuationToken"), answer, query={"$top": 2})
    assert targets == ["/q?%24top=2", "/q?%24top=2&continuationToken=p+2"]


def test_offsets_count_lists_without_an_envelope_and_from_one_with_short_pages():
    def groups(request, wire, server):
        json_answer(wire, [1, 2] if request.query["first"] == "0" else [3])

    assert paged(Offset("", 2, "first"), groups, query={"first": 0, "max": 2})[0] == ["/q?first=0&max=2", "/q?first=2&max=2"]

    def users(request, wire, server):
        start = int(request.query.get("startIndex", 1))
        json_answer(wire, {"totalResults": 5, "Resources": [] if start > 4 else [start]})

    targets, _ = paged(Offset("Resources", 100, "startIndex", first=1, total="totalResults"), users)
    assert targets == ["/q", "/q?startIndex=2", "/q?startIndex=3", "/q?startIndex=4", "/q?startIndex=5"]


def test_a_cursor_is_written_into_the_body_of_a_query():
    def answer(request, wire):
        after = request.json()["variables"].get("after")
        json_answer(wire, {"data": {"end": None if after else "c1"}})

    with Server(answer) as server:
        pages = client(server).posted_pages(
            "/graphql", {"query": "q", "variables": {"size": 2}}, by=BodyCursor(("data", "end"), ("variables", "after"))
        )
        assert len([*pages]) == 2
    assert [request.json()["variables"] for request in server.requests] == [{"size": 2}, {"size": 2, "after": "c1"}]


def test_a_cursor_that_leads_back_to_the_same_body_is_an_error():
    with Server(lambda request, wire: json_answer(wire, {"next": "same"})) as server, pytest.raises(HttpError) as caught:
        list(client(server).posted_pages("/", {}, by=BodyCursor(("next",), ("token",))))
    assert (caught.value.kind, len(server.requests)) == ("repeated-url", 2)


def test_names_of_parameters_with_brackets_arrive_as_they_are_written():
    with Server(lambda request, wire: json_answer(wire, {})) as server:
        client(server).get("/q", {"filter[started_at][gte]": "2026-05-01", "page[size]": 100, "status[one_of]": ("live", "triage")})
        client(server).post_form("/t", {"grant_type": "client_credentials", "scope": "a b"})
    assert server.requests[0].query["filter[started_at][gte]"] == "2026-05-01"
    assert "page%5Bsize%5D=100&status%5Bone_of%5D=live&status%5Bone_of%5D=triage" in server.requests[0].target
    assert (server.requests[1].body, server.requests[1].headers["content-type"]) == (
        b"grant_type=client_credentials&scope=a+b", "application/x-www-form-urlencoded",
    )  # fmt: skip
