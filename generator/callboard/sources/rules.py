"""Rules of sources: SRC001–SRC004 about names, folders, archives and URLs of repositories, BST001–BST004 about a Backstage instance."""

from callboard.plugins.sources import Rule, Severity

UNREADABLE_NAME = Rule(
    code="SRC001",
    name="unreadable-name",
    severity=Severity.WARNING,
    summary="A file or folder has a name that is not UTF-8; it is left out, with everything below it.",
    means="""The bytes of the name are not valid UTF-8. They come from an old archive or from a system with another encoding.""",
    matters="""Nothing can link to such a file: URLs, pages and JSON contain only UTF-8.
A descriptor below it is missing from the catalog.""",
    wrong="""# caf\\xe9/catalog-info.yaml (Latin 1)
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: cafe
""",
    right="""# café/catalog-info.yaml (UTF-8)
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: cafe
""",
)


CLOSED_FOLDER = Rule(
    code="SRC002",
    name="closed-folder",
    severity=Severity.WARNING,
    summary="The user who runs the build may not read a folder.",
    means="""The system denied listing the folder. Everything below it is left out.""",
    matters="""Descriptors below it are missing from the catalog, although the build succeeds.""",
    wrong="""# drwx------ root payments/catalog-info.yaml
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
""",
    right="""# drwxr-xr-x root payments/catalog-info.yaml
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
""",
)


ARCHIVED_REPOSITORY = Rule(
    code="SRC003",
    name="archived-repository",
    severity=Severity.WARNING,
    summary="An active entity is described in an archived repository.",
    means="""The host reports that the repository of the descriptor is archived, which makes it read-only. The lifecycle of the entity
says that it is in use: it is not `deprecated`, `retired`, `archived` or `decommissioned`. Archived repositories are read only with
`archived: true` on the source.""",
    matters="""Nothing in the repository can be changed, neither the code nor the descriptor: either the entity is no longer maintained,
and its lifecycle is wrong, or its code has moved to another repository.""",
    wrong="""# in an archived repository
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
spec:
  type: service
  lifecycle: production
  owner: team-checkout
""",
    right="""# in an archived repository
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
spec:
  type: service
  lifecycle: deprecated
  owner: team-checkout
""",
)


URL_TEMPLATE = Rule(
    code="SRC004",
    name="url-template",
    severity=Severity.WARNING,
    summary="A template of URLs in `sources.yaml` has a placeholder without a value; pages have no links to files of that source.",
    means="""`view_url` or `edit_url` of a source contains a placeholder that is unknown, or that has no value for a repository.
`{path}`, `{line}`, `{repository}` and `{ref}` are known. `{ref}` has a value only in a git repository with a remote: a plain folder has
no branch.""",
    matters="""A link with an empty part would lead nowhere. Pages of the entities therefore have no links to their descriptors.""",
    wrong="""# view_url: https://git.example.com/{project}/blob/{branch}/{path}
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
""",
    right="""# view_url: https://git.example.com/{repository}/blob/main/{path}
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
""",
)


BACKSTAGE_STATUS = Rule(
    code="BST001",
    name="backstage-status",
    severity=Severity.ERROR,
    summary="Backstage reports an error of the entity.",
    means="""The source is a Backstage instance. Its catalog could not process the latest version of the entity's file, or could not read a
location that is registered there. The message is Backstage's own.""",
    matters="""Backstage keeps the last version that it could read, and so does the portal: what is shown may be outdated. Entities
behind a location that cannot be read are missing.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
  tags: [Bad Tag]   # Policy check failed … "tags.0" is not valid
spec:
  type: service
  lifecycle: production
  owner: team-checkout
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
  tags: [bad-tag]
spec:
  type: service
  lifecycle: production
  owner: team-checkout
""",
)


BACKSTAGE_ORPHAN = Rule(
    code="BST002",
    name="backstage-orphan",
    severity=Severity.WARNING,
    summary="The entity is an orphan in Backstage.",
    means="""The source is a Backstage instance, and the entity has the annotation `backstage.io/orphan: "true"`: the Location that led
to its file was removed or no longer lists the file. Backstage keeps such entities until they are deleted. (ORP001 is about something else:
an entity without relations.)""",
    matters="""Changes of the file have no effect any more, and the file may not exist. A source that reads the repositories will not find
the entity.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: services
spec:
  targets: []   # listed ./payments/catalog-info.yaml before
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: services
spec:
  targets:
    - ./payments/catalog-info.yaml
""",
)


DIFFERS_FROM_CATALOG = Rule(
    code="BST003",
    name="differs-from-backstage",
    severity=Severity.INFO,
    summary="Backstage has other values of the entity than its file.",
    means="""A source of the type `backstage` with `compare: true` and a source of repositories both read the file.
Fields of the entity differ. What Backstage adds to every entity does not count.""",
    matters="""After the source is removed, the values of the file remain. Either Backstage has an older version of the file, or one of
its processors changes the entity: then the value must be written into the file, or it will be missing.""",
    wrong="""# the file; in Backstage, a processor sets spec.owner to team-checkout
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
spec:
  type: service
  lifecycle: production
  owner: unknown
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
spec:
  type: service
  lifecycle: production
  owner: team-checkout
""",
)


ONLY_IN_CATALOG = Rule(
    code="BST004",
    name="only-in-backstage",
    severity=Severity.INFO,
    summary="Only Backstage has the entity.",
    means="""A source of the type `backstage` with `compare: true` has the entity, and no other source of the portal has it.""",
    matters="""The entity disappears from the portal when the source is removed. Its file is in a repository, or at a path, that no source
reads; or it comes from a provider of people and teams that the portal does not have yet.""",
    wrong="""# sources.yaml; the file is services/payments.yaml
sources:
  - name: github
    type: github
    organization: acme
  - name: backstage
    type: backstage
    url: https://backstage.acme.example
    compare: true
""",
    right="""# sources.yaml
sources:
  - name: github
    type: github
    organization: acme
    include: ["**/catalog-info.yaml", "services/*.yaml"]
  - name: backstage
    type: backstage
    url: https://backstage.acme.example
    compare: true
""",
)
