"""Entity → the section with its description, links, properties, place and names in other systems."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from markupsafe import Markup

from callboard.catalog import presentation, structure
from callboard.catalog.people import MEMBERSHIPS, accounts
from callboard.descriptors.formats import LINK_SCHEMES
from callboard.markdown.rendering import plain, to_html
from callboard.model import fields
from callboard.model.entity import Entity
from callboard.model.ref import EntityRef, RefError, parse_ref
from callboard.model.tree import tree_of
from callboard.model.urls import entity_path, up_from
from callboard.pages.entities.addresses import view_address
from callboard.pages.entities.context import EntityContext
from callboard.pages.entities.header import lead
from callboard.pages.entities.view import AboutView, Detail
from callboard.pages.safe_text import description_of, text_of, web_url
from callboard.pages.section import Section
from callboard.pages.shared_views import ChipLink, WebLink, catalog_path
from callboard.redaction.masking import masked
from callboard.redaction.secrets import mask

TAG_LIMIT = 40
LINK_LIMIT = 30
LABEL_LIMIT = 20
DERIVED_LIMIT = 10
VIA_LIMIT = 3
"""Locations through which the file was found; the nearest ones."""

_ICON_WORDS = {
    "dashboard": "dashboard",
    "runbook": "runbook",
    "chat": "chat message slack teams",
    "docs": "docs doc documentation book techdocs wiki",
    "mail": "email mail",
    "link-code": "github gitlab code source repository bitbucket",
    "web": "web website",
    "link-help": "help support",
    "logs": "logs log kibana",
    "link-alert": "alert alerts warning",
    "link-ticket": "issue issues ticket jira",
    "link-database": "database storage",
    "link-video": "video",
    "link-pipeline": "ci cicd pipeline jenkins",
    "link-cloud": "cloud",
    "link-chart": "chart monitoring metrics grafana",
    "group": "group",
    "user": "user",
    "api": "api",
    "on-call": "on-call oncall pagerduty opsgenie",
    "link-location": "location",
}
_ICONS = {word: icon for icon, words in _ICON_WORDS.items() for word in words.split()}
"""Icons by words in a link's ``icon`` or ``type``, or in its host name."""

_ANNOTATIONS = {
    "github.com/project-slug": "GitHub",
    "gitlab.com/project-slug": "GitLab",
    "pagerduty.com/service-id": "PagerDuty",
    "sonarqube.org/project-key": "SonarQube",
    "argocd/app-name": "Argo CD",
    "argocd/app-selector": "Argo CD",
    "backstage.io/kubernetes-id": "Kubernetes",
    "backstage.io/kubernetes-label-selector": "Kubernetes",
    "sentry.io/project-slug": "Sentry",
    "jira/project-key": "Jira",
    "grafana/dashboard-selector": "Grafana",
    "grafana/overview-dashboard": "Grafana",
    "jenkins.io/job-full-name": "Jenkins",
    "circleci.com/project-slug": "CircleCI",
    "buildkite.com/project-slug": "Buildkite",
    "opsgenie.com/component-selector": "Opsgenie",
    "snyk.io/org-name": "Snyk",
    "newrelic.com/dashboard-guid": "New Relic",
    "newrelic.com/entity-guid": "New Relic",
    "dynatrace.com/dynatrace-entity-id": "Dynatrace",
    "dynatrace.com/synthetics-ids": "Dynatrace",
    "dev.azure.com/project-repo": "Azure DevOps",
    "bitbucket.org/repo-url": "Bitbucket",
    "bitbucket.org/project-key": "Bitbucket",
    "gitlab.com/project-id": "GitLab",
    "jira.com/project-key": "Jira",
    "jenkins.io/github-folder": "Jenkins",
    "argocd/project-name": "Argo CD",
    "grafana/oncall-schedule": "Grafana OnCall",
    "opsgenie.com/team": "Opsgenie",
    "incident.io/catalog-entry": "incident.io",
    "rootly.com/service-slug": "Rootly",
    "rootly.com/service-id": "Rootly",
    "statuspage.io/components": "Statuspage",
    "dependencytrack/project-id": "Dependency-Track",
    "dependencytrack/project-name": "Dependency-Track",
    "snyk.io/project-ids": "Snyk",
}
"""Annotations with the entity's name in another system, and the name of that system; none of them is a secret."""
_HOSTS = {
    "github.com": "GitHub",
    "gitlab.com": "GitLab",
    "graph.microsoft.com": "Microsoft Entra ID",
    "okta.com": "Okta",
    "keycloak.org": "Keycloak",
    "backstage.io": "LDAP",
}
"""Names of the hosts and directories that annotations with accounts of people and teams begin with."""


def about(context: EntityContext, entity: Entity) -> Section:
    """The section; never empty, because every entity has a place."""
    content = AboutView(_prose(context, entity), links_of(entity), _details(context, entity), _external_refs(context, entity))
    return Section("about", context.labels["about"], "about", content)


def _prose(context: EntityContext, entity: Entity) -> Markup:
    """The description; empty if the lead is all of it."""
    text = description_of(entity)
    if not text or " ".join(plain(text).split()) == lead(entity):
        return Markup()
    return to_html(text, _resolver(context, entity))


def _resolver(context: EntityContext, entity: Entity) -> Callable[[str], str | None]:
    """Resolves links in a description: a reference to an existing entity becomes the path of its page, anything else None."""

    def resolve(target: str) -> str | None:
        try:
            ref = parse_ref(target, default_namespace=entity.ref.namespace).canonical()
        except RefError:
            return None
        return up_from(entity_path(entity.ref)) + entity_path(ref) if context.catalog.get(ref) else None

    return resolve


def links_of(entity: Entity) -> tuple[WebLink, ...]:
    """The links of the descriptor, each with an icon."""
    return tuple(_link(link) for link in presentation.links(entity)[:LINK_LIMIT])


def _link(link: presentation.Link) -> WebLink:
    url = web_url(link.url, LINK_SCHEMES)
    title = text_of(link.title, 120) if link.title != link.url else ""
    if not url:
        return WebLink(title or text_of(link.url, 200), "", "missing", text_of(link.url, 200) if title else "")
    return WebLink(title or _short(url), url, _icon(link.icon, link.type, url))


def _short(url: str) -> str:
    return text_of(url.partition("://")[2].rstrip("/") or url.partition(":")[2], 80)


def _icon(icon: str, kind: str, url: str) -> str:
    own = (icon.lower(), *icon.lower().replace("_", "-").split("-"), kind.lower())
    return (
        _first_icon(own) or _first_icon((urlsplit(url).hostname or "").split(".")) or ("mail" if url.startswith("mailto:") else "external")
    )


def _first_icon(names: Iterable[str]) -> str:
    return next((_ICONS[name] for name in names if name in _ICONS), "")


def _details(context: EntityContext, entity: Entity) -> tuple[Detail, ...]:
    labels, domain = context.labels, structure.domain_of(context.catalog, entity.ref)
    is_indirect = domain and domain not in context.catalog.targets(entity.ref, "partOf")
    tags = tuple(ChipLink(text_of(tag, 80), catalog_path(tag=mask(tag))) for tag in presentation.tags(entity)[:TAG_LIMIT])
    pairs = tuple((text_of(k, 100), text_of(v, 100)) for k, v in list(fields.labels(entity).items())[:LABEL_LIMIT])
    details = (
        Detail(labels["in_domain"], entities=(context.links.to(domain),) if domain and is_indirect else ()),
        Detail(labels["tags"], chips=tags),
        Detail(labels["labels"], pairs=pairs),
        *_derived(context, entity),
        *_place(context, entity),
    )
    return tuple(d for d in details if d.entities or d.chips or d.pairs or d.text or d.code)


def _external_refs(context: EntityContext, entity: Entity) -> tuple[Detail, ...]:
    """The ids in other systems. A login may be an e-mail address, which a public portal does not show."""
    annotations = fields.annotations(entity)
    known = accounts(entity) if entity.ref.kind in MEMBERSHIPS else {}
    named = [(name, annotations[key]) for key, name in _ANNOTATIONS.items() if key in annotations]
    named += [(_HOSTS.get(host := key.partition("/")[0], text_of(host, 80)), value) for key, value in sorted(known.items())]
    shown = ((name, value, masked(value, is_public=context.is_public).text) for name, value in named)
    return tuple(Detail(name, code=text_of(text, 200), url=web_url(value) if text == value else "") for name, value, text in shown)


def _derived(context: EntityContext, entity: Entity) -> tuple[Detail, ...]:
    labels = context.labels
    return tuple(
        Detail(labels["filled_in"], code=derived.field, note=labels["filled_in_by"].format(text_of(derived.by, 80)))
        for derived in entity.derived[:DERIVED_LIMIT]
        if derived.field.startswith("spec.")
    )


def _place(context: EntityContext, entity: Entity) -> tuple[Detail, ...]:
    origin, labels = entity.origin, context.labels
    refs = tuple(ref for ref in map(_ref, origin.via_locations[-VIA_LIMIT:]) if ref)
    return (
        Detail(labels["descriptor"], code=origin.path, url=view_address(context, entity)),
        Detail(labels["repository"], text=origin.repository, note=_changed(context, entity)),
        Detail(labels["found_through"], entities=context.links.all(refs)),
    )


def _changed(context: EntityContext, entity: Entity) -> str:
    """Date of the descriptor's last change. The tree's commit would change all pages of a busy repository in every build."""
    tree = tree_of(context.trees, entity.origin)
    changed = tree.last_change(entity.origin.path) if tree else None
    if changed is None:
        return ""
    return context.labels["changed_on"].format(context.local(changed).date().isoformat())


@lru_cache(1_024)
def _ref(text: str) -> EntityRef | None:
    try:
        return parse_ref(text, default_kind="location").canonical()
    except RefError:
        return None
