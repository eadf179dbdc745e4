"""Tokens of an OAuth server by client credentials: a secret, or a key with its certificate; renewed in time, and never shown."""

import base64
import hashlib
import os
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest

from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.io.http.oauth import OAuthClient, client_credentials
from callboard.model.errors import SourceError
from callboard.plugins.integrations.base import IntegrationContext
from faulty import MODES, PatientClock, Server, json_answer

NOW = datetime(2026, 5, 17, tzinfo=UTC)
SECRET = "s3cret-of-the-client"


class TokenServer:
    """Gives a new token to each request, and answers other requests with what the API saw."""

    def __init__(self, seconds=3_600, answer=None):
        self.seconds, self.answer, self.forms = seconds, answer, []

    def __call__(self, request, wire):
        if request.path != "/token":
            return json_answer(wire, {"authorization": request.headers.get("authorization", "")})
        self.forms.append({**dict(parse_qsl(request.body.decode())), "basic": request.headers.get("authorization", "")})
        return json_answer(wire, self.answer or {"access_token": f"token-{len(self.forms)}", "expires_in": self.seconds})


def authenticated(server, tmp_path, clock=None, **options):
    made = IntegrationContext(tmp_path, NOW, tmp_path / "cache", dict(os.environ), clock=clock or PatientClock())
    item = {"token_url": f"{server.url}/token", "client_id": "portal", "client_secret": SECRET, **options}
    credential = client_credentials(made, OAuthClient.of({name: value for name, value in item.items() if value}))
    return Client(server.url, credential, clock=made.clock, cache=tmp_path / "http"), credential


def test_a_token_is_requested_once_and_again_before_it_expires(tmp_path):
    host, clock = TokenServer(seconds=300), PatientClock()
    with Server(host) as server:
        client, credential = authenticated(server, tmp_path, clock, scope="read", parameters={"audience": "api"})
        seen = [client.get("/a").object()["authorization"] for _ in range(2)]
        clock.sleep(241)
        seen.append(client.get("/b").object()["authorization"])
    assert seen == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]
    assert host.forms[0] == {
        "grant_type": "client_credentials", "scope": "read", "audience": "api", "client_id": "portal", "client_secret": SECRET, "basic": "",
    }  # fmt: skip
    assert credential.traffic.counts.requests == 2
    assert client.counts.requests == len(server.requests) == 5


def test_requests_for_tokens_are_counted_once_by_the_first_client(tmp_path):
    with Server(TokenServer()) as server:
        client, credential = authenticated(server, tmp_path)
        other = Client(server.url, credential, clock=PatientClock())
        client.get("/a")
        other.get("/b")
    assert (client.counts.requests, other.counts.requests, len(server.requests)) == (2, 1, 3)


def test_id_and_secret_may_be_sent_by_basic_authentication(tmp_path):
    host = TokenServer()
    with Server(host) as server:
        authenticated(server, tmp_path, client_id="po:rtal", send="header")[0].get("/a")
    assert base64.b64decode(host.forms[0]["basic"].removeprefix("Basic ")).decode() == f"po%3Artal:{SECRET}"
    assert "client_secret" not in host.forms[0]


def test_a_key_signs_an_assertion_that_names_its_certificate(tmp_path):
    jwt = pytest.importorskip("jwt")
    key, pem, certificate, der = key_pair()
    host = TokenServer()
    with Server(host) as server:
        options = {"client_secret": "", "private_key": pem, "certificate": certificate, "key_id": "k1"}
        assert authenticated(server, tmp_path, **options)[0].get("/a").object()["authorization"] == "Bearer token-1"
        url = f"{server.url}/token"
    assertion = host.forms[0]["client_assertion"]
    head = jwt.get_unverified_header(assertion)
    digest = base64.urlsafe_b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")
    assert (head["alg"], head["x5t#S256"], head["kid"]) == ("PS256", digest, "k1")
    claims = jwt.decode(assertion, key.public_key(), algorithms=["PS256"], audience=url, options={"verify_exp": False, "verify_nbf": False})
    assert (claims["iss"], claims["sub"], claims["exp"] - claims["iat"]) == ("portal", "portal", 300)
    assert claims["jti"]


def key_pair():
    rsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.rsa")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives import serialization as form

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "portal")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC))
    certificate = made.sign(key, hashes.SHA256())
    pem = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()).decode()
    return key, pem, certificate.public_bytes(form.Encoding.PEM).decode(), certificate.public_bytes(form.Encoding.DER)


@pytest.mark.parametrize("options", [{"private_key": "no key"}, {"private_key": "no key", "certificate": "no certificate"}])
def test_a_key_or_a_certificate_that_is_none_is_an_error_without_its_text(options, tmp_path):
    pytest.importorskip("jwt")
    with Server(TokenServer()) as server, pytest.raises(SourceError) as caught:
        authenticated(server, tmp_path, client_secret="", **options)[0].get("/a")
    assert "no key" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize("answer", [{"expires_in": 3}, {"access_token": 7}, {"access_token": "a\r\nb"}, ["token"], {"access_token": ""}])
def test_an_answer_without_a_token_is_an_error_and_nothing_else_is_requested(answer, tmp_path):
    with Server(TokenServer(answer=answer)) as server, pytest.raises(HttpError) as caught:
        authenticated(server, tmp_path)[0].get("/a")
    assert caught.value.kind == "wrong-type"
    assert {request.path for request in server.requests} == {"/token"}


def test_a_server_that_repeats_the_secret_in_its_error_does_not_show_it(tmp_path):
    def refusing(request, wire):
        json_answer(wire, {"error": "invalid_client", "error_description": f"wrong secret {SECRET}"}, 401)

    with Server(refusing) as server, pytest.raises(HttpError) as caught:
        authenticated(server, tmp_path)[0].get("/a")
    assert "wrong secret" in str(caught.value)
    assert SECRET not in f"{caught.value} {caught.value.hint}"
    assert not any(SECRET.encode() in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


@pytest.mark.parametrize("mode", ["500", "truncated-json", "html", "redirect"])
def test_a_token_server_in_trouble_is_an_error(mode, tmp_path):
    with Server(MODES.get(mode, MODES["500"])) as server, pytest.raises(HttpError):
        authenticated(server, tmp_path)[0].get("/a")


@pytest.mark.parametrize(("given", "expected"), [("3600", 3_600), (None, 300), (-1, 300), ("soon", 300), (10**9, 86_400), (60, 60)])
def test_the_lifetime_of_a_token_is_bounded_and_read_from_strings(given, expected, tmp_path):
    host, clock = TokenServer(seconds=given), PatientClock()
    with Server(host) as server:
        client, _ = authenticated(server, tmp_path, clock)
        client.get("/a")
        clock.sleep(max(expected - 60, expected / 2) - 1)
        client.get("/b")
        assert len(host.forms) == 1
        clock.sleep(2)
        client.get("/c")
    assert len(host.forms) == 2
