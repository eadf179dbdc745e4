"""Descriptors of many repositories: what is equal in them is in memory once, and nothing else about them changes."""

import msgspec

from callboard.descriptors.document import FileLocation
from callboard.descriptors.kinds import builtin_kinds
from callboard.descriptors.reading import FileResult, read_text
from callboard.ingestion.shared_values import SharedValues
from callboard.settings.settings import Limits

TEXT = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {{name: service-{number}, labels: {{tier: "1", on: true}}, links: [{{url: 'https://dash.example.com/{number}', title: Board}}]}}
spec: {{type: service, lifecycle: production, owner: team-shop, dependsOn: [resource:shop-db], counts: [1, 2.5, null, {long}]}}
"""


def results():
    """As another process sends them: each with strings of its own."""
    for number in range(3):
        data = TEXT.format(number=number, long="x" * 100).encode()
        location = FileLocation("here", "/repositories", f"shop-{number}", "", "catalog-info.yaml")
        made = read_text(data, location, lambda path: b"", builtin_kinds(), Limits(), lambda url, where: None)
        yield msgspec.json.decode(msgspec.json.encode(made), type=FileResult)


def test_results_are_equal_and_their_short_strings_are_shared():
    shared = SharedValues()
    found = [shared.result(result) for result in results()]
    assert found == [*results()]
    assert all(result.problems for result in found)
    first, *others = (result.entities[0] for result in found)
    problems = [result.problems[0] for result in found]
    for other in others:
        assert other.kind is first.kind
        assert other.ref.kind is first.ref.kind
        assert other.spec["owner"] is first.spec["owner"]
        assert [*map(id, other.spec)] == [*map(id, first.spec)]
        assert other.metadata["links"][0]["title"] is first.metadata["links"][0]["title"]
        assert other.origin.path is first.origin.path
    assert len({id(problem.hint) for problem in problems}) == 1
    assert all(problem.origin is result.entities[0].origin for problem, result in zip(problems, found, strict=True))
