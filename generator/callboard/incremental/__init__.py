"""Dependency tracking, fingerprints and the page cache: which pages have to be rendered again. Independent of what pages are made from."""
