"""A mail and the address of a mail server (``smtps://user:password@host``) → the mail is sent; errors never have the password."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from callboard.model.data_classes import dataclass
from callboard.model.errors import CallboardError

TIMEOUT = 30.0
"""Seconds for each step."""
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed over."""

    host: str
    port: int
    is_encrypted: bool
    """Whether the connection begins with TLS."""
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, url: str) -> MailServer:
        """The server of ``smtp://`` or ``smtps://``. Raises ``CallboardError``, whose message does not have the URL."""
        hint = "Write smtps://user:password@mail.example.com, or smtp://mail.example.com:25 inside a network."
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError:
            raise CallboardError("The address of the mail server is invalid.", hint) from None
        if parts.scheme not in _PORTS or not parts.hostname:
            raise CallboardError("The address of the mail server is invalid.", hint)
        return cls(parts.hostname, port, parts.scheme == "smtps", unquote(parts.username or ""), unquote(parts.password or ""))

    def send(self, mail: EmailMessage) -> None:
        """Send a mail. A password is sent over TLS only, except to this machine. Raises ``CallboardError``."""
        try:
            with self._connection() as server:
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(mail)
        except smtplib.SMTPAuthenticationError:
            raise CallboardError(f"The mail server {self.host} rejected the user.", "Check the user and the password.") from None
        except (OSError, smtplib.SMTPException) as error:
            reason = type(error).__name__ if isinstance(error, smtplib.SMTPException) else error.strerror or type(error).__name__
            raise CallboardError(f"The mail server {self.host}:{self.port} did not take the mail: {reason}.", "Nothing was sent.") from None

    def _connection(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.is_encrypted:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        elif self.user and self.host not in _LOOPBACK:
            server.close()
            raise CallboardError(f"The mail server {self.host} offers no encryption, so the password is not sent.", "Use smtps://.")
        return server
