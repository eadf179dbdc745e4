"""Publishing to an object store: a real client against a store in this process."""

import importlib
import json

import pytest
from sites import CHANGED, NEW, OLD, REMOVED, InterruptedHereError, StopAt, built, context

from callboard.io.site_folder.manifest import SITE_MARKER
from callboard.model.errors import PublishError
from callboard.publish.s3.publisher import S3Publisher
from support import FULL

pytestmark = pytest.mark.long

KEYS = {"access_key": "an-access-key", "secret_key": "a-secret-key", "region": "us-east-1"}


@pytest.fixture(scope="module")
def _descriptions():
    """Each client reads megabytes of JSON about S3: once is enough."""
    name, reason = "botocore.loaders", "needs boto3 (the extra s3 has it)"
    loaders = importlib.import_module(name) if FULL else pytest.importorskip(name, reason=reason)
    plain, known = loaders.JSONFileLoader.load_file, {}

    def load_file(self, path):
        if path not in known:
            known[path] = plain(self, path)
        return known[path]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loaders.JSONFileLoader, "load_file", load_file)
        yield


@pytest.fixture(scope="module")
def endpoint(_descriptions):
    if not FULL:
        pytest.importorskip("moto.server", reason="needs moto (the extra dev has it)")
        pytest.importorskip("boto3", reason="needs boto3 (the extra s3 has it)")
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint, request):
    """An empty bucket, and a client of our own to look into it."""
    import boto3

    client = boto3.client("s3", endpoint_url=endpoint, aws_access_key_id="x", aws_secret_access_key="y", region_name="us-east-1")
    name = f"b{abs(hash(request.node.name)):x}"
    client.create_bucket(Bucket=name)
    return Bucket(client, name, endpoint)


class Bucket:
    def __init__(self, client, name, endpoint):
        self.client, self.name, self.endpoint = client, name, endpoint

    def publisher(self, tmp_path, step=lambda _: None, audience="internal", **options):
        options = {"bucket": self.name, "endpoint": self.endpoint, "parallel": 4, **KEYS, **options}
        return S3Publisher(options, context(tmp_path, step, audience))

    def publish(self, tmp_path, files, step=lambda _: None, **more):
        return self.publisher(tmp_path, step, **more).publish(built(tmp_path / "site", files))

    def head(self, key):
        return self.client.head_object(Bucket=self.name, Key=key)

    def content(self):
        found = self.client.list_objects_v2(Bucket=self.name).get("Contents", [])
        return {o["Key"]: self.client.get_object(Bucket=self.name, Key=o["Key"])["Body"].read() for o in found}

    def site(self):
        return {key: content for key, content in self.content().items() if key != SITE_MARKER}

    def written(self):
        return {o["Key"]: o["LastModified"] for o in self.client.list_objects_v2(Bucket=self.name).get("Contents", [])}


def test_the_bucket_becomes_the_site_and_only_changed_objects_are_sent(tmp_path, bucket):
    assert bucket.publish(tmp_path, OLD).written == len(OLD)
    assert bucket.site() == OLD
    steps = StopAt()
    done = bucket.publish(tmp_path, NEW, steps)
    assert bucket.site() == NEW
    assert (done.written, done.removed, done.unchanged) == (CHANGED, REMOVED, len(NEW) - CHANGED)
    assert len([step for step in steps.steps if step.startswith("put ")]) == CHANGED


def test_pages_are_sent_after_what_they_need_and_deletions_come_last(tmp_path, bucket):
    bucket.publish(tmp_path, OLD)
    steps = StopAt()
    bucket.publish(tmp_path, NEW, steps)
    kinds = ["page" if s.endswith(".html") else "asset" if s.startswith("put ") else s for s in steps.steps]
    assert kinds == ["read the manifest", "mark changes in the manifest", "asset", "page", "page", "delete 1 objects", "write the manifest"]


def test_a_night_without_changes_sends_nothing(tmp_path, bucket):
    bucket.publish(tmp_path, OLD)
    steps = StopAt()
    assert bucket.publish(tmp_path, OLD, steps).written == 0
    assert steps.steps == ["read the manifest"]


@pytest.mark.parametrize(
    ("path", "kind", "cache"),
    [
        ("index.html", "text/html; charset=utf-8", "private, no-cache"),
        ("assets/portal.css", "text/css; charset=utf-8", "private, no-cache"),
        ("assets/stylesheets/main.57a0d79d.min.css", "text/css; charset=utf-8", "private, max-age=31536000, immutable"),
        ("api/catalog/entities/by-name/user/default/a.b", "application/json", "private, no-cache"),
    ],
)
def test_objects_have_the_type_and_the_time_to_keep_that_browsers_need(tmp_path, bucket, path, kind, cache):
    bucket.publish(tmp_path, OLD)
    head = bucket.head(path)
    assert (head["ContentType"], head["CacheControl"]) == (kind, cache)


def test_what_is_kept_for_a_year_is_public_only_where_the_portal_is(tmp_path, bucket):
    bucket.publish(tmp_path, OLD)
    assert bucket.publish(tmp_path, OLD, audience="public").written == len(OLD)
    assert bucket.head("index.html")["CacheControl"] == "public, no-cache"


def test_interrupted_at_any_step_the_next_run_goes_on(tmp_path, bucket):
    count = StopAt()
    bucket.publish(tmp_path, OLD, prefix="count")
    bucket.publish(tmp_path, NEW, count, prefix="count", parallel=1)
    for number, step in enumerate(count.steps):
        prefix = f"p{number}"
        bucket.publish(tmp_path, OLD, prefix=prefix)
        with pytest.raises(InterruptedHereError):
            bucket.publish(tmp_path, NEW, StopAt(number), prefix=prefix, parallel=1)
        bucket.publish(tmp_path, NEW, prefix=prefix)
        found = {key.removeprefix(f"{prefix}/"): value for key, value in bucket.site().items() if key.startswith(f"{prefix}/")}
        found.pop(SITE_MARKER)
        assert found == NEW, step
        assert bucket.publish(tmp_path, NEW, prefix=prefix).written == 0


def test_after_an_interruption_a_site_that_went_back_is_sent_again(tmp_path, bucket):
    bucket.publish(tmp_path, OLD)
    before_the_end = StopAt()
    bucket.publish(tmp_path, OLD | {"x.txt": b"1"}, before_the_end)
    bucket.publish(tmp_path, OLD)
    with pytest.raises(InterruptedHereError):
        bucket.publish(tmp_path, NEW, StopAt(len(["read", "mark", "css", "fresh", "index"])), parallel=1)
    assert bucket.site()["index.html"] == NEW["index.html"]
    bucket.publish(tmp_path, OLD)
    assert bucket.site() == OLD


def test_what_an_interrupted_run_has_sent_is_not_sent_again(tmp_path, bucket):
    bucket.publish(tmp_path, OLD)
    with pytest.raises(InterruptedHereError):
        bucket.publish(tmp_path, NEW, StopAt(5), parallel=1)
    steps = StopAt()
    assert bucket.publish(tmp_path, NEW, steps).written == 0
    assert steps.steps == ["read the manifest", "mark changes in the manifest", "delete 1 objects", "write the manifest"]


def test_a_bucket_with_objects_of_others_is_refused(tmp_path, bucket):
    bucket.client.put_object(Bucket=bucket.name, Key="backup.sql", Body=b"precious")
    with pytest.raises(PublishError, match="is not empty and was not published by Callboard"):
        bucket.publish(tmp_path, OLD)
    assert bucket.content() == {"backup.sql": b"precious"}


def test_objects_beside_the_prefix_are_left_alone(tmp_path, bucket):
    bucket.client.put_object(Bucket=bucket.name, Key="backup.sql", Body=b"precious")
    bucket.publish(tmp_path, OLD, prefix="portal/")
    bucket.publish(tmp_path, NEW, prefix="portal/")
    found = bucket.content()
    assert found.pop("backup.sql") == b"precious"
    assert found.pop(f"portal/{SITE_MARKER}")
    assert found == {f"portal/{key}": value for key, value in NEW.items()}


def test_an_object_that_somebody_put_into_the_site_stays(tmp_path, bucket):
    bucket.publish(tmp_path, OLD)
    bucket.client.put_object(Bucket=bucket.name, Key="robots.txt", Body=b"mine")
    bucket.publish(tmp_path, NEW)
    assert bucket.site() == NEW | {"robots.txt": b"mine"}


def test_a_bucket_that_does_not_exist_is_told(tmp_path, bucket):
    with pytest.raises(PublishError, match="NoSuchBucket") as caught:
        bucket.publish(tmp_path, OLD, bucket="there-is-none")
    assert "Create the bucket" in caught.value.hint


def test_a_store_that_does_not_answer_is_told(tmp_path):
    options = {"bucket": "portal", "endpoint": "http://127.0.0.1:9", **KEYS}
    with pytest.raises(PublishError, match=r"EndpointConnectionError|ConnectionError"):
        S3Publisher(options, context(tmp_path)).publish(built(tmp_path / "site", OLD))


def test_a_manifest_that_is_not_ours_stops_publishing(tmp_path, bucket):
    bucket.publish(tmp_path, OLD)
    bucket.client.put_object(Bucket=bucket.name, Key=SITE_MARKER, Body=json.dumps({"format": 99, "files": {}}).encode())
    with pytest.raises(PublishError, match="cannot be read by this version"):
        bucket.publish(tmp_path, NEW)
    assert bucket.site() == OLD


def test_a_thousand_deletions_and_more_go_in_several_requests(tmp_path, bucket):
    many = OLD | {f"n/{number:04}.txt": b"x" for number in range(1_050)}
    bucket.publish(tmp_path, many, parallel=16)
    steps = StopAt()
    assert bucket.publish(tmp_path, OLD, steps).removed == 1_050
    assert [s for s in steps.steps if s.startswith("delete")] == ["delete 1000 objects", "delete 50 objects"]
    assert bucket.site() == OLD
