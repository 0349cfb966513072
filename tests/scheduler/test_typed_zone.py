"""What a person types for a zone is kept under its name of today, or answered with what to write."""

from zoneinfo import available_timezones

import pytest

from scheduler.weekly import Schedule, ScheduleError

ZONES = sorted(available_timezones() - {"localtime", "Factory"})


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Pariss", "“Pariss” is not a time zone: write Europe/Paris or America/Chicago (Paris, Texas, United States)."),
        ("Munich", "“Munich” is not a time zone: write Europe/Berlin (Munich, Bayern, Germany)."),
        ("germany", "“germany” is not a time zone: write Europe/Berlin (Germany)."),
        ("PST", "“PST” is not a time zone: write America/Los_Angeles."),
        ("UTC+1", "“UTC+1” is not a time zone but an offset"),
        ("Narnia", "“Narnia” is not a time zone, and no place of that name is known: write a region and a city"),
        (
            "Narnia",
            "Regions are Africa, America, Antarctica, Arctic, Asia, Atlantic, Australia, Europe, Indian, Pacific.",
        ),
        ("", "Which time zone? Write a region and a city, such as Europe/Paris."),
        (
            "EST",
            "“EST” is used for two clocks: write America/New_York, or America/Panama for the one that never changes.",
        ),
        ("GMT", "“GMT” is used for two clocks: write Europe/London, or UTC for the one that never changes."),
    ],
)
def test_what_is_no_zone_is_answered_with_the_one_that_is_meant(zone: str, said: str) -> None:
    """A slip, a place, an abbreviation: what to write instead; a name that nobody knows is called that."""
    with pytest.raises(ScheduleError) as raised:
        Schedule.typed("monday", "09:00", zone)
    assert said in raised.value.faults["zone"]


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("us/pacific", "America/Los_Angeles"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Japan", "Asia/Tokyo"),
        ("EST5EDT", "America/New_York"),
        ("CET", "Europe/Brussels"),
        ("Etc/GMT+5", "Etc/GMT+5"),
        ("europe/paris", "Europe/Paris"),
        ("UTC", "UTC"),
    ],
)
def test_a_zones_name_of_before_is_kept_under_todays(typed: str, zone: str) -> None:
    """What is written from now on has a name that lasts; rows that have another go on."""
    assert Schedule.typed("monday", "09:00", typed).zone == zone
    assert Schedule.parse("monday", "09:00", typed).zone.casefold() == typed.casefold()


def test_every_zone_may_be_typed_but_those_that_mean_two_clocks() -> None:
    """`EST`, `MST` and `GMT`, and what is spelt like them."""
    refused = []
    for zone in ZONES:
        try:
            assert Schedule.typed("monday", "09:00", zone).zone in ZONES
        except ScheduleError:
            refused.append(zone)
    assert refused == ["EST", "GMT", "MST"]
