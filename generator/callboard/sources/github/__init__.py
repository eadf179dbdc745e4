"""The ``github`` source."""
