"""Values of annotations, places of fields and definitions: each right and wrong value with its source, and each hint obeyed."""

import re
from json import loads

import pytest

from callboard.descriptors.annotation_forms import known_keys
from callboard.descriptors.kinds import builtin_kinds
from descriptor_reading import read
from yaml import safe_dump

CORE = "descriptor-format.md, well-known annotations"
B1 = "descriptors.md, B1"
ZENIKA = "descriptors.md, case 3: real Zenika/skillZ"
VALIDATOR = "descriptors.md, case 4: RoadieHQ/backstage-entity-validator#104, real cloudflare/quiche"
GITLAB = "immobiliare/backstage-plugin-gitlab"
REAL = "real descriptors of ../corpora"
ANNOTATIONS = [
    ("github.com/project-slug", "https://github.com/acme/orders", "acme/orders", B1),
    ("github.com/project-slug", "https://github.com/acme/orders/tree/main/x?tab=y", "acme/orders", B1),
    ("github.com/project-slug", "git@github.com:acme/orders.git", "acme/orders", "sibling: the address for cloning"),
    ("github.com/project-slug", "github.com/acme/orders", "acme/orders", "sibling: no scheme"),
    ("github.com/project-slug", "acme/orders.git", "acme/orders", "sibling: the address for cloning"),
    ("github.com/project-slug", " acme/orders ", "acme/orders", "sibling: spaces around"),
    ("github.com/project-slug", "orders", None, "sibling: no organization, and it cannot be known"),
    ("github.com/project-slug", "", None, "sibling: empty"),
    ("github.com/project-slug", "1-Platform/one-platform", "", REAL),
    ("github.com/project-slug", "${{ values.orgName }}/${{ values.repoName }}", "", REAL),
    ("github.com/project-slug", '{{cookiecutter.owner + "/" + cookiecutter.repo}}', "", REAL),
    ("github.com/team-slug", "https://github.com/orgs/acme/teams/core", "acme/core", CORE),
    ("github.com/team-slug", "@acme/core", "acme/core", CORE),
    ("github.com/user-login", "@jane", "jane", CORE),
    ("github.com/user-login", "https://github.com/jane", "jane", CORE),
    ("gitlab.com/project-slug", "https://gitlab.com/a/b/c/-/tree/main", "a/b/c", GITLAB),
    ("gitlab.com/project-slug", "a/b/c", "", GITLAB),
    ("gitlab.com/project-id", "a/b", None, GITLAB),
    ("gitlab.com/instance", "https://gitlab.acme.example/", "gitlab.acme.example", GITLAB),
    ("dev.azure.com/project-repo", "https://dev.azure.com/o/My%20Shop/_git/orders", "My Shop/orders", "@backstage/plugin-azure-devops"),
    ("dev.azure.com/project-repo", "My Shop/orders", "", "@backstage/plugin-azure-devops"),
    ("backstage.io/techdocs-ref", "docs", "dir:docs", ZENIKA),
    ("backstage.io/techdocs-ref", "./docs", "dir:./docs", ZENIKA),
    ("backstage.io/techdocs-ref", ".", "dir:.", ZENIKA),
    ("backstage.io/techdocs-ref", "dir: .", "dir:.", ZENIKA),
    ("backstage.io/techdocs-ref", "dir", None, ZENIKA),
    ("backstage.io/techdocs-ref", "https://github.com/acme/orders", "url:https://github.com/acme/orders", ZENIKA),
    ("backstage.io/techdocs-ref", "dir:https://x.example/a", "url:https://x.example/a", "sibling: the wrong prefix"),
    ("backstage.io/techdocs-ref", "url:docs", "dir:docs", "sibling: the wrong prefix"),
    ("backstage.io/techdocs-ref", "github:https://x.example/a", "url:https://x.example/a", "old releases of TechDocs"),
    ("backstage.io/techdocs-ref", "dir:.", "", REAL),
    ("backstage.io/techdocs-ref", "url:https://github.com/AngC1/Roadie/tree/main", "", REAL),
    ("backstage.io/techdocs-ref", "url:{{cookiecutter.storePath}}", "", REAL),
    ("backstage.io/techdocs-entity", "handbook", "component:handbook", CORE),
    ("backstage.io/techdocs-entity", "component:default/handbook", "", CORE),
    ("backstage.io/source-location", "https://github.com/acme/orders", "url:https://github.com/acme/orders/", VALIDATOR),
    ("backstage.io/source-location", "github.com/acme/orders", "url:https://github.com/acme/orders/", VALIDATOR),
    ("backstage.io/source-location", "url:github.com/acme/orders", "url:https://github.com/acme/orders/", VALIDATOR),
    ("backstage.io/source-location", "url: https://github.com/acme/orders/", "url:https://github.com/acme/orders/", VALIDATOR),
    ("backstage.io/source-location", "url:https://github.com/contentful/rich-text/", "", REAL),
    ("backstage.io/source-location", "url:https://github.com/acme/orders/blob/main/SKILL.md", "", REAL),
    ("backstage.io/source-location", "url:https://dev.azure.com/o/p/_git/r?path=/x", "", "a folder in a query has no final slash"),
    ("backstage.io/view-url", "github.com/acme/orders", "https://github.com/acme/orders", CORE),
    ("backstage.io/linguist", "https://github.com/backstage/backstage/tree/master/plugins/playlist", "", REAL),
    ("backstage.io/code-coverage", "Enabled", "enabled", CORE),
    ("backstage.io/time-saved", "pt4h", "PT4H", CORE),
    ("backstage.io/time-saved", "4 hours", None, CORE),
    ("backstage.io/source-template", "template:default/springboot-template", "", REAL),
    ("backstage.io/kubernetes-id", "my app", None, "Kubernetes: values of labels"),
    ("backstage.io/kubernetes-label-selector", "app: orders", "app=orders", "Kubernetes: label selectors"),
    ("backstage.io/kubernetes-label-selector", "app=orders; tier=api", "app=orders,tier=api", "Kubernetes: label selectors"),
    ("backstage.io/kubernetes-label-selector", "app in (a, b),!x,env!=prod", "", "Kubernetes: label selectors"),
    ("backstage.io/kubernetes-label-selector", "cluster.x-k8s.io/provider=cluster-api,control-plane=controller-manager", "", REAL),
    ("argocd/app-selector", "verseghy.net/component=backend2-redis", "", REAL),
    ("argocd/app-name", "https://argocd.acme.example/applications/argocd/orders", "orders", "RoadieHQ, Argo CD plugin"),
    ("circleci.com/project-slug", "acme/orders", "github/acme/orders", CORE),
    ("circleci.com/project-slug", "https://app.circleci.com/pipelines/github/acme/orders", "github/acme/orders", CORE),
    ("circleci.com/project-slug", "github/contentful/rich-text", "", REAL),
    ("jenkins.io/job-full-name", "https://ci.acme.example/job/shop/job/orders/", "shop/orders", CORE),
    ("jenkins.io/job-full-name", "Eulen/spring-service-build", "", REAL),
    ("jenkins.io/job-full-name", "east:shop/orders", "", CORE),
    ("sentry.io/project-slug", "https://acme.sentry.io/projects/orders/", "acme/orders", CORE),
    ("sonarqube.org/project-key", "https://sonar.acme.example/dashboard?id=acme:orders", "acme:orders", CORE),
    ("sonarqube.org/project-key", "default/acme:orders", "", CORE),
    ("pagerduty.com/service-id", "https://acme.pagerduty.com/service-directory/PABC12", "PABC12", "PagerDuty plugin"),
    ("jira/project-key", "https://acme.atlassian.net/browse/SHOP", "SHOP", "RoadieHQ, Jira plugin"),
    ("jira/project-key", "SHOP-12", "SHOP", "sibling: the key of an issue"),
    ("jira/project-key", "APD", "", REAL),
    ("gocd.org/pipelines", "build, deploy", "", CORE),
    ("gocd.org/pipelines", "build deploy", "build,deploy", CORE),
    ("snyk.io/project-ids", "[a; b]", "a,b", "Snyk plugin"),
    ("graph.microsoft.com/group-id", "Team Payments", None, CORE),
    ("lighthouse.com/website-url", "https://one.redhat.com/search", "", REAL),
    ("acme.example/project-slug", "https://x", "", "an annotation that nobody knows is free"),
]  # fmt: skip
"""Key, value, and what the hint says to write: an empty string for a right value, None where no hint can say it."""


def document(**changes):
    kind = changes.pop("kind", "Component")
    spec = {"Group": {"type": "team", "children": []}, "User": {"memberOf": []}, "System": {"owner": "t"}, "Domain": {"owner": "t"}}
    spec |= {
        "Resource": {"type": "database", "owner": "t"},
        "API": {"type": "x", "lifecycle": "production", "owner": "t", "definition": "x"},
    }
    base = {"apiVersion": "backstage.io/v1alpha1", "kind": kind, "metadata": {"name": "orders"}}
    base["spec"] = spec.get(kind, {"type": "service", "lifecycle": "production", "owner": "t"})
    for path, value in changes.items():
        place, _, name = path.partition("_")
        base[place] = {**base[place], name: value}
    return base


def found(value, files=None):
    text = value if isinstance(value, str) else safe_dump(value, sort_keys=False)
    return [p for p in read(text, files).problems if p.code != "FIL001"]


def annotated(key, value):
    return document(metadata_annotations={key: value})


@pytest.mark.parametrize(("key", "value", "better"), [case[:3] for case in ANNOTATIONS])
def test_a_wrong_value_of_a_known_annotation_says_the_right_one(key, value, better):
    problems = found(annotated(key, value))
    assert [problem.code for problem in problems] == ([] if better == "" else ["ANN004"])
    if better:
        assert problems[0].hint == f"Write {key}: {better}"
        assert not found(annotated(key, better)), "the hint, obeyed, has a problem of its own"


def test_every_kind_of_annotation_value_has_a_case():
    forms = {key for key, *_ in ANNOTATIONS} & known_keys()
    assert len(forms) > 25


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("backstage.io/techdoc-ref", "backstage.io/techdocs-ref"),
        ("github.com/project_slug", "github.com/project-slug"),
        ("sonarqube.org/projectkey", "sonarqube.org/project-key"),
        ("jira/components", ""),  # a plural may be a key of its own
        ("backstage.io/orphan", ""),
        ("acme.example/project-slug", ""),
        ("github.com/", ""),
    ],
)
def test_a_key_with_one_other_letter_is_taken_for_the_well_known_one(key, meant):
    """Sibling of descriptors.md, B1: a well-known annotation that was written and is not used."""
    hints = [problem.hint for problem in found(document(metadata_annotations={key: "x"})) if problem.code == "ENT013"]
    assert hints == ([f"Did you mean {meant}?"] if meant else [])


SLASH = "backstage.io/source-location"


@pytest.mark.parametrize(
    ("value", "techdocs", "is_wrong"),
    [
        ("url:https://github.com/acme/orders", "dir:.", True),
        ("url:https://github.com/acme/orders/tree/main/v1.2", "dir:.", True),
        ("url:https://github.com/acme/orders/", "dir:.", False),
        ("url:https://github.com/acme/orders/tree/main/", "dir:.", False),
        ("url:https://github.com/acme/orders/blob/main/SKILL.md", "dir:.", False),
        ("url:https://github.com/acme/orders", "", False),
        ("url:https://github.com/acme/orders", "url:https://x.example/", False),
    ],
)
def test_a_missing_slash_is_wrong_where_paths_are_relative_to_it(value, techdocs, is_wrong):
    """descriptors.md, B1: TechDocs resolves ``dir:`` against it (validator#104); the link alone works without, as in real files."""
    right = {"backstage.io/techdocs-ref": techdocs} if techdocs else {}
    problems = found(document(metadata_annotations={SLASH: value, **right}))
    assert [(p.code, p.hint) for p in problems] == ([("ANN004", f"Write {SLASH}: {value}/")] if is_wrong else [])


@pytest.mark.parametrize(
    "value", ["x" * 5_000, "a" * 1_999 + "!", "a-" * 999, "://" * 600, "P" + "1Y" * 900, ",".join("a=b" for _ in range(400)), "\n"]
)
@pytest.mark.long
def test_hostile_values_are_answered_at_once(value):
    for key in known_keys():
        found(annotated(key, value))


B2 = "descriptors.md, B2"
BENWILCOCK = "descriptors.md, case 6: real benwilcock/backstage-catalogs"
PLUGIN_ISSUE = "descriptors.md, case 5: immobiliare/backstage-plugin-gitlab#625"
PLACES = [
    ("Component", {"metadata_system": "shop"}, "metadata.system", "Move system from metadata to below spec:.", B2),
    ("Component", {"metadata_dependsOn": ["component:a"]}, "metadata.dependsOn", "Move dependsOn from metadata to below spec:.", B2),
    ("Component", {"metadata_type": "service"}, "metadata.type", "Remove this line.", B2),
    ("Component", {"metadata_owner": "t"}, "metadata.owner", "Remove this line.", "sibling of B2: the field stands at both places"),
    ("Component", {"metadata_backstage.io/techdocs-ref": "dir:."}, "metadata.backstage.io/techdocs-ref", "annotations:", PLUGIN_ISSUE),
    ("Component", {"metadata_acme.example/team": "a"}, "metadata.acme.example/team", "annotations:", PLUGIN_ISSUE),
    ("Component", {"metadata_labels": {"github.com/project-slug": "x"}}, "metadata.labels.github.com/project-slug", "annotations:", B2),
    ("Component", {"spec_github.com/project-slug": "acme/a"}, "spec.github.com/project-slug", "annotations:", PLUGIN_ISSUE),
    ("Component", {"spec_description": "Words."}, "spec.description", "Move description from spec to below metadata:.", B2),
    ("Component", {"spec_tags": ["a"]}, "spec.tags", "Move tags from spec to below metadata:.", B2),
    ("Component", {"spec_title": "A"}, "spec.title", "Move title from spec to below metadata:.", B2),
    ("Component", {"spec_links": []}, "spec.links", "Move links from spec to below metadata:.", B2),
    ("Component", {"spec_annotations": {}}, "spec.annotations", "Move annotations from spec to below metadata:.", B2),
    ("Group", {"spec_description": "Words."}, "spec.description", "Move description from spec to below metadata:.", BENWILCOCK),
    ("Group", {"spec_displayName": "A"}, "spec.displayName", 'Move it below "profile:"', B2),
    ("User", {"spec_email": "a@b.example"}, "spec.email", 'Move it below "profile:"', B2),
    ("User", {"spec_displayName": "A"}, "spec.displayName", 'Move it below "profile:"', B2),
    ("System", {"spec_displayName": "A"}, "spec.displayName", "title: below metadata:", BENWILCOCK),
    ("Component", {"spec_profile": {}}, "spec.profile", "title: below metadata:", BENWILCOCK),
    ("Resource", {"spec_providesApis": ["a"]}, "spec.providesApis", "write it in the Component", BENWILCOCK),
    ("API", {"spec_dependsOn": ["component:a"]}, "spec.dependsOn", "Component or Resource", B2),
    ("API", {"spec_dependencyOf": ["component:a"]}, "spec.dependencyOf", "Component or Resource", BENWILCOCK),
    ("API", {"spec_apiProvidedBy": "a"}, "spec.apiProvidedBy", "The relation comes from providesApis of Component.", B2),
    ("API", {"spec_providedBy": "a"}, "spec.providedBy", "The relation comes from providesApis of Component.", B2),
    ("API", {"spec_consumedBy": "a"}, "spec.consumedBy", "The relation comes from consumesApis of Component.", "sibling of B2"),
    ("Component", {"metadata_spec": {"type": "service"}}, "metadata.spec", "Remove it.", "sibling of B2: a field of the root"),
    ("Component", {"metadata_kind": "Component"}, "metadata.kind", "Remove it.", "sibling of B2: a field of the root"),
    ("Domain", {"spec_parent": "a"}, "spec.parent", "write it in the Group", B2),
    ("Component", {"spec_domain": "a"}, "spec.domain", "write it in the System", B2),
    ("Component", {"spec_implementsApis": ["a"]}, "spec.implementsApis", "Write providesApis instead.", "descriptors.md, C11"),
    ("Group", {"spec_ancestors": ["a"]}, "spec.ancestors", "Write parent instead.", "descriptors.md, C11"),
    ("Component", {"spec_partOf": "a"}, "spec.partOf", "Write system or subcomponentOf instead.", B2),
    ("Component", {"spec_ownedBy": "a"}, "spec.ownedBy", "Write owner instead.", B2),
    ("Component", {"spec_members": ["a"]}, "spec.members", "write it in the Group", "sibling of B2"),
    ("Group", {"spec_memberOf": ["a"]}, "spec.memberOf", "write it in the User", "sibling of B2: no typo of members"),
    ("Group", {"spec_owner": "a"}, "spec.owner", "Remove it", "sibling of B2"),
    ("Component", {"spec_definition": "x"}, "spec.definition", "write it in the API", "sibling of B2"),
]
FREE = [
    ("Component", {"spec_costCenter": "7"}, "descriptors.md, B2: Bandwidth's costCenter"),
    (
        "Component",
        {"spec_version": "1", "spec_category": "x", "spec_license": "MIT", "spec_name": "x", "spec_namespace": "y"},
        "free fields",
    ),
    ("Resource", {"spec_lifecycle": "production"}, "free fields: the lifecycle of a resource is common"),
    ("User", {"spec_type": "bot"}, "free fields"),
    ("Component", {"metadata_costCenter": "7", "metadata_team": "x"}, "free fields"),
    ("Component", {"metadata_labels": {"acme.example/tier": "1"}}, "a label of one's own"),
]


@pytest.mark.parametrize(("kind", "changes", "field", "hint"), [case[:4] for case in PLACES])
def test_a_field_at_the_wrong_place_says_where_it_belongs(kind, changes, field, hint):
    problems = [p for p in found(document(kind=kind, **changes)) if p.code in {"SPC008", "SPC005", "ENT013"}]
    [problem] = problems
    assert (problem.code, str(problem.severity)) == ("SPC008", "warning")
    assert re.sub(r'\["?|"?\]', ".", problem.field).strip(".").replace("..", ".") == field
    assert hint in problem.hint


@pytest.mark.parametrize(("kind", "changes"), [case[:2] for case in FREE])
def test_a_field_of_one_s_own_is_free(kind, changes):
    assert not found(document(kind=kind, **changes))


def test_no_built_in_field_is_misplaced_in_its_own_kind():
    for kind in builtin_kinds().by_name.values():
        base = document(kind=kind.name)
        base["spec"] = dict.fromkeys(kind.spec_fields, "x")
        assert "SPC008" not in {problem.code for problem in found(base)}


API = "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: a}\nspec:\n  type: openapi\n  lifecycle: production\n  owner: t\n"
OPENAPI = "openapi: 3.1.0\ninfo: {title: x, version: '1'}\npaths: {}\n"
INLINE = "  definition:\n    openapi: 3.1.0\n    info: {title: x, version: '1'}\n    paths: {}\n"
B4 = "descriptors.md, B4"
RIGHT = "  definition:\n    $text: ./openapi.yaml\n"
DEFINITIONS = [
    ("  definition: $text: ./openapi.yaml\n", "Write $text: on a line of its own below definition:", RIGHT, B4),
    ('  definition: "$text: ./openapi.yaml"\n', "Write $text: ./openapi.yaml on a line of its own below definition:", RIGHT, "B4, quoted"),
    ("  definition: |\n    $text: ./openapi.yaml\n", "Write $text: ./openapi.yaml on a line of its own", RIGHT, "B4: real navikt/g"),
    ("  definition: $text ./openapi.yaml\n", "Write $text: ./openapi.yaml on a line of its own", RIGHT, B4),
    ("  definition: ./openapi.yaml\n", "write `$text:` and its path below `definition:`", RIGHT, "build-p1"),
    ("  definition:\n    $yaml: ./openapi.yaml\n", "Write $text: in place of $yaml:", RIGHT, "B4: bs33076"),
    ("  definition:\n    $json: ./o.json\n", "Write $text: in place of $json:", "  definition:\n    $text: ./o.json\n", "sibling"),
    ("  definition:\n    $topic: ./openapi.yaml\n", "Write $text: in place of $topic:", RIGHT, "B4: validator#74"),
    ("  definition:\n    text: ./openapi.yaml\n", "Write $text: in place of text:", RIGHT, "sibling"),
    ("  definition: openapi.yaml\n", "write `$text:` and its path below `definition:`", RIGHT, "sibling: a path without a folder"),
    ("  definition:\n    $text: ./openapi.yaml\n    x: y\n", '$text must be the only key below "definition:"', RIGHT, B4),
    (INLINE, 'Write "|" after "definition:", so that', INLINE.replace("definition:", "definition: |"), B4),
    ("  definition: {openapi: '3'}\n", "move the value to the next line", "  definition: |\n      {openapi: '3'}\n", "sibling"),
    ("  definition:\n", 'Write a string after "definition:".', RIGHT, "descriptors.md, C5: removing the line is the next error"),
    ("  definition: ''\n", "Fill it in.", RIGHT, "descriptors.md, C5"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "hint", "right"), [case[:3] for case in DEFINITIONS])
def test_a_wrong_definition_says_what_to_write_and_obeying_leaves_no_problem(wrong, hint, right):
    files = {"svc/openapi.yaml": OPENAPI, "svc/o.json": '{"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {}}'}
    [problem] = found(API + wrong, files)
    assert hint in problem.hint
    assert not found(API + right, files)


ROOT = """openapi: 3.1.0
info: {title: x, version: "1"}
paths:
  /orders: {$ref: ./paths/orders.yaml}
  /out: {$ref: ../../../../etc/passwd}
  /net: {$ref: "http://127.0.0.1:9/x.yaml"}
  /gone: {$ref: ./gone.yaml}
components:
  schemas:
    Order: {$ref: "schemas.yaml#/Order"}
"""
BUNDLE = {
    "svc/api/openapi.yaml": ROOT,
    "svc/api/paths/orders.yaml": """get:
  parameters: [{$ref: "../../common/parameters.yaml#/page"}]
  responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "../schemas.yaml#/Order"}}}}}
""",
    "svc/common/parameters.yaml": "page: {name: page, in: query, schema: {type: integer}}\n",
    "svc/api/schemas.yaml": """Order:
  type: object
  properties: {lines: {type: array, items: {$ref: "#/Line"}}, of: {$ref: "openapi.yaml#/components/schemas/Order"}}
Line: {type: object, properties: {order: {$ref: "#/Order"}}, example: {$ref: ./not-a-reference.yaml}}
""",
}


@pytest.mark.parametrize("key", ["$text", "$openapi", "$asyncapi"])
def test_a_definition_of_several_files_becomes_one_by_paths_from_the_file_that_refers(key):
    """descriptors.md, case 8: bs12687, bs28675, bs33076; a ring of files ends, and nothing outside of the repository is read."""
    result = read(f"{API}  definition:\n    {key}: ./api/openapi.yaml\n", BUNDLE)
    made = loads(result.entities[0].spec["definition"])
    assert made["paths"]["/orders"] == {"$ref": "#/x-files/orders"}
    operation = made["x-files"]["orders"]["get"]
    assert operation["parameters"] == [{"$ref": "#/x-files/page"}]
    assert made["x-files"]["page"]["in"] == "query"
    assert operation["responses"]["200"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Order"}
    schemas = made["components"]["schemas"]
    assert schemas["Order"]["properties"]["lines"]["items"] == {"$ref": "#/components/schemas/Line"}
    assert schemas["Order"]["properties"]["of"] == {"$ref": "#/components/schemas/Order"}
    assert schemas["Line"] == {
        "type": "object", "properties": {"order": {"$ref": "#/components/schemas/Order"}}, "example": {"$ref": "./not-a-reference.yaml"}
    }  # fmt: skip
    assert made["paths"]["/out"] == {"$ref": "../../../../etc/passwd"}
    told = [(p.code, p.message.partition(" ")[0]) for p in result.problems]
    assert told == [("PLC006", f'"{target}"') for target in ("../../../../etc/passwd", "http://127.0.0.1:9/x.yaml", "./gone.yaml")]


def test_a_definition_of_one_file_stays_as_it_is_written():
    result = read(f"{API}  definition:\n    $openapi: ./openapi.yaml\n", {"svc/openapi.yaml": OPENAPI})
    assert (result.entities[0].spec["definition"], result.problems) == (OPENAPI, ())
