"""The rules over the whole catalog, grouped by subject: each rule's documentation next to its check."""
