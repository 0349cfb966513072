"""A person finds their time zone by what they would type."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import slack_zones

WINTER = datetime(2026, 11, 30, 8, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("paris", "Europe/Paris"),
        ("Par", "Europe/Paris"),
        ("new york", "America/New_York"),
        ("America/New_York", "America/New_York"),
        ("São Paulo", "America/Sao_Paulo"),
        ("utc", "UTC"),
        ("Germany", "Europe/Berlin"),
        ("india", "Asia/Kolkata"),
        ("calcutta", "Asia/Calcutta"),
        ("united states pacific", "America/Los_Angeles"),
        ("CET", "Europe/Berlin"),
        ("pst", "America/Los_Angeles"),
        ("+5:30", "Asia/Kolkata"),
        ("UTC-5", "America/New_York"),
        ("gmt+09:00", "Asia/Tokyo"),
        ("pariss", "Europe/Paris"),
        ("", "America/Los_Angeles"),
    ],
)
def test_the_zone_a_person_means_comes_first(typed: str, zone: str) -> None:
    """Cities, countries, abbreviations, offsets and small slips all lead there."""
    assert slack_zones.matching(typed, WINTER)[0] == zone


def test_legacy_names_are_not_offered() -> None:
    """`US/Eastern`, `EST5EDT` and `Etc/GMT+5` would only confuse."""
    offered = {zone for typed in "aeiouy" for zone in slack_zones.matching(typed, WINTER)}
    assert "Europe/Paris" in offered
    assert all(zone == "UTC" or "/" in zone for zone in offered)
    assert not [zone for zone in offered if zone.startswith(("US/", "Etc/", "posix/", "right/", "SystemV/"))]


def test_an_offset_is_the_one_in_force() -> None:
    """Paris is +1 in winter and +2 in summer, in the list and in its label."""
    assert "Europe/Paris" in slack_zones.matching("+1", WINTER)
    assert "Europe/Paris" not in slack_zones.matching("+1", SUMMER)
    assert slack_zones.label("Europe/Paris", SUMMER) == "Europe/Paris (UTC+02:00)"
    assert slack_zones.label("America/St_Johns", WINTER) == "America/St_Johns (UTC-03:30)"
    assert slack_zones.label("UTC", WINTER) == "UTC (UTC+00:00)"


@given(st.text(max_size=20))
def test_anything_typed_gives_real_zones_once_each(typed: str) -> None:
    """Whatever is typed, every name offered is a zone, and none comes twice."""
    found = slack_zones.matching(typed, WINTER)
    assert len(found) == len(set(found))
    assert all(ZoneInfo(name).key == name for name in found[:100])
