"""Know the time zones of the database: which are in use, their countries, and their clocks at a moment."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

# Shown before anything is typed, and first among equals: one for most working populations, from west to east.
WIDELY_USED = (
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Sao_Paulo",
    "UTC",
    "Europe/London",
    "Africa/Lagos",
    "Europe/Berlin",
    "Europe/Paris",
    "Africa/Johannesburg",
    "Africa/Cairo",
    "Europe/Istanbul",
    "Africa/Nairobi",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Dhaka",
    "Asia/Jakarta",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
)


@lru_cache(maxsize=1)
def _every() -> Mapping[str, str]:
    """Give all zones that this machine knows, by their names in small letters."""
    # "localtime" and "Factory" are files beside the zones that say nothing to anyone else.
    return {name.casefold(): name for name in available_timezones() if name not in {"localtime", "Factory"}}


def exact(typed: str) -> str:
    """Give the zone of that name, however it is written; '' where this machine knows none."""
    return _every().get(typed.strip().casefold(), "")


def knows(zone: str) -> bool:
    """Say whether this machine knows a zone; one that a row names may have gone since."""
    return bool(zone) and exact(zone) == zone


def clock(zone: str) -> ZoneInfo:
    """Give a zone's clock; UTC's for one that this machine does not know."""
    return ZoneInfo(zone if knows(zone) else "UTC")


@lru_cache(maxsize=1)
def listed() -> tuple[str, ...]:
    """List the zones that the database names for a country today, and UTC: widely used ones first, then by name.

    What else it keeps (`US/Eastern`, `EST5EDT`, `Asia/Calcutta`) are names of before.
    """
    known = {"UTC", *(name for _, _, name, *_ in table("zone.tab"))}.intersection(_every().values())
    return tuple(sorted(known, key=lambda name: (rank(name), name)))


def rank(name: str) -> int:
    """Give where a zone stands among the widely used ones; others come after them."""
    return WIDELY_USED.index(name) if name in WIDELY_USED else len(WIDELY_USED)


def label(name: str, now: datetime) -> str:
    """Name a zone with its offset at `now` (aware): `Europe/Paris (UTC+01:00)`."""
    minutes = _minutes(name, now)
    hours, rest = divmod(abs(minutes), 60)
    return f"{name} (UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02})"


def at_offset(minutes: int, now: datetime) -> list[str]:
    """List the zones whose clocks are that many minutes from UTC at `now` (aware)."""
    in_force = _in_force(_quarter(now))
    return [name for name in listed() if in_force[name] == minutes]


def table(name: str) -> Iterator[list[str]]:
    """Read one of the tab-separated tables that come with the zone database (package tzdata)."""
    for line in files("tzdata").joinpath("zoneinfo", name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def _quarter(now: datetime) -> datetime:
    # Clocks change on the quarter hour, so what holds at its start holds to its end.
    utc = now.astimezone(UTC)
    return utc.replace(minute=utc.minute // 15 * 15, second=0, microsecond=0)


@lru_cache(maxsize=2)
def _in_force(now: datetime) -> Mapping[str, int]:
    return {name: _minutes(name, now) for name in listed()}


def _minutes(name: str, now: datetime) -> int:
    return (now.astimezone(ZoneInfo(name)).utcoffset() or timedelta()) // timedelta(minutes=1)
