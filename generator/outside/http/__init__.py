"""One HTTP client for all connectors: bounded in time, size, pages and requests; credentials stay with their host."""

from generator.outside.http.answer import Answer
from generator.outside.http.client import Client
from generator.outside.http.credentials import Anonymous, Credential, basic, bearer, header
from generator.outside.http.errors import HttpError
from generator.outside.http.limits import Limits
from generator.outside.http.paging import Cursor, LinkHeader, Offset
from generator.outside.http.traffic import Counts, Traffic
from generator.outside.http.waiting import Clock, SystemClock

__all__ = [
    "Anonymous", "Answer", "Client", "Clock", "Counts", "Credential", "Cursor", "HttpError", "Limits", "LinkHeader", "Offset",
    "SystemClock", "Traffic", "basic", "bearer", "header",
]  # fmt: skip
