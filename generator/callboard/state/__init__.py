"""The state between builds, below ``.callboard/state/``: last good copies, loss limits, summaries for diffs, and the log of changes."""
