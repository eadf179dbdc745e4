"""Build files, Dockerfiles and folders of a repository → its type: a service, a website or a library; None where they do not say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from callboard.sources.guesses.evidence import Guess, RepositoryEvidence

PAGES = (
    "next",
    "nuxt",
    "gatsby",
    "react-scripts",
    "@angular/core",
    "@docusaurus/core",
    "astro",
    "@sveltejs/kit",
    "@remix-run/react",
    "vitepress",
)
ENTRY_POINTS = ("main", "module", "exports", "types", "files")
"""Fields of ``package.json`` that only a package for others needs."""
VIEWS = ("vite", "react", "vue", "svelte", "preact")
SERVERS = ("express", "fastify", "koa", "@nestjs/core", "@hapi/hapi", "apollo-server", "@apollo/server", "probot", "hono")
PYTHON_SERVERS = re.compile(
    r"^\W{0,3}(django|flask|fastapi|starlette|aiohttp|uvicorn|gunicorn|tornado|sanic)\b", re.IGNORECASE | re.MULTILINE
)
JAVA_SERVERS = re.compile(
    r"spring-boot-maven-plugin|org\.springframework\.boot['\")]|quarkus-maven-plugin|io\.quarkus['\")]\s|io\.micronaut\.application|ktor-server-netty"
)
SITES = (
    "hugo.toml",
    "hugo.yaml",
    "_config.yml",
    "docusaurus.config.js",
    "docusaurus.config.ts",
    "astro.config.mjs",
    "next.config.js",
    "gatsby-config.js",
)
DOCKERFILES = re.compile(r"(?:.*/)?(?:Dockerfile|Containerfile)(?:\.[\w-]{1,40})?|.{0,100}\.Dockerfile")


def type_of_software(evidence: RepositoryEvidence) -> Guess | None:
    """The type, by the first rule that says something."""
    return next((guess for rule in _RULES if (guess := rule(evidence)) is not None), None)


def image_file(evidence: RepositoryEvidence) -> str:
    """The Dockerfile nearest to the root, in at most two folders; empty where there is none."""
    return next((path for path in evidence.own_paths if path.count("/") <= 2 and DOCKERFILES.fullmatch(path)), "")  # noqa: PLR2004


def _action(evidence: RepositoryEvidence) -> Guess | None:
    path = evidence.first("action.yml", "action.yaml")
    return Guess("library", f"{path}: an action that workflows use") if path else None


def _node(evidence: RepositoryEvidence) -> Guess | None:
    package = evidence.package
    if not package:
        return None
    servers, image = _first(SERVERS, _names(package.get("dependencies"))), image_file(evidence)
    is_published = package.get("private") is not True and any(package.get(key) for key in ENTRY_POINTS)
    is_command = bool(package.get("bin")) and re.search(r"(?:^|[-/])(?:cli|create)\b", str(package.get("name", ""))[:200])
    if servers and (image or not is_published):
        return Guess("service", f"{servers} in package.json")
    if is_command:
        return None  # a program for the command line, which has no type that everybody uses
    if is_published and not image:
        return Guess("library", "package.json has an entry point and is not private")
    return _node_website(evidence) or _node_packages(evidence)


def _node_website(evidence: RepositoryEvidence) -> Guess | None:
    used = {*_names(evidence.package.get("dependencies")), *_names(evidence.package.get("devDependencies"))}
    if pages := _first(PAGES, used):
        return Guess("website", f"{pages} in package.json")
    page, view = evidence.first("index.html", "public/index.html", "src/index.html"), _first(VIEWS, used)
    if page and view:
        return Guess("website", f"{page} and {view} in package.json")
    if any(name.startswith("@backstage/") for name in used) and evidence.has("app-config.yaml"):
        return Guess("website", "app-config.yaml of Backstage")
    return None


def _node_packages(evidence: RepositoryEvidence) -> Guess | None:
    is_monorepo = evidence.package.get("workspaces") or evidence.has("pnpm-workspace.yaml")
    path = _published_part(evidence) if is_monorepo and not image_file(evidence) else ""
    return Guess("library", f"packages in {path}") if path else None


def _published_part(evidence: RepositoryEvidence) -> str:
    """Folder with packages of a monorepo that are published; else an empty string."""
    for path in [path for path in evidence.own_paths if re.fullmatch(r"packages/(?:[^/]+/){1,2}package\.json", path)][:3]:
        package = evidence.json(path)
        if package.get("private") is not True and any(package.get(key) for key in ENTRY_POINTS):
            return f"{path.split('/')[0]}/"
    return ""


def _python(evidence: RepositoryEvidence) -> Guess | None:
    manifest = evidence.first("pyproject.toml", "setup.py", "setup.cfg")
    image = image_file(evidence)
    if evidence.has("manage.py") and (image or not manifest or any(path.endswith(("/wsgi.py", "/asgi.py")) for path in evidence.own_paths)):
        return Guess("service", "manage.py, a Django application")
    needs = next((path for path in ("requirements.txt", "requirements/base.txt", "requirements/base.in") if evidence.has(path)), "")
    listed = "\n".join(map(str, evidence.at(evidence.pyproject, "project", "dependencies") or ())) + "\n" + evidence.text(needs)
    if image and (match := PYTHON_SERVERS.search(listed)):
        return Guess("service", f"{match[1].lower()} in the dependencies and {image}")
    if manifest and not image:
        is_package = manifest != "pyproject.toml" or "project" in evidence.pyproject or evidence.at(evidence.pyproject, "tool", "poetry")
        return Guess("library", f"{manifest}: a Python package") if is_package else None
    return None


def _go(evidence: RepositoryEvidence) -> Guess | None:
    if not evidence.has("go.mod"):
        return None
    main = evidence.first("main.go") or next(
        (path for path in evidence.own_paths if re.fullmatch(r"cmd/(?:[^/]+/){0,2}main\.go", path)), ""
    )
    if not main:
        return Guess("library", "go.mod without main.go")
    image = image_file(evidence)
    is_program = evidence.first(".goreleaser.yml", ".goreleaser.yaml")
    return Guess("service", f"{main} and {image}") if image and not is_program else None


def _jvm(evidence: RepositoryEvidence) -> Guess | None:
    build = evidence.first("pom.xml", "build.gradle", "build.gradle.kts", "build.sbt")
    if not build:
        return None
    text, image = evidence.text(build), image_file(evidence)
    application = next(
        (path for path in evidence.own_paths if re.fullmatch(r"(?:[^/]+/)?src/main/resources/application\.(?:ya?ml|properties)", path)), ""
    )
    if JAVA_SERVERS.search(text) and (application or image):
        return Guess("service", f"{build} and {application or image}")
    if application and image:
        return Guess("service", f"{application} and {image}")
    return Guess("library", f"{build} without an image") if not image and not application else None


def _rust(evidence: RepositoryEvidence) -> Guess | None:
    if evidence.has("Cargo.toml") and evidence.has("src/lib.rs") and not image_file(evidence):
        return Guess("library", "src/lib.rs")
    return None


def _dotnet(evidence: RepositoryEvidence) -> Guess | None:
    for path in [path for path in evidence.own_paths if path.endswith(".csproj")][:5]:
        if "Microsoft.NET.Sdk.Web" in evidence.text(path):
            return Guess("service", f"{path} uses Microsoft.NET.Sdk.Web")
    return None


def _swift(evidence: RepositoryEvidence) -> Guess | None:
    spec = next((path for path in evidence.own_paths if path.endswith(".podspec") and "/" not in path), "")
    if ".library(" in evidence.text("Package.swift") if evidence.has("Package.swift") else False:
        spec = spec or "Package.swift"
    return Guess("library", spec) if spec else None


def _ruby(evidence: RepositoryEvidence) -> Guess | None:
    if evidence.has("config.ru"):
        return Guess("service", "config.ru, a Rack application")
    gem = next((path for path in evidence.own_paths if path.endswith(".gemspec") and "/" not in path), "")
    return Guess("library", gem) if gem else None


def _site(evidence: RepositoryEvidence) -> Guess | None:
    path = evidence.first(*SITES)
    if not path and evidence.has("index.html") and not _has_build_file(evidence):
        path = "index.html"
    return Guess("website", path) if path else None


def _image(evidence: RepositoryEvidence) -> Guess | None:
    path = image_file(evidence)
    deployed = next(
        (
            p
            for p in evidence.own_paths
            if p.endswith("Chart.yaml") or "/templates/deployment" in p or re.match(r"(k8s|deploy|kubernetes)/", p)
        ),
        "",
    )
    return Guess("service", f"{path} and {deployed}") if path and deployed else None


def _has_build_file(evidence: RepositoryEvidence) -> bool:
    return bool(
        evidence.first("package.json", "pom.xml", "go.mod", "pyproject.toml", "setup.py", "Cargo.toml", "build.gradle", "build.sbt")
    )


def _names(value: Any) -> Iterable[str]:
    return value.keys() if isinstance(value, dict) else ()


def _first(wanted: Iterable[str], found: Iterable[str]) -> str:
    names = set(found)
    return next((name for name in wanted if name in names), "")


_RULES: tuple[Callable[[RepositoryEvidence], Guess | None], ...] = (
    _action,
    _node,
    _python,
    _go,
    _jvm,
    _rust,
    _dotnet,
    _ruby,
    _swift,
    _site,
    _image,
)
