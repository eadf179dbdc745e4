"""API definitions → formats and highlighted source for pages."""
