"""A folder that may not be read is said, and hides no other (SRC002)."""

import os

from callboard.plugins.sources import SourceContext
from callboard.settings.settings import SourceSettings
from callboard.sources.files.source import FilesSource


def test_a_closed_folder_is_told_and_the_others_are_read(tmp_path, monkeypatch):
    for name in ("closed", "open"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "catalog-info.yaml").write_text("kind: Component\n")
    scandir = os.scandir

    def refusing(folder):
        """What the system answers to everybody but root."""
        if str(folder).endswith("/closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr("callboard.sources.files.folder.os.scandir", refusing)
    collected = FilesSource(SourceSettings("all", "files", {"path": "."}), SourceContext(tmp_path, tmp_path)).collect()
    assert [file.path for file in collected.files] == ["open/catalog-info.yaml"]
    [problem] = collected.problems
    assert (problem.code, problem.origin.path) == ("SRC002", "closed")
