"""``callboard try-integration``: an integration's name and an entity → requests, answers and facts as text, and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from callboard.cli.integration_trial import Exchange, Trial

NOT_WHOLE = 1
"""Exit code where something failed, or the entity is not connected."""
EXCHANGES = 20
"""Requests that are shown."""
FACTS = 50
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("try-integration")
@click.argument("name")
@click.option("--entity", metavar="REF", help="The entity, such as component:orders. Required.")
@click.option("--config", type=_FILE, default=Path("sources.yaml"), show_default=True, help="The portal's configuration.")
@click.option("--annotation", "annotations", multiple=True, metavar="KEY=VALUE",
              help="An annotation in place of the descriptor's, to try its value. Repeatable.")  # fmt: skip
@click.option("--fresh", is_flag=True, help="Read the sources again, in place of what the last build read.")
def command(name: str, entity: str | None, config: Path, annotations: tuple[str, ...], *, fresh: bool) -> None:
    """Show what one integration requests for one entity, what the tool answers, and what becomes of it.

    NAME is the name of the integration in sources.yaml. Requests are sent; nothing is saved. Secrets are masked. The entity is that of the
    last build; without one, the sources are read.

    The exit code is 0 if the tool was asked and answered whole, 1 if something failed, was incomplete or is not connected, and 2 if the
    integration or the entity does not exist.
    """
    import os

    from callboard.cli.integration_trial import trial_of
    from callboard.plugins.portal_settings import read_settings

    if entity is None:
        raise click.UsageError("--entity is missing: name an entity, such as component:orders.")
    given = dict(_pair(text) for text in annotations)
    settings = read_settings(config, os.environ)
    trial = trial_of(settings, os.environ, name, entity, given, fresh=fresh)
    redact = settings.redactor.redact
    for line in _lines(trial):
        click.echo(redact(line))
    sys.exit(0 if trial.is_whole else NOT_WHOLE)


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise click.UsageError(f"{text[:100]!r} is not KEY=VALUE.")
    return key.strip(), value


def _lines(trial: Trial) -> Iterator[str]:
    yield f"{trial.item.name} ({trial.item.type}) about {trial.target.ref}"
    yield from _connection(trial)
    yield ""
    shown = trial.exchanges[:EXCHANGES]
    for number, exchange in enumerate(shown, 1):
        yield from _exchange(number, exchange)
    if len(trial.exchanges) > len(shown):
        yield f"… and {len(trial.exchanges) - len(shown)} more requests"
    if not shown:
        yield "No request was sent through Callboard's HTTP client."
    yield ""
    yield from _result(trial)


def _connection(trial: Trial) -> Iterator[str]:
    own = [f"  {key}: {value}" for key in trial.annotations if (value := trial.target.annotations.get(key))]
    if trial.connection is None:
        return
    if not trial.annotations:
        yield "Every entity is asked about; no annotation is needed."
    elif own:
        yield "Annotations that connect it:"
        yield from own
    elif trial.is_connected:
        yield f"It has none of the annotations {', '.join(trial.annotations)}, and was found without them."
    else:
        yield f"It has none of the annotations that connect it: {', '.join(trial.annotations)}."


def _exchange(number: int, exchange: Exchange) -> Iterator[str]:
    yield f"{number}. {exchange['method']} {exchange['url']}"
    if exchange["sent"]:
        yield _indented(exchange["sent"])
    if exchange["error"]:
        yield f"   failed: {exchange['error']}"
        return
    headers = "; ".join(f"{name}: {value}" for name, value in exchange["answer_headers"].items())
    yield f"   status {exchange['status']}, {exchange['bytes']:,} bytes; {headers}"
    if exchange["received"]:
        yield _indented(exchange["received"])


def _indented(text: str) -> str:
    return "\n".join(f"   {line}" for line in text.splitlines())


def _result(trial: Trial) -> Iterator[str]:
    batch = trial.batch
    yield f"Facts: {len(batch.facts)}"
    for fact in batch.facts[:FACTS]:
        place = f" ({fact.environment})" if fact.environment else ""
        yield f"  {fact.family} {fact.key}{place}: {_value(fact.value)}"
    for one in batch.measurements:
        since = f", known since {one.since:%Y-%m-%d %H:%M}" if one.since else ""
        yield f"Measured: {one.family}, {'complete' if one.complete else 'incomplete'}{since}"
    if not batch.measurements:
        yield "Not measured: the tool was not asked about this entity." if trial.is_connected else "Not measured: it is not connected."
    yield from (f"Problem: {problem.code} {problem.message} {problem.hint}" for problem in batch.problems)
    yield from (f"Failure: {failure.place}{': ' if failure.place else ''}{failure.message} {failure.hint}" for failure in batch.failures)


def _value(value: Any) -> str:
    """The fields of a value that have a content."""
    if not is_dataclass(value):
        return str(value)
    return ", ".join(
        f"{each.name} {_field(content)}" for each in fields(value) if (content := getattr(value, each.name)) not in (None, "", ())
    )


def _field(content: Any) -> str:
    if isinstance(content, datetime):
        return content.isoformat(timespec="seconds")
    return f"{len(content)} items" if isinstance(content, tuple) else str(content)[:200]
