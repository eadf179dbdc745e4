"""The rules for a single document: each with the content of its page in the manual and its check."""
