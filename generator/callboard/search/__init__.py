"""Texts of pages → the search index: sections and words in shards of JSON, of which a changed page rewrites only its own."""
