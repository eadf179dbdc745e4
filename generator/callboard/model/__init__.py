"""Frozen values that all layers share: no I/O, only the standard library."""
