"""Secrets: recognized, masked in texts that are shown, never logged."""
