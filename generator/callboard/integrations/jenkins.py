"""Jenkins: names of jobs, folders and multibranch projects in; the last runs of their jobs, with test results, out.

https://www.jenkins.io/doc/book/using/remote-access-api/: one request with ``tree`` returns the jobs of a whole controller. URLs in answers
come from the controller's settings and may be on another host, so that paths are always made of the names of jobs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, ClassVar
from urllib.parse import quote, unquote

from callboard.plugins.integrations import (
    Client,
    Connector,
    FactBatch,
    HttpError,
    PipelineRun,
    RunState,
    Target,
    basic,
    count_at,
    json_resource,
    listed_objects,
    objects_at,
    parse_run_state,
    split_commas,
    string_at,
    time_at,
    url_at,
    value_at,
)

JOB, FOLDER = "jenkins.io/job-full-name", "jenkins.io/github-folder"
FAMILY = "pipeline-run"
DEPTH = 4
"""Levels of folders in one request; deeper jobs are requested one by one."""
BUILD = "number,url,result,building,timestamp,duration,actions[_class,totalCount,failCount,skipCount]"
FIELDS = "fullName,url,_class"
MULTIBRANCH = "WorkflowMultiBranchProject"
DEFAULT_BRANCHES = ("main", "master")
TESTS = ("TestResultAction", "AggregatedTestResultAction")
NOT_FOUND = 404
Job = Mapping[str, Any]


class JenkinsIntegration(Connector):
    """The last runs of jobs, from Jenkins."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/jenkins.json")
    title: ClassVar[str] = "Jenkins"
    families = (FAMILY,)
    annotations = (JOB, FOLDER)

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """The last runs of the jobs that the annotations name. Raises ``HttpError`` if the jobs cannot be listed."""
        named = [(target, names) for target in targets if (names := self._names(target))]
        if named:
            client = self._client(basic(self._option("user"), self._option("token")))
            wanted = {name for _, names in named for name in names}
            jobs = {name: job for job in self._controller(client, wanted) for name, job in _by_name(job)}
            for target, names in named:
                for name in names:
                    self._add_job(client, target, name, jobs)
        return self._collector.batch()

    def _names(self, target: Target) -> tuple[str, ...]:
        """The jobs in ``[instance:]folder/job``, several separated by commas; none if it names another instance."""
        written = target.annotations.get(FOLDER, "").strip() or target.annotations.get(JOB, "")
        instance, colon, names = written.rpartition(":")
        is_here = not colon or not self._option("instance") or instance.strip() == self._option("instance")
        return tuple(name for part in split_commas(names) if (name := part.strip("/"))) if is_here else ()

    def _controller(self, client: Client, wanted: set[str]) -> Iterator[Job]:
        """The jobs of the controller; where they are too many for one answer, those of the top folders that are wanted."""
        tree = f"jobs[{self._tree(DEPTH)}]"
        try:
            yield from listed_objects(client.get("/api/json", {"tree": tree}), "jobs", "jobs")
        except HttpError as error:
            if error.kind != "too-large":
                raise
            for top in sorted({name.split("/")[0] for name in wanted}):
                yield from self._requested(client, top)

    def _requested(self, client: Client, name: str) -> Iterator[Job]:
        """One job, or a folder with its jobs; nothing if there is none that the user may see."""
        try:
            yield client.get(f"{_path(name)}/api/json", {"tree": self._tree(DEPTH)}).object()
        except HttpError as error:
            if error.status != NOT_FOUND:
                raise

    def _tree(self, depth: int) -> str:
        """The fields of a job and of the jobs in it; Jenkins leaves out those that a kind of job does not have."""
        runs = self._integer_option("runs", 1)
        builds = f"builds[{BUILD}]{{0,{runs}}}" if runs > 1 else f"lastBuild[{BUILD}]"
        inner = f",jobs[{self._tree(depth - 1)}]" if depth > 1 else ""
        return f"{FIELDS},{builds}{inner}"

    def _add_job(self, client: Client, target: Target, name: str, jobs: Mapping[str, Job]) -> None:
        job = jobs.get(name)
        try:
            if job is None and name.count("/") >= DEPTH:
                job = next(self._requested(client, name), None)
        except HttpError as error:
            self._collector.add_failure(error, name[:80], [target], FAMILY)
            return
        if job is None:
            key = FOLDER if target.annotations.get(FOLDER, "").strip() else JOB
            self._collector.add_unusable_annotation(
                [target], key, f"Jenkins has no job `{name[:100]}`, or its user may not see it.",
                "Correct the annotation, or give the user the permissions Overall/Read and Job/Read.",
            )  # fmt: skip
            self._collector.add_measurements([target], FAMILY, complete=False)
            return
        self._collector.add_measurements([target], FAMILY, since=self._now)
        for branch, each in self._leaves(job):
            for build in objects_at(each, "builds") or _one(value_at(each, "lastBuild")):
                self._add_run(target, each, branch, build)

    def _leaves(self, job: Job) -> Iterator[tuple[str, Job]]:
        """The jobs with builds in a job, each with its branch: of a multibranch project only the default branch, if there is one."""
        jobs = objects_at(job, "jobs")
        if not string_at(job, "_class").endswith(MULTIBRANCH):
            yield from chain.from_iterable(map(self._leaves, jobs)) if jobs else (("", job),)
            return
        branches = {unquote(string_at(each, "fullName").rpartition("/")[2]): each for each in jobs}
        wanted = self._options.get("branches", DEFAULT_BRANCHES)
        chosen = [name for name in wanted if name in branches] or [name for name in branches if not name.startswith(("PR-", "MR-"))]
        yield from ((name, branches[name]) for name in chosen)

    def _add_run(self, target: Target, job: Job, branch: str, build: Mapping[str, Any]) -> None:
        name = unquote(string_at(job, "fullName"))
        key = f"{name}#{string_at(build, 'number')}"
        url = url_at(build, "url") or url_at(job, "url")
        self._collector.add_fact([target], FAMILY, key, partial(self._run, name, branch, build), url=url)

    def _run(self, name: str, branch: str, build: Mapping[str, Any]) -> PipelineRun:
        result, milliseconds = string_at(build, "result"), count_at(build, "duration")
        is_running = value_at(build, "building") is True
        state, word = (RunState.RUNNING, "") if is_running else parse_run_state(result)
        tests = [action for action in objects_at(build, "actions") if string_at(action, "_class").endswith(TESTS)]
        counted = tests[0] if tests else {}
        return PipelineRun(
            name.removesuffix(f"/{branch}") if branch else name,
            time_at(build, self._now, "timestamp"),
            state,
            branch,
            milliseconds / 1_000 if milliseconds and not is_running else None,
            tests=count_at(counted, "totalCount"),
            tests_failed=count_at(counted, "failCount"),
            tests_skipped=count_at(counted, "skipCount"),
            state_word=word,
        )


def _by_name(job: Job) -> Iterator[tuple[str, Job]]:
    """A job and all in it, by the name as Jenkins has it (``release%2F1.2``) and as people write it (``release/1.2``)."""
    name = string_at(job, "fullName")
    if name:
        yield name, job
        yield unquote(name), job
    for each in objects_at(job, "jobs"):
        yield from _by_name(each)


def _path(name: str) -> str:
    """The path of a job: ``a/b`` is ``/job/a/job/b``; a percent sign in a name is encoded once more."""
    return "".join(f"/job/{quote(part, safe='')}" for part in name.split("/") if part.strip("."))


def _one(value: Any) -> tuple[Mapping[str, Any], ...]:
    return (value,) if isinstance(value, Mapping) else ()
