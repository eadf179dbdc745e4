"""The rules over the linked catalog, grouped by subject: each rule's documentation next to its check."""
