"""Two references of an API → what changed between them, and for whom it breaks something."""
