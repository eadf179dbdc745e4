"""The program of a plugin's process: requests on one pipe → replies on another, until Callboard closes them."""

from __future__ import annotations

import contextlib
import os
import sys

from callboard.io.worker_child import start_worker
from callboard.plugins.containment.errors import raised_error
from callboard.plugins.containment.messages import Reply, Request, decode, encode
from callboard.plugins.containment.plugin_host import PluginHost


def main(requests: int, answers: int, lifeline: int) -> None:
    """Serve requests; never returns."""
    connection = start_worker(requests, answers, lifeline)
    host = PluginHost(connection.ask)
    try:
        while True:
            content = connection.receive()
            connection.send(_reply(host, content))
    except OSError:  # the plugin closed descriptors that it did not open
        os._exit(1)


def _reply(host: PluginHost, content: bytes) -> bytes:
    """The reply to a request: a result, or whatever was raised, of any class."""
    try:
        reply = host.reply(decode(content, Request))
    except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt of a plugin are failures like any other
        reply = Reply(error=raised_error(error))
    for flush in (sys.stdout.flush, sys.stderr.flush):
        with contextlib.suppress(Exception):  # the plugin may have closed or replaced it
            flush()
    return encode(reply)
