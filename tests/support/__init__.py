"""What tests of several folders build portals with."""

import os

import pytest

FULL = os.environ.get("CALLBOARD_TEST_FULL") == "1"
"""Every optional part has to be there, and random tests go on for long."""
LONG = FULL or os.environ.get("CALLBOARD_TEST_LONG") == "1"
EVERY_CASE = pytest.mark.skipif(os.environ.get("CALLBOARD_TEST_LONG") != "1", reason="`make test-long` tries every case")
"""For matrices of many minutes; other tests try a part of their cases."""
"""Random tests go on for long."""
