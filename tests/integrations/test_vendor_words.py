"""Words of vendors for states: what is over is no success, and what is not known is shown and never lost."""

from collections import Counter

import pytest
from vendors import NOW

from callboard.history.facts.deployment import _is_deployed
from callboard.model.facts.deployment import Deployment
from callboard.model.facts.enumerations import RunState
from callboard.model.facts.incident import IncidentState
from callboard.model.facts.validation import FactError
from callboard.plugins.integrations.decode import decode_value
from callboard.plugins.integrations.parse import parse_enum, parse_run_state
from callboard.plugins.integrations.words import VENDOR_WORDS, normal_word


@pytest.mark.parametrize(
    "word", ["completed", "COMPLETED", "complete", "Finished", "done", "ended", "inactive", "TELEPORTED", "half baked"]
)
def test_a_word_that_says_only_that_a_run_is_over_is_no_success_and_is_shown(word):
    assert parse_run_state(word) == (RunState.UNKNOWN, word)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("inProgress", RunState.RUNNING), ("notStarted", RunState.WAITING), ("cancelling", RunState.CANCELLED),
        ("postponed", RunState.WAITING),
        ("partiallySucceeded", RunState.SUCCEEDED), ("notDeployed", RunState.WAITING), ("INPROGRESS", RunState.RUNNING),
        ("HALTED", RunState.WAITING), ("STOPPED", RunState.CANCELLED), ("Superseded", RunState.CANCELLED), ("FAULT", RunState.FAILED),
        ("ROLLBACK_SUCCESSFUL", RunState.ROLLED_BACK), ("ROLLBACK_FAILED", RunState.FAILED), ("UNSTABLE", RunState.FAILED),
        ("NOT_BUILT", RunState.CANCELLED), ("failing", RunState.RUNNING), ("on_hold", RunState.WAITING), ("errored", RunState.FAILED),
        ("unauthorized", RunState.FAILED), ("received", RunState.WAITING), ("WAITING_FOR_CALLBACK", RunState.WAITING),
        ("TIMED_OUT", RunState.FAILED), ("STARTUP_FAILURE", RunState.FAILED), ("rolledBack", RunState.ROLLED_BACK),
        ("", RunState.UNKNOWN), ("unknown", RunState.UNKNOWN), ("undefined", RunState.UNKNOWN),
    ],
)  # fmt: skip
def test_words_of_vendors_are_known(word, state):
    assert parse_run_state(word) == (state, "")


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("in_triage", IncidentState.OPEN), ("live", IncidentState.OPEN), ("mitigated", IncidentState.ACKNOWLEDGED),
        ("learning", IncidentState.RESOLVED), ("declined", IncidentState.RESOLVED), ("ACTIVATED", IncidentState.OPEN),
    ],
)  # fmt: skip
def test_words_for_incidents_are_known(word, state):
    assert parse_enum(IncidentState, word) is state


@pytest.mark.parametrize("family", ["deployment", "pipeline-run"])
def test_a_row_with_an_unknown_state_keeps_its_other_fields(family):
    value = decode_value(family, {"version" if family == "deployment" else "name": "1.2", "state": "teleported", "at": "-1d"}, NOW)
    assert (value.state, value.state_word, value.at is None) == (RunState.UNKNOWN, "teleported", False)
    known = decode_value(family, {"version" if family == "deployment" else "name": "1.2", "state": "inProgress"}, NOW)
    assert (known.state, known.state_word) == (RunState.RUNNING, "")
    with pytest.raises(FactError, match="state"):
        decode_value(family, {"version" if family == "deployment" else "name": "1.2", "state": ["x"]}, NOW)


def test_a_deployment_in_a_state_that_is_not_known_is_no_new_version():
    assert _is_deployed(Deployment("1.2", None))
    assert not _is_deployed(Deployment("1.2", None, state_word="teleported"))


@pytest.mark.parametrize("kind", VENDOR_WORDS, ids=lambda kind: kind.__name__)
def test_each_word_stands_once_has_a_value_and_the_form_in_which_words_are_compared(kind):
    counts = Counter(word for vendor in VENDOR_WORDS[kind] for word in vendor.words)
    assert [word for word, count in counts.items() if count > 1] == []
    assert {value for vendor in VENDOR_WORDS[kind] for value in vendor.words.values()} <= set(map(str, kind))
    assert all(word == normal_word(word) for word in counts)
    assert all(vendor.source.startswith("https://") for vendor in VENDOR_WORDS[kind] if vendor.tool != "several tools")
