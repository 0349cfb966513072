"""Find time zones by what a person types into Slack's search field."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

# The regions in use. What else the database keeps (`US/Eastern`, `EST5EDT`, `Etc/GMT+5`, `posix/…`) is legacy.
_REGIONS = {
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
}
# Shown before anything is typed, and first among equals: one for most working populations, from west to east.
_WIDELY_USED = (
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
_OFFSET = re.compile(r"(?:utc|gmt)? ?([+\-−]) ?(\d{1,2})(?::?([0-5]\d))?")


@dataclass(frozen=True, slots=True)
class _Zone:
    """A zone in the words people search it by, folded; `listed` where the database names it for a country today."""

    name: str
    city: str
    path: str
    country: str
    remark: str
    listed: bool


def matching(words: str, now: datetime) -> list[str]:
    """Give the zones that fit the typed words, best first: a city, country, abbreviation or offset (`+2`) at `now`.

    Nothing typed gives widely used zones; a misspelt city gives its nearest. `now` is aware.
    """
    query = folded(words)
    if not query:
        return list(_WIDELY_USED)
    if offset := _OFFSET.fullmatch(query):
        wanted, in_force = _minutes(offset), _in_force(_quarter(now))
        return [zone.name for zone in sorted(_zones(), key=_order) if in_force[zone.name][0] == wanted]
    in_force = _in_force(_quarter(now))
    ranked = [(rank, zone) for zone in _zones() if (rank := _rank(zone, query, in_force)) is not None]
    if not ranked:
        near = get_close_matches(query, [zone.city for zone in _zones()], n=10, cutoff=0.7)
        ranked = [(near.index(zone.city), zone) for zone in _zones() if zone.city in near]
    return [zone.name for _, zone in sorted(ranked, key=lambda found: (found[0], *_order(found[1])))]


def listed() -> tuple[str, ...]:
    """List the zones that the database names for a country today, and UTC: widely used ones first, then by name."""
    return tuple(zone.name for zone in sorted(_zones(), key=_order) if zone.listed)


def label(name: str, now: datetime) -> str:
    """Name a zone with its offset at `now` (aware): `Europe/Paris (UTC+01:00)`."""
    minutes, _ = _clock(name, now)
    hours, rest = divmod(abs(minutes), 60)
    return f"{name} (UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02})"


def _rank(zone: _Zone, query: str, in_force: Mapping[str, tuple[int, str]]) -> int | None:
    if query in {zone.city, zone.path}:
        return 0
    if zone.country == query:
        return 1
    if zone.city.startswith(query):
        return 2
    if query == in_force[zone.name][1]:
        return 3  # CET, PST
    known = f"{zone.path} {zone.country} {zone.remark}".split()
    if all(any(word.startswith(typed) for word in known) for typed in query.split()):
        return 4
    return 5 if query in zone.path else None


def _order(zone: _Zone) -> tuple[int, bool, str]:
    used = _WIDELY_USED.index(zone.name) if zone.name in _WIDELY_USED else len(_WIDELY_USED)
    return (used, not zone.listed, zone.name)


def _minutes(offset: re.Match[str]) -> int:
    minutes = int(offset[2]) * 60 + int(offset[3] or 0)
    return minutes if offset[1] == "+" else -minutes


def _quarter(now: datetime) -> datetime:
    # Clocks change on the quarter hour, so what holds at its start holds to its end.
    utc = now.astimezone(UTC)
    return utc.replace(minute=utc.minute // 15 * 15, second=0, microsecond=0)


@lru_cache(maxsize=2)
def _in_force(now: datetime) -> Mapping[str, tuple[int, str]]:
    return {zone.name: _clock(zone.name, now) for zone in _zones()}


def _clock(name: str, now: datetime) -> tuple[int, str]:
    """Give a zone's minutes from UTC and its abbreviation, folded."""
    local = now.astimezone(ZoneInfo(name))
    return (local.utcoffset() or timedelta()) // timedelta(minutes=1), (local.tzname() or "").casefold()


@lru_cache(maxsize=1)
def _zones() -> tuple[_Zone, ...]:
    countries = {row[0]: row[1] for row in _table("iso3166.tab")}
    places = {name: (countries[code], *remark) for code, _, name, *remark in _table("zone.tab")}
    return tuple(
        _Zone(
            name=name,
            city=folded(name.rpartition("/")[2]),
            path=folded(name),
            country=folded(places[name][0]) if name in places else "",
            remark=folded(" ".join(places[name][1:])) if name in places else "",
            listed=name in places or name == "UTC",
        )
        for name in sorted(available_timezones())
        if name == "UTC" or name.partition("/")[0] in _REGIONS
    )


def _table(name: str) -> Iterator[list[str]]:
    """Read one of the tab-separated tables that come with the zone database (package tzdata)."""
    for line in files("tzdata").joinpath("zoneinfo", name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def folded(words: str) -> str:
    """Fold case, accents and separators, so that `São Paulo` finds `America/Sao_Paulo`."""
    letters = unicodedata.normalize("NFKD", words.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[_/,()]", " ", plain).split())
