"""The ``github`` integration."""
