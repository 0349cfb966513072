"""Say what to write where what a person typed is no time zone, or is one that they hardly mean."""

from datetime import datetime
from zoneinfo import ZoneInfo

from cards.zones import names, search

_SHOWN = 60  # characters of what was typed
_OFFERED = 3
_SEASONS = (datetime(2026, 1, 15), datetime(2026, 7, 15))  # noqa: DTZ001 # wall times, the same in each zone
_WRITE = "write a region and a city, such as Europe/Paris"


def fault(typed: str) -> str:
    """Give the sentence for what is no zone: it names those that are meant, or says that there is no such place."""
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


def misleading(name: str) -> str:
    """Give the sentence for a zone whose name people use for another clock, `EST` or `GMT`; '' for all others."""
    meant = "" if "/" in name or name == "UTC" else search.abbreviated(name)
    if not meant or _clock(meant) == _clock(name):
        return ""
    return f"“{name}” is used for two clocks: write {meant}, or {search.current(name)} for the one that never changes."


def _clock(name: str) -> list[object]:
    return [moment.replace(tzinfo=ZoneInfo(name)).utcoffset() for moment in _SEASONS]
