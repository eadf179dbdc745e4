"""SRC001: a name that is no UTF-8."""

from generator.problems import Rule, Severity

RULE = Rule(
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
