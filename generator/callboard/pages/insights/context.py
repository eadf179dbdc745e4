"""What pages about whom to ask are made from, computed once: unowned entities, welcoming components, languages and skills."""

from __future__ import annotations

from collections.abc import Mapping

from callboard.insights.innersource import TOPICS, WelcomingComponent, welcoming_components
from callboard.insights.owner_suggestions import Unowned, unowned
from callboard.insights.skills import KnownLanguage, KnownSkill, languages, skills
from callboard.model.data_classes import dataclass
from callboard.model.facts.repository import RepositoryActivity
from callboard.model.ref import EntityRef
from callboard.pages.context import PageContext, shared_values
from callboard.pages.facts.context import FactsContext
from callboard.pages.facts.formatting import sources_of
from callboard.pages.facts.view import SourceView

INSIGHTS = "insights/"
"""Path of the page about languages and skills."""
UNOWNED = "insights/unowned/"
INNERSOURCE = "insights/innersource/"
INNERSOURCE_FILE = "insights/innersource.json"
"""Path of the list as SAP's portal for InnerSource reads it (its ``repos.json``)."""

KNOWLEDGE_FILE = "insights/knowledge.json"
"""Path of all languages and skills as data."""


@dataclass(frozen=True, slots=True)
class InsightsContext(PageContext):
    """The context of these pages."""

    facts: FactsContext
    unowned: tuple[Unowned, ...]
    welcoming: tuple[WelcomingComponent, ...]
    languages: tuple[KnownLanguage, ...]
    skills: tuple[KnownSkill, ...]
    documented: frozenset[EntityRef]
    """Entities with documentation in the portal."""

    @property
    def has_knowledge(self) -> bool:
        """Whether languages or skills are known."""
        return bool(self.languages or self.skills)

    @property
    def sources(self) -> tuple[SourceView, ...]:
        """The tools that were queried about repositories."""
        return sources_of(self.facts, "repository")

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of the pages that there are: none where nothing is known."""
        others = ((UNOWNED, self.unowned), (INNERSOURCE, self.welcoming))
        found = tuple(path for path, content in others if content)
        return (INSIGHTS, *found) if found or self.has_knowledge else ()


def insights_context(page: PageContext, facts: FactsContext, documented: frozenset[EntityRef]) -> InsightsContext:
    """The context of the pages. CODEOWNERS and ``innersource.json`` are read here, in the process that records what is read."""
    activity = _activity(facts)
    section = page.settings.sections.get("innersource", {})
    topics = frozenset(str(topic).lower() for topic in section.get("topics", TOPICS))
    return InsightsContext(
        **shared_values(page),
        facts=facts,
        unowned=unowned(page.catalog, page.trees, activity),
        welcoming=welcoming_components(page.catalog, page.trees, _of_repositories(facts), topics),
        languages=languages(page.catalog, activity),
        skills=skills(page.catalog),
        documented=documented,
    )


def _of_repositories(facts: FactsContext) -> Mapping[EntityRef, tuple]:  # type: ignore[type-arg]
    return {ref: found for ref in facts.facts_by_subject if (found := facts.facts(ref, "repository"))}


def _activity(facts: FactsContext) -> Mapping[EntityRef, tuple[RepositoryActivity, ...]]:
    values = ((ref, tuple(fact.value for fact in found)) for ref, found in _of_repositories(facts).items())
    return {ref: tuple(value for value in of if isinstance(value, RepositoryActivity)) for ref, of in values}
