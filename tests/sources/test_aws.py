"""Resources of AWS: against an endpoint on loopback, the model of botocore, and descriptors of the same resources."""

import pytest
from company import context, settings

from callboard.catalog.merging import merge
from callboard.descriptors.kinds import builtin_kinds
from callboard.descriptors.reading import read_file
from callboard.io.http.limits import ClientLimits
from callboard.settings.settings import Limits
from callboard.sources.aws import AwsSource
from catalog_builders import entity
from faulty import PatientClock, Server

pytest.importorskip("botocore", reason="needs boto3 from the package index")
DB = "arn:aws:rds:eu-west-1:123456789012:db:orders"
ARNS = {
    DB: {"Owner": "Payments Team", "System": "shop", "Name": "Orders DB"},
    "arn:aws:s3:::acme-invoices": {"team": "payments"},
    "arn:aws:lambda:eu-west-1:123456789012:function:send-mail": {},
    "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shop/50dc6c495c0c9188": {},
    "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/carts": {"application": "shop"},
}


class FakeTagging:
    """``page`` caps pages, and one in the middle is empty; ``throttled`` requests are refused first, as AWS does with status 400."""

    def __init__(self, arns=ARNS, page=2):
        self.arns, self.page, self.throttled = dict(arns), page, 0
        self.status = 200

    def __call__(self, asked, wire):
        if self.throttled or self.status != 200:
            self.throttled -= bool(self.throttled)
            kind, status = ("ThrottledException", 400) if self.status == 200 else ("AccessDeniedException", self.status)
            return self._answer(wire, {"__type": kind, "message": "Rate exceeded" if status == 400 else "not authorized"}, status)
        token = asked.json()["PaginationToken"] or "0"
        start = int(token)
        items = [{"ResourceARN": arn, "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]} for arn, tags in self.arns.items()]
        if start == self.page and not token.startswith("+"):
            return self._answer(wire, {"ResourceTagMappingList": [], "PaginationToken": f"+{start}"})
        following = start + self.page
        more = str(following) if following < len(items) else ""
        return self._answer(wire, {"ResourceTagMappingList": items[start:following], "PaginationToken": more})

    def _answer(self, wire, body, status=200):
        import json

        wire.answer(status, json.dumps(body), {"Content-Type": "application/x-amz-json-1.1"})


def collect(tmp_path, server, clock=None, **options):
    given = {"regions": ["eu-west-1"], "url": server.url, "access_key": "AKIDEXAMPLE", "secret_key": "very-secret", **options}
    return AwsSource(settings("aws", **given), context(tmp_path, clock=clock or PatientClock(), http=ClientLimits(tries=2))).collect()


def entities_of(collected):
    results = [read_file(file, builtin_kinds(), Limits()) for file in collected.files]
    assert [problem for result in results for problem in result.problems] == []
    return {entity.ref.name: entity for result in results for entity in result.entities}


def test_each_tagged_resource_is_a_resource_with_owner_and_system_from_tags(tmp_path):
    with Server(FakeTagging()) as server:
        got = entities_of(collect(tmp_path, server, owner="platform"))
    assert {name: (e.spec["type"], e.spec["owner"], e.spec.get("system")) for name, e in got.items()} == {
        "rds-orders": ("rds-db", "payments-team", "shop"),
        "s3-acme-invoices": ("s3-bucket", "payments", None),
        "lambda-send-mail": ("lambda-function", "platform", None),
        "elasticloadbalancing-app-shop-50dc6c495c0c9188": ("elasticloadbalancing-loadbalancer", "platform", None),
        "dynamodb-carts": ("dynamodb-table", "platform", "shop"),
    }
    assert got["rds-orders"].metadata["title"] == "Orders DB"
    assert got["rds-orders"].metadata["annotations"] == {"amazonaws.com/arn": DB, "amazonaws.com/account-id": "123456789012"}


def test_requests_are_signed_and_fit_the_model_of_the_service(tmp_path):
    from botocore.session import get_session
    from botocore.validate import ParamValidator

    model = get_session().get_service_model("resourcegroupstaggingapi").operation_model("GetResources")
    with Server(FakeTagging()) as server:
        collect(tmp_path, server, types=["rds:db"], with_tags={"env": ["prod"]}, tags={"owner": ["squad"]})
    assert len(server.requests) == 4
    for asked in server.requests:
        assert ParamValidator().validate(asked.json(), model.input_shape).generate_report() == ""
        assert asked.headers["x-amz-target"] == f"{model.service_model.metadata['targetPrefix']}.GetResources"
        assert "Credential=AKIDEXAMPLE/" in asked.headers["authorization"]
        assert "/eu-west-1/tagging/aws4_request" in asked.headers["authorization"]
    assert server.requests[0].json()["TagFilters"] == [{"Key": "env", "Values": ["prod"]}]


def test_a_throttled_request_is_sent_again_after_a_wait(tmp_path):
    fake, clock = FakeTagging(), PatientClock()
    fake.throttled = 3
    began = clock.monotonic()
    with Server(fake) as server:
        assert len(collect(tmp_path, server, clock).files) == len(ARNS)
    assert clock.monotonic() - began >= 1 + 2 + 4
    fake.throttled = 99
    with Server(fake) as server:
        [failure] = collect(tmp_path, server).failures
    assert "Rate exceeded" in failure.message
    assert len(server.requests) == 6


def test_a_region_that_is_refused_is_a_failure_and_leaves_the_others(tmp_path):
    fake = FakeTagging()

    def answer(asked, wire):
        fake.status = 403 if "us-east-1" in asked.headers["authorization"] else 200
        return fake(asked, wire)

    with Server(answer) as server:
        got = collect(tmp_path, server, regions=["us-east-1", "eu-west-1"])
    [failure] = got.failures
    assert (failure.repository, failure.hint, failure.tree) == ("AWS us-east-1", "Grant tag:GetResources.", "aws:acme/us-east-1")
    assert "very-secret" not in repr(failure)
    assert "rds-orders-eu-west-1" in entities_of(got)


def test_a_resource_that_a_descriptor_names_is_not_in_the_catalog_twice(tmp_path):
    with Server(FakeTagging()) as server:
        generated = [*entities_of(collect(tmp_path, server)).values()]
    annotations = {"aws.amazon.com/amazon-ecs-service-arn": f"arn:aws:ecs:x, {DB}"}
    described = entity({"kind": "Resource", "metadata": {"name": "orders-db", "annotations": annotations}, "spec": {"owner": "a"}})
    merged = merge([*generated, described], ["acme", "here"], builtin_kinds())
    names = {each.ref.name for each in merged.entities}
    assert "orders-db" in names
    assert "rds-orders" not in names
    assert "s3-acme-invoices" in names
    assert merged.problems() == ()


@pytest.mark.parametrize("body", [{}, {"ResourceTagMappingList": {}}, {"ResourceTagMappingList": [7, {}, {"ResourceARN": "arn:aws:x"}]}])
def test_odd_answers_are_a_failure_or_nothing(tmp_path, body):
    with Server(lambda asked, wire: FakeTagging()._answer(wire, body)) as server:
        got = collect(tmp_path, server)
    assert not got.files
    assert bool(got.failures) != isinstance(body.get("ResourceTagMappingList"), list)
