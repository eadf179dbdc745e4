"""Markdown of descriptors → safe HTML or plain text."""
