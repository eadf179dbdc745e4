"""Secrets in text: detection and masking."""
