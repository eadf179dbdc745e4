"""Responses of the preview: files of the site and nothing else, under the portal's path."""

import pytest

from callboard.preview.responses import base_of, error_page, folder, host_allowed, respond


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    for name, text in {
        "index.html": "<body>home</body>",
        "404.html": "<body>gone</body>",
        "catalog/index.html": "c",
        "assets/a.js": "1",
        "search/t/w-con.json": "{}",
        "api/catalog/entities/by-name/component/default/v1.2": "{}",
        "a b/index.html": "blank",
        ".callboard-site": "list",
        "definition.yaml": "x",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    return folder


@pytest.mark.parametrize(
    ("target", "status", "kind"),
    [
        ("/p/", 200, "text/html; charset=utf-8"),
        ("/p/catalog/?kind=api#x", 200, "text/html; charset=utf-8"),
        ("/p/assets/a.js?v=1", 200, "text/javascript; charset=utf-8"),
        ("/p/search/t/w-con.json", 200, "application/json"),
        ("/p/api/catalog/entities/by-name/component/default/v1.2", 200, "application/json"),
        ("/p/a%20b/", 200, "text/html; charset=utf-8"),
        ("/p/definition.yaml", 200, "text/plain; charset=utf-8"),
        ("/p/nothing/", 404, "text/html; charset=utf-8"),
        ("/p/assets/a.js/", 404, "text/html; charset=utf-8"),
    ],
)
def test_a_file_is_answered_with_its_type(site, target, status, kind):
    found = respond(folder(site), "/p/", target)
    assert (found.status, found.content_type) == (status, kind)


@pytest.mark.parametrize(
    "target",
    [
        "/p/../secret.txt",
        "/p/%2e%2e/secret.txt",
        "/p/..%2fsecret.txt",
        "/p//etc/passwd",
        "/p/link.txt",
        "/p/.callboard-site",
        "/p/a%00b",
        "/p/..\\secret.txt",
    ],
)
def test_nothing_outside_of_the_site_and_nothing_hidden_is_given_out(site, target):
    found = respond(folder(site), "/p/", target)
    assert found.status == 404
    assert b"secret" not in found.body
    assert b"gone" in found.body


@pytest.mark.parametrize(("target", "location"), [("/", "/p/"), ("/p", "/p/"), ("/p/catalog", "/p/catalog/"), ("/p/a%20b", "/p/a%20b/")])
def test_a_folder_is_shown_at_its_final_slash(site, target, location):
    assert respond(folder(site), "/p/", target).location == location


def test_a_folder_at_the_root_cannot_be_turned_into_a_redirect_to_another_host(site):
    assert respond(folder(site), "/", "//evil.example").location == ""


def test_pages_get_the_script_when_sent_and_stay_as_they_are_on_disk(site):
    assert respond(folder(site), "/p/", "/p/").body == b'<body>home<script src="/p/__callboard/reload.js" defer></script></body>'
    assert (site / "index.html").read_text() == "<body>home</body>"
    assert respond(folder(site), "/p/", "/p/assets/a.js").body == b"1"


def test_nothing_but_plain_relative_paths_is_ever_asked_for():
    asked = []

    def read(path):
        asked.append(path)

    for target in ("/p/%2e%2e/x", "/p/a/../../x", "/p/./x", "/p/a//b", "/p/.git/config", "/p/a%00", "/p/..%5cx", "/p//etc/passwd"):
        respond(read, "/p/", target)
    assert set(asked) == {"404.html"}


def test_a_page_that_cannot_be_made_says_why_as_text_and_waits_for_another_site():
    found = error_page("entity.html:3: unknown tag <script>alert(1)</script>", "/p/")
    assert (found.status, found.content_type) == (500, "text/html; charset=utf-8")
    assert b"&lt;script&gt;alert" in found.body
    assert b'src="/p/__callboard/reload.js"' in found.body


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:1", "[::1]:8000", "[::1]", "LOCALHOST:80"])
def test_this_machines_names_are_answered(host):
    assert host_allowed(host)


@pytest.mark.parametrize(
    "host",
    [None, "", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "evil:localhost", "10.0.0.1", "user@localhost"],
)
def test_other_names_are_not_because_a_foreign_page_could_read_the_site(host):
    assert not host_allowed(host)


@pytest.mark.parametrize(
    ("url", "base"), [("", "/"), ("https://x.example", "/"), ("https://x.example/p/q/", "/p/q/"), ("https://x.example/p", "/p/")]
)
def test_the_preview_shows_the_site_under_the_portals_path(url, base):
    assert base_of(url) == base
