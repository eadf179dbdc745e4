"""A repository → the teams that may administer or maintain it, by its name: a hint at who owns what is in it."""

from __future__ import annotations

from callboard.plugins.integrations import GITHUB_JSON, GitHubConnection, string_at

LOOKUPS = 100
"""Repositories that are looked up in one build; each is one request."""
TEAMS = 100
RIGHTS = frozenset({"admin", "maintain"})


class TeamAccess:
    """Looks up teams of at most ``LOOKUPS`` repositories."""

    def __init__(self) -> None:
        self._left = LOOKUPS

    def teams(self, connection: GitHubConnection, slug: str) -> tuple[str, ...]:
        """``@owner/team`` for each team with these rights, sorted; none after the last lookup. Raises ``HttpError``."""
        if not self._left:
            return ()
        self._left -= 1
        answer = connection.client.get(f"{connection.rest}/repos/{slug}/teams", {"per_page": TEAMS}, accept=GITHUB_JSON)
        owner = slug.partition("/")[0]
        named = {string_at(team, "slug") for team in answer.array() if string_at(team, "permission") in RIGHTS} - {""}
        return tuple(f"@{owner}/{name}" for name in sorted(named))
