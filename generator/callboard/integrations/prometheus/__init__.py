"""The ``prometheus`` and ``alertmanager`` integrations."""
