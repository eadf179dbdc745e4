"""The publisher ``git``: a site → a branch."""
