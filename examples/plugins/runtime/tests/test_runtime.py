"""The check, without a portal."""

from datetime import UTC, datetime

import pytest
from callboard_runtime import SupportedRuntime

from callboard.plugins.checks import CheckedEntity, EntityRef

CHECK = SupportedRuntime({"annotation": "example.com/runtime", "ends": {"python-3.9": "2025-10-31", "python-3.13": "2029-10-31"}})
NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(("runtime", "passes"), [("python-3.13", True), ("python-3.9", False), ("perl-4", None), ("", False)])
def test_a_runtime_is_looked_up_in_the_table(runtime: str, *, passes: bool | None) -> None:
    ref = EntityRef("component", "default", "shop")
    entity = CheckedEntity(ref, "Component", {"name": "shop", "annotations": {"example.com/runtime": runtime}}, {}, now=NOW)
    assert CHECK.judge(entity).passes is passes
