"""Tell when a conversation's weekly tip comes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from cards.compose import faults as typed_faults
from cards.zones import names, search

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LAST_YEAR = 9990  # in which nothing is planned: two years ahead and a week back, every day is one the calendar has
_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)


class ScheduleError(ValueError):
    """What can't be kept: `faults` has a sentence for each field at fault, such as `weekday`, `at`, `zone`."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


class Schedule(Struct, frozen=True):
    """When tips come: `weekday` (Monday = 0), `at` local wall time, `zone` an IANA name."""

    weekday: int
    at: time
    zone: str

    @classmethod
    def parse(cls, weekday: str | int, at: str, zone: str) -> "Schedule":
        """Read what a person typed or a row holds: `monday`, `mon` or 0; `09:00` or `9:00`; `Europe/Paris`.

        Raises ScheduleError that names every fault at once.
        """
        faults: dict[str, str] = {}
        day = _weekday(weekday)
        if day is None:
            faults["weekday"] = typed_faults.NO_WEEKDAY.format(weekday)
        wall = _wall_time(at)
        if wall is None:
            faults["at"] = typed_faults.NO_TIME.format(at)
        name = names.exact(zone)
        if not name:
            faults["zone"] = typed_faults.no_zone(zone)
        if day is None or wall is None or not name:
            raise ScheduleError(faults)
        return cls(day, wall, name)

    @classmethod
    def typed(cls, weekday: str | int, at: str, zone: str) -> "Schedule":
        """Read what a person chooses, as `parse` does, with the zone's name of today: `Europe/Kyiv` for `Europe/Kiev`.

        Raises ScheduleError too for a zone like `EST`, whose clock is not what people mean by it half of the year.
        """
        name = names.exact(zone)
        misleading = {"zone": fault} if name and (fault := typed_faults.misleading_zone(name)) else {}
        try:
            schedule = cls.parse(weekday, at, zone)
        except ScheduleError as error:
            raise ScheduleError(error.faults | misleading) from error
        if misleading:
            raise ScheduleError(misleading)
        return replace(schedule, zone=search.current(schedule.zone))

    @property
    def at_text(self) -> str:
        """The wall time as it is stored and shown: `09:00`."""
        return self.at.strftime("%H:%M")


def next_occurrence(schedule: Schedule, after: datetime, beyond_slot: str = "") -> datetime:
    """Find the first moment (UTC) later than `after` whose local ISO week comes later than `beyond_slot`.

    From the zone's own rules and the wall time: a time that does not exist moves forward, one that exists twice comes
    the first time (PEP 495, fold=0). Raises OverflowError beyond the year 9998.
    """
    local = local_date(schedule, after)
    # A week early, since a missing time may push an occurrence out of its own week.
    monday = local - local.weekday() * _DAY - _WEEK
    while True:
        moment = _occurrence(schedule, monday)
        if moment > after and _iso_week(monday) > beyond_slot:
            return moment
        monday += _WEEK


def occurrence_in(schedule: Schedule, slot_: str) -> datetime:
    """Give the moment (UTC) of a slot such as `2026-W48`."""
    year, week = slot_.split("-W")
    return _occurrence(schedule, date.fromisocalendar(int(year), int(week), 1))


def slot(schedule: Schedule, moment: datetime) -> str:
    """Give the local ISO week a moment stands for: `2026-W48`. Slots sort as texts."""
    day = local_date(schedule, moment)
    monday = day - day.weekday() * _DAY
    # A missing Sunday evening (Algiers, 25 April 1971, 23:00) moves the tip to Monday; it still counts as Sunday's.
    if day.weekday() != schedule.weekday and _occurrence(schedule, monday - _WEEK) == moment:
        return _iso_week(monday - _WEEK)
    return _iso_week(monday)


def local_date(schedule: Schedule, moment: datetime) -> date:
    """Give the date of a moment where tips come."""
    return moment.astimezone(ZoneInfo(schedule.zone)).date()


def rescheduled(schedule: Schedule, next_run_at: datetime, last_slot: str, now: datetime) -> datetime:
    """Give the next moment after a change to `schedule`, where `next_run_at` was the next one so far.

    If this week's tip has not gone and the new schedule's moment this week has passed, the old moment is kept. What is
    due already stays due.
    """
    if next_run_at <= now:
        return next_run_at
    this_week = slot(schedule, now)
    if this_week > last_slot and occurrence_in(schedule, this_week) <= now and slot(schedule, next_run_at) == this_week:
        return next_run_at
    return next_occurrence(schedule, now, last_slot)


def plausible_slot(schedule: Schedule, last_slot: str, now: datetime) -> str:
    """Give the newest slot that counts as used: one planned under a clock far ahead must not stop tips for years.

    A week ahead is let stand: a change of zone or day may lead there. Beyond it, this week counts as used, for nobody
    knows any more whether it had its tip.
    """
    return slot(schedule, now) if last_slot > slot(schedule, now + _WEEK) else last_slot


def _occurrence(schedule: Schedule, monday: date) -> datetime:
    wall = datetime.combine(monday + schedule.weekday * _DAY, schedule.at.replace(fold=0), ZoneInfo(schedule.zone))
    return wall.astimezone(UTC)


def _iso_week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def _weekday(typed: str | int) -> int | None:
    if isinstance(typed, int):
        return typed if typed in range(7) else None
    word = typed.strip().casefold()
    shortest = 3  # "mon"
    return next((n for n, day in enumerate(WEEKDAYS) if len(word) >= shortest and day.startswith(word)), None)


def _wall_time(typed: str) -> time | None:
    hours, colon, minutes = typed.strip().partition(":")
    digits = f"{hours}{minutes}"
    if not (colon and digits.isascii() and digits.isdigit() and len(hours) in (1, 2) and len(minutes) == 2):  # noqa: PLR2004 # minutes are two digits
        return None
    try:
        return time(int(hours), int(minutes))
    except ValueError:
        return None
