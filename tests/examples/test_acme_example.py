"""The example company is our shop window: it holds what its README says, and is wrong only where it says so."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import yaml

ROOT = Path(__file__).parents[2]
ACME = ROOT / "examples" / "acme"
BROKEN = ACME / "load-tests" / "catalog-info.yaml"
KINDS_AND_LEAST = {
    "Component": 50, "API": 20, "Resource": 25, "System": 15, "Domain": 6, "Group": 25, "User": 25, "Location": 8, "Template": 3,
}  # fmt: skip


def yaml_files() -> list[Path]:
    files = [p for pattern in ("*.yaml", "*.yml") for p in ACME.rglob(pattern)]
    return sorted(p for p in files if "skeleton" not in p.parts and p != BROKEN)


def documents() -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in yaml_files():
        for document in yaml.load_all(path.read_text(encoding="utf-8"), yaml.CSafeLoader):
            if isinstance(document, dict) and "kind" in document and "apiVersion" in document:
                yield path, document


DOCUMENTS = list(documents())
DIRECTORY = ROOT / "examples" / "directory"


def people() -> list[dict[str, Any]]:
    """The accounts that the directory exports and the portal shows: without former colleagues and guests."""
    users = json.loads((DIRECTORY / "users.json").read_text(encoding="utf-8"))["Resources"]
    return [user for user in users if user["active"] and user["userType"] != "Guest"]


COUNTS = Counter(document["kind"] for _, document in DOCUMENTS) + Counter(User=len(people()))


def repository(path: Path) -> str:
    return path.relative_to(ACME).parts[0]


def definitions(api_type: str) -> list[tuple[str, str]]:
    found = []
    for path, document in DOCUMENTS:
        if document["kind"] == "API" and document["spec"]["type"] == api_type:
            definition = document["spec"]["definition"]
            text = definition if isinstance(definition, str) else (path.parent / definition["$text"]).read_text(encoding="utf-8")
            found.append((document["metadata"]["name"], text))
    return found


@pytest.mark.parametrize("kind", sorted(KINDS_AND_LEAST))
def test_there_is_enough_of_every_kind(kind):
    assert COUNTS[kind] >= KINDS_AND_LEAST[kind]


def test_the_company_has_many_repositories_and_two_namespaces():
    assert len({repository(path) for path, _ in DOCUMENTS}) >= 18
    assert {document["metadata"].get("namespace", "default") for _, document in DOCUMENTS} == {"default", "data"}


def test_the_readme_counts_right():
    said = re.sub(r"\s+", " ", (ACME / "README.md").read_text(encoding="utf-8"))
    repositories = len([p for p in ACME.iterdir() if p.is_dir()])
    for number, thing in (
        (repositories, "repositories"),
        (COUNTS["Group"], "groups"),
        (COUNTS["User"], "people"),
        (COUNTS["Component"], "components"),
        (COUNTS["API"], "APIs"),
    ):
        assert re.search(rf"\b{number} {thing}", said), thing


@pytest.mark.parametrize(("name", "text"), definitions("openapi"), ids=lambda v: v[:30])
def test_openapi_definitions_have_operations_and_resolve(name, text):
    definition = yaml.safe_load(text)
    assert definition["openapi"].startswith("3.1")
    operations = [op for item in definition["paths"].values() for method, op in item.items() if method != "parameters"]
    assert len(operations) >= (3 if name == "loyalty-points-api" else 5)
    identifiers = [op["operationId"] for op in operations]
    assert len(set(identifiers)) == len(identifiers)
    assert all(op["responses"] for op in operations)
    assert_references_resolve(definition)


@pytest.mark.parametrize(("name", "text"), definitions("asyncapi"), ids=lambda v: v[:30])
def test_asyncapi_definitions_have_channels_and_operations_and_resolve(name, text):
    definition = yaml.safe_load(text)
    assert definition["asyncapi"] == "3.0.0"
    assert definition["channels"], name
    assert {op["action"] for op in definition["operations"].values()} <= {"send", "receive"}
    assert_references_resolve(definition)


@pytest.mark.parametrize(("name", "text"), definitions("grpc"), ids=lambda v: v[:30])
def test_proto_definitions_define_every_message_that_they_use(name, text):
    text = re.sub(r"//[^\n]*", "", text)
    assert text.lstrip().startswith('syntax = "proto3";'), name
    assert text.count("{") == text.count("}")
    messages = set(re.findall(r"\bmessage (\w+)", text))
    used = set(re.findall(r"(?:rpc \w+\(|returns \()(?:stream )?(\w+)\)", text))
    assert used
    assert used <= messages


@pytest.mark.parametrize(("name", "text"), definitions("graphql"), ids=lambda v: v[:30])
def test_graphql_definitions_define_every_type_that_they_use(name, text):
    text = re.sub(r'"[^"]*"', "", text)
    assert text.count("{") == text.count("}"), name
    defined = set(re.findall(r"\b(?:type|enum|interface|union|scalar|input) (\w+)", text))
    used = set(re.findall(r":\s*\[?(\w+)", text)) - {"String", "Int", "Float", "Boolean", "ID"}
    assert "Query" in defined
    assert {u for u in used if u[0].isupper()} <= defined


def assert_references_resolve(definition: dict[str, Any]) -> None:
    for reference in re.findall(r'"\$ref": "(#[^"]*)"', json.dumps(definition)):
        part: Any = definition
        for step in reference[2:].split("/"):
            part = part[step]


def test_no_comma_in_a_flow_mapping_cut_a_text_in_two():
    texts = [path.read_text(encoding="utf-8") for path in yaml_files()]
    cut = [key for text in texts for document in yaml.safe_load_all(text) for key in empty_keys(document)]
    assert cut == []


def empty_keys(value: Any) -> Iterator[str]:
    """``{description: Begun, and more}`` has a key "and more" without a value."""
    if isinstance(value, dict):
        yield from (key for key, inner in value.items() if inner is None)
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from empty_keys(inner)


def test_every_group_lies_below_the_company_in_three_levels():
    parents = {d["metadata"]["name"]: d["spec"].get("parent") for _, d in DOCUMENTS if d["kind"] == "Group"}
    depths = Counter(depth_of(name, parents) for name in parents)
    assert depths[0] == 1
    assert set(depths) == {0, 1, 2}


def test_the_directory_and_the_descriptors_have_the_same_groups():
    listed = json.loads((DIRECTORY / "groups.json").read_text(encoding="utf-8"))["Resources"]
    described = {d["metadata"]["name"]: d for _, d in DOCUMENTS if d["kind"] == "Group"}
    annotation = "idp.acme.example/group-id"
    assert {group["displayName"]: group["id"] for group in listed} == {
        name: d["metadata"]["annotations"][annotation] for name, d in described.items()
    }
    known = {each["id"] for each in [*json.loads((DIRECTORY / "users.json").read_text(encoding="utf-8"))["Resources"], *listed]}
    assert {member["value"] for group in listed for member in group["members"]} <= known


def depth_of(name: str, parents: dict[str, str | None]) -> int:
    parent = parents[name]
    return 0 if parent is None else 1 + depth_of(parent, parents)


def test_addresses_can_belong_to_nobody():
    for path in (p for folder in (ACME, DIRECTORY) for p in folder.rglob("*") if p.is_file()):
        text = path.read_text(encoding="utf-8")
        hosts = {h.lower() for h in re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", text)}
        assert all(host == "acme.example" for host in hosts), path


def test_some_documentation_decisions_and_owners_of_code_are_there():
    assert len(list(ACME.rglob("mkdocs.yml"))) >= 10
    assert len(list(ACME.rglob("docs/index.md"))) >= 10
    assert list(ACME.rglob("docs/decisions/*.md"))
    assert list(ACME.rglob("docs/runbooks/*.md"))
    assert len(list(ACME.rglob("CODEOWNERS"))) >= 4


@pytest.mark.parametrize("config", sorted(ACME.rglob("mkdocs.yml")), ids=lambda p: "/".join(p.relative_to(ACME).parts[:2]))
def test_pages_in_a_documentation_s_navigation_exist(config):
    missing = {"escalaton.md"} if config.parent.name == "care-desk" else set()  # the set whose faults the portal shows
    for page in re.findall(r"([\w/-]+\.md)\s*$", config.read_text(encoding="utf-8"), re.MULTILINE):
        assert page in missing or (config.parent / "docs" / page).is_file(), page


def test_only_the_broken_file_is_no_yaml():
    with pytest.raises(yaml.YAMLError):
        list(yaml.safe_load_all(BROKEN.read_text(encoding="utf-8")))
