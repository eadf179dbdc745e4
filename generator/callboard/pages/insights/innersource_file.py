"""Welcoming components → ``/insights/innersource.json``, in the form of ``repos.json`` of SAP's portal for InnerSource.

Its fields are those of GitHub's API; what was not measured is null. There is no score: forks, stars and commits stand beside each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from callboard.insights.innersource import WelcomingComponent
from callboard.markdown.rendering import first_sentence
from callboard.model.published_json import published_json
from callboard.model.times import time_text
from callboard.pages.insights.context import INNERSOURCE_FILE, KNOWLEDGE_FILE, InsightsContext
from callboard.pages.safe_text import description_of, display_name, web_url

_AT_BRANCH = re.compile(r"/(?:-/)?blob/([^/]++)/(.++)")


def insights_files(context: InsightsContext) -> Iterator[tuple[str, bytes]]:
    """The file, none for a portal without welcoming components; and all languages and skills, of a public portal without people."""
    if context.has_knowledge:
        named = {each.name: [*map(str, each.components)] for each in context.languages}
        people = {} if context.is_public else {each.name: [*map(str, each.people)] for each in context.skills}
        yield KNOWLEDGE_FILE, published_json({"version": 1, "languages": named, "skills": people})
    if context.welcoming:
        yield INNERSOURCE_FILE, published_json([_project(context, each) for each in context.welcoming])


def _project(context: InsightsContext, each: WelcomingComponent) -> Mapping[str, Any]:
    activity, owner = each.activity, context.owner_of(each.ref)
    url, path = web_url(each.url), each.repository.strip("/")
    branch, guide = _guide(url, activity.contributing_url if activity else "")
    changed = time_text(activity.last_commit) if activity and activity.last_commit else None
    languages = [name for name, _ in activity.languages] if activity else []
    return {
        "id": str(each.ref),
        "name": path.rpartition("/")[2] or each.ref.name,
        "full_name": path or each.ref.name,
        "html_url": url or _portal(context, context.links.to(each.ref).path),
        "description": first_sentence(description_of(context.catalog.entities[each.ref]), 300) or None,
        "created_at": time_text(activity.created) if activity and activity.created else None,
        "updated_at": changed,
        "pushed_at": changed,
        "stargazers_count": activity.stars if activity else None,
        "watchers_count": activity.stars if activity else None,
        "forks_count": activity.forks if activity else None,
        "open_issues_count": activity.open_issues if activity else None,
        "language": each.listing.language or next(iter(languages), None),
        "license": None,
        "default_branch": branch or None,
        "topics": list(each.topics),
        "owner": {"login": owner.name if owner else path.partition("/")[0], "avatar_url": ""},
        "_InnerSourceMetadata": _metadata(context, each, guide),
    }


def _metadata(context: InsightsContext, each: WelcomingComponent, guide: str) -> Mapping[str, Any]:
    """What SAP's crawlers add: weekly commits, topics, the contributing guide, and what ``innersource.json`` of the repository says."""
    listing, activity = each.listing, each.activity
    docs = listing.docs or (
        _portal(context, f"docs/{context.links.to(each.ref).path.partition('/')[2]}") if each.ref in context.documented else ""
    )
    optional = {
        "guidelines": guide, "docs": docs, "motivation": listing.motivation, "contributions": list(listing.contributions),
        "skills": list(listing.skills),
    }  # fmt: skip
    return {
        "title": listing.title or display_name(context.catalog.entities[each.ref]),
        "topics": list(each.topics),
        "participation": list(activity.commits) if activity else [],
        **{key: value for key, value in optional.items() if value},
    }


def _guide(repository: str, url: str) -> tuple[str, str]:
    """The branch and the path of the contributing guide, whose address SAP's portal puts together of them."""
    found = _AT_BRANCH.fullmatch(url.removeprefix(repository)) if repository and url.startswith(repository) else None
    return (found[1], found[2]) if found else ("", "")


def _portal(context: InsightsContext, path: str) -> str:
    return f"{context.settings.portal.url}{path}"
