"""Folders of repositories on hosts with an API, which git fetches as a whole."""
