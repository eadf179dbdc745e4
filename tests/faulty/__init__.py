"""A host in trouble, on loopback: shared by the tests of everything that talks HTTP."""

from faulty.clock import MIDNIGHT, PatientClock
from faulty.modes import ENDLESS, MODES
from faulty.server import Asked, Server, Wire, closed_port, json_answer

__all__ = ["ENDLESS", "MIDNIGHT", "MODES", "Asked", "PatientClock", "Server", "Wire", "closed_port", "json_answer"]
