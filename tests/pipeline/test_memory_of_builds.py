"""What is in memory while pages are made: nothing of the last state that only earlier steps compare with."""

import gc

from callboard import pipeline
from callboard.state.values import State
from support.portal import callboard, write


def test_while_pages_are_made_the_last_state_is_gone(tmp_path, monkeypatch):
    portal = write(tmp_path)
    found, write_site = [], pipeline.write

    def counted(*arguments):
        gc.collect()
        states = [value for value in gc.get_objects() if type(value) is State]
        found.append((len(states), sum(len(state.entities) + len(state.summaries) for state in states)))
        return write_site(*arguments)

    monkeypatch.setattr(pipeline, "write", counted)
    assert callboard(portal, "build", "--now", "2026-11-22").returncode == 0
    for file in (portal / "repositories").rglob("catalog-info.yaml"):
        file.write_text(file.read_text().replace("Sells", "Now sells"))
    assert callboard(portal, "build", "--now", "2026-11-23").returncode == 0
    assert found == [(0, 0), (1, 0)]
