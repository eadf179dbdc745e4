"""The action, without a template."""

from pathlib import Path

import pytest
from callboard_licence import AddLicence

from callboard.plugins.actions import ActionError
from callboard.plugins.testing import action_step


def test_a_licence_is_written_once(tmp_path: Path) -> None:
    step = action_step(tmp_path, holder="Acme", year=2026)
    assert AddLicence().run(step) == {"path": "LICENSE"}
    assert (tmp_path / "LICENSE").read_text().startswith("Copyright 2026 Acme\n")
    with pytest.raises(ActionError, match="has a licence already"):
        AddLicence().run(step)
