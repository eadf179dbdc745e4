"""Plugins of other packages: calls in, values out, each made in a child process that can neither end, hold nor falsify a command."""
