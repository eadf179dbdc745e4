"""The defects that one document shows by itself: one file each, with its page of the manual and its check."""
