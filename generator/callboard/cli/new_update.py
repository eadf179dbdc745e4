"""``callboard new --update FOLDER``: what a template made → merged with what it makes now; nothing is committed."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from callboard.cli.new_answers import checked_answers, given_answers
from callboard.cli.new_project import surroundings
from callboard.cli.new_template import at_revision, published_template
from callboard.cli.terminal_text import printable
from callboard.io.git.personal import PersonalGit
from callboard.model.errors import CallboardError, SourceError
from callboard.software_templates.delivery import difference
from callboard.software_templates.merging import ThreeFolders, conflicts
from callboard.software_templates.parameters import secret_names
from callboard.software_templates.preparing import LocatedTemplate, Surroundings, prepare
from callboard.software_templates.published import PublishedTemplate
from callboard.software_templates.record import TemplateRecord, read_record


def update_project(folder: Path, options: Mapping[str, Any]) -> int:
    """Run the command; 1 if there are conflicts."""
    folder = folder.resolve()
    record = read_record(folder)
    if not options["is_diff"]:
        _raise_if_changed(folder)
    with surroundings(record.portal, {**options, "publishing": "none"}) as around:
        new = _current(record, around)
        given = {**record.answers, **given_answers(options)}
        answers = checked_answers(new.definition, new.hosts, given, os.environ, prompts=sys.stdin.isatty())
        theirs = prepare(new, answers.values, answers.secrets, around)
        if options["is_diff"]:
            for line in difference(folder, theirs.folder):
                click.echo(printable(line))
            return 0
        old = _recorded(record, around)
        base = prepare(old, {**record.answers, **_only(answers.values, old)}, answers.secrets, around)
        return _merge(ThreeFolders(base.folder, theirs.folder, folder), around, (record.revision, new.revision))


def _only(values: Mapping[str, Any], old: LocatedTemplate) -> Mapping[str, Any]:
    """The secret answers, which the record does not have."""
    hidden = secret_names(old.definition.pages)
    return {name: value for name, value in values.items() if name in hidden}


def _raise_if_changed(folder: Path) -> None:
    git = PersonalGit(os.environ)
    code, output, _ = git.result(folder, "status", "--porcelain", "--", ".")
    if code:
        raise CallboardError(
            f"{folder} is no repository of git.", "An update needs git, so that it can be undone: git init, git add, git commit."
        )
    if output.strip():
        raise CallboardError(
            f"{folder} has changes that are not committed.", "Commit or stash them first, so that the update can be undone."
        )


def _current(record: TemplateRecord, around: Surroundings) -> LocatedTemplate:
    """The template as the portal, or the default branch of its repository, has it now."""
    if record.portal:
        name = record.template.partition(":")[2]
        _, published = published_template(f"{record.portal}#{name}", os.environ)
        return at_revision(published, published.revision, around.checkouts, os.environ, record.portal)
    place = PublishedTemplate(record.template, "", record.repository, "", record.path, record.hosts, "", None)
    found = at_revision(place, "", around.checkouts, os.environ)
    return replace(found, revision=around.git.output(found.root, "rev-parse", "HEAD").decode().strip())


def _recorded(record: TemplateRecord, around: Surroundings) -> LocatedTemplate:
    """The template as it was. Raises ``CallboardError`` if its revision is gone."""
    place = PublishedTemplate(record.template, "", record.repository, record.revision, record.path, record.hosts, "", None)
    try:
        return at_revision(place, record.revision, around.checkouts, os.environ, record.portal)
    except SourceError as error:
        raise CallboardError(
            f"The recorded revision {record.revision[:12]} of {record.repository} cannot be read: {error}.",
            "Without it, changes of yours and of the template cannot be told apart. See the difference: callboard new --update --diff",
        ) from None


def _merge(folders: ThreeFolders, around: Surroundings, revisions: tuple[str, str]) -> int:
    files = [*folders.merge(around.git)]
    for file in files:
        click.echo(printable(f"{file.outcome}: {file.path}{f' ({file.note})' if file.note else ''}"))
    old, new = (revision[:12] for revision in revisions)
    click.echo(f"Updated from {old} to {new}: {len(files)} files, {conflicts(files)} with conflicts. Nothing was committed.", err=True)
    return 1 if conflicts(files) else 0
