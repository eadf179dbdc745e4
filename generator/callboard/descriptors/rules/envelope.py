"""A checked document → problems ENT001–ENT004, ENT008 and ENT014 of its apiVersion, kind and root fields."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from callboard.descriptors.document import CheckedDocument
from callboard.descriptors.formats import is_api_version, is_kind
from callboard.model.problem import Problem, Rule, Severity
from callboard.model.suggestions import nearest
from callboard.settings.schema_messages import shown, type_mismatch

MISSING_API_VERSION = Rule(
    code="ENT001",
    name="missing-api-version",
    severity=Severity.ERROR,
    summary="The document has no apiVersion.",
    means="""Every descriptor needs `apiVersion`, a string: `backstage.io/v1alpha1` for the built-in kinds,
`scaffolder.backstage.io/v1beta3` for templates.""",
    matters="""Backstage rejects the document: the entity is missing there, and every reference to it is broken. Callboard
still creates its page and shows this problem on it.""",
    wrong="""kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_missing_api_version(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem if the apiVersion is missing, empty or not a string."""
    for error in document.errors:
        if error.keyword == "required" and not error.path and error.details["property"] == "apiVersion":
            yield _missing(document)
        elif error.path == ("apiVersion",) and error.keyword in {"type", "minLength"}:
            yield document.problem(
                MISSING_API_VERSION,
                f"`apiVersion` {type_mismatch('a string', error.value)}.",
                error.path,
                _api_version_hint(document),
            )


def _missing(document: CheckedDocument) -> Problem:
    slip = next((key for key in islice(document.value, 50) if nearest(key, ("apiVersion",))), None)
    if slip:
        return document.problem(
            MISSING_API_VERSION,
            f"Found `{shown(slip)}` where `apiVersion` is expected.",
            (slip,),
            f"Write apiVersion instead of {slip}.",
            at_key=True,
        )
    return document.problem(MISSING_API_VERSION, "The document has no `apiVersion`.", (), _api_version_hint(document))


def _api_version_hint(document: CheckedDocument) -> str:
    if better := document.outdent("apiVersion"):
        return better
    kind = document.kind or document.kinds.get(str(document.value.get("kind")))
    version = kind.api_versions[0] if kind else "backstage.io/v1alpha1"
    add = f"Add the line: apiVersion: {version}"
    is_rest = document.origin.document > 0 and "kind" not in document.value
    return f"Remove the line --- above line {document.origin.line} if these lines belong to the descriptor above. {add}" if is_rest else add


UNKNOWN_API_VERSION = Rule(
    code="ENT002",
    name="unknown-api-version",
    severity=Severity.ERROR,
    summary="The kind does not exist under this apiVersion.",
    means="""Each kind exists under certain values of `apiVersion` only: Backstage's own kinds under `backstage.io/v1alpha1` and
`v1beta1`, templates under `scaffolder.backstage.io/v1beta3`. Templates of `v1beta2` and earlier have to be migrated.""",
    matters="""Backstage rejects the document with "no processor recognized the entity". Callboard still creates its page and shows
this problem on it.""",
    wrong="""apiVersion: backstage.io/v1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


_OLD_TEMPLATES = ("backstage.io/v1alpha1", "backstage.io/v1beta1", "backstage.io/v1beta2")
"""Versions of templates of another form: another ``apiVersion`` alone does not make them work."""


def find_unknown_api_version(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem if the kind does not exist under the apiVersion."""
    version = document.value.get("apiVersion")
    kind = document.kinds.get(str(document.value.get("kind")))
    if not isinstance(version, str) or not version or (version in kind.api_versions if kind else is_api_version(version)):
        return
    known = kind.api_versions if kind else ("backstage.io/v1alpha1",)
    what = f"is not an apiVersion of {kind.name}" if kind else "is not a valid apiVersion"
    hint = f"Write {' or '.join(known)}."
    if kind and kind.name == "Template" and version in _OLD_TEMPLATES:
        hint = f"Convert the template to {known[0]}: write parameters as ${{{{ … }}}}, and use the fields and actions of that version."
    yield document.problem(UNKNOWN_API_VERSION, f'"{shown(version)}" {what}.', ("apiVersion",), hint)


MISSING_KIND = Rule(
    code="ENT003",
    name="missing-kind",
    severity=Severity.ERROR,
    summary="The document has no kind.",
    means="""`kind` names the kind of entity that the document describes: `Component`, `API`, `Resource`, `System`, `Domain`, `Group`,
`User`, `Location` or `Template`.""",
    matters="""Backstage rejects the document: the entity is missing there, and every reference to it is broken. Callboard
cannot create a page for it either.""",
    wrong="""apiVersion: backstage.io/v1alpha1
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_missing_kind(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem if the kind is missing or malformed."""
    kind = document.value.get("kind")
    known = ", ".join(sorted(kind.name for kind in document.kinds.by_name.values()))
    hint = document.outdent("kind") or f"Add a line such as kind: Component (known: {known})."
    if "kind" not in document.value:
        slip = next((key for key in islice(document.value, 50) if nearest(key, ("kind",))), None)
        if slip:
            yield document.problem(
                MISSING_KIND, f"Found `{shown(slip)}` where `kind` is expected.", (slip,), f"Write kind instead of {slip}.", at_key=True
            )
        else:
            yield document.problem(MISSING_KIND, "The document has no `kind`.", (), hint)
    elif not is_kind(kind):
        message = f"`kind` {type_mismatch('a word of at most 63 letters and digits', kind)}."
        yield document.problem(MISSING_KIND, message, ("kind",), hint)


UNKNOWN_KIND = Rule(
    code="ENT004",
    name="unknown-kind",
    severity=Severity.ERROR,
    summary="The kind does not exist.",
    means="""Kinds are written exactly as they are defined: `Component`, not `component`. Custom kinds are declared by a JSON Schema
file under `kinds:` in `sources.yaml`.""",
    matters="""Backstage rejects the document with "no processor recognized the entity". Callboard still creates its page and shows
this problem on it.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Service
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_unknown_kind(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem if no schema declares the kind, or declares it in another spelling."""
    kind = document.value.get("kind")
    if not is_kind(kind):
        return
    known = document.kinds.get(kind)
    if known is None:
        yield document.problem(UNKNOWN_KIND, f'Unknown kind "{kind}".', ("kind",), _kind_hint(document, kind))
    elif known.name != kind:
        yield document.problem(UNKNOWN_KIND, f'The kind "{kind}" must be written "{known.name}".', ("kind",), f"Write kind: {known.name}")


def _kind_hint(document: CheckedDocument, kind: str) -> str:
    names = sorted(known.name for known in document.kinds.by_name.values())
    near = nearest(kind, names) or _USUAL.get(kind.lower(), "")
    if near:
        return f"Did you mean kind: {near}?"
    return f"Write one of {', '.join(names)}, or declare the kind under kinds: in sources.yaml."


_USUAL = {
    "service": "Component",
    "website": "Component",
    "library": "Component",
    "application": "Component",
    "app": "Component",
    "team": "Group",
    "person": "User",
    "database": "Resource",
    "product": "System",
}


UNKNOWN_ROOT_FIELD = Rule(
    code="ENT008",
    name="unknown-root-field",
    severity=Severity.ERROR,
    summary="The document has an unknown field at its root.",
    means="""At its root a descriptor has `apiVersion`, `kind`, `metadata` and `spec`, and nothing else. The usual cause is lost
indentation: `owner:` belongs under `spec:`, `annotations:` under `metadata:`.""",
    matters="""Backstage rejects the document: the entity is missing there, and every reference to it is broken.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_unknown_root_field(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem for each unknown field at the root."""
    for error in document.errors:
        if error.keyword == "additionalProperties" and not error.path:
            for name in error.details["unexpected"]:
                yield document.problem(
                    UNKNOWN_ROOT_FIELD,
                    f"Unknown field `{shown(name)}` at the root of the descriptor.",
                    (name,),
                    _root_field_hint(document, name),
                    at_key=True,
                )


def _root_field_hint(document: CheckedDocument, name: str) -> str:
    if document.kind and name in document.kind.spec_fields:
        return f'Indent it by two spaces below "spec:", where {document.kind.name} has this field.'
    if name in _METADATA:
        return 'Indent it by two spaces below "metadata:".'
    near = nearest(name, [root for root in _ROOT if root not in document.value])
    return f"Did you mean {near}?" if near else 'Move it below "spec:" or "metadata:", or remove it.'


_METADATA = ("name", "namespace", "title", "description", "labels", "annotations", "tags", "links")
_ROOT = ("apiVersion", "kind", "metadata", "spec")


OUTPUT_FIELD = Rule(
    code="ENT014",
    name="output-field",
    severity=Severity.WARNING,
    summary="The field is generated by the catalog and must not be written by hand.",
    means="""`metadata.uid`, `metadata.etag`, `metadata.generation`, `relations` and `status` are output of the catalog. In a
descriptor they are usually left over from a copied API response.""",
    matters="""Backstage rejects a document with `relations` or `status`, and overwrites the other fields; relations are derived from
the fields below `spec`.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  uid: 11111111-2222-3333-4444-555555555555
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_output_field(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem for each field that the catalog generates: an error at the root, where Backstage rejects it; else a warning."""
    for path in _MADE:
        if path[-1] in (document.metadata() if len(path) > 1 else document.value):
            severity = Severity.ERROR if len(path) == 1 else Severity.WARNING
            yield document.problem(
                OUTPUT_FIELD, f"`{'.'.join(path)}` is generated by the catalog.", path, "Remove it.", severity=severity, at_key=True
            )


_MADE = (("relations",), ("status",), ("metadata", "uid"), ("metadata", "etag"), ("metadata", "generation"))
