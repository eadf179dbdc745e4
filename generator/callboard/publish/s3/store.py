"""Objects of an S3-compatible store: the operations that publishing needs → contents and digests, failures as ``PublishError``.

Credentials that the options do not give are found as boto3 does: environment, profile, role of the machine.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from callboard.plugins.publishers import PublishError

T = TypeVar("T")
DELETED_AT_ONCE = 1000
"""Maximum number of objects that one request deletes."""
DIGEST = "callboard-digest"
_HINTS = {
    "NoSuchBucket": "Create the bucket, or correct the option bucket.",
    "AccessDenied": "The key needs s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket for the bucket.",
    "InvalidAccessKeyId": "Check the option access_key.",
    "SignatureDoesNotMatch": "Check the option secret_key.",
    "NoCredentialsError": "Give access_key and secret_key, as ${NAME}, or run where the environment has them.",
    "EndpointConnectionError": "Check the option endpoint, the network and the proxy.",
}


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """A bucket, its endpoint and the credentials for it."""

    bucket: str
    prefix: str = ""
    """Empty, or with a final ``/``."""
    endpoint: str = ""
    region: str = ""
    access_key: str = ""
    secret_key: str = ""

    @property
    def shown(self) -> str:
        """The address for messages."""
        return f"s3://{self.bucket}/{self.prefix}"


class ObjectStore:
    """The objects below a prefix of one bucket; safe between threads. All methods raise ``PublishError``."""

    def __init__(self, address: StoreAddress, parallel: int) -> None:
        self._address = address
        self._client = self._call(lambda: _client(address, parallel))

    def get(self, key: str) -> bytes | None:
        """The content of an object; None where there is none."""
        response = self._or_none(lambda: self._client.get_object(**self._at(key)))
        return None if response is None else bytes(self._call(response["Body"].read))

    def digest(self, key: str) -> str:
        """The digest that was stored with the object; empty where there is none."""
        response = self._or_none(lambda: self._client.head_object(**self._at(key)))
        return "" if response is None else str(response.get("Metadata", {}).get(DIGEST, ""))

    def put(self, key: str, content: bytes, *, content_type: str, cache_control: str, digest: str) -> None:
        """Write an object."""
        self._call(
            lambda: self._client.put_object(
                **self._at(key), Body=content, ContentType=content_type, CacheControl=cache_control, Metadata={DIGEST: digest}
            )
        )

    def delete(self, keys: Sequence[str]) -> None:
        """Delete at most ``DELETED_AT_ONCE`` objects."""
        objects = [{"Key": self._address.prefix + key} for key in keys]
        response = self._call(lambda: self._client.delete_objects(Bucket=self._address.bucket, Delete={"Objects": objects, "Quiet": True}))
        for error in response.get("Errors", ()):
            raise self._failure(str(error.get("Code", "")), str(error.get("Message", "")))

    def is_empty(self) -> bool:
        """Whether there is no object at all."""
        response = self._call(lambda: self._client.list_objects_v2(Bucket=self._address.bucket, Prefix=self._address.prefix, MaxKeys=1))
        return not response.get("Contents")

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self._address.bucket, "Key": self._address.prefix + key}

    def _or_none(self, operation: Callable[[], T]) -> T | None:
        exceptions = _botocore().exceptions
        try:
            return operation()
        except exceptions.ClientError as error:
            if error.response.get("Error", {}).get("Code") in {"NoSuchKey", "404", "NotFound"}:
                return None
            raise self._publish_error(error) from error
        except exceptions.BotoCoreError as error:
            raise self._publish_error(error) from error

    def _call(self, operation: Callable[[], Any]) -> Any:
        exceptions = _botocore().exceptions
        try:
            return operation()
        except (exceptions.ClientError, exceptions.BotoCoreError, ValueError) as error:
            raise self._publish_error(error) from error

    def _publish_error(self, error: Exception) -> PublishError:
        details = getattr(error, "response", {}).get("Error", {})
        return self._failure(str(details.get("Code") or type(error).__name__), str(details.get("Message") or error))

    def _failure(self, code: str, message: str) -> PublishError:
        return PublishError(f"{self._address.shown}: {code}: {message}", _HINTS.get(code, "The next run continues where this one stopped."))


def _botocore() -> Any:
    try:
        importlib.import_module("boto3")
    except ImportError as error:
        raise PublishError("Publishing to S3 needs the package boto3, which is not installed.", "pip install 'callboard[s3]'") from error
    importlib.import_module("botocore.config")
    return importlib.import_module("botocore")


def _client(address: StoreAddress, parallel: int) -> Any:
    botocore = _botocore()
    extra = {"s3": {"addressing_style": "path"}} if address.endpoint else {}
    config = botocore.config.Config(
        connect_timeout=20, read_timeout=60, max_pool_connections=parallel, retries={"mode": "standard", "total_max_attempts": 5},
        # Other stores than Amazon's often support only the required checksums.
        request_checksum_calculation="when_required", response_checksum_validation="when_required", **extra,
    )  # fmt: skip
    session = importlib.import_module("boto3").session.Session(
        aws_access_key_id=address.access_key or None, aws_secret_access_key=address.secret_key or None, region_name=address.region or None
    )
    return session.client("s3", endpoint_url=address.endpoint or None, config=config)
