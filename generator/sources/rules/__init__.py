"""Defects that a source finds before any descriptor is read: one file each, with its page of the manual."""
