"""The ``gitlab`` integration."""
