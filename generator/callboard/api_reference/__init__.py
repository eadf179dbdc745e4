"""API definitions to what people read."""
