"""The defects that only the whole catalog shows: one file each, with its page of the manual and, where it stands alone, its check."""
