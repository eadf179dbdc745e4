"""Catalog, facts and history → the list of pages, each with a view: a value that its template renders. No HTML."""
