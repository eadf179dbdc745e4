"""Defects in what integrations bring, one rule a file."""
