"""Requests that botocore signs, against the signature that botocore computes for the request that arrived."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest

from callboard.io.http.aws import AwsCredential, AwsKeys, AwsRole, aws_credential
from callboard.io.http.client import Client
from callboard.model.errors import SourceError
from faulty import MODES, PatientClock, Server, closed_port, json_answer

KEYS = AwsKeys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG", "session-t0ken")


def expected_signature(url, request):
    """What AWS would compute for the request with the secret key."""
    auth = pytest.importorskip("botocore.auth")
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    names = request.headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    arrived = AWSRequest(request.method, url, data=request.body, headers={name: request.headers[name] for name in names})
    arrived.context["timestamp"] = request.headers["x-amz-date"]
    signer = auth.SigV4Auth(Credentials(KEYS.access_key, KEYS.secret_key, KEYS.session_token), "ce", "us-east-1")
    text = signer.string_to_sign(arrived, signer.canonical_request(arrived))
    return signer.signature(text, arrived)


def test_each_request_is_signed_with_its_body_and_its_target_and_the_key_is_not_sent():
    pytest.importorskip("botocore")
    credential = AwsCredential(KEYS, "ce", "us-east-1")
    with Server(lambda request, wire: json_answer(wire, {"ok": True})) as server:
        client = Client(server.url, credential, clock=PatientClock(), headers={"X-Amz-Target": "AWSInsightsIndexService.GetCostAndUsage"})
        client.post("/", {"Granularity": "DAILY"}, content_type="application/x-amz-json-1.1")
        client.get("/tags", {"b": "2 3", "a": "1"})
    for request in server.requests:
        signed = request.headers["authorization"]
        assert signed.startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
        assert signed.endswith(f"Signature={expected_signature(server.url + request.target, request)}")
        assert {"host", "x-amz-date", "x-amz-target"} <= set(signed.split("SignedHeaders=")[1].split(",")[0].split(";"))
        assert KEYS.secret_key not in repr(request.headers)
        assert request.headers["x-amz-security-token"] == KEYS.session_token
    assert server.requests[0].headers["content-type"] == "application/x-amz-json-1.1"


def test_the_keys_are_masked_in_errors_and_in_what_is_printed():
    pytest.importorskip("botocore")

    def echo(request, wire):
        json_answer(wire, {"message": f"denied to {request.headers['x-amz-security-token']}"}, 403)

    with Server(echo) as server, pytest.raises(SourceError) as caught:
        Client(server.url, AwsCredential(KEYS, "ce", "us-east-1"), clock=PatientClock()).get("/")
    assert "denied to" in str(caught.value)
    assert KEYS.session_token not in str(caught.value)
    assert KEYS.secret_key not in repr(KEYS)


def test_without_any_keys_the_error_says_what_to_set(monkeypatch, tmp_path):
    pytest.importorskip("botocore")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(SourceError, match="no credentials for AWS") as caught:
        AwsCredential(AwsKeys(), "ce", "us-east-1")
    assert "access_key" in caught.value.hint


def test_a_redirect_to_another_host_gets_no_signature():
    pytest.importorskip("botocore")
    with Server(MODES["500"]) as other, Server(lambda request, wire: wire.answer(307, b"", {"Location": f"{other.url}/"})) as server:
        with pytest.raises(SourceError):
            Client(server.url, AwsCredential(KEYS, "ce", "us-east-1"), clock=PatientClock()).post("/", {})
        assert other.requests == []


ROLE = "arn:aws:iam::210987654321:role/portal/reader"
ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
  <AssumedRoleUser><AssumedRoleId>AROA:callboard</AssumedRoleId><Arn>arn:aws:sts::210987654321:assumed-role/reader/callboard</Arn></AssumedRoleUser>
  <Credentials><AccessKeyId>ASIAROLE{n}</AccessKeyId><SecretAccessKey>role-secret-{n}</SecretAccessKey>
  <SessionToken>role-token-{n}</SessionToken><Expiration>{end}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
DENIED = """<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code>
  <Message>User with wJalrXUtnFEMI/K7MDENG is not authorized</Message></Error></ErrorResponse>"""


class SecurityTokenService:
    """Answers with keys of the role that end soon enough to be renewed, or denies."""

    def __init__(self, minutes=60, *, is_denied=False):
        self.minutes, self.is_denied, self.forms, self.keys = minutes, is_denied, [], []

    def __call__(self, request, wire):
        self.forms.append(dict(parse_qsl(request.body.decode())))
        self.keys.append(request.headers["authorization"].split("Credential=")[1].split("/")[0])
        end = (datetime.now(UTC) + timedelta(minutes=self.minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
        answer = DENIED if self.is_denied else ASSUMED.format(n=len(self.forms), end=end)
        wire.answer(403 if self.is_denied else 200, answer, [("Content-Type", "text/xml")])


def options(sts, **more):
    keys = {"access_key": KEYS.access_key, "secret_key": KEYS.secret_key}
    return {**keys, "role": ROLE, "sts_url": sts.url, **more}


@pytest.mark.parametrize("external", [{}, {"external_id": "acme-portal"}])
def test_a_role_is_assumed_with_the_keys_and_signs_requests(external):
    pytest.importorskip("botocore")
    service = SecurityTokenService()
    with Server(service) as sts, Server(lambda request, wire: json_answer(wire, {})) as server:
        client = Client(server.url, aws_credential(options(sts, **external), "tagging", "eu-west-1"), clock=PatientClock())
        client.get("/a")
        client.get("/b")
    about = {"Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": ROLE, "RoleSessionName": "callboard"}
    assert service.forms == [about | ({"ExternalId": "acme-portal"} if external else {})]
    assert service.keys == [KEYS.access_key]
    assert {request.headers["x-amz-security-token"] for request in server.requests} == {"role-token-1"}
    assert all("Credential=ASIAROLE1/" in request.headers["authorization"] for request in server.requests)


def test_the_keys_of_a_role_are_renewed_before_they_expire():
    pytest.importorskip("botocore")
    service = SecurityTokenService(minutes=5)
    with Server(service) as sts, Server(lambda request, wire: json_answer(wire, {})) as server:
        client = Client(server.url, AwsCredential(KEYS, "tagging", "eu-west-1", AwsRole(ROLE, "", sts.url)), clock=PatientClock())
        client.get("/a")
        client.get("/b")
    tokens = [request.headers["x-amz-security-token"] for request in server.requests]
    assert len(set(tokens)) == 2


def test_a_role_that_may_not_be_assumed_is_an_error_without_the_text_of_the_answer():
    pytest.importorskip("botocore")
    with Server(SecurityTokenService(is_denied=True)) as sts, pytest.raises(SourceError) as caught:
        _ = aws_credential(options(sts), "tagging", "eu-west-1").secrets
    assert str(caught.value) == f"the role {ROLE} cannot be assumed (AccessDenied)"
    assert "sts:AssumeRole" in caught.value.hint
    assert KEYS.secret_key not in repr(caught.value)


def test_a_token_service_that_does_not_answer_is_an_error():
    pytest.importorskip("botocore")
    with pytest.raises(SourceError, match="EndpointConnectionError"):
        _ = AwsCredential(KEYS, "tagging", "eu-west-1", AwsRole(ROLE, "", f"http://127.0.0.1:{closed_port()}")).secrets
