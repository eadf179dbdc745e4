"""The only code that touches network, processes, git, caches and the clock."""
