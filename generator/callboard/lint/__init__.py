"""``callboard lint``: checks descriptors without building a site, renders problems, applies fixes."""
