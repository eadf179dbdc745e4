"""The contracts of plugins, and the loader that finds plugins by type. ``API_VERSION`` in, compatible plugins out."""

API_VERSION = 1
"""Version of the plugin API: it grows when something new is offered, or something old is taken away.

A plugin may state the version that it was written for, as ``api_version`` of its class or module. Callboard refuses a plugin that needs a
newer version than this, or an older one than ``OLDEST_API_VERSION``.
"""
OLDEST_API_VERSION = 1
"""Plugins that were written for this version still work."""
