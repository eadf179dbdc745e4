"""Callboard: a developer portal that is a static site."""

__version__ = "0.2.0"
