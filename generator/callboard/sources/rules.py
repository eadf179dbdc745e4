"""SRC001, SRC002: problems that a source finds before any descriptor is read."""

from callboard.model.problem import Rule, Severity

UNREADABLE_NAME = Rule(
    code="SRC001",
    name="unreadable-name",
    severity=Severity.WARNING,
    summary="A file or folder has a name that is not UTF-8; it is left out, with all that is below.",
    means="""The bytes of the name are no text in UTF-8. They come from an old archive or from a system with another encoding.""",
    matters="""Nothing can link to such a file: URLs, pages and JSON hold UTF-8 alone. A descriptor below it is missing in the catalog.""",
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
    summary="A folder may not be read by the user who runs the build.",
    means="""The system refused to list the folder. What is below is left out.""",
    matters="""Descriptors below it are missing in the catalog, although everything else looks well.""",
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
