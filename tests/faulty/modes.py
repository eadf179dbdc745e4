"""Ways in which a server fails, as functions ``mode(asked, wire)``; ``refused`` is a port on which nothing listens."""

import gzip
import json

from faulty.server import json_answer

JSON = {"Content-Type": "application/json"}
HUGE = 100_000_000
PIECE = b"x" * 65_536


def timeout(asked, wire):
    wire.wait(30)


def slow_drip(asked, wire):
    wire.head(200, JSON, length=100_000)
    for _ in range(600):
        wire.write(b" ")
        if wire.wait(0.05):
            return


def slow_headers(asked, wire):
    wire.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(600):
        wire.write(b"X")
        if wire.wait(0.05):
            return


def status(number, **headers):
    def mode(asked, wire):
        json_answer(wire, {"message": f"no ({asked.headers.get('authorization', 'nobody')})"}, number, headers)

    return mode


def reset_mid_body(asked, wire):
    wire.head(200, JSON, length=1_000)
    wire.write(b'{"a": [')
    wire.wait(0.02)
    wire.reset()


def short_body(asked, wire):
    """The connection ends before the length that was announced."""
    wire.head(200, JSON | {"Connection": "close"}, length=1_000)
    wire.write(b'{"a": [')
    wire._handler.close_connection = True


def truncated_json(asked, wire):
    wire.answer(200, b'{"items": [{"name": "a"}, {"na', JSON | {"ETag": '"broken"'})


def page_for_people(asked, wire):
    wire.answer(200, b"<!doctype html><title>Sign in</title>", {"Content-Type": "text/html", "ETag": '"login"'})


def wrong_type(asked, wire):
    json_answer(wire, "a text", headers={"ETag": '"odd"'})


def endless_pages(asked, wire):
    page = int(asked.query.get("page", "1"))
    next_ = f"http://{asked.headers['host']}{asked.path}?page={page + 1}"
    json_answer(wire, [], headers={"Link": f'<{next_}>; rel="next"'})


def circle(asked, wire):
    page = int(asked.query.get("page", "1"))
    json_answer(wire, [], headers={"Link": f'<{asked.path}?page={page % 3 + 1}>; rel="next"'})


def cross_host_next(other):
    def mode(asked, wire):
        json_answer(wire, [], headers={"Link": f'<{other}{asked.path}?page=2>; rel="next"'})

    return mode


def redirect(target, number=302):
    def mode(asked, wire):
        wire.answer(number, b"", {"Location": target})

    return mode


def huge_body(asked, wire):
    """100 MB, made as it is sent."""
    wire.head(200, JSON)
    wire.write(b'["')
    for _ in range(HUGE // len(PIECE)):
        wire.write(PIECE)
    wire.write(b'"]')


def announced_huge_body(asked, wire):
    wire.head(200, JSON, length=HUGE)
    for _ in range(HUGE // len(PIECE)):
        wire.write(PIECE)


BOMB = gzip.compress(json.dumps(["x" * 30_000_000]).encode())


def packed_huge_body(asked, wire):
    """30 MB of text in 30 kB."""
    wire.answer(200, BOMB, JSON | {"Content-Encoding": "gzip"})


MODES = {
    "timeout": timeout,
    "slow-drip": slow_drip,
    "slow-headers": slow_headers,
    "401": status(401),
    "403": status(403),
    "404": status(404),
    "429": status(429, **{"Retry-After": "7"}),
    "500": status(500),
    "reset-mid-body": reset_mid_body,
    "short-body": short_body,
    "truncated-json": truncated_json,
    "page-for-people": page_for_people,
    "wrong-type": wrong_type,
    "endless-pages": endless_pages,
    "circle": circle,
    "huge-body": huge_body,
    "announced-huge-body": announced_huge_body,
    "packed-huge-body": packed_huge_body,
}
"""``cross_host_next`` and ``redirect`` are made with the other host's address."""
ENDLESS = frozenset({"timeout", "slow-drip", "slow-headers"})
"""Those that end by the patience of the client alone."""
