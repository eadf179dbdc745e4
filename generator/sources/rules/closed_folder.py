"""SRC002: a folder that may not be read."""

from generator.problems import Rule, Severity

RULE = Rule(
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
