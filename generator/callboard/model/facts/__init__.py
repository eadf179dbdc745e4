"""Families of facts: neutral values, whatever tool they come from."""
