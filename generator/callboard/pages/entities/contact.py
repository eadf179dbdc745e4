"""An entity → how to reach its owner: the mailbox and the chat channels that the owner's descriptor names."""

from __future__ import annotations

from callboard.catalog import organization
from callboard.model.entity import Entity
from callboard.pages.entities.about import links_of
from callboard.pages.entities.context import EntityContext
from callboard.pages.safe_text import mail_of, mapping_of
from callboard.pages.section import HeaderField
from callboard.pages.shared_views import WebLink

CONTACTS = 4
"""Addresses that are shown."""
_ICONS = frozenset({"chat", "mail"})
"""Icons of links that lead to people."""


def contact_fields(context: EntityContext, entity: Entity) -> tuple[HeaderField, ...]:
    """The field with the addresses of the owner, or of the group or person itself; none for the public or if none is known."""
    ref = entity.ref if entity.ref.kind in {"group", "user"} else organization.owner(context.catalog, entity.ref)
    known = context.catalog.get(ref) if ref else None
    if known is None or context.is_public or known.ref.kind not in {"group", "user"}:
        return ()
    found = context.catalog.once(("contacts", known.ref), _contacts, known)
    return (HeaderField(context.labels["contact"], web=found),) if found else ()


def _contacts(owner: Entity) -> tuple[WebLink, ...]:
    mail = mail_of(mapping_of(owner.spec.get("profile")).get("email"))
    mails = (WebLink(mail, f"mailto:{mail}", "mail"),) if mail else ()
    others = (link for link in links_of(owner) if link.url and link.icon in _ICONS and link.url != f"mailto:{mail}")
    return (*mails, *others)[:CONTACTS]
