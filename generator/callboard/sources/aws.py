"""The ``aws`` source: the Resource Groups Tagging API → descriptors of Resources, with owner and system from tags.

https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html. A resource that was never tagged is not listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from callboard.plugins.sources import (
    DEFAULT_NAMESPACE,
    Client,
    Collected,
    DescriptorFile,
    HttpError,
    MemoryFile,
    MemoryTree,
    SourceContext,
    SourceFailure,
    SourceSettings,
    SourceTraffic,
    aws_credential,
    client_for,
    descriptor_text,
    json_resource,
    merge_collected,
)
from callboard.sources.generated import MAX_NAME, text_of
from callboard.sources.guesses.names import entity_name
from callboard.sources.people import stable_name

PAGE = 100
"""Resources of a page; AWS refuses more."""
MOST_PAGES = 2_000
TRIES = 6
"""How often a request is sent that AWS refuses because there were too many."""
FIRST_WAIT = 1.0
"""Seconds before such a request is sent again; twice as many each time."""
MALFORMED = 400
"""The status of all errors of AWS's JSON protocol; the client itself obeys 429."""
THROTTLED = re.compile(r"throttl|rate exceeded|too many requests", re.IGNORECASE)
TARGET = {"X-Amz-Target": "ResourceGroupsTaggingAPI_20170126.GetResources"}
MEDIA_TYPE = "application/x-amz-json-1.1"
OWNER_TAGS, SYSTEM_TAGS = ("owner", "team"), ("system", "application")
ARN = re.compile(r"arn:(?P<partition>aws[\w-]*):(?P<service>[\w-]+):(?P<region>[\w-]*):(?P<account>\d*):(?P<resource>\S+)", re.ASCII)
ONLY_TYPES = {"s3": "bucket", "sqs": "queue", "sns": "topic"}
"""Services whose ARNs have no type of resource: they have one only."""


@dataclass(frozen=True, slots=True)
class AwsResource:
    """A resource by its ARN."""

    arn: str
    service: str
    type: str
    """Kind of resource in the service, such as ``db``; empty where the ARN has none."""
    name: str
    region: str
    account: str
    tags: Mapping[str, str]
    """Values by the key in lower case."""

    def tag(self, keys: Sequence[str]) -> str:
        """The value of the first of these tags that the resource has."""
        return next((value for key in keys if (value := self.tags.get(key.lower(), "").strip())), "")


class AwsSource:
    """Tagged resources of an AWS account as Resources."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/sources/aws.json")

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        self._name = settings.name
        self._options = settings.options
        self._context = context
        self._regions = [str(region) for region in settings.options["regions"]]
        self._tags: Mapping[str, Any] = settings.options.get("tags", {})

    def collect(self) -> Collected:
        """The resources of each region; a region that cannot be read is a failure of its own. Raises ``SourceError``."""
        return merge_collected([self._region(region) for region in dict.fromkeys(self._regions)])

    def _region(self, region: str) -> Collected:
        """The tree of one region. Its id begins with ``aws:``, so that resources which somebody describes are not in the catalog twice."""
        domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        url = str(self._options.get("url", f"https://tagging.{region}.{domain}"))
        client = client_for(self._context, url, aws_credential(self._options, "tagging", region), TARGET)
        tree_id = f"aws:{self._name}/{region}"
        try:
            resources = [*self._resources(client)]
        except HttpError as error:
            hint = "Grant tag:GetResources." if error.status in {400, 403} else error.hint
            redact = self._context.redactor.redact
            return Collected(failures=(SourceFailure(self._name, f"AWS {region}", redact(str(error)), hint, tree_id),))
        tree = MemoryTree.of(tree_id, f"AWS {region}", map(self._file, resources))
        files = tuple(DescriptorFile(self._name, tree, path) for path in tree.files)
        return Collected((tree,), files, traffic=(SourceTraffic(self._name, client.traffic),))

    def _resources(self, client: Client) -> Iterator[AwsResource]:
        """All resources; a page may be short, and only an empty token ends the listing. Raises ``HttpError``."""
        query: dict[str, Any] = {"ResourcesPerPage": PAGE, "PaginationToken": ""}
        if types := self._options.get("types"):
            query["ResourceTypeFilters"] = list(types)
        if filters := self._options.get("with_tags"):
            query["TagFilters"] = [{"Key": str(key), "Values": list(values)} for key, values in sorted(filters.items())]
        for _ in range(MOST_PAGES):
            body = self._page(client, query)
            items = body.get("ResourceTagMappingList")
            if not isinstance(items, list):
                raise HttpError("wrong-type", f"{client.base_url} returned no list of resources")
            yield from filter(None, map(_resource, items))
            query["PaginationToken"] = text_of(body.get("PaginationToken"), 10_000)
            if not query["PaginationToken"]:
                return
        raise HttpError("too-many-pages", f"{client.base_url} has more than {MOST_PAGES:,} pages of resources")

    def _page(self, client: Client, query: Mapping[str, Any]) -> Mapping[str, Any]:
        """One page. AWS says with status 400 that there were too many requests."""
        for attempt in range(TRIES):
            try:
                return client.post("", query, accept=MEDIA_TYPE, content_type=MEDIA_TYPE).object()
            except HttpError as error:
                if attempt == TRIES - 1 or error.status != MALFORMED or not THROTTLED.search(str(error)):
                    raise
            self._context.clock.sleep(FIRST_WAIT * 2**attempt * (1 + self._context.clock.jitter()))
        raise AssertionError

    def _file(self, resource: AwsResource) -> MemoryFile:
        """The descriptor of a resource. With several regions, its name ends with that of its region."""
        parts = [resource.service, resource.name, *([resource.region] if len(self._regions) > 1 and resource.region else [])]
        name = stable_name("-".join(parts), resource.arn)
        owner = entity_name(resource.tag(self._tags.get("owner", OWNER_TAGS))) or str(self._options.get("owner", "unknown"))
        system = entity_name(resource.tag(self._tags.get("system", SYSTEM_TAGS)))
        namespace = str(self._options.get("namespace", DEFAULT_NAMESPACE))
        account = {"amazonaws.com/account-id": resource.account} if resource.account else {}
        metadata = {
            "namespace": "" if namespace == DEFAULT_NAMESPACE else namespace,
            "title": resource.tags.get("name", "")[:MAX_NAME] or resource.name[:MAX_NAME],
            "annotations": {"amazonaws.com/arn": resource.arn, **account},
        }  # fmt: skip
        spec = {"type": "-".join(filter(None, (resource.service, resource.type))), "owner": owner, **({"system": system} if system else {})}
        return MemoryFile(f"resources/{name}.yaml", descriptor_text("Resource", name, metadata, spec))


def _resource(item: Any) -> AwsResource | None:
    """A resource of a page; None for one whose ARN has another form."""
    match = ARN.fullmatch(text_of(item.get("ResourceARN"))) if isinstance(item, dict) else None
    if match is None:
        return None
    kind, name = _kind_and_name(match["service"], match["resource"])
    pairs = item.get("Tags")
    tags = {
        text_of(pair.get("Key")).lower(): text_of(pair.get("Value"))
        for pair in (pairs if isinstance(pairs, list) else ())
        if isinstance(pair, dict)
    }
    return AwsResource(match.group(), match["service"], kind, name, match["region"], match["account"], tags)


def _kind_and_name(service: str, resource: str) -> tuple[str, str]:
    """``db:orders`` and ``loadbalancer/app/shop/50dc`` → type and name. Of several parts, the ids that end ARNs of load balancers stay."""
    kind, separator, name = resource.partition("/") if "/" in resource.partition(":")[0] else resource.partition(":")
    if not separator:
        return ONLY_TYPES.get(service, ""), resource
    return kind.strip(":"), re.sub(r"[/:]+", "-", name)
