"""The sentences below the fields of the forms for weekly tips: what is wrong with an answer, and what to write."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from cards.compose import phrases
from cards.zones import names, search

_SHOWN = 60  # characters of what was typed
_OFFERED = 3
_PARTS_NAMED = 20  # of a country, in a sentence
_SEASONS = (datetime(2026, 1, 15), datetime(2026, 7, 15))  # noqa: DTZ001 # wall times, the same in each zone
_WRITE = "write a region and a city, such as Europe/Paris"

LONG_SPAN = "That is longer than a year: pause the tips instead."
TIP_GONE = "That tip is no longer in the content. Choose another one."
TIP_SEEN = "That tip is not one of those still to come here. Choose another one."
# With the day from which on it may not come.
TIP_TOO_LATE = "That tip is for days before {}, and the next one comes later. Choose another one."
NOBODY = "Weekly tips are handed over to a person."
PAST_MOMENT = "That moment has passed. Choose a later one."
PAST_DAY = "That day is not in the future. Choose a later one."
FAR_DAY = "That is more than a year away. Leave it empty to pause until somebody resumes."
# With what was typed.
NO_PERSON = "“{}” is not a person's id."
NO_WEEKDAY = "“{}” is not a day of the week: write monday, tuesday, … or sunday."
NO_TIME = "“{}” is not a time of day: write hours and minutes, such as 09:00 or 17:30."
NO_DATE = "“{}” is not a date: write it like 2026-12-07."
MANY_DATES = "That is {} dates; at most {} can be kept. Write days in a row as a span."
NO_COUNTRY = "“{}” is not a country with a calendar: write a code, such as DE or DE-BY, or a name."


def no_dates(typed: Sequence[str]) -> str:
    """Say once of all that was typed and is no date how dates are written."""
    said = _some([f"“{one[:_SHOWN]}”" for one in typed])
    return (
        f"I cannot read {said} as a date. Write 24 Dec, 24.12.2026 or 2026-12-24, or 24 Dec to 2 Jan for days in a "
        "row, with commas between them."
    )


def backward(spans: Sequence[tuple[date, date]]) -> str:
    """Say that spans end before they begin, and how they are written."""
    said = _some([phrases.date_words(f"{last}/{first}") for first, last in spans])
    return f"The first day comes after the last. Write {said}."


def past_dates(days: Sequence[date]) -> str:
    """Say that days have passed; of a span, its last."""
    said = _some([phrases.date_words(day.isoformat()) for day in days])
    return f"{said} {'has' if len(days) == 1 else 'have'} passed. Name days that are still to come, or leave them out."


def _some(said: Sequence[str]) -> str:
    """List a few, and how many more there are: `a, b, c and 2 more`."""
    shown = [*said[:_OFFERED], *([f"{len(said) - _OFFERED} more"] if len(said) > _OFFERED else [])]
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def no_part(typed: str, country: str, parts: Sequence[str]) -> str:
    """Say that it is none of the parts of a country of which public holidays are known."""
    more = ", …" if len(parts) > _PARTS_NAMED else ""
    known = f"write {', '.join(parts[:_PARTS_NAMED])}{more}" if parts else f"write {country} for all of it"
    return f"“{typed}” is not a part of {country} with a calendar; {known}."


def no_zone(typed: str) -> str:
    """Say that it is no zone: the sentence names those that are meant, or says that there is no such place."""
    if not typed.strip():
        return f"Which time zone? {_WRITE.replace('write', 'Write', 1)}."
    said = f"“{typed[:_SHOWN]}” is not a time zone"
    if search.is_offset(typed):
        return f"{said} but an offset, which changes with the season in most places: {_WRITE}."
    found = search.meant(typed)[:_OFFERED]
    if not found:
        regions = sorted({name.partition("/")[0] for name in names.listed() if "/" in name})
        return f"{said}, and no place of that name is known: {_WRITE}. Regions are {', '.join(regions)}."
    *others, last = [f"{one.zone} ({one.place})" if one.place else one.zone for one in found]
    return f"{said}: write {', '.join(others)} or {last}." if others else f"{said}: write {last}."


def misleading_zone(name: str) -> str:
    """Say that people use a zone's name for another clock too, `EST` or `GMT`; '' for all others."""
    meant = "" if "/" in name or name == "UTC" else search.abbreviated(name)
    if not meant or _clock(meant) == _clock(name):
        return ""
    return f"“{name}” is used for two clocks: write {meant}, or {search.current(name)} for the one that never changes."


def _clock(name: str) -> list[object]:
    return [moment.replace(tzinfo=ZoneInfo(name)).utcoffset() for moment in _SEASONS]
