"""The defects that are found when the site is put together, one file each."""
