"""The only code that touches network, processes, git, LDAP, object stores, locks and caches on disk, and the clock."""
