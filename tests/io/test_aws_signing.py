"""Requests that botocore signs, against the signature that botocore computes for the request that arrived."""

import pytest

from callboard.io.http.aws import AwsCredential, AwsKeys
from callboard.io.http.client import Client
from callboard.model.errors import SourceError
from faulty import MODES, PatientClock, Server, json_answer

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
