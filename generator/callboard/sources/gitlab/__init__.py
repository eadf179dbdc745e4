"""The ``gitlab`` source."""
