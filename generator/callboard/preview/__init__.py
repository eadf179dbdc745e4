"""The preview: a portal kept in memory and served on loopback; a change re-reads what it affects, pages are made on request."""
