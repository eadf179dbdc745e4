"""What changed between two builds: comparison, events, formats, the log."""
