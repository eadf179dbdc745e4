"""Options of a GitHub source or integration → clients of its REST and GraphQL APIs, authenticated by a token or as a GitHub App.

As a GitHub App: a key signs a short-lived claim, GitHub returns a token that is valid for an hour
(https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

from callboard.io.graphql import GraphqlClient
from callboard.io.http.auth import Credential, bearer, digest
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.io.http.limits import Clock
from callboard.model.data_classes import dataclass
from callboard.model.errors import SourceError

GITHUB_URL = "https://github.com"
GITHUB_HEADERS = {"X-GitHub-Api-Version": "2022-11-28"}
GITHUB_JSON = "application/vnd.github+json"
CLAIM_SECONDS = 540
"""GitHub accepts claims of at most ten minutes."""
SKEW_SECONDS = 60
"""Tolerance for a clock that differs from GitHub's."""
RENEW_SECONDS = 300
"""A token is renewed so long before it expires."""


@dataclass(frozen=True, slots=True)
class GitHubConnection:
    """The two APIs of one host over one client."""

    client: Client
    rest: str = ""
    """What stands before the paths of REST."""

    @property
    def graphql(self) -> GraphqlClient:
        """The GraphQL API."""
        return GraphqlClient(self.client, "GitHub")


def connect_github(
    options: Mapping[str, Any], web: str, owner: str, client_of: Callable[[str, Credential], Client], clock: Clock
) -> GitHubConnection:
    """The APIs of the host whose pages are at ``web``, authenticated for ``owner``; ``client_of`` makes clients for a base URL.

    The options are ``token`` or ``app`` (``id``, ``private_key``, ``installation``). An App requests its tokens through a client of its
    own; without ``installation`` it is looked up where it is installed for ``owner``.
    """
    base, rest = _api_base(web)
    return GitHubConnection(client_of(base, _credential(options, partial(client_of, base), rest, owner, clock)), rest)


def _api_base(web: str) -> tuple[str, str]:
    """The base URL of a host's APIs and the prefix of REST paths: for ``github.com``, ``*.ghe.com``, or an Enterprise server."""
    parts = urlsplit(web)
    if parts.netloc in {"github.com", "www.github.com"} or parts.netloc.endswith(".ghe.com"):
        return f"{parts.scheme}://api.{parts.netloc.removeprefix('www.')}", ""
    return f"{web.rstrip('/')}/api", "/v3"


def _credential(options: Mapping[str, Any], client_of: Callable[[Credential], Client], rest: str, owner: str, clock: Clock) -> Credential:
    app = options.get("app")
    if not app:
        return bearer(str(options.get("token", "")))
    claim = AppClaim(str(app["id"]), str(app["private_key"]), clock)
    return AppToken(client_of(claim), rest, str(app.get("installation", "")), owner, clock)


class AppClaim:
    """Credential of the App itself, which may list its installations and request their tokens."""

    def __init__(self, app: str, private_key: str, clock: Clock) -> None:
        self.id = digest("github-app", app)
        self.secrets: tuple[str, ...] = (private_key,)
        self._app = app
        self._key = private_key
        self._clock = clock

    def headers(self) -> Mapping[str, str]:
        """A newly signed claim. Raises ``SourceError`` where the key cannot sign."""
        now = int(self._clock.time())
        claim = {"iat": now - SKEW_SECONDS, "exp": now + CLAIM_SECONDS, "iss": self._app}
        return {"Authorization": f"Bearer {_signed(claim, self._key)}"}


class AppToken:
    """Credential of an installation of the App, whose token is requested when it is needed, and again before it expires."""

    def __init__(self, client: Client, rest: str, installation: str, owner: str, clock: Clock) -> None:
        self.id = digest("github-installation", installation or owner)
        self._client = client
        self._rest = rest
        self._installation = installation
        self._owner = owner
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._expires_at = 0.0

    @property
    def secrets(self) -> tuple[str, ...]:
        """The current token."""
        return (self._token,) if self._token else ()

    def headers(self) -> Mapping[str, str]:
        """With a token that is valid for some minutes at least. Raises ``HttpError``."""
        with self._lock:
            if self._clock.time() > self._expires_at - RENEW_SECONDS:
                self._renew()
            return {"Authorization": f"Bearer {self._token}"}

    def _renew(self) -> None:
        installation = self._installation or self._find_installation()
        answer = self._client.post(f"{self._rest}/app/installations/{quote(installation)}/access_tokens", {})
        value = answer.object()
        token, expires_at = value.get("token"), _seconds(value.get("expires_at"))
        if not isinstance(token, str) or not token or expires_at is None:
            raise answer.invalid("a token", None)
        self._token, self._expires_at, self._installation = token, expires_at, installation

    def _find_installation(self) -> str:
        for page in self._client.pages(f"{self._rest}/app/installations", {"per_page": 100}):
            for item in page.array():
                account: Any = item.get("account") if isinstance(item, dict) else None
                if isinstance(account, dict) and str(account.get("login")).lower() == self._owner.lower():
                    return str(item.get("id"))
        raise HttpError(
            "status", f"the App is not installed in {self._owner}", "Install it there, or name its installation in app.", status=404
        )


def _seconds(time: Any) -> float | None:
    """Seconds since 1970 of a time in ISO 8601 with its zone; None for any other value."""
    try:
        end = datetime.fromisoformat(time)
        return end.timestamp() if end.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None


def _signed(claim: Mapping[str, Any], key: str) -> str:
    try:
        import jwt  # noqa: PLC0415 - an optional dependency that only Apps need
    except ImportError:
        raise SourceError(
            "authenticating as a GitHub App needs the package PyJWT with cryptography", "Install callboard[github-app], or give a token."
        ) from None
    try:
        return jwt.encode(dict(claim), key, algorithm="RS256")
    except (ValueError, TypeError, jwt.PyJWTError):
        raise SourceError(
            "the private key of the GitHub App cannot sign", "Give the complete content of the .pem file that GitHub generated, as ${NAME}."
        ) from None
