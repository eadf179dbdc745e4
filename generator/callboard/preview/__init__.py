"""A portal's files → a preview on the loopback interface: the site is in memory, changes update it, and pages are rendered on request."""
