"""Markdown written by people to safe HTML."""
