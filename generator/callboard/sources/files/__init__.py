"""The ``files`` source: folders on this machine."""
