"""The options of a build, and its outcome with the report, ready for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from callboard.io.clock import Meter, peak_memory
from callboard.io.store import NO_WAIT, LockWait
from callboard.model.data_classes import dataclass
from callboard.model.errors import SourceError, with_hint
from callboard.model.problem import Problem, Severity
from callboard.plugins.integrations.base import IntegrationFailure
from callboard.plugins.sources import SourceFailure
from callboard.settings.settings import Settings
from callboard.state.values import CollectedState

REPORT_FORMAT = 1


class BlockedError(SourceError):
    """Too much failed, or would be lost, for a site to be published."""

    def __init__(self, message: str, failures: tuple[SourceFailure, ...], hint: str) -> None:
        super().__init__(message, hint)
        self.failures = failures


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """The options of a build."""

    settings: Settings
    output: Path
    """Folder of the site."""
    now: datetime
    """Aware; the build's "as of"."""
    environ: Mapping[str, str]
    allow_missing_sources: bool = False
    """Continue without the sources that failed and have no last good copy."""
    accept_loss: bool = False
    """Publish even if more entities or repositories are gone than the limits allow."""
    from_state: bool = False
    """Rebuild from the saved state, at its time, without network."""
    skipped: tuple[str, ...] = ()
    """Sources that another run collects: their saved copy is used."""
    verify: bool = False
    """Hash all files of the site, also those whose size and times are unchanged."""
    remember: bool = True
    """Save a state for the next build; False for the build of a preview."""
    lock_wait: LockWait = NO_WAIT
    """How long to wait for another command that has the portal's lock."""

    @property
    def command(self) -> str:
        """The command that takes the lock, for whoever waits for it."""
        return "build" if self.remember else "serve"

    @property
    def may_be_short(self) -> bool:
        """Whether a build in which nothing changed may leave out everything: no option asks for more."""
        return self.remember and not (self.verify or self.accept_loss or self.from_state or self.skipped)


@dataclass(frozen=True, slots=True)
class BuildResult:
    """The outcome of a build."""

    catalog_problems: tuple[Problem, ...]
    """Problems of descriptors and references."""
    problems: tuple[Problem, ...]
    """The same, then those of the website."""
    failures: tuple[SourceFailure | IntegrationFailure, ...]
    """What could not be read of sources, then of integrations."""
    report: Mapping[str, Any]
    """Phases, counts and peak memory, ready for JSON."""
    damaged: tuple[Path, ...] = ()
    """Files of the history that are damaged or missing; the site does not show their changes."""
    set_aside: tuple[Path, ...] = ()
    """Where damaged files of the history were moved."""
    losses: tuple[SourceFailure, ...] = ()
    """Sources that lost more than the limit: their last good copy is used."""

    @property
    def has_failed(self) -> bool:
        """True if a problem is an error, a source or integration failed, or a source lost more than the limit."""
        return bool(self.failures or self.losses) or any(problem.severity is Severity.ERROR for problem in self.problems)


def report_of_counts(counts: Mapping[str, Any], meter: Meter, as_of: datetime) -> Mapping[str, Any]:
    """The report with these counts."""
    return {
        "format": REPORT_FORMAT,
        "as_of": as_of.isoformat(),
        "phases": [{"name": p.name, "seconds": round(p.seconds, 3), "cpu": round(p.cpu, 3)} for p in meter.phases],
        "seconds": round(sum(p.seconds for p in meter.phases), 3),
        "peak_memory_mb": peak_memory(),
        "counts": counts,
    }


def failure_messages(failures: Sequence[SourceFailure | IntegrationFailure]) -> tuple[str, ...]:
    """One sentence or two for each source, repository or integration, or query of it, that could not be read."""
    return tuple(with_hint(f"{_name(failure)} could not be read: {failure.message}", failure.hint) for failure in failures)


def loss_messages(losses: Sequence[SourceFailure]) -> tuple[str, ...]:
    """Sentences for each source, or tree of it, that was read and lost more than the limit."""
    return tuple(f"The source {loss.source!r} is served from its last good copy. {loss.message} {loss.hint}" for loss in losses)


def _name(failure: SourceFailure | IntegrationFailure) -> str:
    if isinstance(failure, IntegrationFailure):
        return f"The integration {failure.integration!r}" + (f" ({failure.place})" if failure.place else "")
    return f"The source {failure.source!r}" + (f" ({failure.repository})" if failure.repository else "")


def raise_if_blocked(collected: CollectedState) -> None:
    """Raise ``BlockedError`` where too much failed, or would be lost, for a site to be published."""
    if not collected.guard_result.publish:
        raise BlockedError(
            "\n".join((*failure_messages(collected.failures), *loss_messages(collected.losses), *collected.guard_result.reasons)),
            collected.failures,
            "The site was not changed. --allow-missing-sources leaves out what was never read; --accept-loss builds beyond the limits.",
        )
