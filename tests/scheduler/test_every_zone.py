"""Every change of every clock in the coming three years: one tip a local week, whatever the clock does."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from scheduler import weekly
from scheduler.weekly import Schedule

START, END = datetime(2026, 11, 23, tzinfo=UTC), datetime(2029, 11, 26, tzinfo=UTC)
WEEK = timedelta(weeks=1)
WORKING_HOUR = 9  # every name is tried at this hour, every kind of clock at the others
ZONES = sorted(available_timezones() - {"localtime", "Factory"})
# Before, in and after the time that is missing or doubled; at its edges, and a minute to either side of them.
AROUND = [timedelta(minutes=minutes) for minutes in (-60, -30, -1, 0, 1, 29, 30, 59, 60)]


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


@cache
def _changes(name: str) -> tuple[datetime, ...]:
    """Find the minutes at which a zone's offset changes: days are scanned, then halved."""
    zone = ZoneInfo(name)
    days = [START + timedelta(days=day) for day in range((END - START).days + 1)]
    offsets = [_offset(zone, moment) for moment in days]
    found = []
    for (before, low), (after, high) in pairwise(zip(days, offsets, strict=True)):
        if low == high:
            continue
        early, late = before, after
        while late - early > timedelta(minutes=1):
            middle = early + (late - early) // 2
            early, late = (middle, late) if _offset(zone, middle) == low else (early, middle)
        found.append(late.replace(second=0, microsecond=0))
    return tuple(found)


@cache
def _kinds() -> tuple[str, ...]:
    """Name one zone for each way in which clocks change: many names are the same clock."""
    kinds: dict[object, str] = {}
    for name in ZONES:
        zone = ZoneInfo(name)
        changes = _changes(name)
        kinds.setdefault((_offset(zone, START), *((change, _offset(zone, change)) for change in changes)), name)
    return tuple(kinds.values())


def _schedules() -> Iterator[tuple[Schedule, datetime]]:
    """Give schedules around each change of each kind of clock, on its day; where it never changes, on any."""
    for name in _kinds():
        zone, changes = ZoneInfo(name), _changes(name)
        for change in changes or (START + 26 * WEEK,):
            # On the wall as it was before the change, and as it is after it.
            walls = {
                (change + offset + around).replace(tzinfo=None)
                for offset in (_offset(zone, change - timedelta(minutes=1)), _offset(zone, change))
                for around in AROUND
            }
            for wall in walls:
                yield Schedule(wall.weekday(), wall.time(), name), change


def test_the_clocks_do_change() -> None:
    """The scan finds them all: nearly six hundred names, summer times, and Morocco's Ramadan."""
    assert len(ZONES) > 400
    assert sum(bool(_changes(name)) for name in ZONES) > 150
    assert _changes("Europe/Paris")[:2] == (
        datetime(2027, 3, 28, 1, tzinfo=UTC),
        datetime(2027, 10, 31, 1, tzinfo=UTC),
    )
    assert len(_changes("Africa/Casablanca")) == 6
    assert _changes("Asia/Tokyo") == ()


def test_one_occurrence_a_local_week_around_every_change() -> None:
    """Exactly one in each of the five weeks around a change, none in the past, in order."""
    for schedule, change in _schedules():
        now = change - 2 * WEEK - timedelta(days=3)
        moments = [now]
        while moments[-1] < change + 2 * WEEK:
            moments.append(weekly.next_occurrence(schedule, moments[-1]))
        occurrences = moments[1:]
        slots = [weekly.slot(schedule, moment) for moment in occurrences]
        assert all(before < after for before, after in pairwise(moments)), schedule
        assert len(set(slots)) == len(slots), schedule
        mondays = [datetime.fromisocalendar(int(slot[:4]), int(slot[6:]), 1) for slot in slots]
        assert all(after - before == WEEK for before, after in pairwise(mondays)), schedule
        assert all(weekly.occurrence_in(schedule, slot) == at for slot, at in zip(slots, occurrences, strict=True))


def test_a_missing_time_moves_forward_and_a_doubled_one_fires_once() -> None:
    """Around every change: the wall shows what was asked for; where that is missing, as much later as was left out."""
    seen: Counter[str] = Counter()
    for schedule, change in _schedules():
        zone = ZoneInfo(schedule.zone)
        gap = _offset(zone, change) - _offset(zone, change - timedelta(minutes=1))
        moment = weekly.next_occurrence(schedule, change - timedelta(days=3))
        local = moment.astimezone(zone)
        asked = datetime.combine(local.date(), schedule.at)
        shown = local.replace(tzinfo=None)
        if shown == asked and local.weekday() == schedule.weekday:
            twin = local.replace(fold=1).astimezone(UTC)
            is_doubled = twin != moment
            seen["doubled" if is_doubled else "plain"] += 1
            assert local.fold == 0, schedule
            if is_doubled:
                assert twin - moment == -gap
                assert weekly.next_occurrence(schedule, moment) > twin + timedelta(days=5)
        else:
            seen["missing"] += 1
            assert gap > timedelta(0), schedule
            before = (moment + _offset(zone, change - timedelta(minutes=1))).replace(tzinfo=None)
            assert (before.weekday(), before.time()) == (schedule.weekday, schedule.at)
            assert moment >= change
    assert min(seen["doubled"], seen["missing"], seen["plain"]) > 100


@pytest.mark.parametrize("hour", [0, WORKING_HOUR, 23])
def test_three_years_in_every_zone(hour: int) -> None:
    """Every zone by name: each local week of three years has its one tip."""
    for name in ZONES if hour == WORKING_HOUR else _kinds():
        schedule = Schedule(hour % 7, time(hour, 30), name)
        moment, slots = START, []
        while moment < END:
            following = weekly.next_occurrence(schedule, moment)
            assert following > moment
            slots.append(weekly.slot(schedule, following))
            moment = following
        assert len(slots) == len(set(slots)), name
        assert (END - START) // WEEK <= len(slots) <= (END - START) // WEEK + 1, name
        assert slots == sorted(slots), name
