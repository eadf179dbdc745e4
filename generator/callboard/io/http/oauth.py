"""Client id with a secret, or with a key and its certificate → a token of an OAuth server (RFC 6749), renewed before it expires."""

from __future__ import annotations

import base64
import hashlib
import threading
import uuid
from collections.abc import Mapping
from dataclasses import field
from typing import Any
from urllib.parse import quote

from callboard.io.http.auth import StaticCredential, basic, digest
from callboard.io.http.client import Client, ClientContext, client_for
from callboard.io.http.limits import Clock, Traffic
from callboard.model.data_classes import dataclass
from callboard.model.errors import SourceError

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 300
RENEW_SECONDS = 60
"""A token is renewed that long before it expires, or at half of its time if it lives less than twice as long."""
DEFAULT_SECONDS = 300
"""How long a token is used whose server does not say when it expires."""
LONGEST_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """A client that is registered at an OAuth server, with the one of its secrets that the server knows."""

    token_url: str
    client_id: str
    secret: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    """PEM, for a signed assertion in place of a secret (RFC 7523)."""
    certificate: str = ""
    """PEM of the key's certificate, where the server finds the key by its digest (Microsoft Entra ID)."""
    key_id: str = ""
    """Name of the key in the assertion (Okta); empty for none."""
    algorithm: str = ""
    """Of the assertion; empty for PS256 with a certificate, and RS256 without one."""
    scope: str = ""
    """Scopes, separated by spaces; empty for the server's default."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """More fields of the request, such as ``audience``."""
    in_header: bool = False
    """Whether id and secret are sent by Basic authentication instead of in the form."""

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> OAuthClient:
        """The client of the option ``oauth`` of a connector, whose keys are the names of the fields (``client_secret`` for the secret)."""
        text = {name: str(options.get(name, "")) for name in ("private_key", "certificate", "key_id", "algorithm", "scope")}
        parameters = {str(name): str(value) for name, value in (options.get("parameters") or {}).items()}
        secret, in_header = str(options.get("client_secret", "")), options.get("send") == "header"
        return cls(str(options["token_url"]), str(options["client_id"]), secret, parameters=parameters, in_header=in_header, **text)


def client_credentials(context: ClientContext, client: OAuthClient) -> ClientCredentials:
    """The credential of a client; its token is requested with the first request. Raises ``HttpError`` for an unusable URL."""
    in_form = StaticCredential({}, tuple(secret for secret in (client.secret, client.private_key) if secret))
    user = basic(quote(client.client_id, safe=""), quote(client.secret, safe="")) if client.in_header else in_form
    return ClientCredentials(client, client_for(context, client.token_url, user), context.clock)


class ClientCredentials:
    """Credential by the grant ``client_credentials``: ``Authorization: Bearer`` with a token that is valid for a while."""

    def __init__(self, client: OAuthClient, server: Client, clock: Clock) -> None:
        self.id = digest("oauth", client.token_url, client.client_id, client.scope, *sorted(client.parameters.values()))
        self._client = client
        self._server = server
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._renew_at = 0.0

    @property
    def secrets(self) -> tuple[str, ...]:
        """The client's secret and key, and the current token."""
        return tuple(secret for secret in (self._client.secret, self._client.private_key, self._token) if secret)

    @property
    def traffic(self) -> Traffic:
        """The requests to the OAuth server."""
        return self._server.traffic

    def headers(self) -> Mapping[str, str]:
        """With a token that is valid for some time at least. Raises ``SourceError`` (``HttpError`` is a subclass)."""
        with self._lock:
            if self._clock.time() >= self._renew_at:
                self._renew()
            return {"Authorization": f"Bearer {self._token}"}

    def _renew(self) -> None:
        answer = self._server.post_form("", self._form())
        token, seconds = answer.object().get("access_token"), _seconds(answer.object().get("expires_in"))
        if not isinstance(token, str) or not token or not token.isprintable() or not token.isascii():
            raise answer.invalid("an access token", None)
        self._token = token
        self._renew_at = self._clock.time() + max(seconds - RENEW_SECONDS, seconds / 2)

    def _form(self) -> dict[str, str]:
        client = self._client
        form = {"grant_type": "client_credentials", **client.parameters, **({"scope": client.scope} if client.scope else {})}
        if client.in_header:
            return form
        form["client_id"] = client.client_id
        if client.private_key:
            return {**form, "client_assertion_type": ASSERTION_TYPE, "client_assertion": self._assertion()}
        return {**form, "client_secret": client.secret}

    def _assertion(self) -> str:
        client, now = self._client, int(self._clock.time())
        claims = {
            "aud": client.token_url, "iss": client.client_id, "sub": client.client_id, "jti": str(uuid.uuid4()),
            "iat": now, "nbf": now, "exp": now + ASSERTION_SECONDS,
        }  # fmt: skip
        headers = {"x5t#S256": _thumbprint(client.certificate)} if client.certificate else {}
        headers |= {"kid": client.key_id} if client.key_id else {}
        return _signed(claims, headers, client.private_key, client.algorithm or ("PS256" if client.certificate else "RS256"))


def _seconds(value: Any) -> float:
    """How long a token lives; servers write the number as a string, too."""
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return DEFAULT_SECONDS
    return min(seconds, LONGEST_SECONDS) if seconds > 0 else DEFAULT_SECONDS


def _thumbprint(certificate: str) -> str:
    """The SHA-256 digest of a certificate, as a JWT's header has it. Raises ``SourceError``."""
    try:
        from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415 - an optional dependency that only certificates need

        der = load_pem_x509_certificate(certificate.encode()).public_bytes(_der())
    except ImportError:
        raise _missing_package() from None
    except (ValueError, TypeError):
        raise SourceError("the option certificate is not a certificate", "Give the complete content of the PEM file, as ${NAME}.") from None
    return base64.urlsafe_b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")


def _der() -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415 - as above

    return Encoding.DER


def _signed(claims: Mapping[str, Any], headers: Mapping[str, str], key: str, algorithm: str) -> str:
    try:
        import jwt  # noqa: PLC0415 - as above
    except ImportError:
        raise _missing_package() from None
    try:
        return jwt.encode(dict(claims), key, algorithm=algorithm, headers=dict(headers))
    except (ValueError, TypeError, NotImplementedError, jwt.PyJWTError):
        hint = "Give the complete content of the PEM file, as ${NAME}, and an algorithm that fits the key."
        raise SourceError("the private key of the OAuth client cannot sign", hint) from None


def _missing_package() -> SourceError:
    return SourceError("signing an assertion needs the package PyJWT with cryptography", "Install callboard[github-app], or give a secret.")
