"""LDAP searches → rows of attributes: bounded in time and number, over TLS where the options say so, referrals never followed."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any
from urllib.parse import urlsplit

from callboard.model.data_classes import dataclass
from callboard.model.errors import SourceError

PORTS = {"ldap": 389, "ldaps": 636}
PAGE = 500
MAX_ROWS = 200_000
CONNECT_SECONDS = 10
ANSWER_SECONDS = 30
LONGEST_VALUE = 4_000
CA_FILES = ("LDAPTLS_CACERT", "SSL_CERT_FILE")


@dataclass(frozen=True, slots=True)
class LdapRow:
    """One entry of a directory."""

    dn: str
    values: Mapping[str, tuple[str, ...]]
    """Values as strings by the name of the attribute in lower case; a value that is not UTF-8 is left out."""

    def first(self, name: str) -> str:
        """The first value of an attribute, or an empty string."""
        return next(iter(self.values.get(name.lower(), ())), "")


@dataclass(frozen=True, slots=True)
class LdapDirectory:
    """The address of a directory and the user to bind as."""

    url: str
    """``ldap://host:port`` or ``ldaps://host:port``."""
    user: str = ""
    """Distinguished name to bind as; empty for an anonymous bind."""
    password: str = field(default="", repr=False)
    start_tls: bool = False
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    """May name a file of certificate authorities (``CA_FILES``)."""

    def search(self, base: str, condition: str, attributes: Sequence[str]) -> Iterator[LdapRow]:
        """All entries below ``base``, page by page. Raises ``SourceError``, also for an incomplete result."""
        try:
            import ldap3  # noqa: PLC0415 - an optional dependency that this source alone needs
            from ldap3.core.exceptions import LDAPException  # noqa: PLC0415
        except ImportError:
            raise SourceError("an ldap source needs the package ldap3", "Install callboard[ldap].") from None

        connection = self._connection(ldap3)
        try:
            self._bind(connection)
            results = connection.extend.standard.paged_search(
                base, condition, ldap3.SUBTREE, attributes=[*attributes], paged_size=PAGE, generator=True
            )
            for number, entry in enumerate(results):
                if number >= MAX_ROWS:
                    raise SourceError(f"{base} has more than {MAX_ROWS:,} entries", "Narrow down the filter.")
                if entry.get("type") == "searchResEntry":
                    yield LdapRow(entry["dn"], dict(_values(entry["raw_attributes"])))
        except (LDAPException, OSError) as error:
            raise SourceError(f"the directory {self.url} cannot be read: {_reason(error)}", _hint(error)) from None
        finally:
            with contextlib.suppress(LDAPException, OSError):
                connection.unbind()
            if connection.socket is not None:  # ldap3 leaves it open where connecting failed
                connection.socket.close()

    def _bind(self, connection: Any) -> None:
        """Bind, after TLS has begun where ``start_tls`` is set: the password is never sent without it."""
        connection.open()
        if self.start_tls:
            connection.start_tls()
        connection.bind()

    def _connection(self, ldap3: Any) -> Any:
        parts = urlsplit(self.url)
        authorities = next((self.environ[name] for name in CA_FILES if self.environ.get(name)), None)
        tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=authorities)
        server = ldap3.Server(
            parts.hostname, parts.port or PORTS[parts.scheme], use_ssl=parts.scheme == "ldaps", tls=tls,
            get_info=ldap3.NONE, connect_timeout=CONNECT_SECONDS,
        )  # fmt: skip
        return ldap3.Connection(
            server, self.user or None, self.password or None, read_only=True, auto_referrals=False,
            raise_exceptions=True, receive_timeout=ANSWER_SECONDS,
        )  # fmt: skip


def _values(raw: Mapping[str, Sequence[bytes] | None]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, values in raw.items():
        texts = []
        for value in values or ():  # RFC 4511 allows an attribute without values, which the library returns as None
            try:
                texts.append(value.decode("utf-8")[:LONGEST_VALUE])
            except UnicodeDecodeError:
                continue
        yield name.lower(), tuple(texts)


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


def _hint(error: Exception) -> str:
    name = type(error).__name__
    if "InvalidCredentials" in name or "Bind" in name:
        return "Check user and password."
    if "NoSuchObject" in name or "Filter" in name or "InvalidDN" in name:
        return "Check base and filter."
    if "StartTLS" in name or "SSL" in name or "certificate" in str(error):
        return "Name the file of your certificate authority in SSL_CERT_FILE."
    return "Check the URL and the network."
