"""Rules SRC001 and SRC002: problems with names and folders of a tree, reported before any descriptor is read."""

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
