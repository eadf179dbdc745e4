"""Templates need the extra `callboard[new]`: without it these tests are left out, except where everything has to run."""

import importlib.util

from support import FULL

collect_ignore_glob = [] if FULL or importlib.util.find_spec("quickjs_rs") else ["test_*.py"]
