"""What a repository's files say of it: each guess names its evidence, and what nothing says is asked for, never invented."""

import json

import pytest

import yaml
from callboard.lint.texts import check_text
from callboard.plugins.sources import MissingFileError, TooLargeError
from callboard.sources.guesses.describing import described
from callboard.sources.guesses.evidence import RepositoryEvidence
from callboard.sources.guesses.writing import descriptor_lines


def evidence(files=None, **host):
    files = files or {}

    def content(path, limit):
        if path not in files:
            raise MissingFileError(path)
        if len(files[path]) > limit:
            raise TooLargeError(path)
        return files[path].encode()

    return RepositoryEvidence("acme/shop", paths=sorted(files), content=content, **host)


def package(**fields):
    return {"package.json": json.dumps(fields)}


@pytest.mark.parametrize(
    ("files", "type_", "place"),
    [
        (package(main="index.js"), "library", "package.json has an entry point"),
        (package(dependencies={"express": "4"}), "service", "express in package.json"),
        (package(main="x", dependencies={"express": "4"}) | {"Dockerfile": ""}, "service", "express"),
        (package(main="x", dependencies={"express": "4"}), "library", "entry point"),
        (package(private=True, dependencies={"next": "14"}), "website", "next in package.json"),
        (package(private=True, devDependencies={"vite": "5"}) | {"index.html": ""}, "website", "index.html and vite"),
        (
            package(private=True, workspaces=["packages/*"]) | {"packages/a/package.json": '{"main": "x"}'},
            "library",
            "packages in packages/",
        ),
        (package(name="shop-cli", bin="x", main="x"), None, ""),
        ({"package.json": "[1"}, None, ""),
        ({"pyproject.toml": '[project]\nname = "shop"'}, "library", "pyproject.toml: a Python package"),
        (
            {"pyproject.toml": '[project]\ndependencies = ["fastapi>=1"]', "Dockerfile": ""},
            "service",
            "fastapi in the dependencies and Dockerfile",
        ),
        ({"manage.py": "", "shop/wsgi.py": "", "setup.py": ""}, "service", "manage.py"),
        ({"pyproject.toml": "[tool.black]"}, None, ""),
        ({"go.mod": ""}, "library", "go.mod without main.go"),
        ({"go.mod": "", "cmd/shop/main.go": "", "Dockerfile": ""}, "service", "cmd/shop/main.go and Dockerfile"),
        ({"go.mod": "", "main.go": ""}, None, ""),
        ({"pom.xml": "<artifactId>spring-boot-maven-plugin<", "Dockerfile": ""}, "service", "pom.xml and Dockerfile"),
        ({"pom.xml": ""}, "library", "pom.xml without an image"),
        ({"Cargo.toml": "", "src/lib.rs": ""}, "library", "src/lib.rs"),
        ({"src/Shop/Shop.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web">'}, "service", "Microsoft.NET.Sdk.Web"),
        ({"shop.gemspec": ""}, "library", "shop.gemspec"),
        ({"Package.swift": ".library(", "a.swift": ""}, "library", "Package.swift"),
        ({"action.yml": "description: Does it"}, "library", "action.yml"),
        ({"index.html": ""}, "website", "index.html"),
        ({"Dockerfile": "", "chart/Chart.yaml": ""}, "service", "Dockerfile and chart/Chart.yaml"),
        ({"Dockerfile": ""}, None, ""),
        ({"tests/fixtures/go.mod": "", "README.md": ""}, None, ""),
    ],
)
def test_the_type_comes_from_build_files(files, type_, place):
    found = described(evidence(files)).fields.get("type")
    assert (found.value if found else None) == type_
    assert place in (found.evidence if found else "")


@pytest.mark.parametrize(
    ("files", "host", "stage"),
    [
        ({}, {"is_archived": True}, "deprecated"),
        ({}, {"topics": ("experimental",)}, "experimental"),
        ({}, {"release": "v2.1.0"}, "production"),
        ({}, {"release": "0.9.0"}, None),
        ({"README.md": "# Shop\nThis project is deprecated, use x."}, {"release": "v2.1.0"}, "deprecated"),
        ({"README.md": "# Shop\nA work in progress."}, {}, "experimental"),
        ({"README.md": "# Shop\nmethods: `a` is deprecated"}, {}, None),
        ({"package.json": '{"version": "1.0.0"}'}, {}, "production"),
        ({"package.json": '{"version": ["1"]}', "CHANGELOG.md": "# Changes\n## [3.0.1]"}, {}, "production"),
        ({".github/workflows/deploy.yml": ""}, {}, "production"),
    ],
)
def test_the_lifecycle_comes_from_releases_and_the_readme(files, host, stage):
    found = described(evidence(files, **host)).fields.get("lifecycle")
    assert (found.value if found else None) == stage


@pytest.mark.parametrize(
    ("codeowners", "owner", "place"),
    [
        ("# x\n* @acme/shop-team @ada\n", "shop-team", "CODEOWNERS line 2, the first of 2"),
        ("* @acme/a\ncatalog-info.yaml @acme/platform\n", "platform", "CODEOWNERS line 2"),
        ("* @ada\n", "user:ada", "CODEOWNERS line 1"),
        ("* @acme/a\n*.yaml\n", None, "CODEOWNERS has no account for catalog-info.yaml"),
        ("docs/ @acme/a\n", None, "CODEOWNERS has no account for catalog-info.yaml"),
        ("[Shop] @acme/shop-team\n*\n", "shop-team", "CODEOWNERS line 2"),
        (None, None, "there is no CODEOWNERS"),
    ],
)
def test_the_owner_comes_from_codeowners_or_is_asked_for(codeowners, owner, place):
    guess = described(evidence({"CODEOWNERS": codeowners} if codeowners else {"x": ""}))
    found = guess.fields.get("owner")
    assert (found.value if found else None) == owner
    assert (found.evidence if found else guess.unknown["owner"]) == place
    assert ("# owner: unknown" in descriptor_lines(guess)) == (owner is None)


@pytest.mark.parametrize(
    ("files", "host", "text"),
    [
        ({}, {"description": "Sells **things** to people"}, "Sells things to people"),
        (package(description="Sells things to people"), {}, "Sells things to people"),
        (
            {"README.md": "# Shop\n\n[![b](x)](y)\n- a list\n```\ncode is no text here\n```\nSells [things](x) to\npeople.\n\nMore."},
            {},
            "Sells things to people.",
        ),
        ({"README.md": "This repository is no longer maintained by us.\n\nSells things to people."}, {}, "Sells things to people."),
        ({"README.md": "# Shop"}, {}, None),
        ({"README.md": f"{'word ' * 400}"}, {}, f"{'word ' * 58}word…"),
    ],
)
def test_the_description_is_one_paragraph_of_prose(files, host, text):
    found = described(evidence(files, **host)).fields.get("description")
    assert (found.value if found else None) == text


def test_definitions_become_apis_of_a_service_and_the_whole_file_passes_lint():
    files = {
        "go.mod": "", "main.go": "", "Dockerfile": "", "CODEOWNERS": "* @acme/shop", "mkdocs.yml": "", "docs/adr/0001-x.md": "",
        "api/openapi.yaml": "openapi: 3.0.0\ninfo: {title: Shop, version: '1'}\npaths: {}\n",
        "proto/shop.proto": 'syntax = "proto3";\nservice Shop {}\n', "tests/openapi.yaml": "openapi: 3.0.0", "swagger.json": "[]",
        ".circleci/config.yml": "", "sonar-project.properties": "sonar.projectKey=acme_shop",
    }  # fmt: skip
    guess = described(evidence(files, release="v1.0", annotation=("github.com/project-slug", "acme/shop"), homepage="https://shop.example"))
    text = descriptor_lines(guess)
    component, openapi, grpc = yaml.safe_load_all(text)
    assert component["spec"]["providesApis"] == [openapi["metadata"]["name"], grpc["metadata"]["name"]] == ["shop-api-api", "shop-shop-api"]
    assert [each["spec"]["definition"]["$text"] for each in (openapi, grpc)] == ["./api/openapi.yaml", "./proto/shop.proto"]
    assert component["metadata"]["annotations"] == {
        "github.com/project-slug": "acme/shop", "backstage.io/techdocs-ref": "dir:.", "backstage.io/adr-location": "docs/adr",
        "sonarqube.org/project-key": "acme_shop", "circleci.com/project-slug": "github/acme/shop",
    }  # fmt: skip
    assert check_text("catalog-info.yaml", text, files) == ()


def test_hostile_names_and_texts_stay_inside_their_comments_and_values():
    name = "cmd/x\nspec: {owner: evil}\u2028/main.go"
    files = {"go.mod": "", name: "", "Dockerfile": "", "README.md": 'Sells "things": &a *b {{ x }} \u202e# no\x07 comment'}
    [document] = yaml.safe_load_all(descriptor_lines(described(evidence(files, homepage="https://x.example/\"'\n- y"))))
    assert "owner" not in document["spec"]
    assert document["metadata"]["description"].startswith('Sells "things": &a')
