"""Charts of bands: what is drawn for numbers over time."""

import re

from callboard.diagrams.bands import BandChart, BandSegment, draw_bands


def paths(*segments, tones=("bad", "good"), marks=()):
    return re.findall(r'class="([^"]*)" d="([^"]*)"', draw_bands(BandChart(tuple(BandSegment(*each) for each in segments), tones, marks)))


def test_a_lower_band_is_drawn_over_the_higher_ones_up_to_its_own_height():
    assert paths((5, 6, (1, 3)), (6, 9, (2, 2))) == [
        ("cb-fill--good", "M0 100V0H1H4V100z"),
        ("cb-fill--bad", "M0 100V75H1V50H4V100z"),
    ]


def test_a_day_without_numbers_and_a_band_without_height_leave_a_gap():
    assert paths((0, 1, (2, 2)), (3, 4, (0, 4)), (4, 5, (3, 0))) == [
        ("cb-fill--good", "M0 100V0H1V100zM3 100V0H4V100z"),
        ("cb-fill--bad", "M0 100V50H1V100zM4 100V25H5V100z"),
    ]


def test_a_mark_is_drawn_where_a_rule_changed_within_the_chart():
    assert [each for each in paths((0, 9, (1, 0)), marks=(0, 4, 9)) if "mark" in each[0]] == [("cb-bands__mark", "M4 0V100")]
