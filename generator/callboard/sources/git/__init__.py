"""The ``git`` source."""
