"""The frame of a message between a process and its ``WorkerProcess``: kind, number and size, then that many bytes."""

from __future__ import annotations

import struct

from callboard.model.data_classes import dataclass

HEADER = struct.Struct(">BQI")
"""Of a message in either direction: its kind, the number of the request that it belongs to, and its size in bytes."""
REQUEST, ANSWER, QUESTION = range(3)
"""Kinds of messages: a request of the parent, the child's answer, and what the child asks while it works on a request."""


@dataclass(slots=True)
class ThisProcess:
    """What this process is."""

    is_worker: bool = False
    """Whether it was started as a ``WorkerProcess``, which its program sets."""


THIS_PROCESS = ThisProcess()
