"""A kit for tests of plugins: a server on localhost, and functions that run a plugin once; it needs no test framework."""

from callboard.plugins.testing.fake_server import FakeRequest, FakeResponse, FakeServer
from callboard.plugins.testing.runs import collect_once, collect_source, descriptors_of, publish_once, targets
from callboard.plugins.testing.steps import action_step

__all__ = [
    "FakeRequest",
    "FakeResponse",
    "FakeServer",
    "action_step",
    "collect_once",
    "collect_source",
    "descriptors_of",
    "publish_once",
    "targets",
]
