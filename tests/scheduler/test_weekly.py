"""When tips come and which tip it is: the rules, by example and over every time zone."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler import weekly
from scheduler.weekly import Schedule, ScheduleError

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
START, END = datetime(2026, 11, 1, tzinfo=UTC), datetime(2029, 11, 1, tzinfo=UTC)


def _transitions(zone: str) -> list[datetime]:
    """Find the moments between START and END at which the zone's offset changes, to the minute."""
    info = ZoneInfo(zone)

    def offset(moment: datetime) -> timedelta | None:
        return moment.astimezone(info).utcoffset()

    found = []
    days = [START + timedelta(days=day) for day in range((END - START).days + 1)]
    for low, high in pairwise(days):
        if offset(low) != offset(high):
            before, after = low, high
            while after - before > timedelta(minutes=1):
                middle = before + (after - before) / 2
                before, after = (middle, after) if offset(middle) == offset(low) else (before, middle)
            found.append(after)
    return found


TRANSITIONS = {
    zone: _transitions(zone)
    for zone in (
        "Europe/Paris",
        "America/New_York",
        "Australia/Lord_Howe",
        "Africa/Cairo",
        "Asia/Beirut",
        "America/Nuuk",
        "Africa/Casablanca",
        "America/Santiago",
        "Pacific/Chatham",
    )
}

schedules = st.builds(
    Schedule,
    st.integers(0, 6),
    st.times(min_value=time(0), max_value=time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0)),
    st.sampled_from(ZONES),
)
moments = st.datetimes(START.replace(tzinfo=None), END.replace(tzinfo=None), timezones=st.just(UTC))


@given(schedules, moments)
def test_exactly_one_occurrence_a_local_iso_week(schedule: Schedule, now: datetime) -> None:
    """Over the coming years every local ISO week has one occurrence, later than the one before; none is in the past."""
    moment = weekly.next_occurrence(schedule, now)
    assert timedelta(0) < moment - now <= timedelta(days=7, hours=3)
    monday = datetime.fromisocalendar(*_week(weekly.slot(schedule, moment)), 1)
    for week in range(1, 60):
        following = weekly.next_occurrence(schedule, moment)
        assert following > moment
        assert _week(weekly.slot(schedule, following)) == (monday + timedelta(weeks=week)).isocalendar()[:2]
        moment = following


@given(schedules, moments)
def test_the_wall_time_is_kept_or_moved_forward(schedule: Schedule, now: datetime) -> None:
    """The tip comes at its local weekday and hour; where that time does not exist, later by what was left out."""
    local = weekly.next_occurrence(schedule, now).astimezone(ZoneInfo(schedule.zone))
    wanted = datetime.combine(local.date(), schedule.at)
    shown = local.replace(tzinfo=None)
    assert (local.weekday(), shown) == (schedule.weekday, wanted) or timedelta(0) < shown - wanted <= timedelta(
        hours=24
    )


@given(st.data())
def test_every_change_of_the_clock(data: st.DataObject) -> None:
    """Around a change of the clock there is one occurrence still: a doubled time fires once, the first time."""
    zone = data.draw(st.sampled_from(sorted(TRANSITIONS)))
    change = data.draw(st.sampled_from(TRANSITIONS[zone]))
    near = (change + timedelta(minutes=data.draw(st.integers(-180, 180)))).astimezone(ZoneInfo(zone))
    schedule = Schedule(near.weekday(), near.time().replace(second=0, microsecond=0), zone)
    moment = weekly.next_occurrence(schedule, change - timedelta(days=3))
    assert abs(moment - change) <= timedelta(hours=4)
    assert weekly.next_occurrence(schedule, moment) - moment > timedelta(days=6)
    assert moment.astimezone(ZoneInfo(zone)).fold == 0


@given(schedules, schedules, moments, st.booleans())
def test_rescheduling_never_gives_a_week_two_tips_or_none(
    old: Schedule,
    new: Schedule,
    now: datetime,
    this_week_is_sent: bool,  # noqa: FBT001 # drawn, not passed
) -> None:
    """Whatever is changed to whatever: the next moment is not in the past, and its week had no tip yet."""
    last_slot = weekly.slot(new, now) if this_week_is_sent else weekly.slot(new, now - timedelta(days=7))
    standing = weekly.next_occurrence(old, now, last_slot)
    moment = weekly.rescheduled(new, standing, last_slot, now)
    assert now < moment <= now + timedelta(days=15)
    assert weekly.slot(new, moment) > last_slot
    assert moment in {standing, weekly.next_occurrence(new, now, last_slot)}


@pytest.mark.parametrize(
    ("weekday", "at", "zone", "after", "expected"),
    [
        ("sunday", "02:30", "Europe/Paris", "2027-03-22", "2027-03-28T01:30"),  # missing: 03:30 summer time
        ("sunday", "02:30", "Europe/Paris", "2027-10-25", "2027-10-31T00:30"),  # doubled: the first, summer time
        ("sunday", "01:45", "Australia/Lord_Howe", "2027-03-30", "2027-04-03T14:45"),  # doubled by half an hour
        ("monday", "09:00", "Asia/Kathmandu", "2026-11-23", "2026-11-23T03:15"),
        (
            "friday",
            "09:00",
            "Pacific/Apia",
            "2011-12-26",
            "2011-12-30T19:00",
        ),  # Friday 30 December was left out: Saturday
        ("monday", "00:00", "UTC", "2026-11-23", "2026-11-30T00:00"),  # later than `after`, never the same moment
    ],
)
def test_occurrences_by_example(weekday: str, at: str, zone: str, after: str, expected: str) -> None:
    """Known days on which a clock was changed, checked by hand."""
    schedule = Schedule.parse(weekday, at, zone)
    moment = weekly.next_occurrence(schedule, datetime.fromisoformat(after).replace(tzinfo=UTC))
    assert moment == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_a_sunday_that_becomes_monday_counts_as_sunday() -> None:
    """Where a missing Sunday evening moves the tip into the next week, each week still has its own."""
    schedule = Schedule.parse("sunday", "23:30", "Africa/Algiers")
    moment = weekly.next_occurrence(schedule, datetime(1971, 4, 20, tzinfo=UTC))
    following = weekly.next_occurrence(schedule, moment)
    assert moment.astimezone(ZoneInfo("Africa/Algiers")).weekday() == 0
    assert (weekly.slot(schedule, moment), weekly.slot(schedule, following)) == ("1971-W16", "1971-W17")


def test_slots_sort_across_years() -> None:
    """A year of 53 weeks goes over into the next in order, and an occurrence is found by its slot."""
    schedule = Schedule.parse("friday", "09:00", "UTC")
    slots = [weekly.slot(schedule, datetime(2026, 12, 18, 9, tzinfo=UTC) + timedelta(weeks=week)) for week in range(4)]
    assert slots == ["2026-W51", "2026-W52", "2026-W53", "2027-W01"]
    assert weekly.occurrence_in(schedule, "2026-W53") == datetime(2027, 1, 1, 9, tzinfo=UTC)


MONDAY, WEDNESDAY, FRIDAY = (Schedule.parse(day, "09:00", "UTC") for day in ("monday", "wednesday", "friday"))


@pytest.mark.parametrize(
    ("old", "new", "last_slot", "expected"),
    [
        (FRIDAY, MONDAY, "2026-W47", "2026-11-27"),  # Monday has passed and nothing was sent: Friday is kept this week
        (FRIDAY, WEDNESDAY, "2026-W47", "2026-11-25"),  # Wednesday is still to come
        (MONDAY, FRIDAY, "2026-W48", "2026-12-04"),  # Monday's was sent: Friday of next week
        (MONDAY, MONDAY, "2026-W48", "2026-11-30"),
    ],
)
def test_rescheduling_by_example(old: Schedule, new: Schedule, last_slot: str, expected: str) -> None:
    """On a Tuesday: this week's tip comes once, at the new moment if that is still to come, else at the old one."""
    tuesday = datetime(2026, 11, 24, 12, tzinfo=UTC)
    standing = weekly.next_occurrence(old, tuesday, last_slot)
    moment = weekly.rescheduled(new, standing, last_slot, tuesday)
    assert moment == datetime.fromisoformat(f"{expected}T09:00+00:00")


def test_what_is_due_already_stays_due() -> None:
    """A change in the seconds between a tip's moment and the tick does not lose the tip."""
    due = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert weekly.rescheduled(FRIDAY, due, "2026-W47", due + timedelta(seconds=5)) == due


@pytest.mark.parametrize(
    ("weekday", "at", "zone", "schedule"),
    [
        ("monday", "09:00", "Europe/Paris", Schedule(0, time(9), "Europe/Paris")),
        (" Fri ", "9:05", "europe/paris", Schedule(4, time(9, 5), "Europe/Paris")),
        (6, "23:59", "UTC", Schedule(6, time(23, 59), "UTC")),
    ],
)
def test_what_people_type(weekday: str | int, at: str, zone: str, schedule: Schedule) -> None:
    """Days by name or number, hours with or without the zero, zones in any case."""
    assert Schedule.parse(weekday, at, zone) == schedule
    assert Schedule.parse(schedule.weekday, schedule.at_text, schedule.zone) == schedule


@pytest.mark.parametrize(
    ("weekday", "at", "zone", "faults"),
    [
        ("someday", "24:00", "Mars/Phobos", {"weekday", "at", "zone"}),
        ("mo", "9", "", {"weekday", "at", "zone"}),
        (7, "09:60", "../etc/passwd", {"weekday", "at", "zone"}),
        ("monday", "٠٩:٠٠", "Europe", {"at", "zone"}),
        ("monday", "09:00", "localtime", {"zone"}),
    ],
)
def test_every_fault_is_named_at_once(weekday: str | int, at: str, zone: str, faults: set[str]) -> None:
    """A form can show each mistake beside its field, in a sentence."""
    with pytest.raises(ScheduleError) as caught:
        Schedule.parse(weekday, at, zone)
    assert set(caught.value.faults) == faults
    assert all(sentence.endswith((".", "?")) for sentence in caught.value.faults.values())


def _week(slot: str) -> tuple[int, int]:
    year, week = slot.split("-W")
    return int(year), int(week)
