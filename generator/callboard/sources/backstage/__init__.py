"""The ``gitea`` source: Gitea and Forgejo."""
