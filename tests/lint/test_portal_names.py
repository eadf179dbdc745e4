"""The names of a published portal, from a folder and from a server on this machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from callboard.lint.portal_names import PATH, read_names
from callboard.lint.portal_reader import HEADER, cache_folder
from callboard.model.errors import CallboardError
from callboard.model.ref import EntityRef

INDEX = {
    "format": 1,
    "kinds": [{"kind": "component"}, {"kind": "group"}],
    "namespaces": ["default", "ops"],
    "name": ["Orders", "web"],
    "kind": [0, 1],
    "namespace": [0, 1],
}
NAMES = {EntityRef("component", "default", "orders"), EntityRef("group", "ops", "web")}
SECRET = "very-secret-token"


@pytest.fixture
def portal():
    """A server that asks for a token; ``seen`` has status and condition of each answer."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            known = self.headers.get("Authorization") == f"Bearer {SECRET}"
            same = self.headers.get("If-None-Match") == '"1"'
            status = 401 if not known else 404 if self.path != f"/portal/{PATH}" else 304 if same else 200
            seen.append(status)
            body = (
                json.dumps(INDEX).encode()
                if status == 200
                else f"no {self.headers.get('Authorization')}".encode()
                if status != 304
                else b""
            )
            self.send_response(status)
            self.send_header("ETag", '"1"')
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/portal", seen
    server.shutdown()
    server.server_close()


def environ(tmp_path, header=f"Authorization: Bearer {SECRET}"):
    return {"XDG_CACHE_HOME": str(tmp_path / "cache"), HEADER: header}


def folder(tmp_path, index):
    file = tmp_path / "site" / PATH
    file.parent.mkdir(parents=True)
    file.write_text(index if isinstance(index, str) else json.dumps(index))
    return str(tmp_path / "site")


def test_names_come_from_the_folder_of_a_site(tmp_path):
    assert read_names(folder(tmp_path, INDEX), {}) == NAMES


def test_names_come_from_a_protected_portal_and_are_kept(tmp_path, portal):
    url, seen = portal
    assert read_names(url, environ(tmp_path)) == NAMES
    assert read_names(f"{url}/", environ(tmp_path)) == NAMES
    assert seen == [200, 304]
    kept = b"".join(file.read_bytes() for file in cache_folder(environ(tmp_path)).rglob("*") if file.is_file())
    assert b"Orders" in kept
    assert SECRET.encode() not in kept


def test_a_portal_that_does_not_know_us_says_which_variable_to_set(tmp_path, portal):
    with pytest.raises(CallboardError) as error:
        read_names(portal[0], environ(tmp_path, "Authorization: Bearer other-token-1234"))
    assert HEADER in error.value.hint
    assert "other-token-1234" not in f"{error.value} {error.value.hint}"


def test_a_portal_that_is_not_there_is_an_error_with_a_hint(tmp_path, portal):
    url = portal[0].replace("/portal", "/elsewhere")
    with pytest.raises(CallboardError) as error:
        read_names(url, environ(tmp_path))
    assert "The references were not checked." in error.value.hint
    assert SECRET not in f"{error.value} {error.value.hint}"


@pytest.mark.parametrize("header", ["token", "Authorization:", "A B: c", "Name: a\nOther: b", ": x"])
def test_what_is_no_header_is_refused_and_not_shown(tmp_path, header):
    with pytest.raises(CallboardError) as error:
        read_names("http://127.0.0.1:9/", environ(tmp_path, header))
    assert header.strip() not in str(error.value)


@pytest.mark.parametrize(
    "index",
    [
        "{",
        "[]",
        {},
        INDEX | {"format": 2},
        INDEX | {"kind": [0]},
        INDEX | {"kind": [0, 9]},
        INDEX | {"kinds": [1, 2]},
        INDEX | {"name": None},
    ],
)
def test_what_is_no_index_is_an_error(tmp_path, index):
    with pytest.raises(CallboardError):
        read_names(folder(tmp_path, index), {})


def test_a_folder_without_a_site_is_an_error(tmp_path):
    with pytest.raises(CallboardError) as error:
        read_names(str(tmp_path), {})
    assert "callboard build" in error.value.hint
