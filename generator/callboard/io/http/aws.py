"""AWS credentials → requests that are signed by botocore (Signature Version 4): a key pair of the options, or what botocore finds."""

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


class AwsCredential:
    """Credential that signs each request for one service in one region. botocore renews what it found before it expires."""

    def __init__(self, keys: AwsKeys, service: str, region: str) -> None:
        """Raises ``SourceError`` if botocore is missing or finds no credentials."""
        self.id = digest("aws", keys.access_key, service, region)
        self._keys = keys
        self._service = service
        self._region = region
        self._found = _found(keys)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secret key and the session token."""
        frozen = self._found.get_frozen_credentials()
        return tuple(secret for secret in (frozen.secret_key, frozen.token) if secret)

    def headers(self) -> Mapping[str, str]:
        """None without a request to sign."""
        return {}

    def signed(self, request: HttpRequest) -> Mapping[str, str]:
        """The headers that sign the request: ``Authorization``, ``X-Amz-Date`` and the session token. Raises ``SourceError``."""
        auth, awsrequest = importlib.import_module("botocore.auth"), importlib.import_module("botocore.awsrequest")
        own = {name: value for name, value in request.headers.items() if name.lower() in SIGNED}
        unsigned = awsrequest.AWSRequest(request.method, request.url, headers=own, data=request.content)
        auth.SigV4Auth(self._found.get_frozen_credentials(), self._service, self._region).add_auth(unsigned)
        return {name: value for name, value in unsigned.headers.items() if name.lower() not in SIGNED}


def aws_credential(options: Mapping[str, Any], service: str, region: str) -> Credential:
    """The credential of a connector with these options for one service in one region. Raises ``SourceError``, as ``AwsCredential``."""
    return AwsCredential(AwsKeys.of(options), service, region)


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
