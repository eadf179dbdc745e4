"""Planned pages and data → a committed site. The only package that uses MkDocs and Jinja."""
