"""Puts the built site where people read it: one file a kind of place."""
