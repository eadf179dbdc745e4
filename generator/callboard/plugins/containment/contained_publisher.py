"""A publisher of another package, its options, a context and a site → what was written, by a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callboard.io.process import allowed
from callboard.plugins.containment.messages import Creation, SiteMessage
from callboard.plugins.containment.plugin_process import (
    PASSED_ON,
    CallLimits,
    description_of,
    process_of,
    secrets_in,
    variables_for,
)
from callboard.plugins.loader import Plugin
from callboard.plugins.publishers.base import PublishContext, Published, Site


def publish_contained(
    plugin: Plugin, options: Mapping[str, Any], context: PublishContext, site: Site, limits: CallLimits | None = None
) -> Published:
    """Create the publisher in its process and publish the site. Raises ``CallboardError`` for whatever goes wrong."""
    variables = variables_for(description_of(plugin), context.environ)
    creation = Creation(
        plugin.type, plugin.type, dict(options), str(context.root), str(context.cache), allowed(context.environ, PASSED_ON), variables,
        secrets_in(options, context.redactor), now=context.now, portal=context.portal,
    )  # fmt: skip
    with process_of(plugin, context.redactor.with_also(variables.values()), limits, "publish") as process:
        process.call("create", creation, type(None), process.limits.create_seconds, "was created")
        message = SiteMessage(str(site.folder.absolute()), site.files)
        published = process.call("publish", message, Published, process.limits.call_seconds, "published")
        process.stop()
        return published
