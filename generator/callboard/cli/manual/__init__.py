"""The reference part of the manual, written by the code that it is about."""
