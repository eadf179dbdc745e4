"""Frames, stamping, search, data files, link check, commit. Alone knows MkDocs and Pagefind."""
