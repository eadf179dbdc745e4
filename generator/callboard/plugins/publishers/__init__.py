"""The public API of publishers: a plugin may import these names; anything else may change without notice."""

from typing import TYPE_CHECKING

from callboard.io.git.remote import Remote
from callboard.io.site_folder.manifest import SITE_MARKER, SiteFile
from callboard.model.errors import CallboardError, PublishError, SourceError, WebsiteError
from callboard.plugins.lazy import lazy_names
from callboard.plugins.publishers.base import PublishContext, Published, Publisher, Site
from callboard.plugins.publishers.content_types import cache_control, content_type, in_publishing_order
from callboard.plugins.resources import json_resource
from callboard.redaction.redactor import Redactor
from callboard.settings.settings import Portal

if TYPE_CHECKING:
    from callboard.io.git.address import GitAddress, git_address
    from callboard.io.git.clone import CLONE_REFS, RemoteHead, create_clone, update_clone
    from callboard.io.git.command import LOCAL_PROTOCOLS, NETWORK_PROTOCOLS, Git
    from callboard.io.process import Finished
    from callboard.io.site_folder.file_times import FileTimes
    from callboard.io.site_folder.lock import output_lock
    from callboard.io.site_folder.staging import Committed, Staging
    from callboard.io.store import file_lock

__all__ = [
    "CLONE_REFS",
    "LOCAL_PROTOCOLS",
    "NETWORK_PROTOCOLS",
    "SITE_MARKER",
    "CallboardError",
    "Committed",
    "FileTimes",
    "Finished",
    "Git",
    "GitAddress",
    "Portal",
    "PublishContext",
    "PublishError",
    "Published",
    "Publisher",
    "Redactor",
    "Remote",
    "RemoteHead",
    "Site",
    "SiteFile",
    "SourceError",
    "Staging",
    "WebsiteError",
    "cache_control",
    "content_type",
    "create_clone",
    "file_lock",
    "git_address",
    "in_publishing_order",
    "json_resource",
    "output_lock",
    "update_clone",
]

__getattr__ = lazy_names(
    __name__,
    {
        "callboard.io.git.address": ("GitAddress", "git_address"),
        "callboard.io.git.clone": ("CLONE_REFS", "RemoteHead", "create_clone", "update_clone"),
        "callboard.io.git.command": ("LOCAL_PROTOCOLS", "NETWORK_PROTOCOLS", "Git"),
        "callboard.io.process": ("Finished",),
        "callboard.io.site_folder.file_times": ("FileTimes",),
        "callboard.io.site_folder.lock": ("output_lock",),
        "callboard.io.site_folder.staging": ("Committed", "Staging"),
        "callboard.io.store": ("file_lock",),
    },
)
"""Imported when they are used: processes, network and YAML take longer to import than all of the rest."""
