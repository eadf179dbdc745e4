"""Frames, templates and files: what makes the site of the pages that were planned. Alone in knowing MkDocs and Pagefind."""
