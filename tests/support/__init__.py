"""What tests of several folders build portals with."""

import os

FULL = os.environ.get("CALLBOARD_TEST_FULL") == "1"
"""Every optional part has to be there, and random tests go on for long."""
LONG = FULL or os.environ.get("CALLBOARD_TEST_LONG") == "1"
"""Random tests go on for long."""
