"""AWS credentials → requests that are signed by botocore (Signature Version 4).

They are a key pair of the options, or what botocore finds, or those of a role that these may assume.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from callboard.io.http.auth import Credential, digest
from callboard.io.http.messages import HttpRequest
from callboard.model.data_classes import dataclass
from callboard.model.errors import SourceError

SIGNED = frozenset({"content-type", "x-amz-target"})
"""Headers of a request that are signed, beside those that botocore adds; a proxy may change others."""
LONGEST_CODE = 80
"""Longest code of an error that is shown; AWS's own have letters and digits alone."""
CANNOT_ASSUME = "Let the trust policy of the role name the account of the keys, and grant them sts:AssumeRole; check external_id."
STS_SECONDS, STS_TRIES = 20, 3
NO_KEYS = "Set access_key and secret_key, or give the machine a role or a profile that botocore finds."


@dataclass(frozen=True, slots=True)
class AwsKeys:
    """A pair of keys; empty for what botocore finds in the environment, a profile or the role of the machine."""

    access_key: str = ""
    secret_key: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> AwsKeys:
        """The keys of a connector's options ``access_key``, ``secret_key`` and ``session_token``."""
        return cls(*(str(options.get(name, "")) for name in ("access_key", "secret_key", "session_token")))


@dataclass(frozen=True, slots=True)
class AwsRole:
    """A role that the keys assume; without an ARN, none."""

    arn: str = ""
    external_id: str = ""
    """What the role demands of other accounts; empty for nothing."""
    sts_url: str = ""
    """URL of the Security Token Service; empty for that of the region."""

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> AwsRole:
        """The role of a connector's options ``role``, ``external_id`` and ``sts_url``."""
        return cls(*(str(options.get(name, "")) for name in ("role", "external_id", "sts_url")))


NO_ROLE = AwsRole()


class AwsCredential:
    """Credential that signs each request for one service in one region. botocore renews what it found before it expires."""

    def __init__(self, keys: AwsKeys, service: str, region: str, role: AwsRole = NO_ROLE) -> None:
        """Raises ``SourceError`` if botocore is missing or finds no credentials; the role is assumed with the first use."""
        self.id = digest("aws", keys.access_key, service, region, role.arn)
        self._keys = keys
        self._service = service
        self._region = region
        self._role = role
        self._found = _assumed(keys, role, region) if role.arn else _found(keys)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secret key and the session token. Raises ``SourceError`` if the role cannot be assumed."""
        frozen = self._frozen()
        return tuple(secret for secret in (self._keys.secret_key, frozen.secret_key, frozen.token) if secret)

    def _frozen(self) -> Any:
        """The current keys. Raises ``SourceError`` if the role cannot be assumed, with the code of the answer alone."""
        if not self._role.arn:
            return self._found.get_frozen_credentials()
        exceptions = importlib.import_module("botocore.exceptions")
        try:
            return self._found.get_frozen_credentials()
        except (exceptions.BotoCoreError, exceptions.ClientError) as error:
            code = str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))
            reason = code if code.isalnum() and len(code) <= LONGEST_CODE else type(error).__name__
            raise SourceError(f"the role {self._role.arn} cannot be assumed ({reason})", CANNOT_ASSUME) from None

    def headers(self) -> Mapping[str, str]:
        """None without a request to sign."""
        return {}

    def signed(self, request: HttpRequest) -> Mapping[str, str]:
        """The headers that sign the request: ``Authorization``, ``X-Amz-Date`` and the session token. Raises ``SourceError``."""
        auth, awsrequest = importlib.import_module("botocore.auth"), importlib.import_module("botocore.awsrequest")
        own = {name: value for name, value in request.headers.items() if name.lower() in SIGNED}
        unsigned = awsrequest.AWSRequest(request.method, request.url, headers=own, data=request.content)
        auth.SigV4Auth(self._frozen(), self._service, self._region).add_auth(unsigned)
        return {name: value for name, value in unsigned.headers.items() if name.lower() not in SIGNED}


def aws_credential(options: Mapping[str, Any], service: str, region: str) -> Credential:
    """The credential of a connector with these options, its role included, for one service in one region. Raises ``SourceError``."""
    return AwsCredential(AwsKeys.of(options), service, region, AwsRole.of(options))


def _assumed(keys: AwsKeys, role: AwsRole, region: str) -> Any:
    """Credentials of a role, which botocore requests with the keys or with what it finds, and renews before they expire."""
    _found(keys)
    credentials, session, config = (importlib.import_module(f"botocore.{name}") for name in ("credentials", "session", "config"))
    own = session.get_session()
    if keys.access_key:
        own.set_credentials(keys.access_key, keys.secret_key, keys.session_token or None)
    limits = config.Config(connect_timeout=STS_SECONDS, read_timeout=STS_SECONDS, retries={"total_max_attempts": STS_TRIES})

    def client(service: str, **given: Any) -> Any:
        return own.create_client(service, region, endpoint_url=role.sts_url or None, config=limits, **given)

    extra = {"RoleSessionName": "callboard", **({"ExternalId": role.external_id} if role.external_id else {})}
    fetcher = credentials.AssumeRoleCredentialFetcher(client, own.get_credentials(), role.arn, extra)
    return credentials.DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")


def _found(keys: AwsKeys) -> Any:
    try:
        credentials, session = importlib.import_module("botocore.credentials"), importlib.import_module("botocore.session")
    except ImportError:
        raise SourceError(
            "signing requests to AWS needs the package boto3, which is not installed", "pip install 'callboard[s3]'"
        ) from None
    if keys.access_key:
        return credentials.Credentials(keys.access_key, keys.secret_key, keys.session_token or None)
    found = session.get_session().get_credentials()
    if found is None:
        raise SourceError("no credentials for AWS were found", NO_KEYS)
    return found
