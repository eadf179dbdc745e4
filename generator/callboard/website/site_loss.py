"""The pages of an output folder and those of the new site → whether too many entities would be lost that no saved state accounts for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import field
from pathlib import Path

from callboard.model.counting import counted
from callboard.model.data_classes import dataclass
from callboard.model.errors import WebsiteError
from callboard.model.ref import EntityRef
from callboard.model.urls import entity_path
from callboard.state.loss_guards import Guards, is_too_much

_ENTITY_PAGE = re.compile(r"(catalog/[^/]+/[^/]+/[^/]+/)index\.html")
_SHOWN = 3
"""Lost pages that a message names."""


@dataclass(frozen=True, slots=True)
class OutputFolder:
    """The folder of a site, and how carefully it is treated."""

    path: Path
    verify: bool = False
    """Hash all files that are there, also those whose size and times are unchanged."""
    guards: Guards = field(default_factory=lambda: Guards(accept_loss=True))
    known: Collection[EntityRef] = ()
    """Entities of the saved state that the new site does not have: that they may be lost has been decided by comparison with it."""

    def check_loss(self, old: Iterable[str], new: Iterable[str]) -> None:
        """Compare the paths of the site in the folder with those of the pages of the new one (``catalog/…/``).

        The state may be lost, or the folder may have the site of another portal: then the state does not have the entities of the folder.

        Raises:
            WebsiteError: more entities would be lost than the limit allows.
        """
        if self.guards.accept_loss:
            return
        before = {match[1] for path in old if (match := _ENTITY_PAGE.fullmatch(path))}
        lost = sorted(before - set(new) - set(map(entity_path, self.known)))
        if is_too_much(len(lost), len(before), self.guards.loss, self.guards.floor):
            names = ", ".join(lost[:_SHOWN]) + (" …" if len(lost) > _SHOWN else "")
            raise WebsiteError(
                f"{self.path} has a site with {counted(len(before), 'entity', 'entities')}. {len(lost):,} of them would be lost ({names}), "
                f"and the saved state does not have them; at most {self.guards.loss:.0%} may be lost. "
                "Either this is the site of another portal, or the saved state was lost. The old site stays.",
                "Name another folder with --output, or restore .callboard. If this was meant, run `callboard build --accept-loss` once.",
            )
