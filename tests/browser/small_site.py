"""A small portal, built as a whole site by the real pipeline."""

import os
from datetime import UTC, datetime
from pathlib import Path

import yaml
from callboard import pipeline
from callboard.io.clock import Meter
from callboard.plugins.portal_settings import read_settings
from support import shared_caches

HOSTILE = "<img src=x onerror=alert(1)>"
SETTINGS = """
version: 1
portal: {name: Acme, organization: Acme, url: "https://portal.example/"}
sources:
  - name: here
    type: files
    path: shop
    view_url: "https://github.com/acme/shop/blob/main/{path}#L{line}"
    edit_url: "https://github.com/acme/shop/edit/main/{path}"
"""
SHOP = """
kind: Domain
metadata: {name: sales, title: Sales, description: Selling things.}
spec: {owner: shop}
---
kind: System
metadata: {name: ordering, title: Ordering}
spec: {owner: team-orders, domain: sales}
---
kind: Component
metadata: {name: order-svc, title: Order service, description: Owns the life of an order., tags: [java, tier-1]}
spec: {type: service, lifecycle: production, owner: team-orders, system: ordering, providesApis: [orders-api]}
---
kind: Component
metadata: {name: OrderServiceClient, description: Talks to the order service.}
spec: {type: library, lifecycle: production, owner: team-orders, system: ordering, consumesApis: [orders-api]}
---
kind: Component
metadata: {name: storefront, description: The shop window; calls the parcel oracle.}
spec: {type: website, lifecycle: experimental, owner: team-web, consumesApis: [orders-api]}
---
kind: Component
metadata: {name: label-printer}
spec: {type: service, lifecycle: deprecated, owner: team-gone, system: ordering}
---
kind: API
metadata: {name: orders-api, title: Orders API, description: Reads and cancels orders.}
spec: {type: openapi, lifecycle: production, owner: team-orders, system: ordering, definition: "{}"}
---
kind: Group
metadata: {name: shop, title: Shop}
spec: {type: unit, children: [team-orders, team-web]}
---
kind: Group
metadata: {name: team-orders, title: Orders}
spec: {type: team, children: [], members: [ann], profile: {email: orders@shop.example}}
---
kind: Group
metadata: {name: team-web, title: Web}
spec: {type: team, children: []}
---
kind: User
metadata: {name: ann}
spec: {memberOf: [team-orders], profile: {displayName: Ann Example, email: ann@shop.example}}
"""


def documents(more=0):
    """The portal's descriptors, and as many plain components beside them."""
    hostile = {"kind": "Component", "metadata": {"name": "hostile", "title": HOSTILE, "description": f"{HOSTILE} & more"}}
    hostile["spec"] = {"type": HOSTILE, "lifecycle": "production", "owner": "team-web"}
    plain = [
        {"kind": "Component", "metadata": {"name": f"part-{i:04}"}, "spec": hostile["spec"] | {"type": "library"}} for i in range(more)
    ]
    return [{"apiVersion": "backstage.io/v1alpha1"} | document for document in (*yaml.safe_load_all(SHOP), hostile, *plain)]


BUILT = datetime(2026, 1, 1, 3, tzinfo=UTC)
"""When the sites of these tests were built, in their own time."""


def write_site(folder, more=0, settings="", descriptions=()):
    """Write the descriptors, each into a file of its own, and build the portal with more settings; gives the folder of the site.

    ``descriptions`` are those of components, by name.
    """
    for document in documents(more):
        if document["metadata"]["name"] in descriptions:
            document["metadata"]["description"] = descriptions[document["metadata"]["name"]]
        file = folder / "shop" / document["metadata"]["name"].lower() / "catalog-info.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")
    (folder / "sources.yaml").write_text(SETTINGS + settings, encoding="utf-8")
    read = read_settings(folder / "sources.yaml", {})
    request = pipeline.BuildRequest(read, folder / "site", BUILT, dict(os.environ))
    with shared_caches.lent(folder):
        pipeline.build(request, Meter())
    return folder / "site"


def axe_source():
    """The text of axe-core, from ``CALLBOARD_AXE`` or a ``node_modules`` folder near here; None where it is not installed."""
    named = os.environ.get("CALLBOARD_AXE")
    places = [Path(named)] if named else [folder / "node_modules/axe-core/axe.min.js" for folder in Path(__file__).resolve().parents]
    return next((place.read_text(encoding="utf-8") for place in places if place.is_file()), None)
