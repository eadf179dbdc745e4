"""The ``http-json`` integration: a URL and JMESPath expressions from the options in, facts from any JSON API out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from typing import Any, ClassVar

from jmespath.exceptions import JMESPathError

from callboard.integrations.http_json.query import JsonQuery, compiled
from callboard.plugins.integrations import (
    Client,
    Connector,
    Credential,
    FactBatch,
    FactError,
    HttpError,
    IntegrationContext,
    IntegrationSettings,
    OAuthClient,
    SourceError,
    Target,
    basic,
    bearer,
    by_annotation,
    client_credentials,
    content_key,
    decode_value,
    family_fields,
    family_options_schema,
    header,
    json_resource,
    parse_string,
    parse_time,
)

AT_ONCE = 8
"""Requests at the same time, if there is one for each entity."""
ITEMS = 2_000
"""Items of one answer; if there are more, the rest is left out and the data counts as incomplete."""
SHARED_FIELDS = ("key", "environment", "link", "observed_at")
"""Fields of every family; all others are fields of the family's value."""
NOT_FOUND = 404


class HttpJsonIntegration(Connector):
    """Facts from any tool with a JSON API over HTTP."""

    schema: ClassVar[Mapping[str, Any]] = family_options_schema(json_resource("callboard", "schemas/integrations/http-json.json"))
    title: ClassVar[str] = "HTTP"

    def __init__(self, settings: IntegrationSettings, context: IntegrationContext) -> None:
        super().__init__(settings, context)
        self._family = str(self._options["family"])
        self._query = JsonQuery.of(self._options)
        self._match = compiled("match", self._options["match"]) if "match" in self._options else None
        self._fields = {name: compiled(f"fields.{name}", text) for name, text in self._options["fields"].items()}
        self._check()

    @property
    def families(self) -> tuple[str, ...]:
        """The option ``family``."""
        return (self._family,)

    @property
    def annotations(self) -> tuple[str, ...]:
        """The option ``annotation``, if there is one."""
        return (str(self._options["annotation"]),) if "annotation" in self._options else ()

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """Facts by one request per entity, or by one listing for all."""
        by_name = self._by_name(targets)
        headers = {str(name): str(value) for name, value in self._options.get("headers", {}).items()}
        client = self._client(self._credential(), headers, per_second=float(self._options.get("per_second", 0)))
        if self._query.is_per_entity:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(lambda pair: self._query_entity(client, *pair), by_name.items()))
        else:
            self._query_all(client, by_name)
        return self._collector.batch()

    def _by_name(self, targets: Sequence[Target]) -> Mapping[str, tuple[Target, ...]]:
        """The targets by the value of their annotation, or without the option ``annotation`` by their reference."""
        if self.annotations:
            return by_annotation(targets, *self.annotations)
        kinds = self._kinds
        return {str(target.ref): (target,) for target in targets if target.ref.kind in kinds}

    def _credential(self) -> Credential:
        if "oauth" in self._options:
            return client_credentials(self._context, OAuthClient.of(self._options["oauth"]))
        if "user" in self._options:
            return basic(self._option("user"), self._option("password"))
        token, name = self._option("token"), self._options.get("header")
        return header(str(name), token) if name else bearer(token)

    def _query_entity(self, client: Client, name: str, targets: tuple[Target, ...]) -> None:
        """Add the facts of one entity; that the tool does not have it (404) is a problem of its annotation."""
        ref = targets[0].ref
        values = {"id": name if self.annotations else ref.name, "name": ref.name, "namespace": ref.namespace, "kind": ref.kind}
        self._collector.add_measurements(targets, self._family)
        try:
            for index, item in enumerate(self._paged(client, values, targets)):
                self._add_item(targets, item, f"{name}/{index}")
        except HttpError as error:
            if error.status == NOT_FOUND and self.annotations:
                message = f"`{self._collector.source}` has nothing with the name `{name[:80]}`."
                self._collector.add_unusable_annotation(targets, self.annotations[0], message)
            self._collector.add_failure(error, name[:80], targets, self._family)

    def _query_all(self, client: Client, by_name: Mapping[str, tuple[Target, ...]]) -> None:
        """Add the facts of one listing; an entity that is not in it has none. If a page fails, the facts of all entities are incomplete."""
        everyone = [*chain.from_iterable(by_name.values())]
        self._collector.add_measurements(everyone, self._family)
        try:
            for index, item in enumerate(self._paged(client, {}, everyone)):
                name = self._match.search(item) if self._match else None
                targets = by_name.get(str(name)) or by_name.get(f"component:default/{name}") or ()
                self._add_item(targets, item, str(index))
        except (HttpError, JMESPathError) as error:
            failure = error if isinstance(error, HttpError) else SourceError(f"the option match cannot be applied to an item: {error}")
            self._collector.add_failure(failure, "", everyone, self._family)

    def _paged(self, client: Client, values: Mapping[str, str], targets: Sequence[Target]) -> Iterator[Any]:
        """The items of all pages about an entity with these values, or about all. Raises ``HttpError``."""
        for answer in self._query.answers(client, values):
            yield from self._listed(answer.json(), targets)

    def _listed(self, answer: Any, targets: Sequence[Target]) -> Sequence[Any]:
        try:
            found = self._query.items.search(answer)
        except JMESPathError as error:
            failure = SourceError(f"the option items cannot be applied to the answer: {error}", "Correct the JMESPath expression.")
            self._collector.add_failure(failure, "", targets, self._family)
            return ()
        items = found if isinstance(found, list) else [] if found is None else [found]
        if len(items) > ITEMS:
            self._collector.add_measurements(targets, self._family, complete=False)
        return items[:ITEMS]

    def _add_item(self, targets: Sequence[Target], item: Any, place: str) -> None:
        """Add the fact of one item; a field without a value is left out."""
        now = self._now
        try:
            fields = {name: value for name, path in self._fields.items() if (value := path.search(item)) is not None}
            key, environment, link = (parse_string(fields.get(name)) for name in ("key", "environment", "link"))
            observed = parse_time(fields["observed_at"], now) if "observed_at" in fields else None
        except (JMESPathError, FactError) as error:
            for target in targets:
                self._collector.add_unusable_fact(target, self._family, place, str(error))
            return
        value = {name: field for name, field in fields.items() if name not in SHARED_FIELDS}
        key = key or parse_string(value.get("id") or content_key(self._family, value) or place)
        self._collector.add_fact(
            targets, self._family, key, partial(decode_value, self._family, value, now),
            environment=environment, url=link, observed_at=observed,
        )  # fmt: skip

    def _check(self) -> None:
        """Check what the schema of the options cannot express. Raises ``SourceError``."""
        given = [name for name in ("token", "user", "oauth") if name in self._options]
        if len(given) > 1:
            raise SourceError(f"{given[0]} and {given[1]} are both set", "Remove one of them: a request has one credential.")
        oauth = self._options.get("oauth", {})
        if oauth and ("client_secret" in oauth) == ("private_key" in oauth):
            raise SourceError("oauth needs either client_secret or private_key", "Set the one that the OAuth server knows, as ${NAME}.")
        fields = {*family_fields(self._family), *SHARED_FIELDS}
        if surplus := sorted(set(self._fields) - fields):
            raise SourceError(f'the family {self._family} has no field "{surplus[0]}"', f"Its fields are {', '.join(sorted(fields))}.")
        if not self._query.is_per_entity and self._match is None:
            raise SourceError(
                "path has no placeholder for the entity, and match is missing",
                "Write {id} into path, query, body or variables, or set match to the field with the entity of an item.",
            )
