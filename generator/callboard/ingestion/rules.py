"""LOC001–LOC007: the rules for targets of Locations, with their documentation; ``locations`` has the checks."""

from __future__ import annotations

from callboard.model.problem import Rule, Severity

LOCATION_NOT_FOUND = Rule(
    code="LOC001",
    name="location-not-found",
    severity=Severity.ERROR,
    summary="The target of a Location cannot be read.",
    means="""A `Location` lists files that hold more descriptors. This one does not exist, or its pattern matches no file. Relative targets
start at the folder of the file that holds the Location.""",
    matters="""The entities that should be there are missing from the catalog. Backstage reports the Location as failing.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: services
spec:
  targets:
    - ./paymnts/catalog-info.yaml
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


LOCATION_LEAVES_TREE = Rule(
    code="LOC002",
    name="location-leaves-tree",
    severity=Severity.ERROR,
    summary="The target of a Location is outside its repository.",
    means="""The target is an absolute path, or its `..` parts lead above the root folder of the repository or source that holds
the Location.""",
    matters="""The author of a descriptor must not be able to read other files of the machine that builds the portal, so such a target
is never opened.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: services
spec:
  target: ../../other-repository/catalog-info.yaml
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: services
spec:
  target: https://github.com/acme/other-repository/blob/main/catalog-info.yaml
""",
)


LOCATION_SOURCE_UNKNOWN = Rule(
    code="LOC003",
    name="location-source-unknown",
    severity=Severity.WARNING,
    summary="The target of a Location belongs to no source of this portal.",
    means="""The target is the URL of a file in a repository, or at a revision, that `sources.yaml` does not name.""",
    matters="""A descriptor never decides what the build downloads: it reads the sources that the portal's owner listed. The entities
at this target are missing until the repository is added there.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: services
spec:
  target: https://github.com/acme/payments/blob/main/catalog-info.yaml
""",
    right="""# sources.yaml
sources:
  - name: payments
    type: git
    url: https://github.com/acme/payments
""",
)


LOCATION_BEYOND_BOUNDS = Rule(
    code="LOC004",
    name="location-beyond-bounds",
    severity=Severity.ERROR,
    summary="A Location is nested too deeply, or matches too many files.",
    means="""Locations may name files with further Locations. The chain is followed for a limited number of steps, and one Location may
match a limited number of files.""",
    matters="""Without limits, one descriptor could keep the build running forever. What exceeds them is not in the catalog.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: everything
spec:
  target: "./**/*"
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: everything
spec:
  target: "./**/catalog-info.yaml"
""",
)


LOCATION_TYPE_UNKNOWN = Rule(
    code="LOC005",
    name="location-type-unknown",
    severity=Severity.WARNING,
    summary="Locations of this type are not read.",
    means="""The type of a Location says how its target is read: `url` and `file` name files. Types such as `github-discovery`, `github-org`
or `ldap-org` make a Backstage server search a host; in Callboard, a source in `sources.yaml` does that.""",
    matters="""What the Location would find is not in the catalog.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: all-repositories
spec:
  type: github-discovery
  target: https://github.com/acme
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: payments
spec:
  type: url
  target: https://github.com/acme/payments/blob/main/catalog-info.yaml
""",
)


LOCATION_NOT_PERMITTED = Rule(
    code="LOC006",
    name="location-not-permitted",
    severity=Severity.ERROR,
    summary="The target of a Location is a file that its repository does not offer as a descriptor.",
    means="""A `Location` may name files of another connected repository if that repository's own source would read them as descriptors:
the globs under `include` of the source decide, by default files that are called `catalog-info.yaml` in any folder. Other files are read
only if the source permits it with `readable_by`.""",
    matters="""Whoever may write one repository could otherwise publish any file of another one, such as settings with passwords.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: services
spec:
  type: url
  target: https://github.com/acme/payments/blob/main/deploy/values.yaml
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: services
spec:
  type: url
  target: https://github.com/acme/payments/blob/main/catalog-info.yaml
""",
)


LOCATION_WITHOUT_DESCRIPTOR = Rule(
    code="LOC007",
    name="location-without-descriptor",
    severity=Severity.ERROR,
    summary="The target of a Location has no descriptor.",
    means="""The target names one file, and none of its documents is a descriptor: they have no `apiVersion` and `kind`, the file is
empty, or it is the skeleton of a template. Files that a glob pattern matches may be of any type.""",
    matters="""Backstage reports the Location as failing. Entities that should be there are missing from the catalog.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: services
spec:
  targets:
    - ./payments/values.yaml
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
