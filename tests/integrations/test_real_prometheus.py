"""The prometheus integration against a Prometheus whose history was filled in, and whose shares are computed by hand."""

import contextlib
import re
import subprocess
from datetime import timedelta

import pytest
from click.testing import CliRunner
from real_tools import free_port, needed, running
from vendors import NOW, collect, facts, measured, target

import yaml
from callboard.cli.main import group
from callboard.model.facts.availability import DayShare

pytestmark = pytest.mark.long

MIDNIGHT = NOW.replace(hour=0)
STEP = timedelta(minutes=5)
A_DAY = 288
"""Samples of a day."""
DOWN = {1: 72, 3: 288}
"""Samples of a day (counted back from yesterday, which is 1) in which ``orders`` is down; on all other days it is up."""
DAYS = 10
ERRORS_PER_STEP, REQUESTS_PER_STEP = 1, 200
SHARE = "100 * sum by (service) (increase(answers_total{code!~'5..'}[$window])) / sum by (service) (increase(answers_total[$window]))"
OPTIONS = {
    "objectives": [
        {"name": "up", "query": "avg by (service) (avg_over_time(probe_success[$window]))", "objective": 99.5, "window_days": 7},
        {"name": "answers", "query": SHARE, "unit": "percent", "objective": "promised", "window_days": 2},
        {"name": "recorded", "query": "recorded_share", "unit": "ratio"},
    ]
}


def samples():
    """Times in the middle between full five minutes, so that no sample lies on the edge of a window."""
    start = MIDNIGHT - DAYS * timedelta(days=1) + STEP / 2
    return [start + n * STEP for n in range(DAYS * A_DAY + 24)]


def is_up(number):
    back, place = DAYS - number // A_DAY, number % A_DAY
    return place >= DOWN.get(back, 0)


def history():
    """In the exposition format, series by series."""
    times = [(number, moment.timestamp()) for number, moment in enumerate(samples())]
    yield "# TYPE probe_success gauge"
    for service in ("orders", "payments"):
        yield from (f'probe_success{{service="{service}"}} {int(service == "payments" or is_up(n))} {when}' for n, when in times)
    yield "# TYPE answers counter"
    yield from (f'answers_total{{service="orders",code="200"}} {n * (REQUESTS_PER_STEP - ERRORS_PER_STEP)} {when}' for n, when in times)
    yield from (f'answers_total{{service="orders",code="503"}} {n * ERRORS_PER_STEP} {when}' for n, when in times)
    yield from (f'answers_total{{service="idle",code="200"}} 0 {when}' for _, when in times)
    yield "# TYPE promised gauge"
    yield from (f'promised{{service="orders"}} 99.9 {when}' for _, when in times)
    yield "# TYPE recorded_share gauge"
    yield from (f'recorded_share{{service="payments"}} 0.99 {when}' for _, when in times)
    yield "# EOF"


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory):
    server, tool = needed("prometheus", "promtool")
    folder = tmp_path_factory.mktemp("prometheus")
    (folder / "prometheus.yml").write_text("global: {scrape_interval: 1h}\n")
    (folder / "history.txt").write_text("\n".join(history()) + "\n")
    filled = subprocess.run(
        [tool, "tsdb", "create-blocks-from", "openmetrics", "history.txt", "data"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert filled.returncode == 0, filled.stderr
    port = free_port()
    command = [
        server, "--config.file=prometheus.yml", "--storage.tsdb.path=data", "--storage.tsdb.retention.time=20y",
        f"--web.listen-address=127.0.0.1:{port}",
    ]  # fmt: skip
    with running(command, f"http://127.0.0.1:{port}/-/ready", folder):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def got(prometheus, tmp_path_factory):
    those = [target(name, annotations={"prometheus.io/service-name": name}) for name in ("orders", "payments", "idle", "lost")]
    return collect("prometheus", prometheus, those, tmp_path_factory.mktemp("cache"), **OPTIONS)


def named(got, service):
    return {value.name: value for value in facts(got, "availability").get(service, ())}


def test_the_share_of_a_window_is_the_one_computed_by_hand(got):
    start = NOW - timedelta(days=7)
    window = [number for number, moment in enumerate(samples()) if start < moment <= NOW]
    assert len(window) == 7 * A_DAY
    by_hand = 100 * sum(map(is_up, window)) / len(window)
    value = named(got, "orders")["up"]
    assert by_hand == pytest.approx(100 * (7 * 288 - 72 - 288) / (7 * 288))
    assert value.measured == pytest.approx(by_hand, abs=1e-6)
    assert value.budget_left == pytest.approx(100 - (100 - by_hand) / 0.5 * 100, abs=0.01)
    assert named(got, "payments")["up"].measured == 100.0


def test_each_day_of_the_history_is_the_one_computed_by_hand(got):
    wanted = tuple(
        DayShare((MIDNIGHT - timedelta(days=back)).date(), 100 * (A_DAY - DOWN.get(back, 0)) / A_DAY) for back in range(7, 0, -1)
    )
    assert [day.percent for day in wanted] == [100, 100, 100, 100, 0, 100, 75]
    assert named(got, "orders")["up"].history == wanted


def test_a_share_of_requests_is_the_one_computed_by_hand_and_what_was_promised_comes_along(got):
    value = named(got, "orders")["answers"]
    assert value.measured == pytest.approx(100 * (REQUESTS_PER_STEP - ERRORS_PER_STEP) / REQUESTS_PER_STEP)
    assert value.measured == 99.5
    assert (value.objective, value.budget_left, [day.percent for day in value.history]) == (99.9, -400.0, [99.5, 99.5])


def test_nothing_of_nothing_is_not_measured_and_neither_is_what_prometheus_does_not_know(got):
    value = named(got, "idle")["answers"]
    assert (value.measured, value.budget_left, {day.percent for day in value.history}) == (None, None, {None})
    assert measured(got, "availability") == {"orders": True, "payments": True, "idle": True}
    assert [problem.subject.name for problem in got.problems] == ["lost"]


def test_a_query_without_a_window_is_asked_as_it_is_and_has_no_history(got):
    value = named(got, "payments")["recorded"]
    assert (value.measured, value.objective, value.history) == (99.0, None, ())


def test_what_prometheus_does_not_understand_is_told_in_its_words(prometheus, tmp_path):
    one = target("orders", annotations={"prometheus.io/service-name": "orders"})
    got = collect("prometheus", prometheus, [one], tmp_path, objectives=[{"name": "wrong", "query": "sum by ("}])
    assert "parse error" in got.failures[0].message
    assert measured(got, "availability") == {"orders": False}


def test_the_availability_on_the_page_is_the_one_computed_by_hand(prometheus, tmp_path):
    up, _, _ = OPTIONS["objectives"]
    spec = {"type": "service", "lifecycle": "production", "owner": "team-shop"}
    metadata = {"name": "orders", "annotations": {"prometheus.io/service-name": "orders"}}
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "catalog-info.yaml").write_text(
        yaml.safe_dump({"apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": metadata, "spec": spec})
    )
    settings = {
        "version": 1, "portal": {"name": "Small", "organization": "Small", "url": "https://portal.example/", "timezone": "UTC"},
        "sources": [{"name": "here", "type": "files", "path": "shop"}],
        "integrations": [{"name": "prometheus", "type": "prometheus", "url": prometheus, "objectives": [up]}],
    }  # fmt: skip
    (tmp_path / "sources.yaml").write_text(yaml.safe_dump(settings))
    with contextlib.chdir(tmp_path):
        done = CliRunner().invoke(group, ["build", "--now", NOW.isoformat()])
    assert done.exit_code == 0, done.output
    page = (tmp_path / "site/catalog/default/component/orders/index.html").read_text()
    by_hand = 100 * (7 * A_DAY - sum(DOWN.values())) / (7 * A_DAY)
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert f"SLO 99.5 % {by_hand:.3f} %" in shown.replace("\N{NO-BREAK SPACE}", " ")
    assert f"{by_hand:.3f}" == "82.143"
