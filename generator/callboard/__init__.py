"""Callboard: a developer portal that is a static site."""

__version__ = "0.1.0"
