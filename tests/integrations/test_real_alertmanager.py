"""The alertmanager integration against an Alertmanager to which alerts were posted."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from real_tools import free_port, needed, posted, running
from vendors import collect, facts, measured, target

from callboard.model.facts.alert import Alert, AlertState
from callboard.model.facts.enumerations import FactSeverity

CONFIG = """
route: {receiver: nobody}
receivers: [{name: nobody}]
inhibit_rules:
  - {source_matchers: [alertname=NodeDown], target_matchers: [alertname=PodDown], equal: [service]}
"""
SINCE = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


def alert(name, service, **labels):
    return {
        "labels": {"alertname": name, "service": service, **labels}, "annotations": {"summary": f"{name} of {service}"},
        "startsAt": SINCE.isoformat(), "endsAt": (SINCE + timedelta(days=1)).isoformat(),
        "generatorURL": "http://prometheus.acme.example/graph?g0.expr=up",
    }  # fmt: skip


@pytest.fixture(scope="module")
def alertmanager(tmp_path_factory):
    (program,) = needed("prometheus-alertmanager")
    folder = tmp_path_factory.mktemp("alertmanager")
    (folder / "alertmanager.yml").write_text(CONFIG)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [
        program, "--config.file=alertmanager.yml", "--storage.path=data", f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]  # fmt: skip
    with running(command, f"{url}/-/ready", folder):
        silence = {
            "matchers": [{"name": "service", "value": "basket", "isRegex": False}], "startsAt": SINCE.isoformat(),
            "endsAt": (SINCE + timedelta(days=1)).isoformat(), "createdBy": "care", "comment": "moving",
        }  # fmt: skip
        posted(f"{url}/api/v2/silences", json.dumps(silence))
        those = [
            alert("HighErrors", "orders", severity="page", environment="production"), alert("HighErrors", "basket", severity="warning"),
            alert("NodeDown", "ledger"), alert("PodDown", "ledger"),
        ]  # fmt: skip
        posted(f"{url}/api/v2/alerts", json.dumps(those))
        yield url


def collected(url, tmp_path, **options):
    those = [target(name, annotations={"prometheus.io/service-name": name}) for name in ("orders", "basket", "ledger", "quiet")]
    return collect("alertmanager", url, those, tmp_path, **options)


def test_a_posted_alert_arrives_as_a_fact(alertmanager, tmp_path):
    got = collected(alertmanager, tmp_path)
    assert (got.failures, got.problems) == ((), ())
    found = facts(got, "alert")
    assert found["orders"] == [Alert("HighErrors", FactSeverity.CRITICAL, AlertState.FIRING, SINCE, "HighErrors of orders")]
    fact = next(fact for fact in got.facts if fact.subject.name == "orders")
    assert (fact.environment, fact.url) == ("production", "http://prometheus.acme.example/graph?g0.expr=up")
    assert measured(got, "alert") == dict.fromkeys(("orders", "basket", "ledger", "quiet"), True)
    assert "quiet" not in found


def test_a_silenced_alert_is_silenced_and_an_inhibited_one_is_left_out(alertmanager, tmp_path):
    found = facts(collected(alertmanager, tmp_path), "alert")
    assert [(value.state, value.severity) for value in found["basket"]] == [(AlertState.SILENCED, FactSeverity.MEDIUM)]
    assert [value.name for value in found["ledger"]] == ["NodeDown"]


def test_matchers_are_alertmanagers_own(alertmanager, tmp_path):
    found = facts(collected(alertmanager, tmp_path, filter=['severity=~"page|critical"']), "alert")
    assert list(found) == ["orders"]


def test_a_matcher_that_alertmanager_does_not_understand_is_told_in_its_words(alertmanager, tmp_path):
    got = collected(alertmanager, tmp_path, filter=["severity~page"])
    assert "bad matcher" in got.failures[0].message
    assert set(measured(got, "alert").values()) == {False}
