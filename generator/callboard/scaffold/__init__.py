"""Makes beginnings: the files of a new portal."""
