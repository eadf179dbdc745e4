"""What commands write for scripts, as types: the JSON Schemas of the manual are made from them; a test validates real outputs.

A key that a type does not have is a mistake in the type. Keys with a default may be missing.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Count = Annotated[int, Meta(ge=0)]
Ref = Annotated[str, Meta(pattern="^[a-z][^:/]*:[^:/]+/[^/]+$", description="Canonical reference, such as component:default/orders.")]
Time = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}", description="ISO 8601 with a time zone.")]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
Severity = Literal["error", "warning", "info"]
Columns = Annotated[list[int], Meta(description="A number for each entity.")]
Named = Annotated[list[str], Meta(description="A text for each entity.")]
Dictionary = Annotated[list[str], Meta(description="The values to which a column's numbers refer.")]


class Strict(Struct, forbid_unknown_fields=True):
    """A mapping without other keys."""


class LintedProblem(Strict):
    """A problem, as `callboard lint --format json` prints it."""

    code: Annotated[str, Meta(pattern="^[A-Z]{3}[0-9]{3}$", description="Its meaning never changes: callboard explain CODE.")]
    severity: Severity
    source: Annotated[str | None, Meta(description="Name of the source; empty for a file of the portal itself or a path given.")]
    repository: str | None
    tree: str | None
    path: str | None
    document: Annotated[int | None, Meta(description="Number of the document in the file, from 1.")]
    line: Annotated[int | None, Meta(description="From 1, as the others.")]
    column: int | None
    end_line: int | None
    end_column: int | None
    ref: Annotated[str | None, Meta(description="The entity.")]
    message: str
    hint: str
    docs: Annotated[str | None, Meta(description="URL of the page about the code, if the portal has a URL.")]
    fingerprint: Annotated[str, Meta(description="Equal for the same problem on another line.")]


class BaselineRow(Strict):
    """A known problem."""

    path: str
    code: str
    ref: str
    field: str
    fingerprint: str


class BaselineFile(Strict):
    """A baseline, as `callboard lint --write-baseline` writes it."""

    format: Literal[2]
    problems: list[BaselineRow]


class ChangeRow(Strict):
    """A difference between two builds. What is empty is left out."""

    at: Time
    kind: Annotated[str, Meta(description="added, owner, problem-opened, or a kind of event of a family of facts.")]
    ref: Ref | UnsetType = UNSET
    field: Annotated[str, Meta(description="Dotted path in the descriptor.")] | UnsetType = UNSET
    before: str | UnsetType = UNSET
    after: str | UnsetType = UNSET
    origin: Annotated[list[Any], Meta(description="Source, repository and path.")] | UnsetType = UNSET
    owner: Ref | UnsetType = UNSET
    code: Annotated[str, Meta(description="Code of the problem.")] | UnsetType = UNSET
    about: Annotated[str, Meta(description="Detail, such as an environment or a severity.")] | UnsetType = UNSET
    number: Annotated[int, Meta(description="Number of items that the change sums up.")] | UnsetType = UNSET


class ChangeList(Strict):
    """The changes that `callboard diff --format json` prints."""

    format: Literal[1]
    changes: list[ChangeRow]


class ApiChangeRow(Strict):
    """A difference between two definitions of an API."""

    level: Annotated[str, Meta(description="breaking, and lower levels.")]
    rule: str
    place: str
    part: str
    words: str
    detail: str
    is_type: Annotated[bool, Meta(description="Whether it is a change of a type, which operations use.")]
    operations: Annotated[list[str], Meta(description="The operations that a change of a type reaches.")]


class ApiChangeList(Strict):
    """The differences that `callboard api-diff --format json` prints."""

    format: Literal[1]
    before: Annotated[str, Meta(description="Version of the old definition.")]
    after: str
    breaking: bool
    version_unchanged: Annotated[bool, Meta(description="Whether the version is the same although a change breaks consumers.")]
    changes: list[ApiChangeRow]


class PluginRow(Strict):
    """A plugin, as `callboard plugins --format json` prints it."""

    group: str
    type: str
    package: str
    version: str
    description: str
    failure: Annotated[str, Meta(description="Why it cannot be loaded; empty if it can.")]


class RuleOutput(Strict):
    """The result of a rule."""

    id: str
    outcome: Literal["pass", "fail", "skipped", "not measured"]
    counts: Annotated[bool, Meta(description="False before the day from which the rule counts.")]
    turns: Annotated[Time | None, Meta(description="When the result changes by time alone.")]
    details: Annotated[list[str], Meta(description="With --explain: condition, values found, what to do.")] | UnsetType = UNSET


class ScoreRow(Strict):
    """The results of an entity, as `callboard score --format json` prints them."""

    entity: Ref
    scorecard: str
    applies: bool
    rules: list[RuleOutput]
    level: Annotated[str | None, Meta(description="The level reached; of a card with levels.")] | UnsetType = UNSET
    score: Annotated[int | float | None, Meta(description="Percentage; of a card with weights.")] | UnsetType = UNSET
    coverage: Annotated[int | float | None, Meta(description="Percentage of the weights that were measured.")] | UnsetType = UNSET


class SecretRow(Strict):
    """A variable that sources.yaml uses."""

    name: str
    used_by: list[str]


class WorkflowReport(Strict):
    """The check that `callboard workflow --format json` prints."""

    workflow: Annotated[str, Meta(description="Path of the workflow.")]
    service: Literal["github", "github-server", "gitlab"]
    exists: bool
    secrets: list[SecretRow]
    extras: Annotated[list[str], Meta(description="Extras of the package that the portal needs.")]
    missing_secrets: Annotated[list[str], Meta(description="Secrets that the workflow does not pass to the build.")]
    missing_extras: list[str]
    reserved: Annotated[list[str], Meta(description="Names that GitHub refuses for secrets.")]


class PhaseRow(Strict):
    """A step of a build."""

    name: str
    seconds: float
    cpu: Annotated[float, Meta(description="Seconds of processor time.")]


class IntegrationReport(Strict):
    """What an integration returned."""

    facts: Annotated[dict[str, Count], Meta(description="Number of facts by family.")]
    requests: Count
    failures: Count
    answered: bool


class BuildCounts(Strict):
    """Numbers of a build."""

    sources: Count
    sources_failed: Count
    trees: Annotated[int, Meta(description="Repositories.")]
    files: Count
    skipped: Annotated[dict[str, Count], Meta(description="Documents that are no descriptors, by reason.")]
    entities: Count
    entities_by_source: dict[str, Count]
    entities_by_kind: dict[str, Count]
    problems: Annotated[dict[Severity, Count], Meta(description="By severity.")]
    problems_by_code: dict[str, Count]
    facts: Count
    facts_by_family: dict[str, Count]
    integrations: dict[str, IntegrationReport]
    nothing_changed: Annotated[int, Meta(description="1 if no input changed: nothing was made again.")]
    only_times_changed: Annotated[int, Meta(description="1 if the files of the site are those of the last build, but for times.")]
    pages: Count
    pages_rendered: Count
    diagrams_laid_out: Count
    themes_built: Count
    search_indexes_built: Count
    files_written: Count
    files_repaired: Count
    files_unchanged: Count
    files_removed: Count
    bytes: Annotated[int, Meta(description="Size of the site.")]
    left_out: Annotated[dict[str, dict[str, Count]], Meta(description="What a source left out by its options, by reason.")]
    descriptors_parsed: Count | UnsetType = UNSET
    documents_converted: Count | UnsetType = UNSET


class MemoryReport(Strict):
    """Largest memory in megabytes."""

    main: float
    children: Annotated[float, Meta(description="The largest process that the build started.")]


class BuildReport(Strict):
    """The report of `callboard build --report`."""

    format: Literal[1]
    as_of: Time
    phases: list[PhaseRow]
    seconds: float
    peak_memory_mb: MemoryReport
    counts: BuildCounts
