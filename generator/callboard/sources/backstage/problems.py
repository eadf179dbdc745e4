"""What Backstage knows to be wrong with an entity (``status.items``, orphans) → problems at its file."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.plugins.sources import Origin, Problem, Severity, Tree, mask
from callboard.sources.backstage.entity import BackstageEntity
from callboard.sources.rules import BACKSTAGE_ORPHAN, BACKSTAGE_STATUS

_SEVERITIES = {"error": Severity.ERROR, "info": Severity.INFO}
"""By level of a status item; a warning for any other level."""


def problems_of(entity: BackstageEntity, source: str, tree: Tree, path: str) -> Iterator[Problem]:
    """The problems of one entity; those of a Location that Backstage generated are about no entity."""
    origin = Origin(source, tree.id, tree.repository, tree.revision, path, 0, 0)
    subject = None if entity.is_generated_location else entity.ref
    about = "{}:{}/{}".format(*entity.names)
    for index, item in enumerate(entity.status):
        yield BACKSTAGE_STATUS.problem(
            f"Backstage reports for {about}: {mask(item.message) or 'no message'}",
            severity=_SEVERITIES.get(item.level, Severity.WARNING),
            origin=origin,
            subject=subject,
            field=f"status.items[{index}]",
            hint=_HINT_OF_LOCATION if subject is None else _HINT_OF_ENTITY,
        )
    if entity.is_orphan:
        yield BACKSTAGE_ORPHAN.problem(
            f"{about} is an orphan in Backstage: no registered Location leads to its file any more.",
            origin=origin,
            subject=subject,
            field="metadata.annotations.backstage.io/orphan",
            hint="Register its file again, or delete the entity in Backstage. A source that reads the repositories will not find it.",
        )


_HINT_OF_ENTITY = "Correct the descriptor: what is shown is the last version that Backstage could read."
_HINT_OF_LOCATION = (
    "Correct the file, or remove the registered location in Backstage: the entities at this address are missing or outdated."
)
