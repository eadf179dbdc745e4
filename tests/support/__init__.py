"""What tests of several folders build portals with."""

import os

import pytest

FULL = os.environ.get("CALLBOARD_TEST_FULL") == "1"
"""Every optional part has to be there."""
LONG = os.environ.get("CALLBOARD_TEST_LONG") == "1"
"""Random tests go on for long, and matrices of many minutes try every case."""
EVERY_CASE = pytest.mark.skipif(not LONG, reason="`make test-long` tries every case")
"""For matrices of many minutes; other tests try a part of their cases."""
NOTHING_MOVES = "() => !document.getAnimations().some((each) => each.timeline instanceof DocumentTimeline && each.playState !== 'finished')"
"""For browsers: no animation in time goes on. One that follows scrolling never finishes."""
