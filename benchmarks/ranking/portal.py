"""The portal that searches are ranked over: an organization of 2,000 entities, with real documentation and real API definitions.

``write(folder)`` needs ``CALLBOARD_TEST_DATA``: its folders ``docs`` and ``specs`` become repositories of their own beside the synthetic ones.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from synthetic import organisation

ENTITIES = 2_000
SETS = {
    "argocd": "Argo CD",
    "typer": "Typer",
    "httpx": "HTTPX",
    "pymdown": "PyMdown Extensions",
    "bsdemo": "Backstage demo",
}
"""Folders of documentation, and the titles of their components."""
TWICE = ("docs/proposals/manifest-hydrator.md",)
"""Pages that have the address of another page."""
DEFINITIONS = {
    "github": "openapi", "gitlab": "openapi", "gitea": "openapi", "pagerduty": "openapi", "opsgenie.oas3": "openapi", "statuspage": "openapi",
    "sentry": "openapi", "keycloak.oas3": "openapi", "launchdarkly.oas3": "openapi", "circleci.oas3": "openapi", "alertmanager": "openapi",
    "dependency-track.oas3": "openapi", "buildkite": "graphql", "newrelic": "graphql",
}  # fmt: skip
"""Files of definitions without their ending, and the types of their APIs."""


OTHER_SETS = {
    "traefik": ("Traefik", "traefik/traefik", "fd5a576df2e8", "docs"),
    "ingress-nginx": ("Ingress NGINX", "kubernetes/ingress-nginx", "dbb11b92ddb7", ""),
    "starlette": ("Starlette", "encode/starlette", "cb8f84f5284d", ""),
    "mkdocs": ("MkDocs", "mkdocs/mkdocs", "2862536793b3", ""),
}
"""Documentation of public projects that no rule of the search was made after: title, repository on GitHub, commit, and the folder with ``mkdocs.yml``."""
OTHER_DEFINITIONS = {
    "bitbucket-cloud.oas3": "openapi", "jira": "openapi", "snyk": "openapi", "rootly.oas3": "openapi", "incident-io.oas3": "openapi",
    "argocd.oas3": "openapi", "grafana.oas3": "openapi",
}  # fmt: skip
"""Definitions that no rule of the search was made after."""


def test_data() -> Path:
    """The folder of shared test data."""
    return Path(os.environ["CALLBOARD_TEST_DATA"])


def write(folder: Path, others: Path | None = None) -> Path:
    """Write the portal into ``folder``; returns its ``sources.yaml``.

    Args:
        folder: where it is written.
        others: folder with a checkout for each of ``OTHER_SETS``, which with ``OTHER_DEFINITIONS`` become part of the portal.
    """
    organisation.write(folder, ENTITIES)
    repositories = folder / "repositories"
    team = organisation.Organisation(ENTITIES).names["Group"]
    for number, (name, title) in enumerate(SETS.items()):
        target = repositories / f"set-{name}"
        shutil.copytree(test_data() / "docs" / name, target, dirs_exist_ok=True)
        for path in TWICE:
            (target / path).unlink(missing_ok=True)
        (target / "catalog-info.yaml").write_text(_component(name, title, team[number]), encoding="utf-8")
    for number, (name, (title, _, _, within)) in enumerate(OTHER_SETS.items() if others else ()):
        target = repositories / f"set-{name}"
        shutil.copytree(others / name / within, target, dirs_exist_ok=True)  # type: ignore[operator]
        (target / "catalog-info.yaml").write_text(_component(name, title, team[number]), encoding="utf-8")
    for number, (name, kind) in enumerate((DEFINITIONS | (OTHER_DEFINITIONS if others else {})).items()):
        target = repositories / f"api-{name.partition('.')[0]}"
        target.mkdir(exist_ok=True)
        source = next(test_data().glob(f"specs/{name}.*[a-z]"))
        shutil.copyfile(source, target / source.name)
        (target / "catalog-info.yaml").write_text(_api(name.partition(".")[0], kind, source.name, team[number + 5]), encoding="utf-8")
    return folder / "sources.yaml"


def _component(name: str, title: str, owner: str) -> str:
    return (
        f"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\n  title: {title}\n  annotations:\n"
        f"    backstage.io/techdocs-ref: dir:.\nspec:\n  type: service\n  lifecycle: production\n  owner: {owner}\n"
    )


def _api(name: str, kind: str, file: str, owner: str) -> str:
    return (
        f"apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n  name: {name}\nspec:\n  type: {kind}\n  lifecycle: production\n"
        f"  owner: {owner}\n  definition:\n    $text: ./{file}\n"
    )
