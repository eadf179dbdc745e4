"""What builds record of deployments while GitHub returns only the newest ones: from the API to the pages."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from callboard.io.store import Store
from callboard.state import files as state_files
from callboard.state.event_history import day_counts, day_of
from callboard.state.events import read_events
from faulty import Server, json_answer
from support.portal import SHOP, callboard, write

pytestmark = pytest.mark.long
FIRST = datetime(2026, 10, 1, 2, tzinfo=UTC)
DAY = timedelta(days=1)
INTEGRATION = """\
integrations:
  - {{name: code, title: GitHub, type: github, url: "{url}", token: "${{CODE_TOKEN}}", families: [deployment]}}
"""


def text(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def time_of(when):
    return when.isoformat().replace("+00:00", "Z")


class GitHubOfShop:
    """A repository with 20 deployments a day, of which GitHub returns the newest ``window``, and further pages where it has them."""

    def __init__(self, window, *, has_pages=False):
        self.window, self.has_pages, self.now, self.is_down = window, has_pages, FIRST, False
        self.requests = 0

    def __call__(self, request, wire):
        if self.is_down:
            return json_answer(wire, {"message": "no"}, 500)
        self.requests += 1
        body = request.json()
        if "MoreDeployments" in body["query"]:
            return json_answer(wire, {"data": {"repository": {"deployments": self.page(int(body["variables"]["cursor"]), 100)}}})
        listed = self.page(0, self.window)
        answer = {"nameWithOwner": "acme/shop", "url": "https://github.com/acme/shop", "deployments": listed}
        answer |= {alias: {"nodes": listed["nodes"][:5]} for alias in re.findall(r"\be\d\b(?=: deployments)", body["query"])}
        return json_answer(wire, {"data": {"r0": answer}})

    def page(self, start, size):
        numbers = [number for number in range(-200, 2_000) if self.at(number) <= self.now][::-1]
        has_next = start + size < len(numbers)
        cursor = str(start + size) if has_next and self.has_pages else None
        nodes = [self.deployment(number) for number in numbers[start : start + size]]
        return {"pageInfo": {"hasNextPage": has_next, "endCursor": cursor}, "nodes": nodes}

    @staticmethod
    def at(number):
        """20 in each day between two builds."""
        return FIRST - DAY + (number // 20) * DAY + timedelta(minutes=60 * (number % 20) + 30)

    def deployment(self, number):
        at = time_of(self.at(number))
        state = "FAILURE" if number % 20 == 7 else "SUCCESS"
        status = {"state": state, "createdAt": at, "environmentUrl": None, "logUrl": None}
        return {
            "databaseId": 10_000 + number, "environment": "production", "createdAt": at, "commitOid": f"{number + 200:040x}",
            "state": "FAILURE" if state == "FAILURE" else "ACTIVE", "creator": {"login": "ada"},
            "ref": {"name": f"v{number}", "prefix": "refs/tags/"},
            "latestStatus": status, "statuses": {"nodes": [status]},
        }  # fmt: skip


@pytest.fixture
def portal(tmp_path):
    folder = write(tmp_path)
    described = SHOP.replace("name: shop,", 'name: shop, annotations: {github.com/project-slug: "acme/shop"},')
    (folder / "repositories/shop/catalog-info.yaml").write_text(described)
    return folder


def build(portal, fake, now, *arguments):
    fake.now = now
    done = callboard(portal, "build", "--now", time_of(now), "--report", "report.json", *arguments, CODE_TOKEN="t0ken")
    assert done.returncode == 0, done.stderr
    return json.loads((portal / "report.json").read_text())["counts"]


def page(portal, name="catalog/default/component/shop"):
    html = (portal / "site" / name / "index.html").read_text()
    panel = re.search(r'data-family="deployment">.*?</section>', html, re.DOTALL)
    return text(panel.group() if panel else html)


def test_thirty_daily_builds_hold_600_deployments_and_the_first_page_says_since_when(portal):
    fake = GitHubOfShop(window=20)
    with Server(fake) as server:
        with (portal / "sources.yaml").open("a") as file:
            file.write(INTEGRATION.format(url=server.url))
        build(portal, fake, FIRST)
        assert "Last 30 days at least 20, 1 failed Last 90 days at least 20, 1 failed Known since 2026-09-30" in page(portal)
        for day in range(1, 30):
            build(portal, fake, FIRST + day * DAY)
    store = Store.beside(portal)
    assert len(read_events(store.state, "deployment").events) == 600
    history = next(each for each in state_files.read(store).event_histories if each.subject.name == "shop")
    counts = sum((day_counts(numbers) for numbers in history.days.values()), start=day_counts(""))
    assert counts == {day_of(FIRST) + day - 1: 20 for day in range(30)}
    assert "Last 30 days at least 580, 29 failed Last 90 days at least 600, 30 failed Recorded since 2026-09-30, with gaps" in page(portal)
    listed = page(portal, "deployments")
    assert "Last 90 days at least 600, 30 failed" in listed
    assert "v599" in listed
    pages = sorted((portal / "site/deployments").rglob("index.html"))
    assert any("v300" in text(file.read_text()) for file in pages), "earlier than what GitHub returns"


def test_daily_builds_have_no_gap_where_more_happens_in_a_day_than_the_first_page_has(portal):
    fake = GitHubOfShop(window=20, has_pages=True)
    with Server(fake) as server:
        with (portal / "sources.yaml").open("a") as file:
            file.write(INTEGRATION.format(url=server.url))
        for day in (0, 1, 4):
            build(portal, fake, FIRST + day * DAY)
    assert fake.requests == 6, "one further page in each build"
    assert "Last 30 days at least 200, 10 failed Last 90 days at least 200, 10 failed Known since 2026-09-25" in page(portal)


def test_builds_whose_windows_overlap_prove_that_nothing_is_missing(portal):
    fake = GitHubOfShop(window=20)
    with Server(fake) as server:
        with (portal / "sources.yaml").open("a") as file:
            file.write(INTEGRATION.format(url=server.url))
        for half in range(5):
            build(portal, fake, FIRST + half * DAY / 2)
        assert "Last 90 days at least 60, 3 failed Known since 2026-09-30" in page(portal)
        assert "Last 90 days at least 60, 3 failed Known since 2026-09-30" in page(portal, "catalog/default/system/retail")
        before = page(portal)
        fake.is_down = True
        counts = build(portal, fake, FIRST + 3 * DAY)
        assert counts["integrations"]["code"]["failures"] == 1
        kept = "Data from GitHub may be incomplete. The oldest data from GitHub was read on 2026-10-03. GitHub"
        assert page(portal) == before.replace("15 more", "at least 15 more").replace("GitHub", kept)
        assert len(read_events(Store.beside(portal).state, "deployment").events) == 60
    again = callboard(portal, "build", "--from-state", "--output", "again", CODE_TOKEN="t0ken")
    assert again.returncode == 0, again.stderr
    shop = "catalog/default/component/shop/index.html"
    assert (portal / "again" / shop).read_text() == (portal / "site" / shop).read_text()
    without_token = callboard(portal, "build", "--from-state", "--output", "again")
    assert without_token.returncode == 0, without_token.stderr
    assert 'id="operations"' in (portal / "again" / shop).read_text()
