"""The integrations codecov, aws-cost-explorer and opencost against answers as their documentation and bug reports show them."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fake_codecov_api import FakeCodecov
from fake_cost_apis import FakeCostExplorer, FakeOpenCost
from vendors import collect_from, facts, measured, target

from callboard.model.facts.cost import Cost
from callboard.model.facts.coverage import Coverage
from spec_checking import DATA, complaints, description, needs_data

TAG, CATEGORY = "aws.amazon.com/cost-insights-tags", "aws.amazon.com/cost-insights-cost-categories"


@pytest.mark.parametrize(
    ("kind", "family", "requests"), [(FakeCodecov, "coverage", 2), (FakeCostExplorer, "cost", 2), (FakeOpenCost, "cost", 1)]
)
def test_a_thousand_components_cost_few_requests(kind, family, requests, tmp_path):
    fake = kind(count=1_000)
    got, asked = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems, len(facts(got, family)), len(asked)) == ((), (), 1_000, requests)


def test_the_totals_of_a_repository_are_its_coverage_whatever_the_case_of_its_name(tmp_path):
    fake = FakeCodecov(count=1)
    fake.found[0]["name"] = "S0"
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert facts(got, "coverage")["s0"] == [
        Coverage("acme/S0", 90.08, None, 4_711, 5_230, datetime(2026, 5, 16, 22, 0, 0, 123456, tzinfo=UTC))
    ]
    assert got.facts[0].url == "https://app.codecov.io/gh/acme/S0"


def test_a_repository_that_never_had_an_upload_is_not_measured_and_a_wrong_name_is_told(tmp_path):
    fake = FakeCodecov(count=1)
    fake.found[0]["totals"] = None
    lost = target("lost", annotations={"codecov.io/repo-slug": "acme/lost"})
    other = target("other", annotations={"github.com/project-slug": "acme/other"})
    got, _ = collect_from(fake, [*fake.targets, lost, other], tmp_path)
    assert (got.facts, got.measurements) == ((), ())
    assert [(problem.subject.name, problem.code) for problem in got.problems] == [("lost", "INT003")]


def test_costs_are_those_of_the_period_with_the_one_before(tmp_path):
    fake = FakeCostExplorer(count=1)
    got, requests = collect_from(fake, fake.targets, tmp_path, days=7)
    assert facts(got, "cost")["s0"] == [
        Cost("component=s0", 17.5, "USD", date(2026, 5, 10), date(2026, 5, 16), 14.0, (2.5,) * 7, is_estimated=True)
    ]
    assert requests[0].json()["TimePeriod"] == {"Start": "2026-05-03", "End": "2026-05-17"}
    assert [request.json().get("NextPageToken") for request in requests] == [None, "page-2"]
    assert requests[0].headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")


@pytest.mark.parametrize(
    ("annotations", "keys", "found"),
    [
        ({TAG: "component=s0, environment=s0"}, [("TAG", "component"), ("TAG", "environment")], True),
        ({CATEGORY: "team=s0"}, [("COST_CATEGORY", "team")], True), ({TAG: "component=lost"}, [("TAG", "component")], False),
        ({TAG: "a=1,b=2,c=3"}, None, False), ({TAG: "component"}, None, False), ({TAG: "=x"}, None, False),
    ],
)  # fmt: skip
def test_an_annotation_names_one_or_two_tags_or_categories(annotations, keys, found, tmp_path):
    got, requests = collect_from(FakeCostExplorer(count=1), [target("shop", annotations=annotations)], tmp_path)
    asked = [(group["Type"], group["Key"]) for group in requests[0].json()["GroupBy"]] if requests else None
    assert asked == keys
    assert bool(got.facts) == found
    assert [problem.code for problem in got.problems] == ([] if found else ["INT003"])


def test_days_of_which_a_cluster_has_no_costs_are_not_known(tmp_path):
    fake = FakeOpenCost(count=1)
    fake.days[-1], fake.days[0] = {}, None
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert facts(got, "cost")["s0"] == [Cost("cluster: s0", 7.5, "EUR", date(2026, 5, 10), date(2026, 5, 16), None, (1.25,) * 6)]
    assert measured(got, "cost") == {"s0": False}
    assert requests[0].query == {"window": "14d", "aggregate": "label:backstage_io_kubernetes_id", "step": "1d"}


def test_a_value_of_the_label_without_costs_is_a_measured_zero_and_idle_costs_belong_to_nobody(tmp_path):
    fake = FakeOpenCost(count=1)
    got, _ = collect_from(fake, [target("new", annotations={"backstage.io/kubernetes-id": "new"})], tmp_path)
    assert (got.facts, measured(got, "cost")) == ((), {"new": True})


@needs_data
@pytest.mark.data
def test_requests_are_in_the_vendors_descriptions(tmp_path):
    validate, model = pytest.importorskip("botocore.validate"), pytest.importorskip("botocore.model")
    fake = FakeCostExplorer()
    _, requests = collect_from(fake, fake.targets, tmp_path / "aws")
    described = json.loads((Path(DATA) / "specs" / "aws-cost-explorer.botocore.json").read_text(encoding="utf-8"))
    service = model.ServiceModel(described, "ce")
    shape = service.operation_model("GetCostAndUsage").input_shape
    assert [validate.ParamValidator().validate(request.json(), shape).generate_report() for request in requests] == ["", ""]
    assert service.metadata["targetPrefix"] + ".GetCostAndUsage" == requests[0].headers["x-amz-target"]
    _, requests = collect_from(FakeOpenCost(), FakeOpenCost().targets, tmp_path / "opencost")
    assert complaints(description("opencost.oas3"), requests) == []


@needs_data
@pytest.mark.data
def test_answers_as_they_are_recorded_are_understood(tmp_path):
    known = json.loads((Path(DATA) / "specs" / "codecov.examples.json").read_text(encoding="utf-8"))
    fake = FakeCodecov(count=0)
    fake.found = next(value for key, value in known.items() if key.startswith("GET"))["results"]
    those = [target(name, annotations={"github.com/project-slug": f"acme/{name}"}) for name in ("checkout", "never-uploaded")]
    got, _ = collect_from(fake, those, tmp_path)
    assert [(name, value.lines) for name, (value,) in facts(got, "coverage").items()] == [("checkout", 90.08)]
