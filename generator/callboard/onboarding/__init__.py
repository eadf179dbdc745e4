"""Repositories without a descriptor → descriptors in files or pull requests."""
