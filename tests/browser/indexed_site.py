"""The small portal with documentation, a reference, facts and a guide in its search index."""

import shutil

from callboard.io.site_folder.staging import Staging
from callboard.pages.page import SearchSection, SearchText
from callboard.search.index import SearchIndex
from callboard.settings.settings import SearchSettings

DOCS, API = "docs/default/component/order-svc/", "catalog/default/api/orders-api/"
INDEXED = {
    DOCS: SearchText(
        "Order service", "How orders are kept.", "docs", sections=(SearchSection("setup", "Installation", "Download the parcel kit."),)
    ),
    f"{DOCS}run/": SearchText("Runbook: rotate the signing keys", "Each quarter.", "docs", sections=(
        SearchSection("new", "Publish a new key", "The ledger accepts both certificates for an hour."),
        SearchSection("deploy", "Deployments", "Nothing to do."),
        SearchSection("zh", "支付服务说明", "重新启动前请先检查队列。"),
        SearchSection("gr", "Αθήνα και Привет", "Большой склад."),
        *(SearchSection(f"i{i}", "Installation", f"On machine {i}.") for i in range(12)),
    )),
    "docs/default/component/storefront/": SearchText("storefront", "", "docs", sections=(SearchSection("i", "Installation", "A shop."),)),
    f"{API}reference/": SearchText("Orders API reference", "", "api", sections=(
        SearchSection("op-createOrder", "POST /orders", "Makes an order of a basket.", "operation", ("createOrder", "Create an order")),
        SearchSection("op-cancel", "POST /orders/{id}/cancellation", "", "operation", ("cancelOrder",)),
        SearchSection("type-Order", "Order", "id, lines", "type"),
    )),
    f"{API}#facts": SearchText(
        "Orders API", "", "api", sections=(SearchSection("facts-vulnerability", "CVE-2026-31877 · netty", "", "fact"),)
    ),
    "guides/x/": SearchText("Installation of guides", "", "docs"),
}  # fmt: skip
"""The same headings in several places, an API, facts and a guide."""


def write_indexed_site(small, made):
    """Copy the small portal to ``made``, below a path, with these texts in its index; returns the folder to serve."""
    staging = Staging(made / "index")
    index = SearchIndex(made / "cache", SearchSettings(synonyms=(("rollout", "deployment"),)), staging)
    index.put({path: repr(text) for path, text in INDEXED.items()}, INDEXED.__getitem__)
    staging.commit()
    shutil.copytree(small, made / "site/deep/portal")
    for tier in ("h", "t", "r"):
        shutil.rmtree(made / "site/deep/portal/search" / tier, ignore_errors=True)
    shutil.copytree(made / "index/search", made / "site/deep/portal/search", dirs_exist_ok=True)
    page = made / "site/deep/portal" / DOCS / "run/index.html"
    page.parent.mkdir(parents=True)
    page.write_text("<!doctype html><title>Runbook</title><link rel=icon href=data:,>")
    return made / "site"
