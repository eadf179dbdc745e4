"""GitHub as it was recorded, replayed by Octokit's own fixtures server: the client's paging, redirects, errors and headers are its.

The scenarios that fit are those whose requests are like ours. Where only headers or a query differ (we ask for other media types, and
for a file at its commit), the recorded request is changed to ours, and the server checks it; the answers stay as GitHub gave them.
Teams and members are asked for over GraphQL, of which there is no recording.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import httpcore
import pytest

from callboard.io.github import GITHUB_HEADERS, GITHUB_JSON, GitHubConnection
from callboard.io.http.auth import header
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.io.http.limits import ClientLimits
from callboard.sources.github.api import RAW, GitHubApi
from faulty import PatientClock

SERVER = os.environ.get("CALLBOARD_FIXTURES_SERVER", "")
"""The folder ``node_modules`` that has ``@octokit/fixtures-server``."""
TOKEN = "0000000000000000000000000000000000000001"
"""What the recordings have in place of a secret."""
RECORDED = "application/vnd.github.v3+json"
COMMIT = "c0ffee" + "0" * 34


def needed():
    (pytest.fail if os.environ.get("CALLBOARD_TEST_FULL") == "1" else pytest.skip)(
        "needs node and npm's @octokit/fixtures-server, its node_modules named by CALLBOARD_FIXTURES_SERVER"
    )


def as_we_ask(entry, accept, query=""):
    """A recorded exchange whose request has our media type and query."""
    return {**entry, "path": entry["path"] + query, "reqheaders": {**entry["reqheaders"], "accept": accept}}


def ours(scenarios):
    """Those parts of the recordings that only we have a use for."""
    content = scenarios["get-content"]
    return {
        "a-file": [as_we_ask(content[1], RAW, f"?ref={COMMIT}")],
        "a-folder": [as_we_ask(content[0], RAW, f"?ref={COMMIT}")],
        "moved": [as_we_ask(entry, GITHUB_JSON) for entry in scenarios["rename-repository"][1:3]],
        "missing": [as_we_ask(scenarios["branch-protection"][0], GITHUB_JSON)],
    }


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a fixtures server with all recordings and those made of them."""
    program = Path(SERVER) / "@octokit/fixtures-server/bin/server.js"
    node = shutil.which("node")
    if not SERVER or not node or not program.is_file():
        needed()
    folder = tmp_path_factory.mktemp("scenarios")
    files = Path(SERVER).glob("@octokit/fixtures/scenarios/api.github.com/*/normalized-fixture.json")
    recorded = {file.parent.name: json.loads(file.read_text()) for file in files}
    for name, exchanges in (recorded | ours(recorded)).items():
        (folder / f"{name}.json").write_text(json.dumps(exchanges))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [node, program, "--port", str(port), "--fixtures", f"{folder}/*.json", "--log-level", "silent"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder,
    )  # fmt: skip
    try:
        url = f"http://localhost:{port}"
        assert any(is_up(url) or time.sleep(0.05) for _ in range(400)), "the fixtures server did not start"
        yield url
    finally:
        process.terminate()
        process.wait()


def is_up(url):
    try:
        return httpcore.request("GET", f"{url}/ping").status == 200
    except httpcore.NetworkError:
        return False


def client(server, scenario):
    """A client for one replay of a scenario, which ends when all of it was asked for."""
    asking = {"Content-Type": "application/json"}
    made = httpcore.request("POST", f"{server}/fixtures", headers=asking, content=json.dumps({"scenario": scenario}).encode())
    assert made.status == 201, made.content
    return Client(
        json.loads(made.content)["url"],
        header("Authorization", TOKEN, "token "),
        limits=ClientLimits(tries=1),
        clock=PatientClock(),
        headers=GITHUB_HEADERS,
    )


def test_all_pages_are_read_by_the_links_that_github_gives(server):
    asked = client(server, "paginate-issues")
    pages = [*asked.pages("/repos/octokit-fixture-org/paginate-issues/issues", {"per_page": 3}, accept=RECORDED)]
    assert [len(page.array()) for page in pages] == [3, 3, 3, 3, 1]
    numbers = [issue["number"] for page in pages for issue in page.array()]
    assert numbers == [*range(13, 0, -1)]
    assert asked.traffic.counts.requests == 5


def test_a_page_that_is_not_the_last_is_told_where_pages_are_bounded(server):
    asked = client(server, "paginate-issues")
    asked.limits = ClientLimits(tries=1, pages=2)
    with pytest.raises(HttpError) as caught:
        [*asked.pages("/repos/octokit-fixture-org/paginate-issues/issues", {"per_page": 3}, accept=RECORDED)]
    assert caught.value.kind == "too-many-pages"


def test_a_file_is_read_as_it_is(server):
    text = GitHubApi(GitHubConnection(client(server, "a-file"))).content("octokit-fixture-org/hello-world", COMMIT, "README.md", 1_000)
    assert text == b"# hello-world"


def test_a_folder_is_no_file(server):
    with pytest.raises(HttpError, match="is a folder") as caught:
        GitHubApi(GitHubConnection(client(server, "a-folder"))).content("octokit-fixture-org/hello-world", COMMIT, "", 10_000)
    assert caught.value.status == 404


def test_a_repository_that_has_another_name_now_is_found(server):
    asked = client(server, "moved")
    answer = asked.get("/repos/octokit-fixture-org/rename-repository", accept=GITHUB_JSON)
    assert re.fullmatch(r"octokit-fixture-org/rename-repository-\w+", answer.object()["full_name"])
    assert asked.traffic.counts.requests == 2


def test_what_github_says_about_a_trouble_is_told(server):
    with pytest.raises(HttpError) as caught:
        client(server, "missing").get("/repos/octokit-fixture-org/branch-protection/branches/main/protection", accept=GITHUB_JSON)
    assert caught.value.status == 404
    assert "Branch not protected" in str(caught.value)


def test_the_server_refuses_what_was_not_recorded(server):
    """Else the other tests would prove nothing."""
    with pytest.raises(HttpError) as caught:
        client(server, "a-file").get("/repos/octokit-fixture-org/hello-world/contents/README.md", {"ref": COMMIT}, accept=GITHUB_JSON)
    assert caught.value.status == 404
